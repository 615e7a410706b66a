/* What a board says when it restarts, and when it is at the prompt of its raw REPL. */
#include "client/repl/repl.h"

#define BANNER "raw REPL; CTRL-B to exit\r\n>"

/* Tells whoever wants to know of the first prompt. */
static void banner_note_prompt(struct mprom_repl *repl)
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
        banner_note_prompt(repl);
    }
    return found;
}

int mprom_repl_await_restart(struct mprom_repl *repl, uint64_t deadline_us)
{
    static const struct mprom_repl_pattern restarts = {"soft reboot\r\n", 13};
    return mprom_repl_await(repl, &restarts, 1, deadline_us);
}
