/* The link over TCP to a serial server, whose raw mode passes on the bytes of a board's console. */
#include "client/address.h"
#include "client/clock.h"
#include "client/failure.h"
#include "client/link.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    SOCKET_FIND_MS = 5000,    /* to look up the name */
    SOCKET_CONNECT_MS = 5000, /* for one address to answer */
    SOCKET_LINGER_MS = 500,   /* at the end, for the server to take what was sent last */
    SOCKET_IDLE_S = 10,       /* of silence, after which the other end is asked whether it is still there, */
    SOCKET_PROBE_S = 5,       /* again after so long, */
    SOCKET_PROBES = 3,        /* and so often */
    TELNET_IAC = 0xff,
    TELNET_WILL = 0xfb, /* to 0xfe: WILL, WONT, DO, DONT */
    TELNET_DONT = 0xfe,
};

static const char lost_closed[] =
    "the server closed it or is gone: see that it runs, that the board is connected there, and that nobody else "
    "uses that port";
static const char lost_telnet[] = "the server speaks Telnet or RFC 2217: set its port to raw TCP";

/* Nothing that a console prints starts with a Telnet command, and a server that speaks Telnet starts with nothing
 * else. */
static bool socket_is_telnet(const struct link *link, const uint8_t *bytes, size_t size)
{
    return !link->heard && size >= 2 && bytes[0] == TELNET_IAC && bytes[1] >= TELNET_WILL && bytes[1] <= TELNET_DONT;
}

static ptrdiff_t socket_read(struct link *link, void *dst, size_t room)
{
    ssize_t n = recv(link->fd, dst, room, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return 0;
    }
    if (n > 0 && socket_is_telnet(link, dst, (size_t)n)) {
        link->lost = lost_telnet;
        return -MPROM_EIO;
    }
    link->heard |= n > 0;
    return n > 0 ? n : -MPROM_EIO;
}

static ptrdiff_t socket_write(struct link *link, const void *src, size_t size)
{
    ssize_t n = send(link->fd, src, size, MSG_NOSIGNAL);
    if (n >= 0) {
        return n;
    }
    return errno == EAGAIN || errno == EINTR ? 0 : -MPROM_EIO;
}

/*
 * Closing a socket with bytes unread makes the kernel drop what was sent last on its way, and that is what takes the
 * board out of its raw REPL. So this end says that it is done and waits a moment for the server to be done, too.
 */
static void socket_close(struct link *link)
{
    uint64_t deadline = clock_in_ms(SOCKET_LINGER_MS);
    uint8_t bytes[1024];
    ptrdiff_t n = shutdown(link->fd, SHUT_WR);
    while (n >= 0 && clock_left_ms(deadline) > 0 && link_wait_fd(link, true, false, deadline) == 0) {
        n = socket_read(link, bytes, sizeof(bytes));
    }
    close(link->fd);
}

static const struct link_ops socket_ops = {
    .read = socket_read,
    .write = socket_write,
    .wait = link_wait_fd,
    .close = socket_close,
};

/* Small frames must go at once, and a server whose machine died must be found out. What fails here costs only that.
 */
static void socket_configure(int fd)
{
    static const struct {
        int level, name, value;
    } options[] = {
        {IPPROTO_TCP, TCP_NODELAY, 1},
        {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_KEEPIDLE, SOCKET_IDLE_S},
        {IPPROTO_TCP, TCP_KEEPINTVL, SOCKET_PROBE_S},
        {IPPROTO_TCP, TCP_KEEPCNT, SOCKET_PROBES},
    };
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        (void)setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(options[i].value));
    }
}

/* Waits for a connection that is being made. 0, or an errno. */
static int socket_await(int fd)
{
    uint64_t deadline = clock_in_ms(SOCKET_CONNECT_MS);
    struct pollfd one = {.fd = fd, .events = POLLOUT};
    int n;
    do {
        n = poll(&one, 1, clock_left_ms(deadline));
    } while (n < 0 && errno == EINTR);
    if (n <= 0) {
        return n == 0 ? ETIMEDOUT : errno;
    }
    int result = 0;
    socklen_t size = sizeof(result);
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &size) == 0 ? result : errno;
}

/* Connects to one address. Returns the socket, or the negative of an errno. */
static int socket_connect(const struct address *address)
{
    int fd = socket(address->socket.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -errno;
    }
    int result = connect(fd, (const struct sockaddr *)&address->socket, address->size) == 0 ? 0 : errno;
    if (result == EINPROGRESS || result == EINTR) {
        result = socket_await(fd);
    }
    if (result != 0) {
        close(fd);
        return -result;
    }
    socket_configure(fd);
    return fd;
}

static int socket_connect_failure(const char *name, int result, struct client_error *error)
{
    switch (result) {
    case -ECONNREFUSED:
        return failure_set(error, -MPROM_ENOENT, "%s: nobody listens at this port; is the serial server running?",
                           name);
    case -ETIMEDOUT:
        return failure_set(error, -MPROM_ETIMEDOUT, "%s: the host does not answer; is it on, is the address right?",
                           name);
    case -ENETUNREACH:
    case -EHOSTUNREACH:
        return failure_set(error, -MPROM_ENOENT, "%s: there is no way to this host: %s", name, strerror(-result));
    default:
        return failure_set(error, -MPROM_EIO, "%s: cannot connect: %s", name, strerror(-result));
    }
}

static int socket_find_failure(const char *name, const char *host, int result, struct client_error *error)
{
    switch (result) {
    case -MPROM_ENOENT:
        return failure_set(error, result, "%s: there is no host %s", name, host);
    case -MPROM_EOPNOTSUPP:
        return failure_set(error, result, "%s: this system has no getent to look up names; give the host's address",
                           name);
    case -MPROM_ETIMEDOUT:
        return failure_set(error, result, "%s: looking up %s takes too long; is the network there?", name, host);
    default:
        return failure_set(error, result, "%s: cannot look up %s; give the host's address", name, host);
    }
}

int link_open_socket(struct link *link, const char *name, struct client_error *error)
{
    struct address addresses[ADDRESS_COUNT_MAX];
    char host[ADDRESS_HOST_SIZE];
    uint16_t port;
    if (!link_names_socket(name) || !address_parse(strstr(name, "//") + 2, host, &port)) {
        return failure_set(error, -MPROM_EINVAL,
                           "%s: a socket is socket://HOST:PORT, an IPv6 address in brackets: socket://[::1]:4000",
                           name);
    }
    int count = address_find(host, port, addresses, clock_in_ms(SOCKET_FIND_MS));
    if (count < 0) {
        return socket_find_failure(name, host, count, error);
    }
    int fd = -EHOSTUNREACH;
    for (int i = 0; i < count && fd < 0; i++) {
        fd = socket_connect(&addresses[i]);
    }
    if (fd < 0) {
        return socket_connect_failure(name, fd, error);
    }
    *link = (struct link){.ops = &socket_ops, .fd = fd, .lost = lost_closed};
    snprintf(link->name, sizeof(link->name), "%s", name);
    return 0;
}
