/*
 * Fuzz target: everything that the client makes of bytes from a board. The first byte chooses a parser, the rest is
 * what the board sends.
 */
#include "client/board/board.h"
#include "client/board/refusal.h"
#include "client/link/failure.h"
#include "client/repl/exception.h"
#include "client/repl/repl_reply.h"
#include "client/repl/said.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* A whole answer of the raw REPL, into buffers that are soon full. */
static void fuzz_reply(const uint8_t *data, size_t size)
{
    char output[64];
    char error[32];
    struct mprom_repl_reply reply;
    enum mprom_repl_reply_state state = size > 0 && data[0] & 1 ? MPROM_REPL_REPLY_OUTPUT : MPROM_REPL_REPLY_O;
    mprom_repl_reply_init(&reply, state, output, sizeof(output), error, sizeof(error));
    int result = 0;
    for (size_t i = 0; i < size && result == 0; i++) {
        result = mprom_repl_reply_feed(&reply, data[i]);
        fuzz_check(reply.output_size <= sizeof(output) && reply.error_size <= sizeof(error));
    }
    fuzz_check(result <= 1 && (result == 1) == (reply.state == MPROM_REPL_REPLY_DONE));
}

/* The lines of a program's answer, by every parser there is. */
static void fuzz_board(const char *text, size_t size)
{
    static bool (*const parsers[])(struct mprom_client_board *, struct mprom_answer_line *) = {
        mprom_board_parse_python, mprom_board_parse_able, mprom_board_parse_segment, mprom_board_parse_erase,
        mprom_board_parse_head,   mprom_board_parse_seal, mprom_board_parse_slot,    mprom_board_parse_link};
    struct mprom_answer answer = {text, size, 1};
    struct mprom_answer_line line;
    struct mprom_client_board board = {.segment_count = 3};
    while (mprom_answer_next(&answer, &line)) {
        for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++) {
            struct mprom_answer_line copy = line;
            parsers[i](&board, &copy);
        }
        mprom_board_take_id(&board, &line);
        fuzz_check(strlen(board.id) < sizeof(board.id) && strlen(board.id) % 2 == 0);
    }
    mprom_answer_is_clean(&(struct mprom_answer){text, size, 1});
    mprom_board_fill_limits(&board);
    fuzz_check(board.path_max > 0);
    for (uint32_t id = 0; id < board.segment_count; id++) {
        const struct mprom_client_segment *segment = &board.segments[id];
        fuzz_check(segment->block_size <= segment->size && segment->image_size <= segment->size);
        fuzz_check(segment->shape != MPROM_CLIENT_SHAPE_DEVICE || segment->block_size > 0);
    }
}

static void fuzz_bytes(const char *text, size_t size)
{
    uint8_t bytes[32];
    size_t got;
    struct mprom_answer_line line = {text, size};
    fuzz_check(!mprom_answer_hex(&line, bytes, sizeof(bytes), &got) || got <= sizeof(bytes));
    line = (struct mprom_answer_line){text, size};
    fuzz_check(!mprom_answer_base64(&line, bytes, sizeof(bytes), &got) || got <= sizeof(bytes));
}

static void fuzz_printable(const char *text, size_t size)
{
    static struct mprom_client_error error;
    char quote[MPROM_FAILURE_QUOTE_SIZE];
    mprom_failure_printable(quote, sizeof(quote), text, size, false);
    for (const char *c = quote; *c; c++) {
        fuzz_check((unsigned char)*c >= ' ' && *c != 0x7F);
    }
    mprom_failure_detail(&error, text, size);
    fuzz_check(strlen(error.detail) < sizeof(error.detail));
}

/* Chance does not find a checksum: each piece in output gets the right one. */
static void fuzz_mend(char *output, size_t size, uint32_t seed)
{
    enum {
        CHECK_SIZE = 6,
        BODY_SIZE = 30,
        FACTOR = 101
    };
    for (size_t at = 0; at + CHECK_SIZE + BODY_SIZE < size; at++) {
        if (output[at] == 0x02) {
            char digits[CHECK_SIZE + 1];
            uint32_t check = seed;
            for (size_t i = 1 + CHECK_SIZE; i <= CHECK_SIZE + BODY_SIZE; i++) {
                check = (check * FACTOR + (unsigned char)output[at + i]) & MPROM_SAID_CHECK_MASK;
            }
            snprintf(digits, sizeof(digits), "%06x", (unsigned)check);
            memcpy(output + at + 1, digits, CHECK_SIZE);
        }
    }
}

/* The pieces of an answer that was disturbed. */
static void fuzz_said(const char *text, size_t size)
{
    static struct mprom_said said;
    static char whole[sizeof(said.text)];
    uint32_t first, end;
    char *output = malloc(size + 1);
    fuzz_check(output != NULL);
    memcpy(output, text, size);
    said = (struct mprom_said){.seed = size};
    mprom_said_take(&said, output, size);
    fuzz_mend(output, size, said.seed);
    mprom_said_take(&said, output, size);
    free(output);
    fuzz_check(said.count <= MPROM_SAID_PIECES_MAX);
    bool misses = mprom_said_missing(&said, 16, &first, &end);
    fuzz_check(first <= end && end - first <= 16 && end <= MPROM_SAID_PIECES_MAX && misses == (first < end));
    fuzz_check(mprom_said_text(&said, whole, sizeof(whole)) == (size_t)said.count * MPROM_SAID_PIECE_SIZE);
    fuzz_check(mprom_said_text(&said, whole, 7) <= 7);
}

/* What a board says about an exception, and about a step that it refuses. */
static void fuzz_exception(const char *text, size_t size)
{
    static struct mprom_client_error error;
    struct mprom_refusal refusal;
    const char *line;
    size_t line_size = mprom_exception_line(text, size, &line);
    fuzz_check(line_size == 0 || (line >= text && line + line_size <= text + size));
    mprom_exception_is(text, size);
    mprom_exception_is_memory(text, size);
    mprom_failure_detail(&error, text, size);
    if (mprom_refusal_read(&refusal, error.detail)) {
        size_t room = strlen(error.detail);
        fuzz_check(refusal.why >= error.detail && refusal.why_size <= room - (size_t)(refusal.why - error.detail));
    }
    error.code = -MPROM_EIO;
    mprom_refusal_explain(&error, "port", "mprom deploy");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const char *text = (const char *)data + 1;
    switch (data[0] % 6) {
    case 0:
        fuzz_reply(data + 1, size - 1);
        break;
    case 1:
        fuzz_board(text, size - 1);
        break;
    case 2:
        fuzz_bytes(text, size - 1);
        break;
    case 3:
        fuzz_printable(text, size - 1);
        break;
    case 4:
        fuzz_said(text, size - 1);
        break;
    default:
        fuzz_exception(text, size - 1);
        break;
    }
    return 0;
}
