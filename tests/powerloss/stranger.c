/*
 * Runs the stranger's sweep (stranger.h).
 *
 *   test_stranger [--count N] [--seed S]     N cases (100,000), from number S on
 *   test_stranger --case N                   one of them, with all that it does
 *
 * MPROM_SAMPLE=all runs all whatever --count says, MPROM_SEED repeats an earlier sample. Ends with a line that counts
 * the cases; each that failed is named, and what led to it.
 */
#include "powerloss/stranger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CASES_ALL = 100000,
    STEPS_MAX = 10,
    REPORTS_MAX = 5,
};

static struct stranger board;

/* How far it is to the next cut: mostly within a step, sometimes never. */
static void arm(void)
{
    board.power.left = stranger_once_in(&board.random, 3) ? 0 : 1 + stranger_below(&board.random, 60);
    if (stranger_once_in(&board.random, 4)) {
        board.power.left = 1 + stranger_below(&board.random, 4);
    }
}

/* After a cut: a start, in which power may fail again; the last one is left alone. */
static void recover(void)
{
    for (volatile int cuts = stranger_once_in(&board.random, 3) ? 2 : 0; board.failure == NULL; cuts--) {
        board.power.left = cuts > 0 ? 1 + stranger_below(&board.random, 3) : 0;
        board.is_hard = true;
        if (setjmp(board.power.failed) == 0) {
            stranger_start(&board);
            return;
        }
        stranger_log(&board, " CUT");
    }
}

static void run_steps(void)
{
    for (volatile uint32_t left = 2 + stranger_below(&board.random, STEPS_MAX); left > 0 && !board.failure; left--) {
        if (setjmp(board.power.failed) != 0) {
            stranger_log(&board, " CUT");
            recover();
            continue;
        }
        arm();
        stranger_step(&board);
    }
}

static bool run_case(uint64_t number, bool shows)
{
    stranger_board_make(&board, number);
    if (setjmp(board.power.failed) == 0) {
        stranger_start(&board);
    }
    run_steps();
    recover();
    if (board.failure == NULL) {
        board.failure = board.power.violation;
    }
    if (board.failure != NULL || shows) {
        printf("stranger/%llu: %s\n", (unsigned long long)number, board.failure ? board.failure : "passed");
        for (uint32_t f = 0; f < board.flash_count; f++) {
            stranger_flash_say(&board.flashes[f]);
        }
        for (uint32_t id = 0; id < board.segment_count; id++) {
            printf("  segment %u: %u bytes%s%s\n", id, board.segments[id].size,
                   board.segments[id].has_trailer ? ", a trailer" : "", board.segments[id].group ? ", a slot" : "");
        }
        printf("%.*s\n", (int)board.log_size, board.log[0] == '\n' ? board.log + 1 : board.log);
    }
    return board.failure == NULL;
}

/* A number in decimal digits; anything else ends the program. */
static uint64_t number_of(const char *text)
{
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text)) {
        fprintf(stderr, "stranger: %s is not a number\n", text);
        exit(2);
    }
    return strtoull(text, NULL, 10);
}

int main(int arg_count, char **args)
{
    const char *sample = getenv("MPROM_SAMPLE");
    const char *seed_text = getenv("MPROM_SEED");
    uint64_t count = CASES_ALL;
    uint64_t seed = number_of(seed_text ? seed_text : "0") * CASES_ALL;
    for (int i = 1; i + 1 < arg_count; i += 2) {
        if (strcmp(args[i], "--case") == 0) {
            return run_case(number_of(args[i + 1]), true) ? 0 : 1;
        }
        count = strcmp(args[i], "--count") == 0 ? number_of(args[i + 1]) : count;
        seed = strcmp(args[i], "--seed") == 0 ? number_of(args[i + 1]) : seed;
    }
    if (sample && strcmp(sample, "all") == 0) {
        count = CASES_ALL;
    }
    uint64_t failed = 0, done = 0;
    for (; done < count && failed < REPORTS_MAX; done++) {
        failed += !run_case(seed + done, false);
    }
    printf("stranger: %llu cases, %llu failed\n", (unsigned long long)done, (unsigned long long)failed);
    return failed ? 1 : 0;
}
