#include "client/board/programs.h"
#include "client/board/segment.h"
#include "client/link/failure.h"
#include "client/repl/session_exec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PREPARE_STEP_SIZE = 32 * 1024,
    /* The slowest flash in use takes under half a second for each 4 KiB; what is left out of steps adds up. */
    PREPARE_BASE_MS = 15000,
    PREPARE_BLOCK_SIZE = 4096,
    PREPARE_BLOCK_MS = 500,
};

/* A result is 0 or what MicroPython calls None (the programs below turn that into 0); a negative one is an errno. */
int mprom_segment_refused(const struct mprom_client *client, uint32_t id, uint32_t off, const char *what,
                          int64_t result, struct mprom_client_error *error)
{
    return mprom_failure_set(
        error, -MPROM_EPERM,
        "%s: segment %u, offset %u: the board could not %s (%s, result %lld); try again, and if it fails "
        "at the same offset its flash is worn or write-protected",
        client->link.name, id, off, what, result < 0 && result > -4096 ? strerror((int)-result) : "no error number",
        (long long)result);
}

/* Runs a program that prints one number. */
static int write_step(struct mprom_client *client, const char *doing, uint32_t timeout_ms, int64_t *result,
                      struct mprom_client_error *error, const char *program)
{
    struct mprom_answer_line line;
    mprom_session_act(client);
    int err = mprom_session_ask(client, doing, timeout_ms, "did", &line, error, "%s", program);
    if (!err && !(mprom_answer_number(&line, INT32_MIN, UINT32_MAX, result) && mprom_answer_end(&line))) {
        err = mprom_session_nonsense(client, doing, error);
    }
    return err;
}

static uint32_t prepare_ms(uint32_t size)
{
    return PREPARE_BASE_MS + (size / PREPARE_BLOCK_SIZE + 1) * PREPARE_BLOCK_MS;
}

/* Prepares one range; a memoryview's board answers with the unit of writing. */
static int prepare_range(struct mprom_client *client, uint32_t id, uint32_t off, uint32_t size, uint32_t *unit,
                         struct mprom_client_error *error)
{
    const struct mprom_client_segment *segment = &client->board.segments[id];
    char doing[48];
    char program[160];
    int64_t result;
    snprintf(doing, sizeof(doing), "erasing segment %u", id);
    if (segment->shape == MPROM_CLIENT_SHAPE_DEVICE) {
        snprintf(program, sizeof(program), MPROM_PROGRAM_ERASE_DEVICE, off / segment->block_size,
                 (off + size) / segment->block_size,
                 segment->erases_by_write ? MPROM_PROGRAM_ACT_ERASE_BY_WRITE : MPROM_PROGRAM_ACT_ERASE);
    } else if (segment->shape == MPROM_CLIENT_SHAPE_BLOCKS) {
        snprintf(program, sizeof(program), MPROM_PROGRAM_ERASE_BLOCKS, id, off, size);
    } else {
        snprintf(program, sizeof(program), MPROM_PROGRAM_ERASE_START, id, size);
    }
    int err = write_step(client, doing, prepare_ms(size), &result, error, program);
    if (err) {
        return err;
    }
    if (segment->shape == MPROM_CLIENT_SHAPE_DEVICE) {
        *unit = segment->block_size < MPROM_SEGMENT_DEVICE_UNIT ? segment->block_size : MPROM_SEGMENT_DEVICE_UNIT;
        return result == 0 ? 0 : mprom_segment_refused(client, id, off, "erase it", result, error);
    }
    if (result <= 0 || result > MPROM_SEGMENT_UNIT_MAX || (result & (result - 1)) != 0) {
        return mprom_segment_refused(client, id, off, "erase it", result, error);
    }
    *unit = (uint32_t)result;
    return 0;
}

/* Where the blocks end that hold size bytes: with the segment, if its last one is cut short. */
static uint32_t blocks_end(const struct mprom_client_segment *segment, uint32_t size, uint32_t block)
{
    uint32_t left = segment->size - size;
    uint32_t rest = (block - size % block) % block;
    return size + (rest < left ? rest : left);
}

int mprom_segment_prepare(struct mprom_client *client, uint32_t id, uint32_t size, uint32_t *unit,
                          struct mprom_client_error *error)
{
    const struct mprom_client_segment *segment = &client->board.segments[id];
    if (segment->shape == MPROM_CLIENT_SHAPE_VIEW) {
        mprom_session_progress(client, "erasing", 0, size);
        return prepare_range(client, id, 0, size, unit, error);
    }
    uint32_t block = segment->block_size;
    uint32_t step = block > PREPARE_STEP_SIZE ? block : PREPARE_STEP_SIZE / block * block;
    uint32_t end = blocks_end(segment, size, block);
    for (uint32_t off = 0; off < end; off += step) {
        uint32_t part = end - off < step ? end - off : step;
        int err = prepare_range(client, id, off, part, unit, error);
        if (err) {
            return err;
        }
        mprom_session_progress(client, "erasing", off + part, end);
    }
    return 0;
}

