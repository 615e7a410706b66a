/* The ports of this PC: serial ports and emulated boards. */
#include "client/link/failure.h"
#include "client/link/ports_emulated.h"

#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void ports_copy(char *dst, size_t room, const char *text)
{
    mprom_failure_printable(dst, room, text ? text : "", text ? strlen(text) : 0, false);
}

/*
 * Ports of one USB device, as a board with two of them has, share its address on the bus. Serial numbers would not
 * do: some makers give all their devices the same.
 */
static void ports_note_device(struct mprom_client_port *port, const struct sp_port *from)
{
    int bus, address;
    if (sp_get_port_usb_bus_address(from, &bus, &address) == SP_OK) {
        snprintf(port->device, sizeof(port->device), "usb %d:%d", bus, address);
    }
}

static int ports_add_serial(struct mprom_ports_list *list, const struct sp_port *from)
{
    struct mprom_client_port *port = mprom_ports_list_add(list);
    if (!port) {
        return -MPROM_ENOMEM;
    }
    ports_copy(port->path, sizeof(port->path), sp_get_port_name(from));
    ports_copy(port->description, sizeof(port->description), sp_get_port_description(from));
    if (sp_get_port_transport(from) == SP_TRANSPORT_USB) {
        port->is_board = true;
        ports_copy(port->usb_serial, sizeof(port->usb_serial), sp_get_port_usb_serial(from));
        memcpy(port->identity, port->usb_serial, sizeof(port->identity));
        ports_note_device(port, from);
        if (sp_get_port_usb_vid_pid(from, &port->usb_vid, &port->usb_pid) != SP_OK) {
            port->usb_vid = port->usb_pid = -1;
        }
    }
    return 0;
}

static int ports_order(const void *a, const void *b)
{
    const struct mprom_client_port *left = a;
    const struct mprom_client_port *right = b;
    if (left->is_board != right->is_board) {
        return left->is_board ? -1 : 1;
    }
    return strverscmp(left->path, right->path); /* ttyACM9 comes before ttyACM10 */
}

/* Tests that write to every board there is had better not find real ones. */
static bool ports_emulated_only(void)
{
    const char *wanted = getenv("MPROM_PORTS");
    return wanted && strcmp(wanted, "emulated") == 0;
}

int mprom_client_ports(struct mprom_client_port **ports, size_t *count, struct mprom_client_error *error)
{
    struct mprom_ports_list list = {NULL, 0};
    struct sp_port **serial = NULL;
    char registry[PATH_MAX];
    int err = mprom_ports_add_emulated(&list, mprom_ports_registry(registry, sizeof(registry)));
    if (ports_emulated_only() || sp_list_ports(&serial) != SP_OK) {
        /* A system without serial ports may still have emulated boards. */
        serial = NULL;
        err = !err && list.count == 0 && !ports_emulated_only() ? -MPROM_EIO : err;
    }
    for (size_t i = 0; !err && serial && serial[i]; i++) {
        err = ports_add_serial(&list, serial[i]);
    }
    if (serial) {
        sp_free_port_list(serial);
    }
    if (err) {
        free(list.ports);
        return mprom_failure_set(error, err, "cannot list the serial ports of this system: %s",
                                 err == -MPROM_ENOMEM ? "out of memory" : "the system refuses");
    }
    if (list.count > 0) {
        qsort(list.ports, list.count, sizeof(*list.ports), ports_order);
    }
    *ports = list.ports;
    *count = list.count;
    return 0;
}
