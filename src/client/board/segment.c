#include "client/board/segment.h"

#include "client/board/digest.h"
#include "client/board/programs.h"
#include "client/link/failure.h"
#include "client/repl/session_exec.h"
#include "mprom/romfs.h"

#include <stdio.h>
#include <string.h>

enum {
    CHUNK_SIZE_MAX = 4096,
    CHUNK_SIZE_MIN = 256,
    CHUNK_MEMORY = 10,         /* a chunk needs this many times its size on the board, as text and as bytes */
    SUM_STEP_SIZE = 64 * 1024, /* for one program, so that the progress is seen */
    SUM_STEP_MS = 30000,
    SUM_STEP_BUILTIN = 1024 * 1024, /* where the firmware computes it */
    SUM_BYTES_PER_MS = 20,          /* the slowest that a board computes checksums and digests */
    BLOCKS_STEP = 4096,             /* blocks that one program compares: their digests fit what it may print, */
    BLOCKS_NOISY = 64,              /* or what is asked for once more */
    CHUNK_NOISY = 512,              /* bytes that are read at once then */
};

uint32_t mprom_segment_chunk_size(const struct mprom_client *client, uint32_t id)
{
    const struct mprom_client_segment *segment = &client->board.segments[id];
    uint32_t size = CHUNK_SIZE_MAX;
    uint32_t memory = client->board.free_memory;
    while (memory > 0 && size > CHUNK_SIZE_MIN && size > memory / CHUNK_MEMORY) {
        size /= 2;
    }
    while (segment->shape == MPROM_CLIENT_SHAPE_DEVICE && segment->block_size % size != 0) {
        size /= 2;
    }
    return size;
}

/* The CRC-32 or the digest of a range, computed by the firmware or else by a program. */
static int sum_ask_once(struct mprom_client *client, uint32_t id, uint32_t off, uint32_t size, bool is_digest,
                        uint32_t *sum, struct mprom_client_error *error)
{
    char doing[48];
    struct mprom_answer_line line;
    int64_t value;
    snprintf(doing, sizeof(doing), "checking segment %u", id);
    uint32_t timeout_ms = SUM_STEP_MS + size / SUM_BYTES_PER_MS;
    int err;
    if (client->board.link_version > 0) {
        mprom_session_bare(client);
        err = mprom_session_ask(client, doing, timeout_ms, "sum", &line, error, MPROM_PROGRAM_FIRMWARE_SUM,
                                is_digest ? "digest" : "crc", id, off, size);
    } else {
        err = mprom_session_ask(client, doing, timeout_ms, "sum", &line, error,
                                is_digest ? MPROM_PROGRAM_DIGEST : MPROM_PROGRAM_CRC, off, size);
    }
    if (!err && !(mprom_answer_number(&line, 0, UINT32_MAX, &value) && mprom_answer_end(&line))) {
        err = mprom_session_nonsense(client, doing, error);
    }
    if (!err) {
        *sum = (uint32_t)value;
    }
    return err;
}

static int sum_ask(struct mprom_client *client, uint32_t id, uint32_t off, uint32_t size, bool is_digest,
                   uint32_t *sum, struct mprom_client_error *error)
{
    int err = sum_ask_once(client, id, off, size, is_digest, sum, error);
    return mprom_session_asks_again(client, err) ? sum_ask_once(client, id, off, size, is_digest, sum, error) : err;
}

int mprom_segment_crc(struct mprom_client *client, uint32_t id, uint32_t off, uint32_t size, uint32_t *crc,
                      struct mprom_client_error *error)
{
    return sum_ask(client, id, off, size, false, crc, error);
}

int mprom_segment_digest(struct mprom_client *client, uint32_t id, uint32_t off, uint32_t size, uint32_t *digest,
                         struct mprom_client_error *error)
{
    return sum_ask(client, id, off, size, true, digest, error);
}

