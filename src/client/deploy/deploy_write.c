/* Writes an image with programs, as every board understands them (docs/deploy.md says why in this order). */
#include "client/deploy/deploy.h"
#include "client/deploy/programs.h"
#include "client/link/failure.h"

#include <stdlib.h>
#include <string.h>

enum {
    /*
     * So much is written last on flash of boards that do not hold it back themselves, and what is written begins and
     * ends with a multiple of it: STM32H7 names a unit of 16, and cannot add the second half of one of 32.
     */
    HELD_SIZE = 32,
    MAGIC_SIZE = 3,
    COMMIT_BASE_MS = 20000,
    COMMIT_BYTES_PER_MS = 20, /* the slowest that a board checks an image */
    BLOCK_SIZE_MIN = 4096,    /* of what is looked at once more, where blocks are smaller or the board does not say */
};

int mprom_deploy_begin(struct mprom_client *client, uint32_t id, struct mprom_client_error *error)
{
    struct mprom_answer_line line;
    int err = mprom_session_reset(client, error);
    if (err) {
        return err;
    }
    mprom_session_open(client, id);
    if (client->board.is_mprom) {
        return 0; /* unmounts what is mounted from a segment before it changes */
    }
    return mprom_session_ask(client, "unmounting", MPROM_REPL_EXEC_MS, "did", &line, error, MPROM_PROGRAM_UNMOUNT,
                             id);
}

/* Blocks can stay where a segment is erased in ranges. Block 0 never does: it makes the image invalid meanwhile. */
static void deploy_limit_delta(struct mprom_deploy *deploy)
{
    struct mprom_delta *delta = &deploy->delta;
    if (delta->block_count > 0) {
        delta->stays[0] = false;
    }
    if (deploy->client->board.segments[deploy->id].shape == MPROM_CLIENT_SHAPE_VIEW ||
        mprom_delta_sent_size(delta) == deploy->image_size) {
        mprom_delta_free(delta);
    }
}

/* Opens the segment for writing. Only mprom's own session keeps blocks, and only frames can be sent into that. */
static int deploy_prepare(struct mprom_deploy *deploy)
{
    struct mprom_client *client = deploy->client;
    struct mprom_answer_line line;
    bool is_mprom = client->board.is_mprom;
    deploy->is_update = client->board.has_module && deploy->delta.block_count > 0 && deploy->transfer.window > 0;
    if (deploy->is_update) {
        deploy->unit = 1;
        mprom_session_act(client);
        return mprom_session_ask(client, "starting the update", MPROM_REPL_EXEC_MS, "did", &line, deploy->error,
                                 MPROM_PROGRAM_UPDATE_BEGIN, deploy->id, deploy->image_size);
    }
    if (is_mprom) {
        mprom_delta_free(&deploy->delta);
    }
    return deploy->delta.block_count > 0
               ? mprom_segment_prepare_delta(client, deploy->id, &deploy->delta, &deploy->unit, deploy->error)
               : mprom_segment_prepare(client, deploy->id, deploy->image_size, &deploy->unit, deploy->error);
}

/*
 * Pads with the erased value, so that what lies behind the image stays all of one kind. Only the end is copied for
 * that: as much as goes at once, in frames or as text.
 */
static int deploy_pad(struct mprom_deploy *deploy)
{
    bool is_mprom = deploy->client->board.is_mprom;
    uint32_t unit = is_mprom || deploy->unit > HELD_SIZE ? deploy->unit : HELD_SIZE;
    uint32_t at_once = unit > MPROM_TRANSFER_CHUNK_MAX ? unit : MPROM_TRANSFER_CHUNK_MAX;
    free(deploy->tail);
    deploy->size = (deploy->image_size + unit - 1) / unit * unit;
    deploy->tail_off = deploy->image_size > at_once ? (deploy->image_size - at_once) / unit * unit : 0;
    deploy->tail = malloc(deploy->size - deploy->tail_off);
    if (!deploy->tail) {
        return mprom_failure_set(deploy->error, -MPROM_ENOMEM, "out of memory");
    }
    memset(deploy->tail, 0xFF, deploy->size - deploy->tail_off);
    memcpy(deploy->tail, deploy->image + deploy->tail_off, deploy->image_size - deploy->tail_off);
    return 0;
}

