/* Writing an image to a segment, and clearing one (docs/deploy.md says why in this order). */
#include "client/deploy.h"
#include "client/board.h"
#include "client/digest.h"
#include "client/failure.h"
#include "client/mpy.h"
#include "client/refusal.h"
#include "mprom/romfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* So much is written last on flash of boards that do not hold it back themselves: STM32H7 names a unit of 16. */
    HELD_SIZE = 32,
    MAGIC_SIZE = 3,
    LOOK_BLOCK_SIZE = 4096, /* of boards that do not say */
};

static int deploy_check(const struct client *client, uint32_t id, const void *image, size_t size,
                        uint32_t *image_size, struct client_error *error)
{
    struct romfs fs;
    int err = board_require_segment(client, id, error);
    if (err) {
        return err;
    }
    if (romfs_open(&fs, image, size) != 0) {
        return failure_set(error, -MPROM_EINVAL, "these bytes are no whole ROMFS image; nothing was sent");
    }
    if (fs.size > client->board.segments[id].size) {
        return failure_set(
            error, -MPROM_ENOSPC,
            "%s: the image has %u bytes, segment %u only %u; nothing was sent. Leave files out, or choose "
            "another segment with -n",
            client->link.name, fs.size, id, client->board.segments[id].size);
    }
    *image_size = fs.size;
    return mpy_check(&client->board, client->link.name, &fs, error);
}

/*
 * Restarts Python and lets go of what the firmware mounted from the segment by itself. Modules that were imported
 * from there run in place, and so do names that they brought along: none of that may be left when its flash changes,
 * and the memory that a program has filled is needed.
 */
static int deploy_begin(struct client *client, uint32_t id, struct client_error *error)
{
    struct answer_line line;
    int err = session_reset(client, error);
    if (err) {
        return err;
    }
    session_open(client, id);
    if (client->board.is_mprom) {
        return 0; /* unmounts what is mounted from a segment before it changes */
    }
    return session_ask(client, "unmounting", REPL_EXEC_MS, "did", &line, error,
                       "for p in('/rom','/rom%u'):\n"
                       " try:vfs.umount(p)\n"
                       " except OSError:pass\n"
                       "_p('did')",
                       id);
}

/* Whether the image that is there, if it is whole, is this one: both have the same seal. */
static bool deploy_seal_is_there(const struct deploy *deploy)
{
    const struct client_segment *segment = &deploy->client->board.segments[deploy->id];
    struct romfs fs;
    uint32_t crc;
    return segment->is_sealed && segment->image_size == deploy->image_size &&
           romfs_open(&fs, deploy->image, deploy->image_size) == 0 && romfs_seal_read(&fs, &crc) == 1 &&
           crc == segment->crc;
}

/*
 * Asks for one digest instead of one for each block where that is likely to do. 1 if all of the image is there, 0
 * if the blocks have to be looked at, or an error.
 */
static int deploy_look_at_all(struct deploy *deploy)
{
    uint32_t digest;
    if (!deploy_seal_is_there(deploy)) {
        return 0;
    }
    enum digest_kind kind = digest_kind(&deploy->client->board);
    int err = segment_digest(deploy->client, deploy->id, 0, deploy->image_size, &digest, deploy->error);
    if (err || digest != digest_of(kind, deploy->image, deploy->image_size)) {
        return err == -MPROM_EPERM ? 0 : err;
    }
    for (uint32_t i = 0; i < deploy->delta.block_count; i++) {
        deploy->delta.stays[i] = true;
    }
    return 1;
}

/*
 * What is compared at once: the board's blocks. Some ports name smaller ones than are erased, and memory that needs
 * no erasing has blocks of 16 bytes, of which the digests would be half as large as the image.
 */
static uint32_t deploy_look_size(const struct client *client, const struct client_segment *segment)
{
    bool is_small = !client->board.is_mprom && segment->shape == CLIENT_SHAPE_BLOCKS &&
                    LOOK_BLOCK_SIZE % segment->block_size == 0 && segment->size % LOOK_BLOCK_SIZE == 0;
    return segment->block_size == 0 || is_small ? LOOK_BLOCK_SIZE : segment->block_size;
}

