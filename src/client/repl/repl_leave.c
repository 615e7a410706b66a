/* Getting out of the raw REPL. */
#include "client/link/clock.h"
#include "client/repl/programs.h"
#include "client/repl/repl.h"

enum {
    RESET_HAPPENS_MS = 150, /* after "OK" for the chip to start anew, if it says nothing */
    LEAVE_MS = 500,
};

void mprom_repl_leave(struct mprom_repl *repl)
{
    if (repl->active) {
        mprom_link_write(repl->link, "\003\002", 2, mprom_clock_in_ms(LEAVE_MS));
    }
    repl->active = false;
}

int mprom_repl_restart(struct mprom_repl *repl, struct mprom_client_error *error)
{
    uint64_t deadline = mprom_clock_in_ms(MPROM_REPL_SAY_MS);
    int err = mprom_link_write(repl->link, "\003\002\004", 3, deadline);
    repl->active = false;
    if (!err) {
        err = mprom_repl_await_restart(repl, deadline);
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
    int err = mprom_repl_await(repl, &taken, 1, mprom_clock_in_ms(MPROM_REPL_SAY_MS));
    if (err >= 0) {
        err = repl->link->ops->wait(repl->link, true, false, mprom_clock_in_ms(RESET_HAPPENS_MS));
        err = err == -MPROM_ETIMEDOUT ? 0 : err;
    }
    return err == -MPROM_EIO ? 0 : err;
}

int mprom_repl_hard_reset(struct mprom_repl *repl, struct mprom_client_error *error)
{
    static const char look[] = MPROM_PROGRAM_FIND_RESET;
    static const char reset[] = MPROM_PROGRAM_RESET "\004";
    static const char doing[] = "resetting the board";
    int err = mprom_repl_exec(repl, look, sizeof(look) - 1, MPROM_REPL_EXEC_MS, doing, error);
    if (err) {
        return err;
    }
    repl->active = false;
    err = mprom_link_write(repl->link, reset, sizeof(reset) - 1, mprom_clock_in_ms(MPROM_REPL_SAY_MS));
    if (!err) {
        err = reset_await(repl);
    }
    return err ? mprom_link_failure(repl->link, err, doing, error) : 0;
}
