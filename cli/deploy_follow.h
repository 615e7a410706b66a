/* Showing what a board prints after its restart, by a deploy or a reset, and what is made of it. */
#ifndef MPROM_CLI_DEPLOY_FOLLOW_H
#define MPROM_CLI_DEPLOY_FOLLOW_H

#include "cli/online.h"

enum {
    FOLLOW_SECONDS_MAX = 86400
};

/*
 * Shows what the board prints after its restart, until it is at its prompt, nobody reads on, or the seconds are over.
 * was_hard: the chip was reset, so that a port on USB may have gone away with it.
 *
 * Returns CLI_OK, or CLI_FAILED after a message; boot or main that ended with an exception is a failure.
 */
int deploy_follow(struct online *online, uint32_t seconds, bool was_hard);

/*
 * Confirms the image in a segment after it was seen to run. The program is stopped for that, and started again if it
 * was still running. Returns CLI_OK, or CLI_FAILED after a message.
 */
int deploy_confirm_late(struct online *online, uint32_t id);

#endif