/*
 * Finds what the segment holds already. A board whose memory is full of what ran on it cannot say so; then all of it
 * is sent.
 */
static int deploy_look(struct deploy *deploy)
{
    struct client *client = deploy->client;
    uint32_t block_size = deploy_look_size(client, &client->board.segments[deploy->id]);
    if (digest_kind(&client->board) == DIGEST_NONE) {
        return 0;
    }
    if (!delta_init(&deploy->delta, deploy->image_size, deploy->base_size, block_size)) {
        return failure_set(deploy->error, -MPROM_ENOMEM, "out of memory");
    }
    session_open(client, deploy->id);
    int err = deploy_look_at_all(deploy);
    if (err) {
        return err < 0 ? err : 0;
    }
    err = segment_compare_blocks(client, deploy->id, deploy->image, deploy->base, &deploy->delta, deploy->error);
    if (err == -MPROM_EPERM) {
        delta_free(&deploy->delta);
        return 0;
    }
    return err;
}

/* In a slot that does not run the image has to be made the newest again. */
static bool deploy_is_there(const struct deploy *deploy)
{
    const struct client_segment *segment = &deploy->client->board.segments[deploy->id];
    return segment->has_image && (segment->group == 0 || segment->is_running) && delta_all_stays(&deploy->delta);
}

/* Blocks can stay where a segment is erased in ranges. Block 0 never does: it makes the image invalid meanwhile. */
static void deploy_limit_delta(struct deploy *deploy)
{
    struct delta *delta = &deploy->delta;
    if (delta->block_count > 0) {
        delta->stays[0] = false;
    }
    if (deploy->client->board.segments[deploy->id].shape == CLIENT_SHAPE_VIEW ||
        delta_sent_size(delta) == deploy->image_size) {
        delta_free(delta);
    }
}

/* Opens the segment for writing. Only mprom's own session keeps blocks, and only frames can be sent into that. */
static int deploy_prepare(struct deploy *deploy)
{
    struct client *client = deploy->client;
    struct answer_line line;
    bool is_mprom = client->board.is_mprom;
    deploy->is_update = is_mprom && deploy->delta.block_count > 0 && deploy->transfer.window > 0;
    if (deploy->is_update) {
        deploy->unit = 1;
        return session_ask(client, "starting the update", REPL_EXEC_MS, "did", &line, deploy->error,
                           "global _u\nimport romfs\n_u=romfs.Update(%u,%u)\n_p('did')", deploy->id,
                           deploy->image_size);
    }
    if (is_mprom) {
        delta_free(&deploy->delta);
    }
    return deploy->delta.block_count > 0
               ? segment_prepare_delta(client, deploy->id, &deploy->delta, &deploy->unit, deploy->error)
               : segment_prepare(client, deploy->id, deploy->image_size, &deploy->unit, deploy->error);
}

/*
 * Pads with the erased value, so that what lies behind the image stays all of one kind. Only the end is copied for
 * that: as much as goes at once, in frames or as text.
 */
static int deploy_pad(struct deploy *deploy)
{
    uint32_t unit = deploy->unit;
    uint32_t at_once = unit > TRANSFER_CHUNK_MAX ? unit : TRANSFER_CHUNK_MAX;
    free(deploy->tail);
    deploy->size = (deploy->image_size + unit - 1) / unit * unit;
    deploy->tail_off = deploy->image_size > at_once ? (deploy->image_size - at_once) / unit * unit : 0;
    deploy->tail = malloc(deploy->size - deploy->tail_off);
    if (!deploy->tail) {
        return failure_set(deploy->error, -MPROM_ENOMEM, "out of memory");
    }
    memset(deploy->tail, 0xFF, deploy->size - deploy->tail_off);
    memcpy(deploy->tail, deploy->image + deploy->tail_off, deploy->image_size - deploy->tail_off);
    return 0;
}