/* The line `blocks`: as the board prints it by itself, digest by digest; or as an answer, if others print as well. */
static int blocks_ask_line(struct mprom_client *client, const char *doing, uint32_t id, uint32_t block_size,
                           uint32_t off, uint32_t end, struct mprom_answer_line *line,
                           struct mprom_client_error *error)
{
    uint32_t timeout_ms = SUM_STEP_MS + (end - off) / SUM_BYTES_PER_MS;
    if (client->board.link_version > 0) {
        mprom_session_bare(client);
        if (client->is_noisy) {
            return mprom_session_ask(client, doing, timeout_ms, "blocks", line, error,
                                     MPROM_PROGRAM_FIRMWARE_DIGESTS_SILENTLY, id, off, end, block_size);
        }
        mprom_session_direct(client);
        return mprom_session_ask(client, doing, timeout_ms, "blocks", line, error, MPROM_PROGRAM_FIRMWARE_DIGESTS, id,
                                 off, end, block_size);
    }
    if (client->is_noisy) {
        return mprom_session_ask(client, doing, timeout_ms, "blocks", line, error, MPROM_PROGRAM_DIGESTS_SILENTLY,
                                 off, end, block_size);
    }
    mprom_session_direct(client);
    return mprom_session_ask(client, doing, timeout_ms, "blocks", line, error, MPROM_PROGRAM_DIGESTS, off, end,
                             block_size);
}

/* Digests of count blocks from off on, the last of which ends at `end`: as many as one answer holds. */
static int blocks_ask_some(struct mprom_client *client, uint32_t id, uint32_t block_size, uint32_t off, uint32_t end,
                           uint8_t *digests, size_t count, struct mprom_client_error *error)
{
    char doing[48];
    struct mprom_answer_line line;
    size_t got;
    snprintf(doing, sizeof doing, "comparing segment %u", id);
    int err = blocks_ask_line(client, doing, id, block_size, off, end, &line, error);
    if (!err && !(mprom_answer_hex(&line, digests, count * 4, &got) && got == count * 4 && mprom_answer_end(&line))) {
        err = mprom_session_nonsense(client, doing, error);
    }
    return err;
}

/* The digests of count blocks from off on, the last of which ends at `end`; the line is written piece by piece, for
 * boards with little memory. */
static int blocks_ask(struct mprom_client *client, uint32_t id, uint32_t block_size, uint32_t off, uint32_t end,
                      uint8_t *digests, size_t count, struct mprom_client_error *error)
{
    int err = -MPROM_EBADMSG;
    if (!client->is_noisy) {
        err = blocks_ask_some(client, id, block_size, off, end, digests, count, error);
    }
    if (!mprom_session_asks_again(client, err) && (err != -MPROM_EBADMSG || !client->is_noisy)) {
        return err;
    }
    err = 0;
    for (size_t done = 0; done < count && !err;) {
        size_t part = count - done < BLOCKS_NOISY ? count - done : BLOCKS_NOISY;
        uint32_t part_end = done + part == count ? end : off + (uint32_t)part * block_size;
        err = blocks_ask_some(client, id, block_size, off, part_end, digests + done * 4, part, error);
        off = part_end;
        done += part;
    }
    return err;
}

static bool block_is(const struct mprom_client *client, const uint8_t *digest, const uint8_t *bytes, uint32_t size)
{
    uint32_t there = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];
    return mprom_digest_of(mprom_digest_kind(&client->board), bytes, size) == there;
}

/* How many blocks from `first` on are asked for at once: they have one size. */
static uint32_t blocks_at_once(const struct mprom_delta *delta, uint32_t first, uint32_t end)
{
    return mprom_delta_equal_blocks(delta, first, end - first < BLOCKS_STEP ? end - first : BLOCKS_STEP);
}

static uint32_t blocks_size(const struct mprom_delta *delta, uint32_t block)
{
    return mprom_delta_start(delta, block + 1) - mprom_delta_start(delta, block);
}

