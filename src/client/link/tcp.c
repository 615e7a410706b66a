#include "client/link/tcp.h"

#include "client/link/address.h"
#include "client/link/clock.h"
#include "client/link/failure.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
    FIND_MS = 5000,    /* to look up the name */
    CONNECT_MS = 5000, /* for one address to answer */
    LINGER_MS = 500,   /* at the end, for the server to take what was sent last */
    IDLE_S = 10,       /* of silence, after which the other end is asked whether it is still there, */
    PROBE_S = 5,       /* again after so long, */
    PROBES = 3,        /* and so often */
};

const char mprom_tcp_lost[] =
    "the server closed it or is gone: see that it runs, that the board is connected there, and that nobody else "
    "uses that port";

ptrdiff_t mprom_tcp_read(int fd, void *dst, size_t room)
{
    ssize_t n = recv(fd, dst, room, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return 0;
    }
    return n > 0 ? n : -MPROM_EIO;
}

ptrdiff_t mprom_tcp_write(int fd, const void *src, size_t size)
{
    ssize_t n = send(fd, src, size, MSG_NOSIGNAL);
    if (n >= 0) {
        return n;
    }
    return errno == EAGAIN || errno == EINTR ? 0 : -MPROM_EIO;
}

/*
 * Closing a socket with bytes unread makes the kernel drop what was sent last on its way, and that is what takes the
 * board out of its raw REPL. So this end says that it is done and waits a moment for the server to be done, too.
 */
void mprom_tcp_close(int fd)
{
    uint64_t deadline = mprom_clock_in_ms(LINGER_MS);
    uint8_t bytes[1024];
    struct pollfd one = {.fd = fd, .events = POLLIN};
    ptrdiff_t n = shutdown(fd, SHUT_WR);
    while (n >= 0 && mprom_clock_left_ms(deadline) > 0 && poll(&one, 1, mprom_clock_left_ms(deadline)) > 0) {
        n = mprom_tcp_read(fd, bytes, sizeof(bytes));
    }
    close(fd);
}

/* Small frames must go at once, and a server whose machine died must be found out. What fails here costs only that.
 */
static void tcp_configure(int fd)
{
    static const struct {
        int level, name, value;
    } options[] = {
        {IPPROTO_TCP, TCP_NODELAY, 1},       {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_KEEPIDLE, IDLE_S}, {IPPROTO_TCP, TCP_KEEPINTVL, PROBE_S},
        {IPPROTO_TCP, TCP_KEEPCNT, PROBES},
    };
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        (void)setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(options[i].value));
    }
}

/* Waits for a connection that is being made. 0, or an errno. */
static int tcp_await(int fd)
{
    uint64_t deadline = mprom_clock_in_ms(CONNECT_MS);
    struct pollfd one = {.fd = fd, .events = POLLOUT};
    int n;
    do {
        n = poll(&one, 1, mprom_clock_left_ms(deadline));
    } while (n < 0 && errno == EINTR);
    if (n <= 0) {
        return n == 0 ? ETIMEDOUT : errno;
    }
    int result = 0;
    socklen_t size = sizeof(result);
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &size) == 0 ? result : errno;
}

/* Connects to one address. Returns the socket, or the negative of an errno. */
static int tcp_connect(const struct mprom_address *address)
{
    int fd = socket(address->socket.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -errno;
    }
    int result = connect(fd, (const struct sockaddr *)&address->socket, address->size) == 0 ? 0 : errno;
    if (result == EINPROGRESS || result == EINTR) {
        result = tcp_await(fd);
    }
    if (result != 0) {
        close(fd);
        return -result;
    }
    tcp_configure(fd);
    return fd;
}

static int tcp_connect_failure(const char *name, int result, struct mprom_client_error *error)
{
    switch (result) {
    case -ECONNREFUSED:
        return mprom_failure_set(error, -MPROM_ENOENT,
                                 "%s: nobody listens at this port; is the serial server running?", name);
    case -ETIMEDOUT:
        return mprom_failure_set(error, -MPROM_ETIMEDOUT,
                                 "%s: the host does not answer; is it on, is the address right?", name);
    case -ENETUNREACH:
    case -EHOSTUNREACH:
        return mprom_failure_set(error, -MPROM_ENOENT, "%s: there is no way to this host: %s", name,
                                 strerror(-result));
    default:
        return mprom_failure_set(error, -MPROM_EIO, "%s: cannot connect: %s", name, strerror(-result));
    }
}

static int tcp_find_failure(const char *name, const char *host, int result, struct mprom_client_error *error)
{
    switch (result) {
    case -MPROM_ENOENT:
        return mprom_failure_set(error, result, "%s: there is no host %s", name, host);
    case -MPROM_EOPNOTSUPP:
        return mprom_failure_set(error, result,
                                 "%s: this system has no getent to look up names; give the host's address", name);
    case -MPROM_ETIMEDOUT:
        return mprom_failure_set(error, result, "%s: looking up %s takes too long; is the network there?", name,
                                 host);
    default:
        return mprom_failure_set(error, result, "%s: cannot look up %s; give the host's address", name, host);
    }
}

int mprom_tcp_open(const char *name, const char *scheme, struct mprom_client_error *error)
{
    struct mprom_address addresses[MPROM_ADDRESS_COUNT_MAX];
    char host[MPROM_ADDRESS_HOST_SIZE];
    uint16_t port;
    if (strncmp(name, scheme, strlen(scheme)) != 0 || !mprom_address_parse(name + strlen(scheme), host, &port)) {
        return mprom_failure_set(error, -MPROM_EINVAL,
                                 "%s: a serial server is %sHOST:PORT, an IPv6 address in brackets: %s[::1]:4000",
                                 name, scheme, scheme);
    }
    int count = mprom_address_find(host, port, addresses, mprom_clock_in_ms(FIND_MS));
    if (count < 0) {
        return tcp_find_failure(name, host, count, error);
    }
    int fd = -EHOSTUNREACH;
    for (int i = 0; i < count && fd < 0; i++) {
        fd = tcp_connect(&addresses[i]);
    }
    return fd < 0 ? tcp_connect_failure(name, fd, error) : fd;
}
