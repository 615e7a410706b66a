/*
 * Waiting for text from the board. A task on the board may print a line between any two bytes of that text, so a
 * match may have one gap.
 */
#include "client/repl/repl.h"

enum {
    AWAIT_PATTERNS_MAX = 4,
    AWAIT_GAP_SIZE = 256, /* bytes that a gap may have at least; twice as many at most */
    AWAIT_PLAIN_SIZE = 4, /* shorter text without a control character could be made up of any other text */
};

/* How far a pattern was found. Bit i of a set stands for its first i + 1 bytes. */
struct await_state {
    uint64_t whole;  /* they came last, in one piece */
    uint64_t recent; /* they came in one piece in the last AWAIT_GAP_SIZE bytes, */
    uint64_t older;  /* or in those before */
    uint64_t split;  /* they came last, in two pieces */
};

static bool await_is_control(char byte)
{
    return (unsigned char)byte < ' ' && byte != '\r' && byte != '\n';
}

static bool await_may_split(const struct mprom_repl_pattern *pattern)
{
    bool may = pattern->size >= AWAIT_PLAIN_SIZE;
    for (size_t i = 0; i < pattern->size; i++) {
        may = may || await_is_control(pattern->bytes[i]);
    }
    return may;
}

/* The places of a byte in a pattern. */
static uint64_t await_places(const struct mprom_repl_pattern *pattern, int byte)
{
    uint64_t places = 0;
    for (size_t i = 0; i < pattern->size; i++) {
        places |= (uint64_t)(byte == (unsigned char)pattern->bytes[i]) << i;
    }
    return places;
}

/* Takes the next byte. Returns whether the pattern is complete. */
static bool await_feed(struct await_state *state, const struct mprom_repl_pattern *pattern, int byte)
{
    uint64_t places = await_places(pattern, byte);
    uint64_t last = (uint64_t)1 << (pattern->size - 1);
    state->split = (state->split | state->recent | state->older) << 1 & places;
    state->whole = (state->whole << 1 | 1) & places;
    state->recent |= state->whole;
    return ((state->whole | (await_may_split(pattern) ? state->split : 0)) & last) != 0;
}

static void await_age(struct await_state *states, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        states[i].older = states[i].recent;
        states[i].recent = 0;
    }
}

int mprom_repl_await(struct mprom_repl *repl, const struct mprom_repl_pattern *patterns, size_t count,
                     uint64_t deadline_us)
{
    struct await_state states[AWAIT_PATTERNS_MAX] = {{0}};
    for (size_t taken = 1;; taken++) {
        int byte = mprom_link_get(repl->link, deadline_us);
        if (byte < 0) {
            return byte;
        }
        repl->heard++;
        for (size_t i = 0; i < count; i++) {
            if (await_feed(&states[i], &patterns[i], byte)) {
                return (int)i;
            }
        }
        if (taken % AWAIT_GAP_SIZE == 0) {
            await_age(states, count);
        }
    }
}