/* Blocks of the base of which the same bytes were asked as of the image's. */
static void blocks_compare_base(const struct mprom_client *client, struct mprom_delta *delta, const uint8_t *base,
                                const uint8_t *digests, uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count && i < delta->base_count; i++) {
        uint32_t off, image_off;
        uint32_t end = mprom_delta_base_block(delta, i, &off);
        if (end == mprom_delta_block(delta, i, &image_off)) {
            delta->holds_base[i] = block_is(client, digests + (size_t)(i - first) * 4, base + off, end - off);
        }
    }
}

/* The others: the last one of the shorter of the two, and those behind it. */
static int blocks_compare_rest(struct mprom_client *client, uint32_t id, const uint8_t *base,
                               struct mprom_delta *delta, struct mprom_client_error *error)
{
    uint8_t digests[BLOCKS_STEP * 4];
    uint32_t first = (delta->size < delta->base_size ? delta->block_count : delta->base_count) - 1;
    if (delta->base_size == 0 || delta->size == delta->base_size) {
        return 0;
    }
    for (uint32_t count; first < delta->base_count; first += count) {
        count = blocks_at_once(delta, first, delta->base_count);
        uint32_t off, last;
        mprom_delta_base_block(delta, first, &off);
        uint32_t end = mprom_delta_base_block(delta, first + count - 1, &last);
        int err = blocks_ask(client, id, blocks_size(delta, first), off, end, digests, count, error);
        if (err) {
            return err;
        }
        for (uint32_t i = first; i < first + count; i++) {
            end = mprom_delta_base_block(delta, i, &off);
            delta->holds_base[i] = block_is(client, digests + (size_t)(i - first) * 4, base + off, end - off);
        }
    }
    return 0;
}

int mprom_segment_compare_blocks(struct mprom_client *client, uint32_t id, const uint8_t *bytes, const uint8_t *base,
                                 struct mprom_delta *delta, struct mprom_client_error *error)
{
    uint8_t digests[BLOCKS_STEP * 4];
    for (uint32_t first = 0, count; first < delta->block_count; first += count) {
        count = blocks_at_once(delta, first, delta->block_count);
        uint32_t off, last;
        mprom_delta_block(delta, first, &off);
        uint32_t end = mprom_delta_block(delta, first + count - 1, &last);
        int err = blocks_ask(client, id, blocks_size(delta, first), off, end, digests, count, error);
        if (err) {
            return err;
        }
        for (uint32_t i = first; i < first + count; i++) {
            end = mprom_delta_block(delta, i, &off);
            delta->stays[i] = block_is(client, digests + (size_t)(i - first) * 4, bytes + off, end - off);
        }
        blocks_compare_base(client, delta, base, digests, first, count);
    }
    return blocks_compare_rest(client, id, base, delta, error);
}

/* Asks for one piece. *checksum is -1 if the board computes none. */
static int read_piece(struct mprom_client *client, uint32_t id, uint32_t off, uint8_t *dst, uint32_t size,
                      int64_t *checksum, struct mprom_client_error *error)
{
    char doing[64];
    size_t got;
    struct mprom_answer_line line;
    bool base64 = client->board.has_base64;
    snprintf(doing, sizeof(doing), "reading segment %u, offset %u", id, off);
    int err = mprom_session_ask(client, doing, mprom_session_transfer_ms(client, 2 * size), "data", &line, error,
                                base64 ? MPROM_PROGRAM_READ_BASE64 : MPROM_PROGRAM_READ_HEX, off, size);
    if (err) {
        return err;
    }
    bool good = mprom_answer_number(&line, -1, UINT32_MAX, checksum) &&
                (base64 ? mprom_answer_base64(&line, dst, size, &got) : mprom_answer_hex(&line, dst, size, &got)) &&
                got == size && mprom_answer_end(&line);
    return good ? 0 : mprom_session_nonsense(client, doing, error);
}

