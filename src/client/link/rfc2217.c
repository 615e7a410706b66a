#include "client/link/rfc2217.h"

#include "mprom/error.h"

#include <stdlib.h>
#include <string.h>
/* libtelnet needs the headers above */
#include <libtelnet.h>

enum {
    OPTION_COM_PORT = 44,
    COMMAND_SERVER = 100, /* what a server says has the number of what it answers, and this */
    COMMAND_SUSPEND = 108,
    COMMAND_RESUME = 109,
};

/* What both ends may do. Everything else is refused, by libtelnet and at most once for each change of mind. */
static const telnet_telopt_t rfc2217_options[] = {
    {TELNET_TELOPT_BINARY, TELNET_WILL, TELNET_DO},
    {TELNET_TELOPT_SGA, TELNET_WILL, TELNET_DO},
    {OPTION_COM_PORT, TELNET_WILL, TELNET_DO},
    {-1, 0, 0},
};

static void rfc2217_put(struct mprom_rfc2217 *server, const char *src, size_t size)
{
    if (size > MPROM_RFC2217_SENT_SIZE - server->sent_size) {
        server->is_broken = true;
        return;
    }
    memcpy(server->sent + server->sent_size, src, size);
    server->sent_size += size;
}

/* Never more than came in, unless the server compresses, which was not asked for. */
static void rfc2217_take(struct mprom_rfc2217 *server, const char *src, size_t size)
{
    if (size > server->data_room - server->data_size) {
        server->is_broken = true;
        return;
    }
    memcpy(server->data + server->data_size, src, size);
    server->data_size += size;
}

/* An option that one of the ends has on now, or off. */
static void rfc2217_agree(struct mprom_rfc2217 *server, const telnet_event_t *event)
{
    bool is_on = event->type == TELNET_EV_WILL || event->type == TELNET_EV_DO;
    bool is_ours = event->type == TELNET_EV_DO || event->type == TELNET_EV_DONT;
    if (event->neg.telopt == TELNET_TELOPT_BINARY && is_ours) {
        server->is_binary_out = is_on;
    } else if (event->neg.telopt == TELNET_TELOPT_BINARY) {
        server->is_binary_in = is_on;
    } else if (event->neg.telopt == OPTION_COM_PORT) {
        server->has_port = is_on;
    }
}

static void rfc2217_command(struct mprom_rfc2217 *server, const uint8_t *bytes, size_t size)
{
    unsigned setting = size > 0 ? bytes[0] - (unsigned)COMMAND_SERVER : 0;
    if (size == 1 && (bytes[0] == COMMAND_SUSPEND || bytes[0] == COMMAND_RESUME)) {
        server->is_suspended = bytes[0] == COMMAND_SUSPEND;
    }
    if (setting < MPROM_RFC2217_BAUD || setting >= MPROM_RFC2217_SETTING_END ||
        size != (setting == MPROM_RFC2217_BAUD ? 5 : 2)) {
        return; /* a state of the line, which nobody asked for */
    }
    uint32_t value = 0;
    for (size_t i = 1; i < size; i++) {
        value = value << 8 | bytes[i];
    }
    server->value[setting] = value;
    server->open[setting] -= server->open[setting] > 0;
}

static void rfc2217_event(telnet_t *telnet, telnet_event_t *event, void *ctx)
{
    struct mprom_rfc2217 *server = ctx;
    (void)telnet;
    switch (event->type) {
    case TELNET_EV_DATA:
        rfc2217_take(server, event->data.buffer, event->data.size);
        break;
    case TELNET_EV_SEND:
        rfc2217_put(server, event->data.buffer, event->data.size);
        break;
    case TELNET_EV_WILL:
    case TELNET_EV_WONT:
    case TELNET_EV_DO:
    case TELNET_EV_DONT:
        rfc2217_agree(server, event);
        break;
    case TELNET_EV_SUBNEGOTIATION:
        if (event->sub.telopt == OPTION_COM_PORT) {
            rfc2217_command(server, (const uint8_t *)event->sub.buffer, event->sub.size);
        }
        break;
    case TELNET_EV_COMPRESS:
    case TELNET_EV_ERROR:
        server->is_broken = true;
        break;
    case TELNET_EV_IAC:
    case TELNET_EV_ZMP:
    case TELNET_EV_TTYPE:
    case TELNET_EV_ENVIRON:
    case TELNET_EV_MSSP:
    case TELNET_EV_WARNING:
        break;
    }
}

struct mprom_rfc2217 *mprom_rfc2217_begin(void)
{
    struct mprom_rfc2217 *server = calloc(1, sizeof(*server));
    if (server == NULL) {
        return NULL;
    }
    server->telnet = telnet_init(rfc2217_options, rfc2217_event, 0, server);
    if (server->telnet == NULL) {
        free(server);
        return NULL;
    }
    for (size_t i = 0; rfc2217_options[i].telopt >= 0; i++) {
        unsigned char option = (unsigned char)rfc2217_options[i].telopt;
        telnet_negotiate(server->telnet, TELNET_WILL, option);
        if (option != OPTION_COM_PORT) {
            telnet_negotiate(server->telnet, TELNET_DO, option);
        }
    }
    return server;
}

void mprom_rfc2217_end(struct mprom_rfc2217 *server)
{
    if (server != NULL) {
        telnet_free(server->telnet);
        free(server);
    }
}

size_t mprom_rfc2217_room(const struct mprom_rfc2217 *server)
{
    return MPROM_RFC2217_SENT_SIZE - server->sent_size; /* no answer is longer than its question */
}

ptrdiff_t mprom_rfc2217_receive(struct mprom_rfc2217 *server, const uint8_t *src, size_t size, uint8_t *dst)
{
    server->data = dst;
    server->data_size = 0;
    server->data_room = size;
    telnet_recv(server->telnet, (const char *)src, size);
    server->is_telnet |= server->data_size < size;
    return server->is_broken ? -MPROM_EBADMSG : (ptrdiff_t)server->data_size;
}

/* Each byte may become two. */
size_t mprom_rfc2217_send(struct mprom_rfc2217 *server, const uint8_t *src, size_t size)
{
    size_t end = MPROM_RFC2217_SENT_SIZE - MPROM_RFC2217_SENT_RESERVE;
    size_t room = server->sent_size < end ? (end - server->sent_size) / 2 : 0;
    size = size < room ? size : room;
    telnet_send(server->telnet, (const char *)src, size);
    return size;
}

void mprom_rfc2217_set(struct mprom_rfc2217 *server, enum mprom_rfc2217_setting setting, uint32_t value)
{
    uint8_t bytes[5] = {(uint8_t)setting, (uint8_t)value};
    size_t size = 2;
    if (setting == MPROM_RFC2217_BAUD) {
        for (size = 1; size < sizeof(bytes); size++) {
            bytes[size] = (uint8_t)(value >> (8 * (sizeof(bytes) - 1 - size)));
        }
    }
    server->open[setting]++;
    telnet_subnegotiation(server->telnet, OPTION_COM_PORT, (const char *)bytes, size);
}

void mprom_rfc2217_sent(struct mprom_rfc2217 *server, size_t size)
{
    memmove(server->sent, server->sent + size, server->sent_size - size);
    server->sent_size -= size;
}
