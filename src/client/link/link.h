/*
 * The link: a byte pipe to a board, over a terminal device (serial port or pty) or over TCP to a serial server, as it
 * is or in Telnet with the settings of the port (RFC 2217).
 *
 * Nothing here waits longer than its deadline. While it writes, a link goes on reading into a buffer of its own, so
 * that a board which stops taking bytes until somebody reads what it prints cannot lock both sides.
 */
#ifndef MPROM_CLIENT_LINK_H
#define MPROM_CLIENT_LINK_H

#include "mprom/client.h"

enum {
    MPROM_LINK_RX_SIZE = 16384,
    MPROM_LINK_NAME_SIZE = 128,
};

struct mprom_link;
struct mprom_rfc2217;

enum mprom_link_line {
    MPROM_LINK_DTR,
    MPROM_LINK_RTS,
};

struct mprom_link_ops {
    /* One read or write that does not wait: bytes moved, 0 if none can be moved now, or -MPROM_EIO: the board is
     * gone. */
    ptrdiff_t (*read)(struct mprom_link *link, void *dst, size_t room);
    ptrdiff_t (*write)(struct mprom_link *link, const void *src, size_t size);
    /* Waits for bytes, or if want_write for room to write, until deadline_us. 0, or -MPROM_ETIMEDOUT, -MPROM_EIO. */
    int (*wait)(struct mprom_link *link, bool want_read, bool want_write, uint64_t deadline_us);
    void (*close)(struct mprom_link *link);
    /* Drops what came before the port was opened, as the system keeps it for whoever opens it next. NULL if none
     * does. */
    void (*drain)(struct mprom_link *link);
    /* Sets the rate of the line: mprom_link_set_baud(). NULL if there is no rate. */
    int (*set_baud)(struct mprom_link *link, uint32_t baud);
    /* Switches a modem line. 0, or -MPROM_EOPNOTSUPP if the port has none. NULL if no port of this kind has. */
    int (*set_line)(struct mprom_link *link, enum mprom_link_line which, bool is_on);
};

struct mprom_link {
    const struct mprom_link_ops *ops;
    int fd;
    uint32_t baud;  /* at which it was opened; 0 if it has no rate */
    bool exclusive; /* the terminal's exclusive flag is ours to clear */
    bool heard;     /* something was received */
    struct mprom_rfc2217 *server;
    const char *lost; /* what to do about a lost connection, for the sentence */
    char name[MPROM_LINK_NAME_SIZE];
    size_t rx_pos;
    size_t rx_end;
    uint8_t rx[MPROM_LINK_RX_SIZE];
};

/*
 * Changes the rate of the line, or with 0 goes back to that at which it was opened. What was written before leaves a
 * terminal device at the old rate; with a server in between, what the board has not confirmed may not. Waits for a
 * server to confirm it, a few seconds at most, and keeps what it says in the meantime. Returns 0, or -MPROM_EINVAL if
 * the port does not do it, or has no rate; then nothing changes.
 */
int mprom_link_set_baud(struct mprom_link *link, uint32_t baud);

/* The highest rate up to baud that a port may be able to do; 0 if there is no rate. */
uint32_t mprom_link_baud_below(const struct mprom_link *link, uint32_t baud);

/* A link that is not there: everything fails with -MPROM_EIO; it may be closed. */
void mprom_link_init_lost(struct mprom_link *link, const char *name);

/* Ends a link that was opened. */
void mprom_link_close(struct mprom_link *link);

/*
 * Takes one received byte, waiting for it.
 *
 * Returns it (0 to 255), or -MPROM_ETIMEDOUT, or -MPROM_EIO if the board is gone.
 */
int mprom_link_get(struct mprom_link *link, uint64_t deadline_us);

/* Takes what was received, 1 to room bytes, waiting for it. Returns how many, or as mprom_link_get(). */
ptrdiff_t mprom_link_take(struct mprom_link *link, void *dst, size_t room, uint64_t deadline_us);

/* Writes all of size bytes. Returns 0, or as mprom_link_get(); how much was written is then unknown. */
int mprom_link_write(struct mprom_link *link, const void *src, size_t size, uint64_t deadline_us);

/* For the kinds of link: reads what is there into the buffer, making room at its start first. 0 or -MPROM_EIO. */
int mprom_link_fill(struct mprom_link *link);

/* For the kinds of link: the operation wait, for any file descriptor. */
int mprom_link_wait_fd(struct mprom_link *link, bool want_read, bool want_write, uint64_t deadline_us);

/*
 * Turns an error of mprom_link_get(), mprom_link_take() or mprom_link_write() into a sentence. `doing` is what was
 * going on, such as "entering the raw REPL".
 */
int mprom_link_failure(const struct mprom_link *link, int code, const char *doing, struct mprom_client_error *error);

#endif
