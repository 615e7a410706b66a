/* What of an image a segment holds already, before a deploy begins. */
#include "client/board/digest.h"
#include "client/deploy/deploy.h"
#include "client/link/failure.h"
#include "mprom/romfs.h"

enum {
    LOOK_BLOCK_SIZE = 4096, /* of boards that do not say */
};

/* Whether the image that is there, if it is whole, is this one: both have the same seal. */
static bool deploy_seal_is_there(const struct mprom_deploy *deploy)
{
    const struct mprom_client_segment *segment = &deploy->client->board.segments[deploy->id];
    struct mprom_romfs fs;
    uint32_t crc;
    return segment->is_sealed && segment->image_size == deploy->image_size &&
           mprom_romfs_open(&fs, deploy->image, deploy->image_size) == 0 && mprom_romfs_seal_read(&fs, &crc) == 1 &&
           crc == segment->crc;
}

/*
 * Asks for one digest instead of one for each block where that is likely to do. 1 if all of the image is there, 0
 * if the blocks have to be looked at, or an error.
 */
static int deploy_look_at_all(struct mprom_deploy *deploy)
{
    uint32_t digest;
    if (!deploy_seal_is_there(deploy)) {
        return 0;
    }
    enum mprom_digest_kind kind = mprom_digest_kind(&deploy->client->board);
    int err = mprom_segment_digest(deploy->client, deploy->id, 0, deploy->image_size, &digest, deploy->error);
    if (err || digest != mprom_digest_of(kind, deploy->image, deploy->image_size)) {
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
static uint32_t deploy_look_size(const struct mprom_client *client, const struct mprom_client_segment *segment)
{
    bool is_small = !client->board.is_mprom && segment->shape == MPROM_CLIENT_SHAPE_BLOCKS &&
                    LOOK_BLOCK_SIZE % segment->block_size == 0 && segment->size % LOOK_BLOCK_SIZE == 0;
    return segment->block_size == 0 || is_small ? LOOK_BLOCK_SIZE : segment->block_size;
}

/*
 * Whether the board's blocks have to be looked at. Where none can stay only all of the image can be there, and what
 * the segment begins and ends with may have shown already that it is not.
 */
static bool deploy_is_worth_a_look(const struct mprom_deploy *deploy)
{
    const struct mprom_client_board *board = &deploy->client->board;
    const struct mprom_client_segment *segment = &board->segments[deploy->id];
    bool none_stays = segment->shape == MPROM_CLIENT_SHAPE_VIEW && !board->is_mprom;
    bool may_be_there = segment->has_image && segment->image_size == deploy->image_size &&
                        (!segment->is_sealed || deploy_seal_is_there(deploy));
    return mprom_digest_kind(board) != MPROM_DIGEST_NONE && (may_be_there || !none_stays);
}

/* Returns false if out of memory. */
static bool deploy_look_begin(struct mprom_deploy *deploy)
{
    const struct mprom_client_segment *segment = &deploy->client->board.segments[deploy->id];
    if (segment->run_count > 0) {
        return mprom_delta_init_runs(&deploy->delta, deploy->image_size, deploy->base_size, segment->runs,
                                     segment->run_count);
    }
    return mprom_delta_init(&deploy->delta, deploy->image_size, deploy->base_size,
                            deploy_look_size(deploy->client, segment));
}

int mprom_deploy_look(struct mprom_deploy *deploy)
{
    struct mprom_client *client = deploy->client;
    if (!deploy_is_worth_a_look(deploy)) {
        return 0;
    }
    if (!deploy_look_begin(deploy)) {
        return mprom_failure_set(deploy->error, -MPROM_ENOMEM, "out of memory");
    }
    mprom_session_open(client, deploy->id);
    int err = deploy_look_at_all(deploy);
    if (err) {
        return err < 0 ? err : 0;
    }
    err =
        mprom_segment_compare_blocks(client, deploy->id, deploy->image, deploy->base, &deploy->delta, deploy->error);
    if (err == -MPROM_EPERM) {
        mprom_delta_free(&deploy->delta);
        return 0;
    }
    return err;
}

bool mprom_deploy_is_there(const struct mprom_deploy *deploy)
{
    const struct mprom_client_segment *segment = &deploy->client->board.segments[deploy->id];
    return segment->has_image && (segment->group == 0 || segment->is_running) &&
           mprom_delta_all_stays(&deploy->delta);
}
