/*
 * Fuzz target: everything that the client makes of bytes from a board. The first byte chooses a parser, the rest is
 * what the board sends.
 */
#include "client/board.h"
#include "client/exception.h"
#include "client/failure.h"
#include "client/refusal.h"
#include "client/repl_reply.h"
#include "client/said.h"

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
    struct repl_reply reply;
    enum repl_reply_state state = size > 0 && data[0] & 1 ? REPL_REPLY_OUTPUT : REPL_REPLY_O;
    repl_reply_init(&reply, state, output, sizeof(output), error, sizeof(error));
    int result = 0;
    for (size_t i = 0; i < size && result == 0; i++) {
        result = repl_reply_feed(&reply, data[i]);
        fuzz_check(reply.output_size <= sizeof(output) && reply.error_size <= sizeof(error));
    }
    fuzz_check(result <= 1 && (result == 1) == (reply.state == REPL_REPLY_DONE));
}

/* The lines of a program's answer, by every parser there is. */
static void fuzz_board(const char *text, size_t size)
{
    static bool (*const parsers[])(struct client_board *, struct answer_line *) = {
        board_parse_python, board_parse_able, board_parse_segment, board_parse_erase,
        board_parse_head,   board_parse_seal, board_parse_slot,    board_parse_link};
    struct answer answer = {text, size, 1};
    struct answer_line line;
    struct client_board board = {.segment_count = 3};
    while (answer_next(&answer, &line)) {
        for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++) {
            struct answer_line copy = line;
            parsers[i](&board, &copy);
        }
        board_take_id(&board, &line);
        fuzz_check(strlen(board.id) < sizeof(board.id) && strlen(board.id) % 2 == 0);
    }
    answer_is_clean(&(struct answer){text, size, 1});
    board_fill_limits(&board);
    fuzz_check(board.path_max > 0);
    for (uint32_t id = 0; id < board.segment_count; id++) {
        const struct client_segment *segment = &board.segments[id];
        fuzz_check(segment->block_size <= segment->size && segment->image_size <= segment->size);
        fuzz_check(segment->shape != CLIENT_SHAPE_DEVICE || segment->block_size > 0);
    }
}

static void fuzz_bytes(const char *text, size_t size)
{
    uint8_t bytes[32];
    size_t got;
    struct answer_line line = {text, size};
    fuzz_check(!answer_hex(&line, bytes, sizeof(bytes), &got) || got <= sizeof(bytes));
    line = (struct answer_line){text, size};
    fuzz_check(!answer_base64(&line, bytes, sizeof(bytes), &got) || got <= sizeof(bytes));
}

static void fuzz_printable(const char *text, size_t size)
{
    static struct client_error error;
    char quote[FAILURE_QUOTE_SIZE];
    failure_printable(quote, sizeof(quote), text, size, false);
    for (const char *c = quote; *c; c++) {
        fuzz_check((unsigned char)*c >= ' ' && *c != 0x7F);
    }
    failure_detail(&error, text, size);
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
                check = (check * FACTOR + (unsigned char)output[at + i]) & SAID_CHECK_MASK;
            }
            snprintf(digits, sizeof(digits), "%06x", (unsigned)check);
            memcpy(output + at + 1, digits, CHECK_SIZE);
        }
    }
}

/* The pieces of an answer that was disturbed. */
static void fuzz_said(const char *text, size_t size)
{
    static struct said said;
    static char whole[sizeof(said.text)];
    uint32_t first, end;
    char *output = malloc(size + 1);
    fuzz_check(output != NULL);
    memcpy(output, text, size);
    said = (struct said){.seed = size};
    said_take(&said, output, size);
    fuzz_mend(output, size, said.seed);
    said_take(&said, output, size);
    free(output);
    fuzz_check(said.count <= SAID_PIECES_MAX);
    bool misses = said_missing(&said, 16, &first, &end);
    fuzz_check(first <= end && end - first <= 16 && end <= SAID_PIECES_MAX && misses == (first < end));
    fuzz_check(said_text(&said, whole, sizeof(whole)) == (size_t)said.count * SAID_PIECE_SIZE);
    fuzz_check(said_text(&said, whole, 7) <= 7);
}

/* What a board says about an exception, and about a step that it refuses. */
static void fuzz_exception(const char *text, size_t size)
{
    static struct client_error error;
    struct refusal refusal;
    const char *line;
    size_t line_size = exception_line(text, size, &line);
    fuzz_check(line_size == 0 || (line >= text && line + line_size <= text + size));
    exception_is(text, size);
    exception_is_memory(text, size);
    failure_detail(&error, text, size);
    if (refusal_read(&refusal, error.detail)) {
        size_t room = strlen(error.detail);
        fuzz_check(refusal.why >= error.detail && refusal.why_size <= room - (size_t)(refusal.why - error.detail));
    }
    error.code = -MPROM_EIO;
    refusal_explain(&error, "port", "mprom deploy");
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
