/* Deploys to firmware that has the receiver built in: one program, to which frames bring a patch. */
#include "client/board/refusal.h"
#include "client/deploy/deploy.h"
#include "client/deploy/programs.h"
#include "client/link/failure.h"
#include "client/transfer/patch.h"
#include "mprom/romfs.h"
#include "mprom/wire.h"

#include <stdio.h>
#include <string.h>

enum {
    KEEP_BYTES_PER_MS = 1000, /* the slowest that a board reads what stays, three times */
    WORTH_DIVISOR = 16,       /* copies must save this part: they cost the large erases */
    SEAL_VALUE_SIZE = 4,      /* the checksum at the very end, of all before it */
};

/* One attempt. */
struct attempt {
    const struct mprom_deploy *deploy;
    struct patch *patch;
    struct mprom_patch_facts facts;
    enum mprom_wire_mode mode;
};

static const uint8_t *attempt_bytes(void *ctx, uint32_t off, uint32_t *size)
{
    return mprom_patch_bytes(((struct attempt *)ctx)->patch, off, size);
}

static void attempt_program(void *ctx, const struct mprom_transfer_frames *frames, char *dst, size_t room)
{
    const struct attempt *attempt = ctx;
    uint32_t id = attempt->deploy->id;
    uint32_t size = attempt->deploy->image_size;
    snprintf(dst, room, MPROM_PROGRAM_RECEIVE_PATCH, id, size, attempt->mode, frames->piece, frames->room,
             frames->chunk, frames->window_bits, frames->baud);
}

static int attempt_send(struct attempt *attempt, uint32_t *crc)
{
    static const struct mprom_delta all = {.size = 0};
    const struct mprom_deploy *deploy = attempt->deploy;
    uint32_t done_off;
    int64_t result;
    const struct mprom_transfer_job job = {
        .id = deploy->id,
        .content = {attempt, attempt_bytes},
        .delta = &all,
        .to = attempt->facts.size,
        .unit = 1,
        .total = attempt->facts.size,
        .is_patch = true,
        .stall_ms = MPROM_TRANSFER_STALL_MS + attempt->facts.kept / KEEP_BYTES_PER_MS,
        .end_ms = mprom_deploy_commit_ms(deploy),
        .program = attempt_program,
        .ctx = attempt,
    };
    mprom_session_bare(deploy->client);
    int err = mprom_transfer_send(deploy->client, &deploy->transfer, &job, &result, &done_off, deploy->error);
    *crc = err ? 0 : (uint32_t)result;
    return err;
}

/* What romfs.receive() says of the image: its seal's checksum, which does not cover itself. */
static uint32_t deploy_checksum(const struct mprom_deploy *deploy)
{
    struct mprom_romfs fs;
    uint32_t crc;
    bool is_sealed =
        mprom_romfs_open(&fs, deploy->image, deploy->image_size) == 0 && mprom_romfs_seal_read(&fs, &crc) == 1;
    return mprom_romfs_crc32(0, deploy->image, deploy->image_size - (is_sealed ? SEAL_VALUE_SIZE : 0));
}

/* Makes the patch. What little it can save is not worth the erase of block by block. */
static int attempt_begin(struct attempt *attempt, const struct mprom_delta *delta)
{
    const struct mprom_deploy *deploy = attempt->deploy;
    const struct mprom_patch_input input = {deploy->image, deploy->image_size, deploy->base, delta};
    attempt->mode = delta->block_size > 0 ? MPROM_WIRE_DELTA : MPROM_WIRE_WHOLE;
    attempt->patch = mprom_patch_new(&input);
    if (attempt->patch == NULL) {
        return mprom_failure_set(deploy->error, -MPROM_ENOMEM, "out of memory");
    }
    mprom_patch_measure(attempt->patch, &attempt->facts);
    return 0;
}

/*
 * Whether the board found that what the patch made is no whole image, or did not take an operation of it: firmware
 * that does not say that its blocks differ in size cannot keep what looks like one.
 */
static bool patch_was_wrong(const struct mprom_client_error *error)
{
    struct mprom_refusal refusal;
    return error->code == -MPROM_EPERM && mprom_refusal_read(&refusal, error->text) &&
           (refusal.code == MPROM_EBADMSG || refusal.code == MPROM_EINVAL);
}

/*
 * Sends what makes the image of what delta knows. *is_wrong says that it did not: flash does not hold what it was
 * said to hold, or the board refused. *is_whole says that nothing of the segment was used.
 */
static int deploy_attempt(struct mprom_deploy *deploy, const struct mprom_delta *delta, bool *is_wrong,
                          bool *is_whole)
{
    struct attempt attempt = {.deploy = deploy};
    uint32_t crc;
    int err = attempt_begin(&attempt, delta);
    if (!err && attempt.facts.kept == 0 &&
        attempt.facts.size > deploy->image_size - deploy->image_size / WORTH_DIVISOR) {
        static const struct mprom_delta nothing = {.size = 0};
        mprom_patch_free(attempt.patch);
        err = attempt_begin(&attempt, &nothing);
    }
    if (!err) {
        err = attempt_send(&attempt, &crc);
        *is_wrong = err ? patch_was_wrong(deploy->error) : crc != deploy_checksum(deploy);
        *is_whole = attempt.mode == MPROM_WIRE_WHOLE;
        deploy->sent_size = *is_whole ? deploy->image_size : attempt.facts.size;
    }
    mprom_patch_free(attempt.patch);
    return err;
}

/* What the line is raised to: what the user allows, the board can, and the port knows. */
static uint32_t deploy_baud(const struct mprom_deploy *deploy)
{
    const struct mprom_client *client = deploy->client;
    uint32_t board_max = client->board.console_baud_max;
    uint32_t baud = mprom_link_baud_below(&client->link, deploy->baud < board_max ? deploy->baud : board_max);
    return baud > client->link.baud ? baud : 0;
}

int mprom_deploy_patch(struct mprom_deploy *deploy)
{
    static const struct mprom_delta nothing = {.size = 0};
    const struct mprom_delta *known = mprom_delta_is_any(&deploy->delta) ? &deploy->delta : &nothing;
    bool is_wrong = false, is_whole = true;
    int err = mprom_session_reset(deploy->client, deploy->error);
    if (err) {
        return err;
    }
    mprom_transfer_begin_builtin(deploy->client, deploy->id, &deploy->transfer);
    deploy->transfer.baud = deploy_baud(deploy);
    err = deploy_attempt(deploy, known, &is_wrong, &is_whole);
    if (is_wrong && !is_whole) {
        err = deploy_attempt(deploy, &nothing, &is_wrong, &is_whole);
    }
    if (err || !is_wrong) {
        return err;
    }
    mprom_failure_set(
        deploy->error, -MPROM_EBADMSG,
        "%s: segment %u: what was read back differs from what was sent; the segment was cleared. Deploy again, "
        "and if it fails again the flash is worn",
        deploy->client->link.name, deploy->id);
    deploy->unit = 1;
    mprom_session_open(deploy->client, deploy->id);
    return mprom_deploy_give_up(deploy);
}
