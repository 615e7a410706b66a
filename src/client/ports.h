/* The list of ports while it is made. */
#ifndef MPROM_CLIENT_PORTS_H
#define MPROM_CLIENT_PORTS_H

#include "mprom/client.h"

struct ports_list {
    struct client_port *ports;
    size_t count;
};

/* Makes room for one more port, zeroed. NULL if out of memory. */
struct client_port *ports_add(struct ports_list *list);

/*
 * Adds the emulated boards that the files in the registry directory (docs/emulator.md) announce. Files that are not
 * this user's, that make no sense or whose process has ended are passed over. Returns 0 or -MPROM_ENOMEM.
 */
int ports_add_emulated(struct ports_list *list, const char *directory);

/* The registry directory of this user. Returns dst. */
const char *ports_registry(char *dst, size_t room);

#endif
