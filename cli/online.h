/*
 * What the subcommands that talk to boards share: the board that they work on, messages, progress, and
 * which segment is meant.
 */
#ifndef MPROM_CLI_ONLINE_H
#define MPROM_CLI_ONLINE_H

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "mprom/client.h"

/* A board that a subcommand works on. */
struct online {
    const struct cli *cli;
    struct mprom_client *client;
    struct mprom_client_options options; /* that it was opened with */
    const struct mprom_client_board *board;
    json_t *result; /* with --json: the array that results are appended to */
    struct mprom_client_error error;
    struct progress progress;
    unsigned told_waiting; /* that the prompt is waited for, 2: although text comes */
    const char *phase;     /* what progress is about now */
    struct interrupt interrupt;
    const char *port; /* as it was named, until the board has answered */
    FILE *out;        /* where results go as text; show them with online_flush() */
    /* If the board is one of several (many.h): */
    const char *prefix; /* its port, to stand before what the board itself prints; else NULL */
    void (*flush)(struct online *online);
    void *flush_ctx;
    char segment_text[64];
    bool has_result;      /* work added one to result */
    bool was_interrupted; /* a program was running when the board was opened for the first time */
    bool is_restarted;    /* by work: what had been stopped runs again */
};

/* The options of every such subcommand, and the first field of its args. */
struct online_args {
    struct cli_number baud;
    bool restart;
    struct cli_number wait;
    const char *dtr;
    const char *rts;
};

#define ONLINE_OPTIONS                                                                                               \
    {"baud",     0,                                                                                                  \
     CLI_NUMBER, offsetof(struct online_args, baud),                                                                 \
     "RATE",     "speed of a serial port that is not USB (default 115200)"},                                         \
        {"wait",     0,                                                                                              \
         CLI_NUMBER, offsetof(struct online_args, wait),                                                             \
         "SECONDS",  "how long to try to reach the board's prompt (default 10)"},                                    \
        {"dtr", 0, CLI_TEXT, offsetof(struct online_args, dtr), "on|off|keep", "the port's line DTR"},               \
    {                                                                                                                \
        "rts", 0, CLI_TEXT, offsetof(struct online_args, rts), "on|off|keep", "the port's line RTS"                  \
    }

/* Of those that leave a board at its prompt. */
#define ONLINE_OPTION_RESTART                                                                                        \
    {                                                                                                                \
        "restart", 0, CLI_SWITCH, offsetof(struct online_args, restart), NULL,                                       \
            "restart Python afterwards, so that main runs again (default: it stays stopped)"                         \
    }

/* What these options ask for. Returns CLI_OK, or CLI_USAGE after a message. */
int online_take_options(const struct cli *cli, struct mprom_client_options *options);

/* Works on one board. Returns CLI_OK, or CLI_FAILED after a message. */
typedef int online_work(struct online *online, void *ctx);

/*
 * Opens the board once more after it was restarted; waits for a port that went away. online->board is what it says
 * now. Returns CLI_OK, or CLI_FAILED after a message, and then there is no client.
 */
int online_reopen(struct online *online);

/*
 * When work has ended with status: restarts the board with --restart, else says if a program was stopped and stays
 * so, also in the JSON result that work added. Returns status, or CLI_FAILED if the restart failed.
 */
int online_settle(struct online *online, int status);

/* Prints the message of online->error, with -v what the board said. Returns CLI_FAILED. */
int online_failed(struct online *online);

/* The same with a sentence of the command's own. */
int online_fail(struct online *online, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The board's port for a JSON result: a path may have any bytes. */
json_t *online_json_port(const struct online *online);

/* Shows what was printed to online->out so far. */
void online_flush(struct online *online);

/*
 * Notes the segment before work on it begins, and the state that the work has reached, so that the message at Ctrl-C
 * can name both.
 */
void online_note_segment(struct online *online, uint32_t id);
void online_note(struct online *online, enum interrupt_state state);

/* What the progress of an operation tells of the segment that it changes. */
void online_note_progress(struct online *online, const char *what, uint64_t done, uint64_t total);

/* For client_options.progress; ctx is the struct online. */
void online_progress(void *ctx, const char *what, uint64_t done, uint64_t total);

/* Why a segment is wanted, when -n does not say which. */
enum online_purpose {
    ONLINE_READ,  /* the one whose image the board runs, else 0 */
    ONLINE_WRITE, /* the slot that the board does not run, else 0 */
};

/* The segment that -n names, or the one that fits the purpose. Returns CLI_OK, or CLI_FAILED after a message. */
int online_segment(struct online *online, enum online_purpose purpose, uint32_t *id);

/* Whether the board says this of a segment, such as "confirmed". */
bool online_state_is(const struct online *online, uint32_t id, const char *state);

/*
 * Says before work on a segment if that loses the only confirmed image, while the other slot runs on trial. does is
 * what the work does to that image, such as "erases", and advice ends the sentence.
 */
void online_note_loss(const struct online *online, uint32_t id, const char *does, const char *advice);

/* What to call a segment in a message: its number, and its name if it has one. Valid until the next call. */
const char *online_segment_text(struct online *online, uint32_t id);

#endif
