/* Reading a segment back, and comparing what it holds. */
#include "client/board/board.h"
#include "client/board/segment.h"
#include "client/link/failure.h"
#include "mprom/romfs.h"

#include <stdlib.h>

enum {
    SEAL_VALUE_SIZE = 4, /* the checksum at the very end covers everything before it */
    CRC_PIECE_SIZE = 64 * 1024,
};

static int verify_begin(struct mprom_client *client, uint32_t id, struct mprom_client_error *error)
{
    int err = mprom_board_require_segment(client, id, error);
    if (!err) {
        mprom_session_open(client, id);
    }
    return err;
}

static int verify_no_image(const struct mprom_client *client, uint32_t id, struct mprom_client_error *error)
{
    return mprom_failure_set(error, -MPROM_ENODEV, "%s: segment %u holds no image", client->link.name, id);
}

int mprom_client_dump(struct mprom_client *client, uint32_t segment, bool raw, uint8_t **bytes, size_t *size,
                      struct mprom_client_error *error)
{
    int err = verify_begin(client, segment, error);
    if (err) {
        return err;
    }
    const struct mprom_client_segment *from = &client->board.segments[segment];
    if (!raw && !from->has_image) {
        return verify_no_image(client, segment, error);
    }
    uint32_t wanted = raw ? from->size : from->image_size;
    uint8_t *read = malloc(wanted ? wanted : 1);
    if (!read) {
        return mprom_failure_set(error, -MPROM_ENOMEM, "out of memory: segment %u has %u bytes", segment, wanted);
    }
    err = mprom_segment_read(client, segment, 0, read, wanted, error);
    if (err) {
        free(read);
        return err;
    }
    *bytes = read;
    *size = wanted;
    return 0;
}

/* The checksum of what the seal covers, computed on the board or, if that cannot, here. */
static int verify_checksum(struct mprom_client *client, uint32_t id, uint32_t size, uint32_t *crc,
                           struct mprom_client_error *error)
{
    if (client->board.has_crc32) {
        return mprom_segment_crc(client, id, 0, size, crc, error);
    }
    uint8_t *bytes = malloc(size);
    if (!bytes) {
        return mprom_failure_set(error, -MPROM_ENOMEM, "out of memory: the image has %u bytes", size);
    }
    int err = mprom_segment_read(client, id, 0, bytes, size, error);
    if (!err) {
        *crc = mprom_romfs_crc32(0, bytes, size);
    }
    free(bytes);
    return err;
}

static int verify_seal(struct mprom_client *client, uint32_t id, struct mprom_client_error *error)
{
    const struct mprom_client_segment *segment = &client->board.segments[id];
    uint32_t crc;
    if (!segment->is_sealed) {
        return mprom_failure_set(
            error, -MPROM_ENODEV,
            "%s: the image in segment %u has no seal to check it by; give the image to compare it with",
            client->link.name, id);
    }
    int err = verify_checksum(client, id, segment->image_size - SEAL_VALUE_SIZE, &crc, error);
    if (err) {
        return err;
    }
    return crc == segment->crc
               ? 0
               : mprom_failure_set(error, -MPROM_EBADMSG,
                                   "%s: the image in segment %u is damaged: its checksum is %08x, its seal "
                                   "says %08x; deploy it again",
                                   client->link.name, id, crc, segment->crc);
}

static int verify_image(struct mprom_client *client, uint32_t id, const void *image, size_t size,
                        struct mprom_client_error *error)
{
    const struct mprom_client_segment *segment = &client->board.segments[id];
    struct mprom_romfs fs;
    uint32_t where;
    if (mprom_romfs_open(&fs, image, size) != 0) {
        return mprom_failure_set(error, -MPROM_EINVAL,
                                 "these bytes are no whole ROMFS image; there is nothing to compare with");
    }
    if (segment->image_size != fs.size) {
        return mprom_failure_set(error, -MPROM_EBADMSG,
                                 "%s: the image in segment %u has %u bytes, the one to compare with %u",
                                 client->link.name, id, segment->image_size, fs.size);
    }
    int differs = mprom_segment_compare(client, id, 0, image, fs.size, &where, error);
    return differs <= 0 ? differs
                        : mprom_failure_set(error, -MPROM_EBADMSG,
                                            "%s: segment %u differs from the image at offset %u; deploy it again",
                                            client->link.name, id, where);
}

int mprom_client_verify(struct mprom_client *client, uint32_t segment, const void *image, size_t size,
                        struct mprom_client_error *error)
{
    int err = verify_begin(client, segment, error);
    if (err) {
        return err;
    }
    if (!client->board.segments[segment].has_image) {
        return verify_no_image(client, segment, error);
    }
    return image ? verify_image(client, segment, image, size, error) : verify_seal(client, segment, error);
}
