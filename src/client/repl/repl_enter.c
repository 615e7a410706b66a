/* Getting into the raw REPL. */
#include "client/link/clock.h"
#include "client/link/failure.h"
#include "client/repl/programs.h"
#include "client/repl/repl.h"

#include <stdio.h>
#include <string.h>

enum {
    RESET_BOOT_MS = 5000, /* for boot.py before it is interrupted */
    BOOTS_MANY = 3,
    ENTER_QUICK_MS = 750, /* for the keys and the program behind them to be answered */
    SYNC_FIRST_MS = 1000, /* for the answer that tells old ones from new ones, */
    SYNC_MOST_MS = 8000,
};

#define INTERRUPT "\003\003"

void mprom_repl_init(struct mprom_repl *repl, struct mprom_link *link)
{
    memset(repl, 0, sizeof(*repl));
    repl->link = link;
    repl->nonce = (uint32_t)mprom_clock_now_us();
}

static void enter_forget(struct mprom_repl *repl)
{
    repl->active = repl->is_loading = repl->is_described = false;
}

/*
 * Keys that were sent more than once may be answered more than once. A program that prints a number used only here
 * tells old answers from what comes next. Returns 0, or -MPROM_ENOMEM if the board has no memory left for it, or
 * -MPROM_ETIMEDOUT, -MPROM_EIO.
 */
static int enter_synchronize(struct mprom_repl *repl, const char *before, uint64_t deadline_us)
{
    char program[96];
    char answer[40];
    repl->nonce = repl->nonce * 2654435761u + 1;
    int program_size = snprintf(program, sizeof(program), "%s" MPROM_PROGRAM_SYNCHRONIZE "\004", before, repl->nonce);
    int answer_size = snprintf(answer, sizeof(answer), "OKmprom-%08x\r\n\004\004>", repl->nonce);
    const struct mprom_repl_pattern patterns[] = {{answer, (size_t)answer_size}, {"MemoryError:", 12}};
    int err = mprom_link_write(repl->link, program, (size_t)program_size, deadline_us);
    if (!err) {
        err = mprom_repl_await(repl, patterns, 2, deadline_us);
    }
    repl->active = err == 0;
    return err > 0 ? -MPROM_ENOMEM : err;
}

/* A soft reset from the raw REPL up to the banner. *insists: a boot that did not end was interrupted. */
static int reset_until(struct mprom_repl *repl, bool *insists, uint64_t deadline_us)
{
    *insists = false;
    int err = mprom_link_write(repl->link, "\004", 1, deadline_us);
    if (!err) {
        err = mprom_repl_await_restart(repl, mprom_clock_in_ms(MPROM_REPL_SAY_MS));
    }
    if (!err) {
        err = mprom_repl_await_banner(repl, mprom_clock_in_ms(RESET_BOOT_MS));
        *insists = err == -MPROM_ETIMEDOUT;
        if (*insists) {
            err = mprom_repl_insist(repl, INTERRUPT, deadline_us);
        }
    }
    return err;
}

/* Synchronizes; if the board's memory is full, Python is restarted before. */
static int enter_settle(struct mprom_repl *repl, const char *before, uint64_t deadline_us)
{
    bool insists;
    int err = enter_synchronize(repl, before, deadline_us);
    if (err != -MPROM_ENOMEM) {
        return err;
    }
    err = reset_until(repl, &insists, mprom_clock_in_ms(MPROM_REPL_RESET_MS));
    repl->was_reset = err == 0;
    return err ? err : enter_synchronize(repl, before, mprom_clock_in_ms(SYNC_FIRST_MS));
}

