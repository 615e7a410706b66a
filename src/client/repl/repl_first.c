/*
 * The first program that a board gets. Firmware with a link built in answers it with what the board is; on any other
 * board it goes on to read the next program, and so both cost one turn.
 */
#include "client/link/clock.h"
#include "client/repl/programs.h"
#include "client/repl/repl.h"

#include <stdio.h>
#include <string.h>

enum {
    FIRST_SIZE_MAX = 192,        /* the smallest input buffers of MicroPython's ports hold 255 bytes */
    FIRST_NUMBER_MAX = 0xFFFFFF, /* of the description */
    FIRST_DESCRIBE_MS = 15000,   /* to check the images in all segments */
};

/* What tells the two answers, and both from anything older. */
struct first_words {
    char loads[24];
    char describes[32];
    struct mprom_repl_pattern patterns[3];
};

enum first_answer {
    FIRST_LOADS,
    FIRST_DESCRIBES,
    FIRST_FAILS, /* the board has no memory left even for this */
};

static void first_words_init(struct first_words *words, uint32_t number)
{
    int loads_size = snprintf(words->loads, sizeof words->loads, "\nmprom-%06x\r", number);
    int describes_size = snprintf(words->describes, sizeof words->describes, "\nmprom:%u link ", number);
    words->patterns[FIRST_LOADS] = (struct mprom_repl_pattern){words->loads, (size_t)loads_size};
    words->patterns[FIRST_FAILS] = (struct mprom_repl_pattern){"MemoryError:", 12};
    words->patterns[FIRST_DESCRIBES] = (struct mprom_repl_pattern){words->describes, (size_t)describes_size};
}

static bool first_ends_with(const struct mprom_repl_reply *reply, const struct mprom_repl_pattern *pattern)
{
    return reply->output_size >= pattern->size &&
           memcmp(reply->output + reply->output_size - pattern->size, pattern->bytes, pattern->size) == 0;
}

/*
 * Takes the rest of the description. Where the firmware could not bring it to its end, the board reads the next
 * program.
 */
static int first_follow(struct mprom_repl *repl, const struct first_words *words, uint64_t deadline_us)
{
    const struct mprom_repl_pattern *said = &words->patterns[FIRST_DESCRIBES];
    struct mprom_repl_reply reply;
    mprom_repl_reply_init(&reply, MPROM_REPL_REPLY_OUTPUT, repl->output, MPROM_REPL_OUTPUT_SIZE, repl->error,
                          MPROM_REPL_ERROR_SIZE);
    memcpy(repl->output, said->bytes, said->size);
    reply.output_size = said->size;
    int result = 0;
    while (result == 0 && !first_ends_with(&reply, &words->patterns[FIRST_LOADS])) {
        int byte = mprom_link_get(repl->link, deadline_us);
        result = byte < 0 ? byte : mprom_repl_reply_feed(&reply, (uint8_t)byte);
    }
    repl->output_size = reply.output_size;
    repl->output[reply.output_size] = '\0';
    repl->is_described = result > 0;
    repl->is_loading = result == 0;
    /* A board that prints without end is not described, but may still be stopped. */
    return result == -MPROM_EFBIG || result == -MPROM_EBADMSG ? -MPROM_ETIMEDOUT : result < 0 ? result : 0;
}

int mprom_repl_first(struct mprom_repl *repl, const char *keys, uint64_t deadline_us)
{
    char program[FIRST_SIZE_MAX];
    struct first_words words;
    repl->nonce = repl->nonce * 2654435761u + 1;
    uint32_t number = repl->nonce >> 8 & FIRST_NUMBER_MAX;
    first_words_init(&words, number);
    int size = snprintf(program, sizeof program, "%s" MPROM_PROGRAM_FIRST "\004", keys, number, number);
    int err = mprom_link_write(repl->link, program, (size_t)size, deadline_us);
    if (!err && keys[0] != '\0') {
        err = mprom_repl_await_banner(repl, deadline_us);
    }
    if (err) {
        return err;
    }
    int answer = mprom_repl_await(repl, words.patterns, 3, deadline_us);
    if (answer == FIRST_DESCRIBES) {
        repl->description_number = number;
        answer = first_follow(repl, &words, mprom_clock_in_ms(FIRST_DESCRIBE_MS));
    } else if (answer == FIRST_FAILS) {
        answer = -MPROM_ETIMEDOUT;
    } else {
        repl->is_loading = answer == FIRST_LOADS;
    }
    repl->active = answer >= 0;
    return answer < 0 ? answer : 0;
}
