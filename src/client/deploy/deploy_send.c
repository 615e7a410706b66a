/* Carries an image to a segment that is open for writing: in frames, or as the text of programs. */
#include "client/deploy/deploy.h"
#include "client/deploy/programs.h"

#include <stdio.h>

/* What is to be written from off on: what goes at once, or all that is left. */
static const uint8_t *deploy_at(const struct mprom_deploy *deploy, uint32_t off)
{
    return off < deploy->tail_off ? deploy->image + off : deploy->tail + (off - deploy->tail_off);
}

/* Piece by piece, each as the text of a program: what works with every board. */
static int deploy_send_text(struct mprom_deploy *deploy, uint32_t from, uint32_t to)
{
    uint32_t chunk = mprom_segment_chunk_size(deploy->client, deploy->id);
    if (chunk < deploy->unit) {
        chunk = deploy->unit;
    }
    for (uint32_t off = from; off < to;) {
        uint32_t end = mprom_delta_next(&deploy->delta, &off, to);
        uint32_t part = chunk - off % chunk;
        part = part < end - off ? part : end - off;
        int err = part > 0 ? mprom_segment_write(deploy->client, deploy->id, off, deploy_at(deploy, off), part,
                                                 deploy->error)
                           : 0;
        if (err) {
            return err;
        }
        off += part;
        mprom_session_progress(deploy->client, "sending", off, deploy->size);
    }
    return 0;
}

/* What Python on the board does with what it receives. */
struct deploy_acts {
    char write[64]; /* with `data` for `offset`; anything but 0 or None is a refusal */
    char keep[32];  /* with the `size` bytes that stay at `offset`; the same */
};

/* What is sent in one transfer. */
struct deploy_range {
    const struct mprom_deploy *deploy;
    uint32_t from;
    uint32_t to;
};

static struct deploy_acts deploy_acts(const struct mprom_deploy *deploy)
{
    const struct mprom_client_segment *segment = &deploy->client->board.segments[deploy->id];
    struct deploy_acts acts = {.keep = "0"};
    if (deploy->is_update) {
        return (struct deploy_acts){.write = MPROM_PROGRAM_FRAME_UPDATE, .keep = MPROM_PROGRAM_FRAME_KEEP};
    }
    if (segment->shape == MPROM_CLIENT_SHAPE_DEVICE) {
        snprintf(acts.write, sizeof acts.write, MPROM_PROGRAM_FRAME_WRITE_DEVICE, segment->block_size,
                 segment->block_size);
    } else {
        snprintf(acts.write, sizeof acts.write, MPROM_PROGRAM_FRAME_WRITE, deploy->id);
    }
    return acts;
}

static void deploy_program(void *ctx, const struct mprom_transfer_frames *frames, char *dst, size_t room)
{
    const struct deploy_range *range = ctx;
    struct deploy_acts acts = deploy_acts(range->deploy);
    snprintf(dst, room, MPROM_PROGRAM_RECEIVE_FRAMES, range->from, range->to, frames->piece, frames->room, acts.write,
             acts.keep, frames->window_bits, frames->chunk);
}

static const uint8_t *deploy_bytes(void *ctx, uint32_t off, uint32_t *size)
{
    const struct mprom_deploy *deploy = ((struct deploy_range *)ctx)->deploy;
    *size = (off < deploy->tail_off ? deploy->image_size : deploy->size) - off;
    return deploy_at(deploy, off);
}

static int deploy_send_frames(struct mprom_deploy *deploy, uint32_t from, uint32_t to)
{
    struct deploy_range range = {deploy, from, to};
    const struct mprom_transfer_job job = {
        .id = deploy->id,
        .content = {&range, deploy_bytes},
        .delta = &deploy->delta,
        .from = from,
        .to = to,
        .unit = deploy->unit,
        .total = deploy->size,
        .stall_ms = MPROM_TRANSFER_STALL_MS,
        .end_ms = MPROM_TRANSFER_END_MS,
        .program = deploy_program,
        .ctx = &range,
    };
    int64_t result;
    uint32_t done_off;
    int err = mprom_transfer_send(deploy->client, &deploy->transfer, &job, &result, &done_off, deploy->error);
    return err || result == 0
               ? err
               : mprom_segment_refused(deploy->client, deploy->id, done_off, "write", result, deploy->error);
}

int mprom_deploy_send(struct mprom_deploy *deploy, uint32_t from, uint32_t to)
{
    if (deploy->transfer.window == 0 || deploy->unit > deploy->transfer.chunk) {
        return deploy_send_text(deploy, from, to);
    }
    int err = deploy_send_frames(deploy, from, to);
    if (err != -MPROM_EOPNOTSUPP) {
        return err;
    }
    deploy->transfer.window = 0;
    return deploy->is_update ? err : deploy_send_text(deploy, from, to);
}
