/*
 * Fuzz target: what a serial server says in Telnet and RFC 2217. Each piece of the input has a byte before it: how
 * long it is, and what happens before it is read.
 */
#include "client/link/rfc2217.h"
#include "tests/fuzz/input.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void fuzz_act(struct mprom_rfc2217 *server, unsigned what)
{
    static const uint8_t bytes[300] = {0xff, 0xff, 0, 0xff};
    size_t sent = server->sent_size;
    if (what & 1) {
        mprom_rfc2217_sent(server, sent / 2);
    }
    if (what & 2) {
        size_t room = MPROM_RFC2217_SENT_SIZE - server->sent_size;
        size_t taken = mprom_rfc2217_send(server, bytes, sizeof(bytes));
        fuzz_check(taken <= sizeof(bytes) && (room >= MPROM_RFC2217_SENT_RESERVE || taken == 0));
    }
    if ((what & 4) && server->sent_size < MPROM_RFC2217_SENT_SIZE - MPROM_RFC2217_SENT_RESERVE) {
        mprom_rfc2217_set(server, MPROM_RFC2217_BAUD, 0xff00ffff);
    }
    fuzz_check(!server->is_broken && server->sent_size <= MPROM_RFC2217_SENT_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, data + size};
    struct mprom_rfc2217 *server = mprom_rfc2217_begin();
    fuzz_check(server != NULL);
    ptrdiff_t n = 0;
    while (n >= 0 && input_left(&input) > 0) {
        unsigned first = input_byte(&input);
        uint8_t piece[32];
        fuzz_act(server, first);
        size_t room = mprom_rfc2217_room(server);
        size_t piece_size = first >> 3;
        piece_size = input_bytes(&input, piece, piece_size < room ? piece_size : room);
        uint8_t *dst = malloc(piece_size + 1); /* of its own, for the sanitizer to see its end */
        fuzz_check(dst != NULL);
        n = mprom_rfc2217_receive(server, piece, piece_size, dst);
        fuzz_check(n <= (ptrdiff_t)piece_size && (n >= 0) == !server->is_broken);
        free(dst);
    }
    mprom_rfc2217_end(server);
    return 0;
}
