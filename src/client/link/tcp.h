/*
 * A TCP connection to a serial server, on which links are built.
 */
#ifndef MPROM_CLIENT_TCP_H
#define MPROM_CLIENT_TCP_H

#include "mprom/client.h"

/* What to do about a connection that was lost, for the sentence. */
extern const char mprom_tcp_lost[];

/*
 * Connects to the server that name says: scheme ("socket://") and HOST:PORT behind it, HOST a name, an IPv4 address
 * or an IPv6 address in brackets.
 *
 * Returns the socket, which does not wait, or fills error as mprom_link_open_socket() says.
 */
int mprom_tcp_open(const char *name, const char *scheme, struct mprom_client_error *error);

/* One read or write that does not wait: bytes moved, 0 if none can be moved now, or -MPROM_EIO. */
ptrdiff_t mprom_tcp_read(int fd, void *dst, size_t room);
ptrdiff_t mprom_tcp_write(int fd, const void *src, size_t size);

/* Closes a connection once the server has taken what was sent last, after half a second at most. */
void mprom_tcp_close(int fd);

#endif
