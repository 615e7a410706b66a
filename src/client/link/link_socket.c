/* The link over TCP to a serial server, whose raw mode passes on the bytes of a board's console. */
#include "client/link/link_open.h"
#include "client/link/tcp.h"

#include <stdio.h>

enum {
    TELNET_IAC = 0xff,
    TELNET_WILL = 0xfb, /* to 0xfe: WILL, WONT, DO, DONT */
    TELNET_DONT = 0xfe,
};

static const char lost_telnet[] =
    "the server speaks Telnet: if it speaks RFC 2217, use rfc2217://HOST:PORT, else set its port to raw TCP";

/* Nothing that a console prints starts with a Telnet command, and a server that speaks Telnet starts with nothing
 * else. */
static bool socket_is_telnet(const struct mprom_link *link, const uint8_t *bytes, size_t size)
{
    return !link->heard && size >= 2 && bytes[0] == TELNET_IAC && bytes[1] >= TELNET_WILL && bytes[1] <= TELNET_DONT;
}

static ptrdiff_t socket_read(struct mprom_link *link, void *dst, size_t room)
{
    ptrdiff_t n = mprom_tcp_read(link->fd, dst, room);
    if (n > 0 && socket_is_telnet(link, dst, (size_t)n)) {
        link->lost = lost_telnet;
        return -MPROM_EIO;
    }
    link->heard |= n > 0;
    return n;
}

static ptrdiff_t socket_write(struct mprom_link *link, const void *src, size_t size)
{
    return mprom_tcp_write(link->fd, src, size);
}

static void socket_close(struct mprom_link *link)
{
    mprom_tcp_close(link->fd);
}

static const struct mprom_link_ops socket_ops = {
    .read = socket_read,
    .write = socket_write,
    .wait = mprom_link_wait_fd,
    .close = socket_close,
};

int mprom_link_open_socket(struct mprom_link *link, const char *name, struct mprom_client_error *error)
{
    int fd = mprom_tcp_open(name, "socket://", error);
    if (fd < 0) {
        return fd;
    }
    *link = (struct mprom_link){.ops = &socket_ops, .fd = fd, .lost = mprom_tcp_lost};
    snprintf(link->name, sizeof(link->name), "%s", name);
    return 0;
}
