/* Ways to open a link. */
#ifndef MPROM_CLIENT_LINK_OPEN_H
#define MPROM_CLIENT_LINK_OPEN_H

#include "client/link/link.h"

/* How a port shall be set. */
struct mprom_link_settings {
    uint32_t baud; /* 0 stands for 115200 where the line has a rate */
    enum mprom_client_line dtr;
    enum mprom_client_line rts;
};

/*
 * Opens what a port's name says: "socket://HOST:PORT" by mprom_link_open_socket(), "rfc2217://HOST:PORT" by
 * mprom_link_open_rfc2217(), anything else by mprom_link_open_tty(). Modem lines that shall be on or off are switched
 * then, DTR first.
 *
 * Returns as these, or -MPROM_EINVAL for another "scheme://" and for a baud or lines to be set with a socket, or
 * -MPROM_EOPNOTSUPP if the port has no such lines.
 */
int mprom_link_open(struct mprom_link *link, const char *name, const struct mprom_link_settings *settings,
                    struct mprom_client_error *error);

/* Switches the modem lines of a link as the settings ask for. Returns 0, or -MPROM_EOPNOTSUPP with the sentence. */
int mprom_link_set_lines(struct mprom_link *link, const struct mprom_link_settings *settings,
                         struct mprom_client_error *error);

/*
 * Connects to the serial server that name says, "socket://HOST:PORT", HOST a name, an IPv4 address or an IPv6 address
 * in brackets; the bytes of the connection are those of the board's console, nothing around them. The speed of the
 * line and who else may use it are the server's business.
 *
 * Returns 0, or fills error:
 *   -MPROM_EINVAL      name is not of this form
 *   -MPROM_ENOENT      no such host, nobody listens there, or no way there
 *   -MPROM_ETIMEDOUT   no answer within a few seconds
 *   -MPROM_EIO, -MPROM_ENOMEM
 */
int mprom_link_open_socket(struct mprom_link *link, const char *name, struct mprom_client_error *error);

/*
 * Connects to the serial server that name says, "rfc2217://HOST:PORT", and has it set its port: 8 data bits, no
 * parity, 1 stop bit, no flow control, baud; DTR and RTS on where dtr and rts say MPROM_CLIENT_LINE_USUAL. Who else
 * may use the port is the server's business.
 *
 * Returns as mprom_link_open_socket(), and
 *   -MPROM_EOPNOTSUPP  the server does not speak RFC 2217
 *   -MPROM_ETIMEDOUT   it does not say what it has set either
 *   -MPROM_EINVAL      its port does not do this baud rate, or 8 bits
 */
int mprom_link_open_rfc2217(struct mprom_link *link, const char *name, const struct mprom_link_settings *settings,
                            struct mprom_client_error *error);

/*
 * Opens the terminal device at path: raw, 8 data bits, no parity, 1 stop bit, at baud.
 *
 * Nobody else can use the port meanwhile: an advisory lock (flock) refuses another mprom, mpremote and everything
 * else that locks a port, root included; on a serial port the terminal's exclusive flag also refuses programs that do
 * not ask.
 *
 * Returns 0, or fills error:
 *   -MPROM_ENOENT      no such device
 *   -MPROM_EPERM       no permission
 *   -MPROM_EBUSY       in use by another program
 *   -MPROM_ENODEV      no terminal device
 *   -MPROM_EINVAL      this baud rate cannot be set
 *   -MPROM_EIO         anything else
 */
int mprom_link_open_tty(struct mprom_link *link, const char *path, uint32_t baud, struct mprom_client_error *error);

#endif