static bool is_erased(const uint8_t *bytes, uint32_t size)
{
    uint32_t i = 0;
    while (i < size && bytes[i] == 0xFF) {
        i++;
    }
    return i == size;
}

/*
 * On memory that needs no erasing (MRAM) a prepared segment still holds the old image: its header is broken before
 * anything else, so that it cannot be taken for an image while others change. Only the three bytes of the magic
 * change: with zeros behind them too, a cut in the middle could leave a valid image without files.
 *
 * The units of such memory are written one after the other, so the first one alone has to be the last.
 */
int mprom_deploy_invalidate(struct mprom_deploy *deploy)
{
    static const uint8_t magic[MAGIC_SIZE] = {0xD2, 0xCD, 0x31};
    uint32_t size = deploy->unit > MAGIC_SIZE ? deploy->unit : MAGIC_SIZE + 1;
    uint32_t seen_size = size > HELD_SIZE ? size : HELD_SIZE;
    uint8_t *start = malloc(seen_size);
    if (!start) {
        return mprom_failure_set(deploy->error, -MPROM_ENOMEM, "out of memory");
    }
    int err = mprom_segment_read(deploy->client, deploy->id, 0, start, seen_size, deploy->error);
    deploy->held_size = err || is_erased(start, seen_size) ? seen_size : deploy->unit;
    if (!err && memcmp(start, magic, MAGIC_SIZE) == 0) {
        memset(start, 0, MAGIC_SIZE);
        err = mprom_segment_write(deploy->client, deploy->id, 0, start, size, deploy->error);
    }
    free(start);
    return err;
}

static int deploy_compare(struct mprom_deploy *deploy, uint32_t from, uint32_t to, const char *then)
{
    uint32_t where;
    int differs = mprom_segment_compare(deploy->client, deploy->id, from, deploy->image + from, to - from, &where,
                                        deploy->error);
    if (differs <= 0) {
        return differs;
    }
    return mprom_failure_set(
        deploy->error, -MPROM_EBADMSG,
        "%s: segment %u, offset %u: what was read back differs from what was sent; %s. Deploy again, and "
        "if it fails at the same offset the flash is worn",
        deploy->client->link.name, deploy->id, where, then);
}

/* Frames do not come through: the session is opened once more, in the way that takes text. */
static int deploy_send_anew(struct mprom_deploy *deploy)
{
    int err = deploy_prepare(deploy);
    if (!err) {
        err = deploy_pad(deploy);
    }
    return err ? err : mprom_deploy_send(deploy, 0, deploy->size);
}

uint32_t mprom_deploy_commit_ms(const struct mprom_deploy *deploy)
{
    return COMMIT_BASE_MS + deploy->image_size / COMMIT_BYTES_PER_MS;
}

/* A firmware that holds the first unit back and checks the image by itself wants all of it in order. */
static int deploy_to_mprom(struct mprom_deploy *deploy)
{
    struct mprom_answer_line line;
    int err = mprom_deploy_send(deploy, 0, deploy->size);
    if (err == -MPROM_EOPNOTSUPP && deploy->is_update) {
        err = deploy_send_anew(deploy);
    }
    if (err || !deploy->is_update) {
        return err ? err
                   : mprom_segment_complete(deploy->client, deploy->id, mprom_deploy_commit_ms(deploy),
                                            deploy->error);
    }
    mprom_session_act(deploy->client);
    return mprom_session_ask(deploy->client, "completing the image", mprom_deploy_commit_ms(deploy), "did", &line,
                             deploy->error, MPROM_PROGRAM_UPDATE_COMMIT);
}

