#include "client/regain.h"

#include "client/clock.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    REGAIN_PAUSE_MS = 20 /* between two looks at the ports */
};

/* Whether both names lead to one device. */
static bool regain_is_same_path(const char *a, const char *b)
{
    char left[PATH_MAX], right[PATH_MAX];
    return realpath(a, left) && realpath(b, right) && strcmp(left, right) == 0;
}

void regain_note(struct regain *regain, const struct link *link, enum client_line dtr, enum client_line rts)
{
    struct client_error error;
    struct client_port *ports;
    size_t count;
    *regain = (struct regain){.is_server = strstr(link->name, "://") != NULL, .settings = {link->baud, dtr, rts}};
    regain->is_expected = regain->is_server;
    if (regain->is_server || client_ports(&ports, &count, &error) != 0) {
        return;
    }
    for (size_t i = 0; i < count && !regain->is_expected; i++) {
        if (ports[i].is_board && regain_is_same_path(ports[i].path, link->name)) {
            regain->port = ports[i];
            regain->is_expected = true;
        }
    }
    free(ports);
}

/* A board without a serial number is taken for the one that comes back at the same path. */
static bool regain_is_it(const struct client_port *wanted, const struct client_port *port)
{
    return port->is_emulated == wanted->is_emulated && port->usb_vid == wanted->usb_vid &&
           (wanted->identity[0] ? strcmp(port->identity, wanted->identity) == 0
                                : strcmp(port->path, wanted->path) == 0);
}

static bool regain_find(struct regain *regain)
{
    struct client_error error;
    struct client_port *ports;
    size_t count;
    bool found = false;
    if (client_ports(&ports, &count, &error) != 0) {
        return false;
    }
    for (size_t i = 0; i < count && !found; i++) {
        found = regain_is_it(&regain->port, &ports[i]);
        if (found) {
            regain->port = ports[i];
        }
    }
    free(ports);
    return found;
}

int regain_port(struct regain *regain, struct link *link, uint64_t deadline_us)
{
    struct client_error error;
    char name[LINK_NAME_SIZE];
    snprintf(name, sizeof name, "%s", link->name);
    link_close(link);
    link_init_lost(link, name);
    while (regain->is_expected && clock_left_ms(deadline_us) > 0) {
        if (regain->is_server || regain_find(regain)) {
            if (link_open(link, regain->is_server ? name : regain->port.path, &regain->settings, &error) == 0) {
                return 0;
            }
            link_init_lost(link, name);
        }
        poll(NULL, 0, REGAIN_PAUSE_MS);
    }
    return -MPROM_EIO;
}