/* What is to be written from off on: what goes at once, or all that is left. */
static const uint8_t *deploy_at(const struct deploy *deploy, uint32_t off)
{
    return off < deploy->tail_off ? deploy->image + off : deploy->tail + (off - deploy->tail_off);
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
static int deploy_invalidate(struct deploy *deploy)
{
    static const uint8_t magic[MAGIC_SIZE] = {0xD2, 0xCD, 0x31};
    uint32_t size = deploy->unit > MAGIC_SIZE ? deploy->unit : MAGIC_SIZE + 1;
    uint32_t seen_size = size > HELD_SIZE ? size : HELD_SIZE;
    uint8_t *start = malloc(seen_size);
    if (!start) {
        return failure_set(deploy->error, -MPROM_ENOMEM, "out of memory");
    }
    int err = segment_read(deploy->client, deploy->id, 0, start, seen_size, deploy->error);
    deploy->held_size = err || is_erased(start, seen_size) ? seen_size : deploy->unit;
    if (!err && memcmp(start, magic, MAGIC_SIZE) == 0) {
        memset(start, 0, MAGIC_SIZE);
        err = segment_write(deploy->client, deploy->id, 0, start, size, deploy->error);
    }
    free(start);
    return err;
}

/* Piece by piece, each as the text of a program: what works with every board. */
static int deploy_send_text(struct deploy *deploy, uint32_t from, uint32_t to)
{
    uint32_t chunk = segment_chunk_size(deploy->client, deploy->id);
    if (chunk < deploy->unit) {
        chunk = deploy->unit;
    }
    for (uint32_t off = from; off < to;) {
        uint32_t end = delta_next(&deploy->delta, &off, to);
        uint32_t part = chunk - off % chunk;
        part = part < end - off ? part : end - off;
        int err = part > 0
                      ? segment_write(deploy->client, deploy->id, off, deploy_at(deploy, off), part, deploy->error)
                      : 0;
        if (err) {
            return err;
        }
        off += part;
        session_progress(deploy->client, "sending", off, deploy->size);
    }
    return 0;
}

/* What Python on the board does with what it receives. */
struct deploy_acts {
    char write[64]; /* with the bytes x for offset o; anything but 0 or None is a refusal */
    char keep[32];  /* with the n bytes that stay at offset o; the same */
};

/* What is sent in one transfer. */
struct deploy_range {
    const struct deploy *deploy;
    uint32_t from;
    uint32_t to;
};

static struct deploy_acts deploy_acts(const struct deploy *deploy)
{
    const struct client_segment *segment = &deploy->client->board.segments[deploy->id];
    struct deploy_acts acts = {.keep = "0"};
    if (deploy->is_update) {
        return (struct deploy_acts){.write = "_u.write(x)-len(x)", .keep = "_u.keep(n)"};
    }
    if (segment->shape == CLIENT_SHAPE_DEVICE) {
        snprintf(acts.write, sizeof acts.write, "_d.writeblocks(o//%u,x,o%%%u)", segment->block_size,
                 segment->block_size);
    } else {
        snprintf(acts.write, sizeof acts.write, "_q(4,%u,o,x)", deploy->id);
    }
    return acts;
}

static void deploy_program(void *ctx, const struct transfer_frames *frames, char *dst, size_t room)
{
    const struct deploy_range *range = ctx;
    struct deploy_acts acts = deploy_acts(range->deploy);
    snprintf(dst, room, "_p('did',_r(%u,%u,%u,%u,lambda o,x:%s,lambda o,n:%s,%d,%u))", range->from, range->to,
             frames->piece, frames->room, acts.write, acts.keep, frames->window_bits, frames->chunk);
}

static const uint8_t *deploy_bytes(void *ctx, uint32_t off, uint32_t *size)
{
    const struct deploy *deploy = ((struct deploy_range *)ctx)->deploy;
    *size = (off < deploy->tail_off ? deploy->image_size : deploy->size) - off;
    return deploy_at(deploy, off);
}

static int deploy_send_frames(struct deploy *deploy, uint32_t from, uint32_t to)
{
    struct deploy_range range = {deploy, from, to};
    const struct transfer_job job = {
        .id = deploy->id,
        .content = {&range, deploy_bytes},
        .delta = &deploy->delta,
        .from = from,
        .to = to,
        .unit = deploy->unit,
        .total = deploy->size,
        .stall_ms = TRANSFER_STALL_MS,
        .end_ms = TRANSFER_END_MS,
        .program = deploy_program,
        .ctx = &range,
    };
    int64_t result;
    uint32_t done_off;
    int err = transfer_send(deploy->client, &deploy->transfer, &job, &result, &done_off, deploy->error);
    return err || result == 0 ? err
                              : segment_refused(deploy->client, deploy->id, done_off, "write", result, deploy->error);
}

/* Text cannot go where frames were meant to: mprom's session is opened once more, in the way that every client can.
 */
static int deploy_send_as_text(struct deploy *deploy, uint32_t from, uint32_t to)
{
    int err = 0;
    deploy->transfer.window = 0;
    if (deploy->is_update) {
        err = deploy_prepare(deploy);
        if (!err) {
            err = deploy_pad(deploy);
        }
        to = deploy->size;
    }
    return err ? err : deploy_send_text(deploy, from, to);
}

static int deploy_send(struct deploy *deploy, uint32_t from, uint32_t to)
{
    if (deploy->transfer.window == 0 || deploy->unit > deploy->transfer.chunk) {
        return deploy_send_text(deploy, from, to);
    }
    int err = deploy_send_frames(deploy, from, to);
    return err == -MPROM_EOPNOTSUPP ? deploy_send_as_text(deploy, from, to) : err;
}

static int deploy_compare(struct deploy *deploy, uint32_t from, const char *then)
{
    uint32_t where;
    int differs = segment_compare(deploy->client, deploy->id, from, deploy->image + from, deploy->image_size - from,
                                  &where, deploy->error);
    if (differs <= 0) {
        return differs;
    }
    return failure_set(
        deploy->error, -MPROM_EBADMSG,
        "%s: segment %u, offset %u: what was read back differs from what was sent; %s. Deploy again, and "
        "if it fails at the same offset the flash is worn",
        deploy->client->link.name, deploy->id, where, then);
}

/* A firmware that holds the first unit back and checks the image by itself wants all of it in order. */
static int deploy_to_mprom(struct deploy *deploy)
{
    struct answer_line line;
    int err = deploy_send(deploy, 0, deploy->size);
    if (err || !deploy->is_update) {
        return err ? err : segment_complete(deploy->client, deploy->id, deploy->error);
    }
    return session_ask(deploy->client, "completing the image",
                       DEPLOY_COMMIT_MS + deploy->image_size / DEPLOY_COMMIT_BYTES_PER_MS, "did", &line,
                       deploy->error, "_u.commit()\n_p('did')");
}

static int deploy_to_stock(struct deploy *deploy)
{
    int err = deploy_invalidate(deploy);
    uint32_t held = deploy->held_size < deploy->size ? deploy->held_size : deploy->size;
    if (!err) {
        err = deploy_send(deploy, held, deploy->size);
    }
    if (!err && held < deploy->image_size) {
        err = deploy_compare(deploy, held, "the segment holds no image now");
    }
    if (!err) {
        err = deploy_send(deploy, 0, held);
    }
    return err ? err : segment_complete(deploy->client, deploy->id, deploy->error);
}

/* An image that was found wrong must not stay: preparing its start erases that, where there is anything to erase. */
static int deploy_clear(struct deploy *deploy)
{
    int err = segment_prepare(deploy->client, deploy->id, deploy->unit, &deploy->unit, deploy->error);
    return err ? err : deploy_invalidate(deploy);
}

int deploy_give_up(struct deploy *deploy)
{
    struct client_error why = *deploy->error;
    if (deploy_clear(deploy) == 0) {
        *deploy->error = why;
        return why.code;
    }
    return failure_set(
        deploy->error, why.code,
        "%s: segment %u holds a damaged image and could not be cleared; deploy again before you restart the board",
        deploy->client->link.name, deploy->id);
}

/* The last look at the whole image. */
static int deploy_prove(struct deploy *deploy)
{
    int err = deploy_compare(deploy, 0, "the segment was cleared");
    return err == -MPROM_EBADMSG ? deploy_give_up(deploy) : err;
}

static uint32_t deploy_sent_size(const struct deploy *deploy)
{
    return deploy->delta.block_count > 0 ? delta_sent_size(&deploy->delta) : deploy->image_size;
}

/* By programs, as every board understands them. */
static int deploy_write(struct deploy *deploy)
{
    struct client *client = deploy->client;
    deploy_limit_delta(deploy);
    int err = 0;
    if (deploy->is_text) {
        session_open(client, deploy->id); /* Python was restarted for the attempt to send frames */
    } else {
        err = deploy_begin(client, deploy->id, deploy->error);
    }
    if (!err) {
        err = transfer_begin(client, deploy->id, deploy->is_text ? 0 : deploy_sent_size(deploy), &deploy->transfer,
                             deploy->error);
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

/* What the segment may hold is of use to firmware that makes the image of it, and if so much fits the segment. */
static void deploy_take_base(struct deploy *deploy, const struct client_deploy_options *options)
{
    const struct client_board *board = &deploy->client->board;
    if (options->base != NULL && board->link_version > 0 && options->base_size <= board->segments[deploy->id].size) {
        deploy->base = options->base;
        deploy->base_size = (uint32_t)options->base_size;
    }
}

static int deploy_run(struct deploy *deploy)
{
    int err = deploy->client->board.link_version > 0 ? deploy_patch(deploy) : -MPROM_EOPNOTSUPP;
    if (err == -MPROM_EOPNOTSUPP) {
        deploy->is_text = deploy->client->board.link_version > 0;
        err = deploy_write(deploy);
    }
    return err;
}

/* What the board says about the segment now. Of a slot only it knows all; else it has just shown what it holds. */
static int deploy_describe(const struct deploy *deploy)
{
    struct client_segment *segment = &deploy->client->board.segments[deploy->id];
    if (deploy->client->board.link_version == 0 || segment->group != 0) {
        return board_probe_segment(deploy->client, deploy->id, deploy->error);
    }
    board_note_image(segment, deploy->image, deploy->image_size);
    return 0;
}

int client_deploy(struct client *client, uint32_t segment, const void *image, size_t size,
                  const struct client_deploy_options *options, uint32_t *sent_size, struct client_error *error)
{
    struct deploy deploy = {.client = client, .error = error, .id = segment, .image = image, .baud = options->baud};
    int err = deploy_check(client, segment, image, size, &deploy.image_size, error);
    if (!err && !options->full) {
        deploy_take_base(&deploy, options);
        err = deploy_look(&deploy);
    }
    bool is_there = !err && deploy_is_there(&deploy);
    if (!err && !is_there) {
        err = deploy_run(&deploy);
    }
    *sent_size = err ? 0 : deploy.sent_size;
    err = err ? refusal_explain(error, client->link.name, "deploy") : 0;
    free(deploy.tail);
    delta_free(&deploy.delta);
    return err || is_there ? err : deploy_describe(&deploy);
}

static int erase_stock(struct client *client, uint32_t id, struct client_error *error)
{
    struct deploy deploy = {.client = client, .error = error, .id = id};
    int err = segment_prepare(client, id, client->board.segments[id].size, &deploy.unit, error);
    return err ? err : deploy_invalidate(&deploy);
}

int client_erase(struct client *client, uint32_t segment, struct client_error *error)
{
    int err = board_require_segment(client, segment, error);
    if (!err) {
        err = deploy_begin(client, segment, error);
    }
    if (!err) {
        err = client->board.is_mprom ? segment_erase(client, segment, error) : erase_stock(client, segment, error);
        err = err ? refusal_explain(error, client->link.name, "erase") : 0;
    }
    return err ? err : board_probe_segment(client, segment, error);
}

int client_confirm(struct client *client, uint32_t segment, struct client_error *error)
{
    struct answer_line line;
    int err = board_require_segment(client, segment, error);
    if (!err && (!client->board.is_mprom || client->board.segments[segment].group == 0)) {
        err = failure_set(error, -MPROM_EOPNOTSUPP, "%s: segment %u is no slot, so there is nothing to confirm",
                          client->link.name, segment);
    }
    if (!err) {
        session_bare(client);
        err = session_ask(client, "confirming the image", REPL_EXEC_MS, "did", &line, error,
                          "import romfs\nromfs.confirm(%u)\n" SESSION_SAY_DID, segment);
    }
    return err ? err : board_probe_segment(client, segment, error);
}
