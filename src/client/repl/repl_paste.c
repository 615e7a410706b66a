/* Raw paste: a program goes to the board in windows, each of which the board asks for. */
#include "client/link/clock.h"
#include "client/repl/repl.h"

enum {
    PASTE_WINDOW_MORE = 0x01, /* from the board: room for another window */
    PASTE_ASK_MS = 3000,      /* to say whether raw paste is there */
    PASTE_STALL_MS = 10000,   /* to take a window */
    PASTE_WINDOW_USUAL = 128,
    PASTE_WINDOW_MOST = 2048, /* larger than any port's; what two characters of text say is more than that */
};

static const char paste_ask[] = "\005A\001";

enum paste_answer {
    PASTE_YES,
    PASTE_NO,
    PASTE_UNKNOWN, /* firmware that never heard of it starts its raw REPL anew */
};

static const struct mprom_repl_pattern paste_answers[] = {
    [PASTE_YES] = {"R\001", 2},
    [PASTE_NO] = {"R\000", 2},
    [PASTE_UNKNOWN] = {"raw REPL; CTRL-B to exit\r\n>", 27},
};

/* The window's size, two bytes, little-endian. Over a console of 7 bits nothing is left of the usual one; and another
 * task may print a line before it. */
static int paste_window(struct mprom_repl *repl, uint64_t deadline_us)
{
    int low = mprom_link_get(repl->link, deadline_us);
    int high = low < 0 ? low : mprom_link_get(repl->link, deadline_us);
    if (high < 0) {
        return high;
    }
    int window = low | high << 8;
    return window == 0 || window > PASTE_WINDOW_MOST ? PASTE_WINDOW_USUAL : window;
}

/*
 * Waits for the board to say something about the paste. Returns PASTE_WINDOW_MORE, or MPROM_REPL_EOT when it ends the
 * paste; anything else is text that the board printed by itself.
 */
static int paste_signal(struct mprom_repl *repl, uint64_t deadline_us)
{
    for (size_t noise = 0; noise < MPROM_REPL_REPLY_NOISE_MAX; noise++) {
        int byte = mprom_link_get(repl->link, deadline_us);
        if (byte < 0 || byte == PASTE_WINDOW_MORE || byte == MPROM_REPL_EOT) {
            return byte;
        }
    }
    return -MPROM_EBADMSG;
}

/* Sends the program as the windows allow. 1 when all is sent, 0 if the board ended the paste before that. */
static int paste_send(struct mprom_repl *repl, const char *program, size_t size, size_t window, uint64_t deadline_us)
{
    size_t room = window;
    while (size > 0) {
        if (room == 0) {
            int signal = paste_signal(repl, mprom_clock_earlier(mprom_clock_in_ms(PASTE_STALL_MS), deadline_us));
            if (signal != PASTE_WINDOW_MORE) {
                return signal == MPROM_REPL_EOT ? 0 : signal;
            }
            room = window;
        }
        size_t part = size < room ? size : room;
        int err = mprom_link_write(repl->link, program, part, deadline_us);
        if (err) {
            return err;
        }
        program += part;
        size -= part;
        room -= part;
    }
    return 1;
}

int mprom_repl_paste(struct mprom_repl *repl, const char *program, size_t size, uint64_t deadline_us)
{
    static const char eot = MPROM_REPL_EOT;
    int err = mprom_link_write(repl->link, paste_ask, sizeof(paste_ask) - 1, deadline_us);
    if (err) {
        return err;
    }
    int answer = mprom_repl_await(repl, paste_answers, sizeof(paste_answers) / sizeof(paste_answers[0]),
                                  mprom_clock_earlier(mprom_clock_in_ms(PASTE_ASK_MS), deadline_us));
    if (answer != PASTE_YES) {
        return answer < 0 ? answer : 0;
    }
    int window = paste_window(repl, deadline_us);
    if (window < 0) {
        return window;
    }
    int sent = paste_send(repl, program, size, (size_t)window, deadline_us);
    if (sent < 0) {
        return sent;
    }
    err = mprom_link_write(repl->link, &eot, 1, deadline_us);
    while (!err && sent) {
        int signal = paste_signal(repl, deadline_us);
        if (signal < 0) {
            err = signal;
        }
        sent = signal != MPROM_REPL_EOT;
    }
    return err ? err : 1;
}
