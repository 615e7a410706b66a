#include "client/link/link.h"

#include "client/link/clock.h"
#include "client/link/failure.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

int mprom_link_fill(struct mprom_link *link)
{
    if (link->rx_pos > 0) {
        memmove(link->rx, link->rx + link->rx_pos, link->rx_end - link->rx_pos);
        link->rx_end -= link->rx_pos;
        link->rx_pos = 0;
    }
    ptrdiff_t n = link->ops->read(link, link->rx + link->rx_end, MPROM_LINK_RX_SIZE - link->rx_end);
    if (n < 0) {
        return (int)n;
    }
    link->rx_end += (size_t)n;
    return 0;
}

/* Waits until the buffer holds something. 0, or -MPROM_ETIMEDOUT, -MPROM_EIO. */
static int link_await(struct mprom_link *link, uint64_t deadline_us)
{
    while (link->rx_pos == link->rx_end) {
        /* A board that prints for ever always has bytes waiting: the deadline holds for it as well. */
        if (mprom_clock_left_ms(deadline_us) == 0) {
            return -MPROM_ETIMEDOUT;
        }
        int err = link->ops->wait(link, true, false, deadline_us);
        if (!err) {
            err = mprom_link_fill(link);
        }
        if (err) {
            return err;
        }
    }
    return 0;
}

int mprom_link_get(struct mprom_link *link, uint64_t deadline_us)
{
    int err = link_await(link, deadline_us);
    return err ? err : link->rx[link->rx_pos++];
}

ptrdiff_t mprom_link_take(struct mprom_link *link, void *dst, size_t room, uint64_t deadline_us)
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

int mprom_link_set_baud(struct mprom_link *link, uint32_t baud)
{
    return link->ops->set_baud != NULL ? link->ops->set_baud(link, baud > 0 ? baud : link->baud) : -MPROM_EINVAL;
}

int mprom_link_write(struct mprom_link *link, const void *src, size_t size, uint64_t deadline_us)
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
        bool room = link->rx_end - link->rx_pos < MPROM_LINK_RX_SIZE;
        int err = link->ops->wait(link, room, true, deadline_us);
        if (!err && room) {
            err = mprom_link_fill(link);
        }
        if (err) {
            return err;
        }
    }
    return 0;
}

int mprom_link_failure(const struct mprom_link *link, int code, const char *doing, struct mprom_client_error *error)
{
    if (code == -MPROM_ETIMEDOUT) {
        return mprom_failure_set(
            error, code, "%s: the board did not answer in time while %s; press its reset button and try again",
            link->name, doing);
    }
    return mprom_failure_set(error, code, "%s: the connection to the board was lost while %s; %s", link->name, doing,
                             link->lost);
}

int mprom_link_wait_fd(struct mprom_link *link, bool want_read, bool want_write, uint64_t deadline_us)
{
    struct pollfd one = {.fd = link->fd, .events = (short)((want_read ? POLLIN : 0) | (want_write ? POLLOUT : 0))};
    for (;;) {
        int left_ms = mprom_clock_left_ms(deadline_us);
        int n = poll(&one, 1, left_ms);
        if (n > 0) {
            /* What arrived before a hang-up is still to be read. */
            return one.revents & (POLLIN | POLLOUT) ? 0 : -MPROM_EIO;
        }
        if (n == 0 && left_ms == 0) {
            return -MPROM_ETIMEDOUT;
        }
        if (n < 0 && errno != EINTR) {
            return -MPROM_EIO;
        }
    }
}

static ptrdiff_t lost_read(struct mprom_link *link, void *dst, size_t room)
{
    (void)link;
    (void)dst;
    (void)room;
    return -MPROM_EIO;
}

static ptrdiff_t lost_write(struct mprom_link *link, const void *src, size_t size)
{
    (void)link;
    (void)src;
    (void)size;
    return -MPROM_EIO;
}

static int lost_wait(struct mprom_link *link, bool want_read, bool want_write, uint64_t deadline_us)
{
    (void)link;
    (void)want_read;
    (void)want_write;
    (void)deadline_us;
    return -MPROM_EIO;
}

static void lost_close(struct mprom_link *link)
{
    (void)link;
}

static const struct mprom_link_ops lost_ops = {
    .read = lost_read,
    .write = lost_write,
    .wait = lost_wait,
    .close = lost_close,
};

void mprom_link_init_lost(struct mprom_link *link, const char *name)
{
    *link = (struct mprom_link){.ops = &lost_ops, .lost = "check the cable and try again"};
    snprintf(link->name, sizeof link->name, "%s", name);
}

void mprom_link_close(struct mprom_link *link)
{
    link->ops->close(link);
}
