/* The clocks of SIM: the PC's. */
#include <time.h>

#include "emulator/host/host.h"
#include "micropython/firmware/board.h"

uint64_t board_clock_us(void)
{
    static uint64_t start_ns;
    if (start_ns == 0) {
        start_ns = host_clock_ns();
    }
    return (host_clock_ns() - start_ns) / 1000;
}

uint64_t board_time_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
