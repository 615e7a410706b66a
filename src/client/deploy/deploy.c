/* Writing an image to a segment: from what it holds to the proof that it holds the image. */
#include "client/deploy/deploy.h"
#include "client/board/board.h"
#include "client/board/limits.h"
#include "client/board/refusal.h"
#include "client/board/slot.h"
#include "client/deploy/programs.h"
#include "client/link/failure.h"
#include "mprom/romfs.h"

#include <stdlib.h>

static int deploy_check(struct mprom_client *client, uint32_t id, const void *image, size_t size,
                        uint32_t *image_size, struct mprom_client_error *error)
{
    struct mprom_romfs fs;
    int err = mprom_board_require_segment(client, id, error);
    if (err) {
        return err;
    }
    if (mprom_romfs_open(&fs, image, size) != 0) {
        return mprom_failure_set(error, -MPROM_EINVAL, "these bytes are no whole ROMFS image; nothing was sent");
    }
    if (fs.size > client->board.segments[id].size) {
        return mprom_failure_set(
            error, -MPROM_ENOSPC,
            "%s: the image has %u bytes, segment %u only %u; nothing was sent. Leave files out, or choose "
            "another segment with -n",
            client->link.name, fs.size, id, client->board.segments[id].size);
    }
    *image_size = fs.size;
    err = mprom_limits_check(&client->board, client->link.name, id, &fs, error);
    return err ? err : mprom_limits_check_align(client, id, &fs, error);
}

/* What the segment may hold is of use to firmware that makes the image of it, and if so much fits the segment. */
static void deploy_take_base(struct mprom_deploy *deploy, const struct mprom_client_deploy_options *options)
{
    const struct mprom_client_board *board = &deploy->client->board;
    if (options->base != NULL && board->link_version > 0 && options->base_size <= board->segments[deploy->id].size) {
        deploy->base = options->base;
        deploy->base_size = (uint32_t)options->base_size;
    }
}

static int deploy_run(struct mprom_deploy *deploy)
{
    int err = mprom_limits_check_slot(deploy->client, deploy->id, deploy->error);
    if (err) {
        return err;
    }
    mprom_session_progress(deploy->client, "sending", 0, deploy->image_size); /* from here on the old image may go */
    err = deploy->client->board.link_version > 0 ? mprom_deploy_patch(deploy) : -MPROM_EOPNOTSUPP;
    if (err == -MPROM_EOPNOTSUPP) {
        deploy->is_text = deploy->client->board.link_version > 0;
        err = mprom_deploy_write(deploy);
    }
    return err;
}

/*
 * What the board says about the segment now. It has just shown what it holds; mprom's firmware knows more of a slot,
 * and before it described itself it had to be asked for everything.
 */
static int deploy_describe(const struct mprom_deploy *deploy)
{
    const struct mprom_client_board *board = &deploy->client->board;
    struct mprom_client_segment *segment = &deploy->client->board.segments[deploy->id];
    if (board->is_mprom && (board->link_version == 0 || segment->group != 0)) {
        return mprom_board_probe_segment(deploy->client, deploy->id, deploy->error);
    }
    mprom_board_note_image(segment, deploy->image, deploy->image_size);
    return 0;
}

static int deploy_once(struct mprom_client *client, uint32_t segment, const void *image, size_t size,
                       const struct mprom_client_deploy_options *options, uint32_t *sent_size,
                       struct mprom_client_error *error)
{
    struct mprom_deploy deploy = {
        .client = client, .error = error, .id = segment, .image = image, .baud = options->baud};
    int err = deploy_check(client, segment, image, size, &deploy.image_size, error);
    if (!err) {
        err = mprom_slot_check_return(client, segment, options->force, "sent", error);
    }
    if (!err && !options->full) {
        deploy_take_base(&deploy, options);
        err = mprom_deploy_look(&deploy);
    }
    bool is_there = !err && mprom_deploy_is_there(&deploy);
    if (!err && !is_there) {
        err = deploy_run(&deploy);
    }
    *sent_size = err ? 0 : deploy.sent_size;
    err = err ? mprom_refusal_explain(error, client->link.name, "deploy") : 0;
    free(deploy.tail);
    mprom_delta_free(&deploy.delta);
    return err || is_there ? err : deploy_describe(&deploy);
}

int mprom_client_deploy(struct mprom_client *client, uint32_t segment, const void *image, size_t size,
                        const struct mprom_client_deploy_options *options, uint32_t *sent_size,
                        struct mprom_client_error *error)
{
    mprom_regain_note(&client->regain, &client->link, client->options.dtr, client->options.rts);
    int err = deploy_once(client, segment, image, size, options, sent_size, error);
    if (err && mprom_deploy_may_go_on(client, err)) {
        err = deploy_once(client, segment, image, size, options, sent_size, error);
        if (err && mprom_deploy_may_go_on(client, err)) {
            err = mprom_deploy_fail_restarted(client, err, error);
        }
    }
    return err;
}

int mprom_client_confirm(struct mprom_client *client, uint32_t segment, struct mprom_client_error *error)
{
    struct mprom_answer_line line;
    int err = mprom_board_require_segment(client, segment, error);
    if (!err && (!client->board.is_mprom || client->board.segments[segment].group == 0)) {
        err = mprom_failure_set(error, -MPROM_EOPNOTSUPP, "%s: segment %u is no slot, so there is nothing to confirm",
                                client->link.name, segment);
    }
    if (!err) {
        mprom_session_bare(client);
        mprom_session_act(client);
        err = mprom_session_ask(client, "confirming the image", MPROM_REPL_EXEC_MS, "did", &line, error,
                                MPROM_PROGRAM_CONFIRM, segment);
    }
    return err ? err : mprom_board_probe_segment(client, segment, error);
}
