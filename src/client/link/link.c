#include "client/link/link.h"

#include "client/link/clock.h"
#include "client/link/failure.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum {
    LINK_BAUD = 115200
};

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

static bool link_has_scheme(const char *name, const char *scheme)
{
    return strncmp(name, scheme, strlen(scheme)) == 0;
}

static bool link_wants(enum mprom_client_line line)
{
    return line == MPROM_CLIENT_LINE_ON || line == MPROM_CLIENT_LINE_OFF;
}

static int link_set_line(struct mprom_link *link, enum mprom_link_line which, enum mprom_client_line line)
{
    if (!link_wants(line)) {
        return 0;
    }
    return link->ops->set_line != NULL ? link->ops->set_line(link, which, line == MPROM_CLIENT_LINE_ON)
                                       : -MPROM_EOPNOTSUPP;
}

int mprom_link_set_lines(struct mprom_link *link, const struct mprom_link_settings *settings,
                         struct mprom_client_error *error)
{
    int err = link_set_line(link, MPROM_LINK_DTR, settings->dtr);
    const char *name = err ? "dtr" : "rts";
    err = err ? err : link_set_line(link, MPROM_LINK_RTS, settings->rts);
    return err ? mprom_failure_set(error, -MPROM_EOPNOTSUPP,
                                   "%s: this port has no modem lines that --%s could switch", link->name, name)
               : 0;
}

/* What a serial port has and a socket has not is refused, not passed over in silence. */
static int link_open_bare(struct mprom_link *link, const char *name, const struct mprom_link_settings *settings,
                          struct mprom_client_error *error)
{
    if (settings->baud != 0) {
        return mprom_failure_set(error, -MPROM_EINVAL,
                                 "%s: a socket has no baud rate; set %u baud at the serial server, or use rfc2217://",
                                 name, settings->baud);
    }
    if (link_wants(settings->dtr) || link_wants(settings->rts)) {
        return mprom_failure_set(error, -MPROM_EINVAL,
                                 "%s: a socket has no DTR and no RTS; use rfc2217:// if the serial server speaks it",
                                 name);
    }
    return mprom_link_open_socket(link, name, error);
}

/* The port, with its rate. */
static int link_open_any(struct mprom_link *link, const char *name, const struct mprom_link_settings *settings,
                         struct mprom_client_error *error)
{
    struct mprom_link_settings full = *settings;
    full.baud = full.baud ? full.baud : LINK_BAUD;
    if (link_has_scheme(name, "rfc2217://")) {
        return mprom_link_open_rfc2217(link, name, &full, error);
    }
    if (strstr(name, "://")) {
        return mprom_failure_set(error, -MPROM_EINVAL,
                                 "%s: no kind of port; a serial server is rfc2217://HOST:PORT or socket://HOST:PORT",
                                 name);
    }
    return mprom_link_open_tty(link, name, full.baud, error);
}

int mprom_link_open(struct mprom_link *link, const char *name, const struct mprom_link_settings *settings,
                    struct mprom_client_error *error)
{
    if (link_has_scheme(name, "socket://")) {
        return link_open_bare(link, name, settings, error);
    }
    int err = link_open_any(link, name, settings, error);
    if (err) {
        return err;
    }
    err = mprom_link_set_lines(link, settings, error);
    if (err) {
        mprom_link_close(link);
    }
    return err;
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
