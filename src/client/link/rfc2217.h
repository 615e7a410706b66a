/*
 * What is said to a serial server that speaks Telnet with the COM-PORT-OPTION of RFC 2217: bytes in, bytes out. It
 * waits for nothing and knows no socket. Memory is bounded whatever the server sends.
 */
#ifndef MPROM_CLIENT_RFC2217_H
#define MPROM_CLIENT_RFC2217_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What can be set of the server's port; the numbers are those of RFC 2217. */
enum mprom_rfc2217_setting {
    MPROM_RFC2217_BAUD = 1,
    MPROM_RFC2217_DATA_SIZE = 2,
    MPROM_RFC2217_PARITY = 3, /* 1: none */
    MPROM_RFC2217_STOP_SIZE = 4,
    MPROM_RFC2217_CONTROL = 5, /* flow control and modem lines, each with values of its own */
    MPROM_RFC2217_SETTING_END,
};

enum {
    MPROM_RFC2217_PARITY_NONE = 1,
    MPROM_RFC2217_FLOW_NONE = 1, /* of MPROM_RFC2217_CONTROL */
    MPROM_RFC2217_DTR_ON = 8,
    MPROM_RFC2217_DTR_OFF = 9,
    MPROM_RFC2217_RTS_ON = 11,
    MPROM_RFC2217_RTS_OFF = 12,
    MPROM_RFC2217_SENT_SIZE = 8192,
    MPROM_RFC2217_SENT_RESERVE = 1024, /* of it, which data leaves to what is asked and answered */
};

struct telnet_t;

struct mprom_rfc2217 {
    struct telnet_t *telnet;
    bool is_telnet;                            /* the server has said something of Telnet */
    bool is_binary_in;                         /* all bytes are data, from the server, */
    bool is_binary_out;                        /* and to it */
    bool has_port;                             /* the server does RFC 2217 */
    bool is_suspended;                         /* it wants no data now */
    bool is_broken;                            /* it cannot be understood any more, or asks without end */
    unsigned open[MPROM_RFC2217_SETTING_END];  /* questions about a setting that were not answered yet */
    uint32_t value[MPROM_RFC2217_SETTING_END]; /* of a setting, as the server said last */
    uint8_t *data; /* where mprom_rfc2217_receive() puts data while it runs, and how much it has put */
    size_t data_size;
    size_t data_room;
    size_t sent_size; /* of what is to be sent to the server */
    uint8_t sent[MPROM_RFC2217_SENT_SIZE];
};

/*
 * Asks the server to speak RFC 2217. Returns NULL if out of memory; mprom_rfc2217_end() frees it and takes NULL, too.
 */
struct mprom_rfc2217 *mprom_rfc2217_begin(void);
void mprom_rfc2217_end(struct mprom_rfc2217 *server);

/* How many bytes mprom_rfc2217_receive() can take now; 0 if the server lets nothing out that it asked for. */
size_t mprom_rfc2217_room(const struct mprom_rfc2217 *server);

/*
 * Takes size bytes from the server, at most mprom_rfc2217_room(), which may end in the middle of anything. Puts the
 * data among them into dst, which has room for size bytes.
 *
 * Returns how many bytes of data there were, or -MPROM_EBADMSG: is_broken.
 */
ptrdiff_t mprom_rfc2217_receive(struct mprom_rfc2217 *server, const uint8_t *src, size_t size, uint8_t *dst);

/* Puts data into sent, as much as there is room for. Returns how much that was. */
size_t mprom_rfc2217_send(struct mprom_rfc2217 *server, const uint8_t *src, size_t size);

/* Asks the server to set something of its port; open and value tell when it has answered and what. */
void mprom_rfc2217_set(struct mprom_rfc2217 *server, enum mprom_rfc2217_setting setting, uint32_t value);

/* The first size bytes of sent are gone. */
void mprom_rfc2217_sent(struct mprom_rfc2217 *server, size_t size);

#endif
