/* The list of ports while it is made. */
#ifndef MPROM_CLIENT_PORTS_H
#define MPROM_CLIENT_PORTS_H

#include "mprom/client.h"

struct mprom_ports_list {
    struct mprom_client_port *ports;
    size_t count;
};

/* Makes room for one more port, zeroed. NULL if out of memory. */
struct mprom_client_port *mprom_ports_add(struct mprom_ports_list *list);

/*
 * Adds the emulated boards that the files in the registry directory (docs/emulator.md) announce. Files that are not
 * this user's, that make no sense or whose process has ended are passed over. Returns 0 or -MPROM_ENOMEM.
 */
int mprom_ports_add_emulated(struct mprom_ports_list *list, const char *directory);

/* The registry directory of this user. Returns dst. */
const char *mprom_ports_registry(char *dst, size_t room);

#endif
