#include "client/link/ports_list.h"

#include <stdlib.h>

struct mprom_client_port *mprom_ports_list_add(struct mprom_ports_list *list)
{
    struct mprom_client_port *grown = realloc(list->ports, (list->count + 1) * sizeof(*grown));
    if (!grown) {
        return NULL;
    }
    list->ports = grown;
    struct mprom_client_port *port = &grown[list->count++];
    *port = (struct mprom_client_port){.usb_vid = -1, .usb_pid = -1};
    return port;
}
