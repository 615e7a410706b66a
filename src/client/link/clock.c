#include "client/link/clock.h"

#include <limits.h>
#include <time.h>

uint64_t mprom_clock_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

uint64_t mprom_clock_in_ms(uint32_t ms)
{
    return mprom_clock_now_us() + (uint64_t)ms * 1000u;
}

int mprom_clock_left_ms(uint64_t deadline_us)
{
    uint64_t now = mprom_clock_now_us();
    if (now >= deadline_us) {
        return 0;
    }
    uint64_t left = (deadline_us - now + 999) / 1000;
    return left > INT_MAX ? INT_MAX : (int)left;
}

uint64_t mprom_clock_earlier(uint64_t a_us, uint64_t b_us)
{
    return a_us < b_us ? a_us : b_us;
}
