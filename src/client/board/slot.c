#include "client/board/slot.h"

#include "client/board/programs.h"
#include "client/link/failure.h"
#include "client/repl/repl.h"

#include <string.h>

static bool slot_is_rejected(const struct mprom_client_segment *segment)
{
    return strstr(segment->state, "rejected") != NULL;
}

/* Whether the slot that runs was rolled back from, and this one has the image to go back to. */
static bool slot_is_returned_to(const struct mprom_client_board *board, uint32_t id)
{
    const struct mprom_client_segment *segment = &board->segments[id];
    for (uint32_t i = 0; i < board->segment_count; i++) {
        const struct mprom_client_segment *other = &board->segments[i];
        if (i != id && segment->group != 0 && other->group == segment->group && other->is_running &&
            slot_is_rejected(other) && segment->has_image && !slot_is_rejected(segment)) {
            return true;
        }
    }
    return false;
}

/* Firmware without the function does not refuse. */
static int slot_unlock(struct mprom_client *client, uint32_t id, struct mprom_client_error *error)
{
    struct mprom_answer_line line;
    mprom_session_bare(client);
    mprom_session_act(client);
    return mprom_session_ask(client, "unlocking the slot", MPROM_REPL_EXEC_MS, "did", &line, error,
                             MPROM_PROGRAM_UNLOCK, id);
}

int mprom_slot_check_return(struct mprom_client *client, uint32_t id, bool force, const char *undone,
                            struct mprom_client_error *error)
{
    if (!slot_is_returned_to(&client->board, id)) {
        return 0;
    }
    if (force) {
        return slot_unlock(client, id, error);
    }
    return mprom_failure_set(
        error, -MPROM_EBUSY,
        "%s: the board was rolled back and returns to the image in segment %u at its next hard reset; "
        "nothing was %s. Reset the board first, or give that image up with --force",
        client->link.name, id, undone);
}
