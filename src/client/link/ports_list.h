/* The list of ports while it is made. */
#ifndef MPROM_CLIENT_PORTS_LIST_H
#define MPROM_CLIENT_PORTS_LIST_H

#include "mprom/client.h"

struct mprom_ports_list {
    struct mprom_client_port *ports;
    size_t count;
};

/* Makes room for one more port, zeroed. NULL if out of memory. */
struct mprom_client_port *mprom_ports_list_add(struct mprom_ports_list *list);

#endif