static int deploy_to_stock(struct mprom_deploy *deploy)
{
    int err = mprom_deploy_invalidate(deploy);
    uint32_t held = deploy->held_size < deploy->size ? deploy->held_size : deploy->size;
    if (held % HELD_SIZE == 0 && deploy->unit < HELD_SIZE) {
        deploy->unit = HELD_SIZE;
    }
    if (!err) {
        err = mprom_deploy_send(deploy, held, deploy->size);
    }
    if (!err && held < deploy->image_size) {
        err = deploy_compare(deploy, held, deploy->image_size, "the segment holds no image now");
    }
    if (!err) {
        err = mprom_deploy_send(deploy, 0, held);
    }
    return err ? err
               : mprom_segment_complete(deploy->client, deploy->id, mprom_deploy_commit_ms(deploy), deploy->error);
}

/* An image that was found wrong must not stay: preparing its start erases that, where there is anything to erase. */
static int deploy_clear(struct mprom_deploy *deploy)
{
    int err = mprom_segment_prepare(deploy->client, deploy->id, deploy->unit, &deploy->unit, deploy->error);
    return err ? err : mprom_deploy_invalidate(deploy);
}

int mprom_deploy_give_up(struct mprom_deploy *deploy)
{
    struct mprom_client_error why = *deploy->error;
    if (deploy_clear(deploy) == 0) {
        *deploy->error = why;
        return why.code;
    }
    return mprom_failure_set(
        deploy->error, why.code,
        "%s: segment %u holds a damaged image and could not be cleared; deploy again before you restart the board",
        deploy->client->link.name, deploy->id);
}

/*
 * The last look: at the whole image, or where all but its start was compared before that was written, at the block of
 * flash that has changed since.
 */
static int deploy_prove(struct mprom_deploy *deploy)
{
    const struct mprom_client_board *board = &deploy->client->board;
    uint32_t block = board->segments[deploy->id].block_size;
    block = block > BLOCK_SIZE_MIN ? block : BLOCK_SIZE_MIN;
    uint32_t end = board->is_mprom || block > deploy->image_size ? deploy->image_size : block;
    int err = deploy_compare(deploy, 0, end, "the segment was cleared");
    return err == -MPROM_EBADMSG ? mprom_deploy_give_up(deploy) : err;
}

static uint32_t deploy_sent_size(const struct mprom_deploy *deploy)
{
    return deploy->delta.block_count > 0 ? mprom_delta_sent_size(&deploy->delta) : deploy->image_size;
}

static int deploy_write_once(struct mprom_deploy *deploy)
{
    struct mprom_client *client = deploy->client;
    int err = 0;
    if (deploy->is_text) {
        mprom_session_open(client, deploy->id); /* Python was restarted for the attempt to send frames */
    } else {
        err = mprom_deploy_begin(client, deploy->id, deploy->error);
    }
    if (!err) {
        err = mprom_transfer_begin(client, deploy->id, deploy->is_text ? 0 : deploy_sent_size(deploy),
                                   &deploy->transfer, deploy->error);
    }
    if (!err) {
        err = deploy_prepare(deploy);
    }
    if (!err) {
        err = deploy_pad(deploy);
    }
    if (!err) {
        err = client->board.is_mprom ? deploy_to_mprom(deploy) : deploy_to_stock(deploy);
    }
    deploy->sent_size = deploy_sent_size(deploy);
    return err ? err : deploy_prove(deploy);
}

/*
 * By programs, as every board understands them. What a board does not keep, or refuses to keep, is sent after all:
 * not every port erases the ranges that it says.
 */
int mprom_deploy_write(struct mprom_deploy *deploy)
{
    deploy_limit_delta(deploy);
    bool is_whole = deploy->delta.block_count == 0;
    int err = deploy_write_once(deploy);
    if (!is_whole && (err == -MPROM_EPERM || err == -MPROM_EBADMSG)) {
        mprom_delta_free(&deploy->delta);
        err = deploy_write_once(deploy);
    }
    return err;
}
