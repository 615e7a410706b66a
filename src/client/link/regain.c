#include "client/link/regain.h"

#include "client/link/clock.h"

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

void mprom_regain_note(struct mprom_regain *regain, const struct mprom_link *link, enum mprom_client_line dtr,
                       enum mprom_client_line rts)
{
    struct mprom_client_error error;
    struct mprom_client_port *ports;
    size_t count;
    *regain =
        (struct mprom_regain){.is_server = strstr(link->name, "://") != NULL, .settings = {link->baud, dtr, rts}};
    regain->is_expected = regain->is_server;
    if (regain->is_server || mprom_client_ports(&ports, &count, &error) != 0) {
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
static bool regain_is_it(const struct mprom_client_port *wanted, const struct mprom_client_port *port)
{
    return port->is_emulated == wanted->is_emulated && port->usb_vid == wanted->usb_vid &&
           (wanted->identity[0] ? strcmp(port->identity, wanted->identity) == 0
                                : strcmp(port->path, wanted->path) == 0);
}

static bool regain_find(struct mprom_regain *regain)
{
    struct mprom_client_error error;
    struct mprom_client_port *ports;
    size_t count;
    bool found = false;
    if (mprom_client_ports(&ports, &count, &error) != 0) {
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

int mprom_regain_port(struct mprom_regain *regain, struct mprom_link *link, uint64_t deadline_us)
{
    struct mprom_client_error error;
    char name[MPROM_LINK_NAME_SIZE];
    snprintf(name, sizeof name, "%s", link->name);
    mprom_link_close(link);
    mprom_link_init_lost(link, name);
    while (regain->is_expected && mprom_clock_left_ms(deadline_us) > 0) {
        if (regain->is_server || regain_find(regain)) {
            if (mprom_link_open(link, regain->is_server ? name : regain->port.path, &regain->settings, &error) == 0) {
                return 0;
            }
            mprom_link_init_lost(link, name);
        }
        poll(NULL, 0, REGAIN_PAUSE_MS);
    }
    return -MPROM_EIO;
}
