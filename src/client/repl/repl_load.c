/* Programs that go to the board without waiting for it: the number of turns of a deploy depends on these. */
#include "client/link/clock.h"
#include "client/repl/programs.h"
#include "client/repl/repl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOAD_AHEAD_SIZE = 192, /* the smallest input buffers of MicroPython's ports hold 255 bytes */
    LOAD_MAX_SIZE = 4000,  /* above, raw paste asks less of the board's memory: it stores no text */
    LOAD_STALL_MS = 2000,  /* to read and compile a program, beside the time that it takes on the link */
    LOAD_SLOWEST = 1,      /* byte per millisecond: 9,600 baud */
    LOAD_ENTER_MS = 10000,
    LOAD_READS = 0x05, /* from the board: the program before this one runs */
    LOAD_RUNS = 0x06,  /* all of it was read, and the first part compiled */
};

/* Waits for a word of the board. 1, 0 if an exception came instead, or an error. */
static int load_await(struct mprom_repl *repl, char word, uint64_t deadline_us)
{
    static const char eot = MPROM_REPL_EOT;
    const struct mprom_repl_pattern patterns[] = {{&word, 1}, {&eot, 1}};
    int found = mprom_repl_await(repl, patterns, 2, deadline_us);
    return found < 0 ? found : found == 0;
}

/*
 * Sends what the board reads already, or a program that reads it: with as much of that as fits the smallest input
 * buffer, and the rest when it reads. 1 when the board runs the program, 0 if it would not, or an error.
 */
static int load_send(struct mprom_repl *repl, const char *text, size_t size, uint64_t deadline_us)
{
    size_t ahead = repl->is_loading || size < LOAD_AHEAD_SIZE ? size : LOAD_AHEAD_SIZE;
    int err = mprom_link_write(repl->link, text, ahead, deadline_us);
    int done = err ? err : repl->is_loading ? 1 : load_await(repl, LOAD_READS, deadline_us);
    if (done > 0 && ahead < size) {
        err = mprom_link_write(repl->link, text + ahead, size - ahead, deadline_us);
        done = err ? err : done;
    }
    repl->is_loading = false;
    return done > 0 ? load_await(repl, LOAD_RUNS, deadline_us) : done;
}

/* A program with what goes before it. Returns its size and the text, to be freed; a negative number if it cannot. */
static int load_compose(const struct mprom_repl *repl, const char *program, size_t size, char **text)
{
    size += sizeof(MPROM_PROGRAM_LOADED "\n\n") - 1;
    return repl->is_loading ? asprintf(text, "%8zu" MPROM_PROGRAM_LOADED "\n%s\n", size, program)
                            : asprintf(text, MPROM_PROGRAM_LOAD "\004" MPROM_PROGRAM_LOADED "\n%s\n", size, program);
}

static int load_type(struct mprom_repl *repl, const char *program, size_t size, uint64_t deadline_us)
{
    char text[LOAD_AHEAD_SIZE];
    memcpy(text, program, size);
    text[size] = MPROM_REPL_EOT;
    int err = mprom_link_write(repl->link, text, size + 1, deadline_us);
    return err ? err : MPROM_REPL_REPLY_O;
}

static uint64_t load_stall_us(int size, uint64_t deadline_us)
{
    return mprom_clock_earlier(mprom_clock_in_ms(LOAD_STALL_MS + (uint32_t)size / LOAD_SLOWEST), deadline_us);
}

/* Bytes were lost, or the board has no memory for all of it at once. What is on the way must not be executed. */
static int load_give_up(struct mprom_repl *repl)
{
    repl->is_quick = false;
    int err = mprom_repl_enter_until(repl, mprom_clock_in_ms(LOAD_ENTER_MS));
    return err ? err : -MPROM_EOPNOTSUPP;
}

/* What is too long for that is pasted; a board that reads a program already gets an empty one, and is at its prompt.
 */
static int load_long(struct mprom_repl *repl, uint64_t deadline_us)
{
    static const struct mprom_repl_pattern end = {"\004\004>", 3};
    char *text;
    int size = repl->is_loading ? load_compose(repl, "", 0, &text) : 0;
    if (size <= 0) {
        return size < 0 ? -MPROM_ENOMEM : -MPROM_EOPNOTSUPP;
    }
    uint64_t stall_us = load_stall_us(size, deadline_us);
    int done = load_send(repl, text, (size_t)size, stall_us);
    free(text);
    done = done > 0 ? mprom_repl_await(repl, &end, 1, stall_us) : done < 0 ? done : -MPROM_ETIMEDOUT;
    return done >= 0 ? -MPROM_EOPNOTSUPP : done == -MPROM_ETIMEDOUT ? load_give_up(repl) : done;
}

int mprom_repl_load(struct mprom_repl *repl, const char *program, size_t size, uint64_t deadline_us)
{
    char *text;
    if (size < LOAD_AHEAD_SIZE && !repl->is_loading && (repl->is_quick || repl->is_brief)) {
        return load_type(repl, program, size, deadline_us);
    }
    if (size > LOAD_MAX_SIZE) {
        return load_long(repl, deadline_us);
    }
    if (!repl->is_loading && !repl->is_quick) {
        return -MPROM_EOPNOTSUPP;
    }
    int text_size = load_compose(repl, program, size, &text);
    if (text_size < 0) {
        return -MPROM_ENOMEM;
    }
    int done = load_send(repl, text, (size_t)text_size, load_stall_us(text_size, deadline_us));
    free(text);
    if (done > 0) {
        return MPROM_REPL_REPLY_OUTPUT;
    }
    return done < 0 && done != -MPROM_ETIMEDOUT ? done : load_give_up(repl);
}
