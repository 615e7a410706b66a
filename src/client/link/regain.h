/*
 * A port that goes away with its board and comes back, perhaps under another name: by USB serial number, an emulated
 * board by its process.
 */
#ifndef MPROM_CLIENT_REGAIN_H
#define MPROM_CLIENT_REGAIN_H

#include "client/link/link_open.h"

struct mprom_regain {
    bool is_expected; /* the port is known well enough to be found again */
    bool is_server;   /* on the network: under the same name */
    struct mprom_client_port port;
    struct mprom_link_settings settings; /* as it is opened again */
};

/* Notes what the link's port is, while it is there, and what its modem lines are to be. */
void mprom_regain_note(struct mprom_regain *regain, const struct mprom_link *link, enum mprom_client_line dtr,
                       enum mprom_client_line rts);

/*
 * Closes a link that has ended, waits until its port is there again and opens it. regain->port has its name then.
 *
 * Returns 0, or -MPROM_EIO if it did not come back in time, or was never known; the link is of no use then but can be
 * closed.
 */
int mprom_regain_port(struct mprom_regain *regain, struct mprom_link *link, uint64_t deadline_us);

#endif
