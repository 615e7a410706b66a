#include "emulator/host/chatter.h"

#include <stdio.h>

#include "emulator/host/host.h"

enum {
    CHATTER_BYTE_NS = 86806 /* ten bits at 115200 baud */
};

static uint64_t chatter_interval_ns; /* 0: no such task */
static uint64_t chatter_due_ns;
static unsigned chatter_count;

void host_chatter_start(uint32_t interval_ms)
{
    chatter_interval_ns = (uint64_t)interval_ms * 1000000u;
    chatter_due_ns = host_clock_ns() + chatter_interval_ns;
}

size_t host_chatter_send(size_t size)
{
    uint64_t now_ns = host_clock_ns();
    if (chatter_interval_ns == 0) {
        return size;
    }
    uint64_t room = chatter_due_ns > now_ns ? (chatter_due_ns - now_ns) / CHATTER_BYTE_NS : 0;
    size = room < size ? (size_t)room : size;
    chatter_due_ns -= (uint64_t)size * CHATTER_BYTE_NS;
    return size;
}

/* Less than the time of a byte is no time. */
static bool chatter_is_due(uint64_t now_ns)
{
    return chatter_interval_ns > 0 && chatter_due_ns < now_ns + CHATTER_BYTE_NS;
}

/* What is printed looks like numbers, like a board's answers, and like an exception. */
size_t host_chatter_line(char line[HOST_CHATTER_LINE_MAX])
{
    static const char *const kinds[][2] = {
        {"", ""},
        {"t=", " OK, 21.5 C>"},
        {"sensor ", ": Error, trying again > "},
        {"", " raw 0D 4f 36 00 and so on, a longer line than the others are, OK"},
    };
    uint64_t now_ns = host_clock_ns();
    if (!chatter_is_due(now_ns)) {
        return 0;
    }
    chatter_due_ns = now_ns + chatter_interval_ns;
    unsigned number = chatter_count++;
    const char *const *kind = kinds[number * 7 / 5 % 4];
    return (size_t)snprintf(line, HOST_CHATTER_LINE_MAX, "%s%u%s\r\n", kind[0], number, kind[1]);
}

uint32_t host_chatter_wait_ms(uint32_t timeout_ms)
{
    uint64_t now_ns = host_clock_ns();
    if (chatter_interval_ns == 0) {
        return timeout_ms;
    }
    uint64_t left_ms = chatter_due_ns > now_ns ? (chatter_due_ns - now_ns) / 1000000u + 1 : 0;
    return left_ms < timeout_ms ? (uint32_t)left_ms : timeout_ms;
}
