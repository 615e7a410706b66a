/*
 * The link over TCP to a serial server that speaks RFC 2217, by which the rate of the line is the client's to choose.
 *
 * The order of data and settings is that in which they are sent, but a server may set its port before its port has
 * sent what came before. So the rate is changed only when the board has answered everything.
 */
#include "client/link/clock.h"
#include "client/link/failure.h"
#include "client/link/link_open.h"
#include "client/link/rfc2217.h"
#include "client/link/tcp.h"

#include <stdio.h>

enum {
    SERVER_ANSWER_MS = 3000,
    SERVER_LEAVE_MS = 500, /* for what was written last to leave */
    SERVER_PIECE_SIZE = 4096,
    SERVER_BAUD_PART = 50, /* a UART understands rates that differ by less than this part */
};

static const char lost_broken[] =
    "the server sends what is no RFC 2217: set its port to RFC 2217, or to raw TCP and use socket://HOST:PORT";
static const char lost_silent[] = "the server does not say which rate its port has now; restart it if that happens "
                                  "again";
static const char lost_suspended[] = "the server wants no data (its flow control): see what its port waits for, and "
                                     "turn its flow control off";

static const struct {
    enum mprom_rfc2217_setting setting;
    uint32_t value;
} server_settings[] = {
    {MPROM_RFC2217_DATA_SIZE, 8},
    {MPROM_RFC2217_PARITY, MPROM_RFC2217_PARITY_NONE},
    {MPROM_RFC2217_STOP_SIZE, 1},
};

/* Sends what is to be sent, as far as that goes without waiting. 0, or -MPROM_EIO. */
static int server_flush(struct mprom_link *link)
{
    struct mprom_rfc2217 *server = link->server;
    while (server->sent_size > 0) {
        ptrdiff_t n = mprom_tcp_write(link->fd, server->sent, server->sent_size);
        if (n <= 0) {
            return (int)n;
        }
        mprom_rfc2217_sent(server, (size_t)n);
    }
    return 0;
}

/* Nothing more can be made of what the server says. */
static int server_give_up(struct mprom_link *link, const char *lost)
{
    link->server->is_broken = true;
    link->lost = lost;
    return -MPROM_EIO;
}

static ptrdiff_t server_read(struct mprom_link *link, void *dst, size_t room)
{
    struct mprom_rfc2217 *server = link->server;
    uint8_t bytes[SERVER_PIECE_SIZE];
    if (server->is_broken) {
        return -MPROM_EIO;
    }
    size_t size = mprom_rfc2217_room(server);
    if (size == 0) {
        return server_give_up(link, lost_broken);
    }
    size = size < room ? size : room;
    ptrdiff_t n = mprom_tcp_read(link->fd, bytes, size < sizeof(bytes) ? size : sizeof(bytes));
    if (n > 0) {
        n = mprom_rfc2217_receive(server, bytes, (size_t)n, dst);
        if (n < 0) {
            return server_give_up(link, lost_broken);
        }
        (void)server_flush(link); /* what was read counts also if the server is gone now: the next call sees that */
    }
    return n;
}

static ptrdiff_t server_write(struct mprom_link *link, const void *src, size_t size)
{
    struct mprom_rfc2217 *server = link->server;
    size_t taken = server->is_suspended ? 0 : mprom_rfc2217_send(server, src, size);
    int err = server_flush(link);
    return err ? err : (ptrdiff_t)taken;
}

/* What was written and did not leave at once goes on here, whatever is waited for. */
static int server_wait(struct mprom_link *link, bool want_read, bool want_write, uint64_t deadline_us)
{
    struct mprom_rfc2217 *server = link->server;
    if (server->is_broken) {
        return -MPROM_EIO;
    }
    bool can_write = (want_write && !server->is_suspended) || server->sent_size > 0;
    int err = mprom_link_wait_fd(link, want_read, can_write, deadline_us);
    if (err == -MPROM_ETIMEDOUT && want_write && server->is_suspended) {
        link->lost = lost_suspended;
        return -MPROM_EIO;
    }
    return err ? err : server_flush(link);
}

