/* Clears a segment. */
#include "client/board/board.h"
#include "client/board/limits.h"
#include "client/board/refusal.h"
#include "client/board/slot.h"
#include "client/deploy/deploy.h"

static int erase_stock(struct mprom_client *client, uint32_t id, struct mprom_client_error *error)
{
    struct mprom_deploy deploy = {.client = client, .error = error, .id = id};
    int err = mprom_segment_prepare(client, id, client->board.segments[id].size, &deploy.unit, error);
    return err ? err : mprom_deploy_invalidate(&deploy);
}

int mprom_client_erase(struct mprom_client *client, uint32_t segment, bool force, struct mprom_client_error *error)
{
    int err = mprom_board_require_segment(client, segment, error);
    if (!err) {
        err = mprom_limits_check_slot(client, segment, error);
    }
    if (!err) {
        err = mprom_slot_check_return(client, segment, force, "erased", error);
    }
    if (!err) {
        err = mprom_deploy_begin(client, segment, error);
    }
    if (!err) {
        err = client->board.has_module ? mprom_segment_erase(client, segment, error)
                                       : erase_stock(client, segment, error);
        err = err ? mprom_refusal_explain(error, client->link.name, "erase") : 0;
    }
    return err ? err : mprom_board_probe_segment(client, segment, error);
}