int mprom_segment_prepare_delta(struct mprom_client *client, uint32_t id, const struct mprom_delta *delta,
                                uint32_t *unit, struct mprom_client_error *error)
{
    uint32_t block = delta->block_size;
    uint32_t step = block > PREPARE_STEP_SIZE ? block : PREPARE_STEP_SIZE / block * block;
    uint32_t all = blocks_end(&client->board.segments[id], delta->size, block);
    for (uint32_t off = 0; off < all;) {
        uint32_t end = mprom_delta_next(delta, &off, all);
        uint32_t part = end - off < step ? end - off : step;
        int err = part > 0 ? prepare_range(client, id, off, part, unit, error) : 0;
        if (err) {
            return err;
        }
        off += part;
        mprom_session_progress(client, "erasing", off, all);
    }
    return 0;
}

/* The bytes as text that the board turns into bytes again. NULL if out of memory. */
static char *write_encode(const struct mprom_client *client, const uint8_t *bytes, uint32_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char hex[] = "0123456789abcdef";
    char *text = malloc((size_t)size * 2 + 8);
    char *to = text;
    if (text && client->board.has_base64) {
        for (uint32_t i = 0; i < size; i += 3) {
            uint32_t left = size - i;
            uint32_t bits = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                            (left > 2 ? bytes[i + 2] : 0);
            *to++ = digits[bits >> 18];
            *to++ = digits[bits >> 12 & 63];
            *to++ = left > 1 ? digits[bits >> 6 & 63] : '=';
            *to++ = left > 2 ? digits[bits & 63] : '=';
        }
    } else if (text) {
        for (uint32_t i = 0; i < size; i++) {
            *to++ = hex[bytes[i] >> 4];
            *to++ = hex[bytes[i] & 15];
        }
    }
    if (text) {
        *to = '\0';
    }
    return text;
}

int mprom_segment_write(struct mprom_client *client, uint32_t id, uint32_t off, const void *bytes, uint32_t size,
                        struct mprom_client_error *error)
{
    const struct mprom_client_segment *segment = &client->board.segments[id];
    char doing[64];
    char act[96];
    struct mprom_answer_line line;
    int64_t arrived, result;
    snprintf(doing, sizeof(doing), "writing segment %u, offset %u", id, off);
    if (segment->shape == MPROM_CLIENT_SHAPE_DEVICE) {
        snprintf(act, sizeof(act), MPROM_PROGRAM_ACT_WRITE_DEVICE, off / segment->block_size,
                 off % segment->block_size);
    } else {
        snprintf(act, sizeof(act), MPROM_PROGRAM_ACT_WRITE, id, off);
    }
    char *text = write_encode(client, bytes, size);
    if (!text) {
        return mprom_failure_set(error, -MPROM_ENOMEM, "out of memory while %s", doing);
    }
    mprom_session_act(client);
    /* What was doubled or lost on the way may be of a size that the flash cannot program. */
    int err = mprom_session_ask(client, doing, mprom_session_transfer_ms(client, 2 * size), "did", &line, error,
                                client->board.has_base64 ? MPROM_PROGRAM_WRITE_BASE64 : MPROM_PROGRAM_WRITE_HEX, text,
                                size, act);
    free(text);
    if (err) {
        return err;
    }
    if (!mprom_answer_number(&line, 0, UINT32_MAX, &arrived) ||
        !mprom_answer_number(&line, INT32_MIN, INT32_MAX, &result) || !mprom_answer_end(&line)) {
        return mprom_session_nonsense(client, doing, error);
    }
    if (arrived != size) {
        return mprom_failure_set(
            error, -MPROM_EBADMSG,
            "%s: segment %u, offset %u: only %lld of %u bytes arrived on the board; check the cable, try a "
            "lower --baud",
            client->link.name, id, off, (long long)arrived, size);
    }
    return result == 0 ? 0 : mprom_segment_refused(client, id, off, "write", result, error);
}

int mprom_segment_erase(struct mprom_client *client, uint32_t id, struct mprom_client_error *error)
{
    char doing[48];
    struct mprom_answer_line line;
    snprintf(doing, sizeof(doing), "erasing segment %u", id);
    mprom_session_progress(client, "erasing", 0, client->board.segments[id].size);
    mprom_session_bare(client);
    mprom_session_act(client);
    return mprom_session_ask(client, doing, prepare_ms(client->board.segments[id].size), "did", &line, error,
                             MPROM_PROGRAM_ERASE_FIRMWARE, id);
}

int mprom_segment_complete(struct mprom_client *client, uint32_t id, uint32_t timeout_ms,
                           struct mprom_client_error *error)
{
    char doing[48];
    char program[64];
    int64_t result;
    if (client->board.segments[id].shape == MPROM_CLIENT_SHAPE_DEVICE) {
        return 0; /* a block device has no such step */
    }
    snprintf(doing, sizeof(doing), "completing segment %u", id);
    snprintf(program, sizeof(program), MPROM_PROGRAM_COMPLETE, id);
    int err = write_step(client, doing, timeout_ms, &result, error, program);
    if (err) {
        return err;
    }
    /* No port of MicroPython 1.25 knows this step; what it would have done was done before. */
    bool unknown_step = result == -MPROM_EINVAL && !client->board.is_mprom;
    return result == 0 || unknown_step ? 0 : mprom_segment_refused(client, id, 0, "complete it", result, error);
}
