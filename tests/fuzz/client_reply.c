/*
 * Fuzz target: everything that the client makes of bytes from a board. The first byte chooses a parser, the rest is
 * what the board sends.
 */
#include "client/board.h"
#include "client/failure.h"
#include "client/repl_reply.h"

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
        board_parse_python, board_parse_able, board_parse_segment, board_parse_head,
        board_parse_seal,   board_parse_slot, board_parse_link};
    struct answer answer = {text, size, 1};
    struct answer_line line;
    struct client_board board = {.segment_count = 3};
    while (answer_next(&answer, &line)) {
        for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++) {
            struct answer_line copy = line;
            parsers[i](&board, &copy);
        }
    }
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const char *text = (const char *)data + 1;
    switch (data[0] % 4) {
    case 0:
        fuzz_reply(data + 1, size - 1);
        break;
    case 1:
        fuzz_board(text, size - 1);
        break;
    case 2:
        fuzz_bytes(text, size - 1);
        break;
    default:
        fuzz_printable(text, size - 1);
        break;
    }
    return 0;
}
