/*
 * Ctrl-C until it works.
 *
 * Programs catch KeyboardInterrupt and go on. Nearly all of them can be ended all the same: by a Ctrl-C that comes
 * while the handler of the last one runs, or between the handler and the next `try`. How long that is differs: a
 * handler may sleep for a second or do nothing for some microseconds. So the first two have time to work, since an
 * orderly end may take some; then the pace changes from slow to as fast as the line.
 */
#include "client/link/clock.h"
#include "client/repl/repl.h"

#include <string.h>
#include <time.h>

struct insist_rhythm {
    uint32_t pause_us;
    uint32_t count;
    bool is_bare; /* Ctrl-C alone; the other keys follow at the end, so that no input buffer overflows */
};

enum {
    INSIST_AGAIN = 2,     /* the rhythm after the last one */
    INSIST_POLL_US = 1000 /* shorter pauses are slept: waiting for input takes a millisecond at least */
};

static const struct insist_rhythm insist_rhythms[] = {
    {250000, 1, false}, {500000, 1, false}, {100000, 6, false}, {20000, 30, false}, {3000, 60, false},
    {0, 100, true},     {3000, 2, false},   {0, 200, true},     {3000, 20, false},  {150, 100, true},
};

static void insist_sleep(uint32_t pause_us)
{
    const struct timespec pause = {0, (long)pause_us * 1000};
    nanosleep(&pause, NULL);
}

/* Sends keys once. 0 if the banner came, or -MPROM_ETIMEDOUT, -MPROM_EIO. */
static int insist_once(struct mprom_repl *repl, const char *keys, uint32_t pause_us, uint64_t deadline_us)
{
    int err = mprom_link_write(repl->link, keys, strlen(keys), deadline_us);
    if (!err && pause_us < INSIST_POLL_US) {
        if (pause_us > 0) {
            insist_sleep(pause_us);
        }
        return -MPROM_ETIMEDOUT;
    }
    return err ? err
               : mprom_repl_await_banner(repl, mprom_clock_earlier(mprom_clock_now_us() + pause_us, deadline_us));
}

/* Tells whoever wants to know that the first, patient, tries have not worked. */
static void insist_tell(const struct mprom_repl *repl, uint32_t heard)
{
    if (repl->waiting != NULL) {
        repl->waiting(repl->waiting_ctx, repl->heard != heard);
    }
}

int mprom_repl_insist(struct mprom_repl *repl, const char *keys, uint64_t deadline_us)
{
    static const size_t count = sizeof(insist_rhythms) / sizeof(insist_rhythms[0]);
    int err = -MPROM_ETIMEDOUT;
    uint32_t heard = repl->heard;
    for (size_t i = 0; err == -MPROM_ETIMEDOUT; i = i + 1 < count ? i + 1 : INSIST_AGAIN) {
        const struct insist_rhythm *rhythm = &insist_rhythms[i];
        if (i >= INSIST_AGAIN) {
            insist_tell(repl, heard);
            heard = repl->heard;
        }
        const char *beat = rhythm->is_bare ? "\003" : keys;
        for (uint32_t done = 0; done < rhythm->count && err == -MPROM_ETIMEDOUT; done++) {
            if (mprom_clock_left_ms(deadline_us) == 0) {
                return -MPROM_ETIMEDOUT;
            }
            err = insist_once(repl, beat, rhythm->pause_us, deadline_us);
        }
    }
    return err;
}
