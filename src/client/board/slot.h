/*
 * Slots: which of them must not lose its image by accident. Private to src/client.
 */
#ifndef MPROM_CLIENT_SLOT_H
#define MPROM_CLIENT_SLOT_H

#include "client/repl/session.h"

/*
 * Before anything is written to or erased in a segment that exists: refuses the slot that the board goes back to
 * after romfs.rollback(), or with `force` has the board allow it. `undone` ends the sentence "nothing was ...".
 *
 * Returns 0, or -MPROM_EBUSY if the slot is refused, and errors as mprom_client_deploy().
 */
int mprom_slot_check_return(struct mprom_client *client, uint32_t id, bool force, const char *undone,
                            struct mprom_client_error *error);

#endif