static void server_close(struct mprom_link *link)
{
    uint64_t deadline = mprom_clock_in_ms(SERVER_LEAVE_MS);
    int err = 0;
    while (!err && link->server->sent_size > 0) {
        err = server_wait(link, false, false, deadline);
    }
    mprom_tcp_close(link->fd);
    mprom_rfc2217_end(link->server);
}

/* Reads into the buffer until done() says so. 0, or -MPROM_ETIMEDOUT, -MPROM_EIO. */
static int server_await(struct mprom_link *link, bool (*done)(const struct mprom_rfc2217 *server))
{
    uint64_t deadline = mprom_clock_in_ms(SERVER_ANSWER_MS);
    int err = server_flush(link);
    while (!err && !done(link->server)) {
        if (mprom_clock_left_ms(deadline) == 0) { /* a server that talks for ever always has bytes waiting */
            return -MPROM_ETIMEDOUT;
        }
        bool has_room = link->rx_end - link->rx_pos < MPROM_LINK_RX_SIZE;
        err = server_wait(link, has_room, false, deadline);
        if (!err && has_room) {
            err = mprom_link_fill(link);
        }
    }
    return err;
}

static bool server_has_agreed(const struct mprom_rfc2217 *server)
{
    return server->has_port && server->is_binary_in && server->is_binary_out;
}

static bool server_has_set_baud(const struct mprom_rfc2217 *server)
{
    return server->open[MPROM_RFC2217_BAUD] == 0;
}

static bool server_has_set_all(const struct mprom_rfc2217 *server)
{
    bool has = server_has_set_baud(server);
    for (size_t i = 0; i < sizeof(server_settings) / sizeof(server_settings[0]); i++) {
        has = has && server->open[server_settings[i].setting] == 0;
    }
    return has;
}

/* Servers say what their port really does, which may differ a little. */
static bool server_has_baud(const struct mprom_rfc2217 *server, uint32_t baud)
{
    uint32_t has = server->value[MPROM_RFC2217_BAUD];
    return (has > baud ? has - baud : baud - has) <= baud / SERVER_BAUD_PART;
}

static int server_try_baud(struct mprom_link *link, uint32_t baud)
{
    mprom_rfc2217_set(link->server, MPROM_RFC2217_BAUD, baud);
    int err = server_await(link, server_has_set_baud);
    return !err && !server_has_baud(link->server, baud) ? -MPROM_EINVAL : err;
}

/* A server whose port has nobody knows which rate is of no use. */
static int server_set_baud(struct mprom_link *link, uint32_t baud)
{
    uint32_t before = link->server->value[MPROM_RFC2217_BAUD];
    if (server_try_baud(link, baud) == 0) {
        return 0;
    }
    if (server_try_baud(link, before) != 0) {
        (void)server_give_up(link, lost_silent);
    }
    return -MPROM_EINVAL;
}

/* Not every server answers about these, so nobody waits for that; they leave with the next bytes. */
static int server_set_line(struct mprom_link *link, enum mprom_link_line which, bool is_on)
{
    static const uint32_t values[][2] = {
        [MPROM_LINK_DTR] = {MPROM_RFC2217_DTR_OFF, MPROM_RFC2217_DTR_ON},
        [MPROM_LINK_RTS] = {MPROM_RFC2217_RTS_OFF, MPROM_RFC2217_RTS_ON},
    };
    mprom_rfc2217_set(link->server, MPROM_RFC2217_CONTROL, values[which][is_on]);
    (void)server_flush(link); /* if the server is gone, the next call sees that */
    return 0;
}

static const struct mprom_link_ops server_ops = {
    .read = server_read,
    .write = server_write,
    .wait = server_wait,
    .close = server_close,
    .set_baud = server_set_baud,
    .set_line = server_set_line,
};

