/*
 * What a board's firmware would refuse, found before anything is sent.
 */
#ifndef MPROM_CLIENT_LIMITS_H
#define MPROM_CLIENT_LIMITS_H

#include "client/repl/session.h"
#include "mprom/romfs.h"

/*
 * Whether the board takes an image, as far as that can be seen without asking it: what the check of mprom's firmware
 * refuses, paths that are too long to import from, .mpy files that the board cannot load.
 *
 * Returns 0, or -MPROM_EINVAL with a sentence that names the path and the limit, or -MPROM_ENOMEM.
 */
int mprom_limits_check(const struct mprom_client_board *board, const char *port, uint32_t id,
                       const struct mprom_romfs *fs, struct mprom_client_error *error);

/*
 * Whether the segment's address is aligned as the image says that it needs. Asks the board only if the image needs
 * more than each board has; a board that cannot say where a segment lies passes.
 *
 * Returns 0, or -MPROM_EINVAL, and errors as mprom_session_run().
 */
int mprom_limits_check_align(struct mprom_client *client, uint32_t id, const struct mprom_romfs *fs,
                             struct mprom_client_error *error);

/* Whether the segment may be written: not the slot that runs. Returns 0 or -MPROM_EPERM. */
int mprom_limits_check_slot(const struct mprom_client *client, uint32_t id, struct mprom_client_error *error);

#endif
