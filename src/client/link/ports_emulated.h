/* Emulated boards among the ports. */
#ifndef MPROM_CLIENT_PORTS_EMULATED_H
#define MPROM_CLIENT_PORTS_EMULATED_H

#include "client/link/ports_list.h"

/*
 * Adds the emulated boards that the files in the registry directory (docs/emulator.md) announce. Files that are not
 * this user's, that make no sense or whose process has ended are passed over. Returns 0 or -MPROM_ENOMEM.
 */
int mprom_ports_add_emulated(struct mprom_ports_list *list, const char *directory);

/* The registry directory of this user. Returns dst. */
const char *mprom_ports_registry(char *dst, size_t room);

#endif