static int server_agree(struct mprom_link *link, struct mprom_client_error *error)
{
    const struct mprom_rfc2217 *server = link->server;
    const char *address = link->name + sizeof("rfc2217://") - 1;
    int err = server_await(link, server_has_agreed);
    if (err != -MPROM_ETIMEDOUT) {
        return err ? mprom_link_failure(link, err, "agreeing on RFC 2217", error) : 0;
    }
    if (!server->is_telnet) {
        return mprom_failure_set(
            error, -MPROM_EOPNOTSUPP,
            "%s: the server does not speak Telnet; if its port is in raw TCP mode, use socket://%s", link->name,
            address);
    }
    if (!server->has_port) {
        return mprom_failure_set(
            error, -MPROM_EOPNOTSUPP,
            "%s: the server speaks Telnet but not RFC 2217: set its port to RFC 2217, or to raw TCP and "
            "use socket://%s",
            link->name, address);
    }
    return mprom_failure_set(
        error, -MPROM_EOPNOTSUPP,
        "%s: the server does not pass on all bytes (Telnet's BINARY): set its port to raw TCP and use "
        "socket://%s",
        link->name, address);
}

/*
 * DTR and RTS are on as they are once a terminal device is open: boards on USB learn from DTR that somebody reads.
 * DTR comes first, since RTS alone holds some boards in reset. Not every port has modem lines or flow control, and
 * not every server answers about them: nobody waits for that.
 */
static int server_set_all(struct mprom_link *link, const struct mprom_link_settings *settings,
                          struct mprom_client_error *error)
{
    struct mprom_rfc2217 *server = link->server;
    bool is_set = true;
    mprom_rfc2217_set(server, MPROM_RFC2217_BAUD, link->baud);
    for (size_t i = 0; i < sizeof(server_settings) / sizeof(server_settings[0]); i++) {
        mprom_rfc2217_set(server, server_settings[i].setting, server_settings[i].value);
    }
    mprom_rfc2217_set(server, MPROM_RFC2217_CONTROL, MPROM_RFC2217_FLOW_NONE);
    if (settings->dtr == MPROM_CLIENT_LINE_USUAL) {
        mprom_rfc2217_set(server, MPROM_RFC2217_CONTROL, MPROM_RFC2217_DTR_ON);
    }
    if (settings->rts == MPROM_CLIENT_LINE_USUAL) {
        mprom_rfc2217_set(server, MPROM_RFC2217_CONTROL, MPROM_RFC2217_RTS_ON);
    }
    int err = server_await(link, server_has_set_all);
    if (err == -MPROM_ETIMEDOUT) {
        return mprom_failure_set(
            error, err, "%s: the server speaks RFC 2217 but does not say what it has set; restart it", link->name);
    }
    if (err) {
        return mprom_link_failure(link, err, "setting up the line", error);
    }
    for (size_t i = 0; i < sizeof(server_settings) / sizeof(server_settings[0]); i++) {
        is_set = is_set && server->value[server_settings[i].setting] == server_settings[i].value;
    }
    if (!is_set) {
        return mprom_failure_set(error, -MPROM_EINVAL,
                                 "%s: the server's port does not do 8 data bits, no parity and 1 stop bit",
                                 link->name);
    }
    if (!server_has_baud(server, link->baud)) {
        return mprom_failure_set(
            error, -MPROM_EINVAL,
            "%s: the server has set its port to %u baud, not %u; choose a rate with --baud that it does", link->name,
            server->value[MPROM_RFC2217_BAUD], link->baud);
    }
    return 0;
}

int mprom_link_open_rfc2217(struct mprom_link *link, const char *name, const struct mprom_link_settings *settings,
                            struct mprom_client_error *error)
{
    int fd = mprom_tcp_open(name, "rfc2217://", error);
    if (fd < 0) {
        return fd;
    }
    *link = (struct mprom_link){.ops = &server_ops,
                                .fd = fd,
                                .baud = settings->baud,
                                .lost = mprom_tcp_lost,
                                .server = mprom_rfc2217_begin()};
    snprintf(link->name, sizeof(link->name), "%s", name);
    if (link->server == NULL) {
        mprom_tcp_close(fd);
        return mprom_failure_set(error, -MPROM_ENOMEM, "out of memory");
    }
    int err = server_agree(link, error);
    if (!err) {
        err = server_set_all(link, settings, error);
    }
    if (err) {
        mprom_link_close(link);
    }
    return err;
}
