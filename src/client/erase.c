/* Clears a segment. */
#include "client/board.h"
#include "client/deploy.h"
#include "client/limits.h"
#include "client/refusal.h"
#include "client/slot.h"

static int erase_stock(struct client *client, uint32_t id, struct client_error *error)
{
    struct deploy deploy = {.client = client, .error = error, .id = id};
    int err = segment_prepare(client, id, client->board.segments[id].size, &deploy.unit, error);
    return err ? err : deploy_invalidate(&deploy);
}

int client_erase(struct client *client, uint32_t segment, bool force, struct client_error *error)
{
    int err = board_require_segment(client, segment, error);
    if (!err) {
        err = limits_check_slot(client, segment, error);
    }
    if (!err) {
        err = slot_check_return(client, segment, force, "erased", error);
    }
    if (!err) {
        err = deploy_begin(client, segment, error);
    }
    if (!err) {
        err = client->board.is_mprom ? segment_erase(client, segment, error) : erase_stock(client, segment, error);
        err = err ? refusal_explain(error, client->link.name, "erase") : 0;
    }
    return err ? err : board_probe_segment(client, segment, error);
}
