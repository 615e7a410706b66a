/* Getting into the raw REPL, and out of it. */
#include "client/link/clock.h"
#include "client/link/failure.h"
#include "client/repl/repl.h"

#include <stdio.h>
#include <string.h>

enum {
    RESET_SAY_MS = 5000,    /* to say that a soft reset begins */
    RESET_BOOT_MS = 5000,   /* for boot.py before it is interrupted */
    RESET_HAPPENS_MS = 150, /* after "OK" for the chip to start anew, if it says nothing */
    LEAVE_MS = 500,
    BOOTS_MANY = 3,
    ENTER_QUICK_MS = 750, /* for the keys and the program behind them to be answered */
    SYNC_FIRST_MS = 1000, /* for the answer that tells old ones from new ones, */
    SYNC_MOST_MS = 8000,
};

#define BANNER "raw REPL; CTRL-B to exit\r\n>"
#define INTERRUPT "\003\003"

/* A program that was stopped has left its variables, and one may have the name of what is needed here. */
#define ENTER_OWN "for _ in'print exec int'.split():globals().pop(_,0)\n"

static const struct mprom_repl_pattern reset_said = {"soft reboot\r\n", 13};

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

/* Tells whoever wants to know of the first prompt. */
static void enter_note_prompt(struct mprom_repl *repl)
{
    if (!repl->is_prompted && repl->prompted != NULL) {
        repl->prompted(repl->prompted_ctx, repl->interrupted);
    }
    repl->is_prompted = true;
}

int mprom_repl_await_banner(struct mprom_repl *repl, uint64_t deadline_us)
{
    /* The last two are of chips whose boot ROM says that it starts: ESP32 and ESP8266. */
    static const struct mprom_repl_pattern patterns[] = {
        {BANNER, sizeof(BANNER) - 1}, {"KeyboardInterrupt", 17}, {"\nrst:0x", 7}, {"\n ets ", 6}};
    int found;
    do {
        found = mprom_repl_await(repl, patterns, 4, deadline_us);
        repl->interrupted |= found == 1 && !repl->is_prompted;
        repl->boots += found > 1;
    } while (found > 0);
    if (found == 0) {
        enter_note_prompt(repl);
    }
    return found;
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
    int program_size = snprintf(program, sizeof(program), "%sprint('mprom-%08x')\004", before, repl->nonce);
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
        err = mprom_repl_await(repl, &reset_said, 1, mprom_clock_in_ms(RESET_SAY_MS));
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
            before = ENTER_OWN;
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

void mprom_repl_leave(struct mprom_repl *repl)
{
    if (repl->active) {
        mprom_link_write(repl->link, "\003\002", 2, mprom_clock_in_ms(LEAVE_MS));
    }
    repl->active = false;
}

int mprom_repl_restart(struct mprom_repl *repl, struct mprom_client_error *error)
{
    uint64_t deadline = mprom_clock_in_ms(RESET_SAY_MS);
    int err = mprom_link_write(repl->link, "\003\002\004", 3, deadline);
    repl->active = false;
    if (!err) {
        err = mprom_repl_await(repl, &reset_said, 1, deadline);
    }
    return err ? mprom_link_failure(repl->link, err, "restarting", error) : 0;
}

/*
 * Until the board has taken the command and starts anew: it says something then, or its port goes away, or it is
 * silent for a moment.
 */
static int reset_await(struct mprom_repl *repl)
{
    static const struct mprom_repl_pattern taken = {"OK", 2};
    int err = mprom_repl_await(repl, &taken, 1, mprom_clock_in_ms(RESET_SAY_MS));
    if (err >= 0) {
        err = repl->link->ops->wait(repl->link, true, false, mprom_clock_in_ms(RESET_HAPPENS_MS));
        err = err == -MPROM_ETIMEDOUT ? 0 : err;
    }
    return err == -MPROM_EIO ? 0 : err;
}

/*
 * With an empty sys.path no file of the user's takes the place of a module. The answer needs time to leave: what a
 * USB controller has not sent yet goes with the reset. The Ctrl-C of whoever comes next may not end that time.
 */
int mprom_repl_hard_reset(struct mprom_repl *repl, struct mprom_client_error *error)
{
    static const char look[] = "import sys\n"
                               "_p=sys.path[:]\n"
                               "sys.path.clear()\n"
                               "try:\n"
                               " import machine as _m,time as _t\n"
                               "finally:sys.path.extend(_p)\n"
                               "_m.reset,_t.sleep_ms\n"
                               "_k=lambda c:0\n"
                               "try:from micropython import kbd_intr as _k\n"
                               "except ImportError:pass";
    static const char reset[] = "_k(-1);_t.sleep_ms(50);_m.reset()\004";
    static const char doing[] = "resetting the board";
    int err = mprom_repl_exec(repl, look, sizeof(look) - 1, MPROM_REPL_EXEC_MS, doing, error);
    if (err) {
        return err;
    }
    repl->active = false;
    err = mprom_link_write(repl->link, reset, sizeof(reset) - 1, mprom_clock_in_ms(RESET_SAY_MS));
    if (!err) {
        err = reset_await(repl);
    }
    return err ? mprom_link_failure(repl->link, err, doing, error) : 0;
}