/* The board may still take keys and programs of the attempts before: then nothing but another attempt helps. */
int mprom_repl_enter_until(struct mprom_repl *repl, uint64_t deadline_us)
{
    uint32_t sync_ms = SYNC_FIRST_MS;
    const char *before = ""; /* the shortest first: a board that is late holds few bytes */
    int err;
    enter_forget(repl);
    do {
        err = mprom_repl_insist(repl, INTERRUPT "\001", deadline_us);
        if (!err) {
            err = enter_settle(repl, before, mprom_clock_earlier(mprom_clock_in_ms(sync_ms), deadline_us));
            before = MPROM_PROGRAM_OWN_EXEC "\n";
        }
        sync_ms = sync_ms < SYNC_MOST_MS ? 2 * sync_ms : SYNC_MOST_MS;
    } while (err == -MPROM_ETIMEDOUT && mprom_clock_left_ms(deadline_us) > 0);
    return err;
}

/* Says what to do about a prompt that did not come. */
static int enter_no_prompt(const struct mprom_repl *repl, uint32_t enter_ms, struct mprom_client_error *error)
{
    if (repl->boots >= BOOTS_MANY) {
        return mprom_failure_set(
            error, -MPROM_ETIMEDOUT,
            "%s: no MicroPython prompt within %u s; the board started %u times in that time: if the port's "
            "lines reset it, try --dtr off --rts off, else its program or its power does",
            repl->link->name, enter_ms / 1000, repl->boots);
    }
    if (repl->heard == 0) {
        return mprom_failure_set(
            error, -MPROM_ETIMEDOUT,
            "%s: no MicroPython prompt within %u s, and nothing else came: the port may be another "
            "device's, or a program ignores Ctrl-C; try again with --wait 60 and press the board's reset "
            "button meanwhile, or try --dtr off --rts off",
            repl->link->name, enter_ms / 1000);
    }
    return mprom_failure_set(
        error, -MPROM_ETIMEDOUT,
        "%s: no MicroPython prompt within %u s, though text came: the board is still starting, or a "
        "program ignores Ctrl-C; try again with --wait 60 and press the board's reset button meanwhile",
        repl->link->name, enter_ms / 1000);
}

static int enter_failure(const struct mprom_repl *repl, int err, const char *doing, struct mprom_client_error *error)
{
    if (err == -MPROM_ENOMEM) {
        return mprom_failure_set(
            error, err,
            "%s: the board's memory is full even when nothing but its boot.py has run; make that "
            "leave more of it",
            repl->link->name);
    }
    return err ? mprom_link_failure(repl->link, err, doing, error) : 0;
}

int mprom_repl_enter(struct mprom_repl *repl, uint32_t enter_ms, struct mprom_client_error *error)
{
    uint64_t deadline = mprom_clock_in_ms(enter_ms);
    enter_forget(repl);
    repl->heard = repl->boots = 0;
    int err = -MPROM_ETIMEDOUT;
    if (repl->is_quick) {
        err = mprom_repl_first(repl, INTERRUPT "\001",
                               mprom_clock_earlier(mprom_clock_in_ms(ENTER_QUICK_MS), deadline));
    }
    if (err == -MPROM_ETIMEDOUT) {
        err = mprom_repl_enter_until(repl, deadline);
    }
    if (err == -MPROM_ETIMEDOUT) {
        return enter_no_prompt(repl, enter_ms, error);
    }
    return enter_failure(repl, err, "entering the raw REPL", error);
}

/* After the banner nothing comes that is older, unless keys were sent more than once. */
static int reset_synchronize(struct mprom_repl *repl, bool insisted, uint64_t deadline_us)
{
    if (!repl->is_brief) {
        return repl->is_quick ? mprom_repl_first(repl, "", deadline_us) : enter_synchronize(repl, "", deadline_us);
    }
    repl->active = !insisted;
    return insisted ? enter_synchronize(repl, "", deadline_us) : 0;
}

int mprom_repl_soft_reset(struct mprom_repl *repl, struct mprom_client_error *error)
{
    bool insists;
    uint64_t deadline = mprom_clock_in_ms(MPROM_REPL_RESET_MS);
    enter_forget(repl);
    int err = reset_until(repl, &insists, deadline);
    if (!err) {
        err = reset_synchronize(repl, insists, deadline);
    }
    return enter_failure(repl, err, "restarting into the raw REPL", error);
}
