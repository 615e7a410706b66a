#include "client/link.h"

#include "client/clock.h"
#include "client/failure.h"

#include <string.h>

/* Reads what is there into the buffer, making room at its start first. 0 or -MPROM_EIO. */
static int link_fill(struct link *link)
{
    if (link->rx_pos > 0) {
        memmove(link->rx, link->rx + link->rx_pos, link->rx_end - link->rx_pos);
        link->rx_end -= link->rx_pos;
        link->rx_pos = 0;
    }
    ptrdiff_t n = link->ops->read(link, link->rx + link->rx_end, LINK_RX_SIZE - link->rx_end);
    if (n < 0) {
        return (int)n;
    }
    link->rx_end += (size_t)n;
    return 0;
}

/* Waits until the buffer holds something. 0, or -MPROM_ETIMEDOUT, -MPROM_EIO. */
static int link_await(struct link *link, uint64_t deadline_us)
{
    while (link->rx_pos == link->rx_end) {
        /* A board that prints for ever always has bytes waiting: the deadline holds for it as well. */
        if (clock_left_ms(deadline_us) == 0) {
            return -MPROM_ETIMEDOUT;
        }
        int err = link->ops->wait(link, true, false, deadline_us);
        if (!err) {
            err = link_fill(link);
        }
        if (err) {
            return err;
        }
    }
    return 0;
}

int link_get(struct link *link, uint64_t deadline_us)
{
    int err = link_await(link, deadline_us);
    return err ? err : link->rx[link->rx_pos++];
}

ptrdiff_t link_take(struct link *link, void *dst, size_t room, uint64_t deadline_us)
{
    int err = link_await(link, deadline_us);
    if (err) {
        return err;
    }
    size_t there = link->rx_end - link->rx_pos;
    size_t size = there < room ? there : room;
    memcpy(dst, link->rx + link->rx_pos, size);
    link->rx_pos += size;
    return (ptrdiff_t)size;
}

int link_write(struct link *link, const void *src, size_t size, uint64_t deadline_us)
{
    const uint8_t *bytes = src;
    while (size > 0) {
        ptrdiff_t n = link->ops->write(link, bytes, size);
        if (n < 0) {
            return (int)n;
        }
        bytes += n;
        size -= (size_t)n;
        if (size == 0) {
            break;
        }
        bool room = link->rx_end - link->rx_pos < LINK_RX_SIZE;
        int err = link->ops->wait(link, room, true, deadline_us);
        if (!err && room) {
            err = link_fill(link);
        }
        if (err) {
            return err;
        }
    }
    return 0;
}

int link_failure(const struct link *link, int code, const char *doing, struct client_error *error)
{
    if (code == -MPROM_ETIMEDOUT) {
        return failure_set(error, code,
                           "%s: the board did not answer in time while %s; press its reset button and try again",
                           link->name, doing);
    }
    return failure_set(error, code,
                       "%s: the connection to the board was lost while %s; check the cable and try again", link->name,
                       doing);
}

void link_close(struct link *link)
{
    link->ops->close(link);
}