static int read_checked(struct mprom_client *client, uint32_t id, uint32_t off, uint8_t *dst, uint32_t size,
                        struct mprom_client_error *error)
{
    uint8_t again[CHUNK_SIZE_MAX];
    int64_t checksum;
    int err = read_piece(client, id, off, dst, size, &checksum, error);
    if (mprom_session_asks_again(client, err)) {
        err = read_piece(client, id, off, dst, size, &checksum, error);
    }
    if (err) {
        return err;
    }
    bool good = checksum == mprom_romfs_crc32(0, dst, size);
    if (checksum < 0) {
        err = read_piece(client, id, off, again, size, &checksum, error);
        if (err) {
            return err;
        }
        good = memcmp(dst, again, size) == 0;
    }
    return good ? 0
                : mprom_failure_set(
                      error, -MPROM_EBADMSG,
                      "%s: segment %u, offset %u: bytes were damaged on their way from the board; check the "
                      "cable, try a lower --baud",
                      client->link.name, id, off);
}

static uint32_t read_chunk(const struct mprom_client *client, uint32_t id)
{
    uint32_t chunk = mprom_segment_chunk_size(client, id);
    return client->is_noisy && chunk > CHUNK_NOISY ? CHUNK_NOISY : chunk;
}

/* Bytes from off on up to the next multiple of chunk, at most left. */
static uint32_t piece_size(uint32_t off, uint32_t left, uint32_t chunk)
{
    uint32_t piece = chunk - off % chunk;
    return piece < left ? piece : left;
}

int mprom_segment_read(struct mprom_client *client, uint32_t id, uint32_t off, void *dst, uint32_t size,
                       struct mprom_client_error *error)
{
    uint8_t *bytes = dst;
    uint32_t chunk = read_chunk(client, id);
    for (uint32_t done = 0; done < size;) {
        uint32_t part = piece_size(off + done, size - done, chunk);
        int err = read_checked(client, id, off + done, bytes + done, part, error);
        if (err) {
            return err;
        }
        done += part;
        mprom_session_progress(client, "reading", done, size);
    }
    return 0;
}

/* Compares byte by byte, for boards without digests and to find the place once a digest differs. */
static int compare_bytes(struct mprom_client *client, uint32_t id, uint32_t off, const uint8_t *bytes, uint32_t size,
                         uint32_t *where, struct mprom_client_error *error)
{
    uint8_t there[CHUNK_SIZE_MAX];
    uint32_t chunk = read_chunk(client, id);
    uint32_t part;
    for (uint32_t done = 0; done < size; done += part) {
        part = piece_size(off + done, size - done, chunk);
        int err = read_checked(client, id, off + done, there, part, error);
        if (err) {
            return err;
        }
        for (uint32_t i = 0; i < part; i++) {
            if (there[i] != bytes[done + i]) {
                *where = off + done + i;
                return 1;
            }
        }
        if (mprom_digest_kind(&client->board) == MPROM_DIGEST_NONE) {
            mprom_session_progress(client, "comparing", done + part, size);
        }
    }
    return 0;
}

int mprom_segment_compare(struct mprom_client *client, uint32_t id, uint32_t off, const void *bytes, uint32_t size,
                          uint32_t *where, struct mprom_client_error *error)
{
    const uint8_t *wanted = bytes;
    enum mprom_digest_kind kind = mprom_digest_kind(&client->board);
    uint32_t step = kind == MPROM_DIGEST_XXH32 ? SUM_STEP_BUILTIN : SUM_STEP_SIZE;
    if (kind == MPROM_DIGEST_NONE) {
        return compare_bytes(client, id, off, wanted, size, where, error);
    }
    for (uint32_t done = 0; done < size;) {
        uint32_t part = size - done < step ? size - done : step;
        uint32_t digest;
        int err = mprom_segment_digest(client, id, off + done, part, &digest, error);
        if (!err && digest != mprom_digest_of(kind, wanted + done, part)) {
            *where = off + done; /* in case the bytes are right when they are read once more */
            err = compare_bytes(client, id, off + done, wanted + done, part, where, error);
            return err < 0 ? err : 1;
        }
        if (err) {
            return err;
        }
        done += part;
        mprom_session_progress(client, "comparing", done, size);
    }
    return 0;
}
