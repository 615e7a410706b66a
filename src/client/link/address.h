/*
 * Where a host of the network is.
 */
#ifndef MPROM_CLIENT_ADDRESS_H
#define MPROM_CLIENT_ADDRESS_H

#include "mprom/client.h"

#include <sys/socket.h>

enum {
    MPROM_ADDRESS_HOST_SIZE = 128,
    MPROM_ADDRESS_COUNT_MAX = 16,
};

struct mprom_address {
    struct sockaddr_storage socket;
    socklen_t size;
};

/*
 * Takes "HOST:PORT" apart, HOST an IPv6 address in brackets, or without ':'. Returns whether it is of this form.
 */
bool mprom_address_parse(const char *text, char host[MPROM_ADDRESS_HOST_SIZE], uint16_t *port);

/*
 * Finds the addresses of a host, which is an address itself or a name, in the order in which they are to be tried.
 *
 * Returns how many (1 to MPROM_ADDRESS_COUNT_MAX), or
 *   -MPROM_ENOENT      nobody knows the name
 *   -MPROM_EOPNOTSUPP  this system has no getent, so only addresses can be used
 *   -MPROM_ETIMEDOUT, -MPROM_EIO
 */
int mprom_address_find(const char *host, uint16_t port, struct mprom_address addresses[MPROM_ADDRESS_COUNT_MAX],
                       uint64_t deadline_us);

#endif
