/*
 * The raw REPL of a board: getting into it whatever the board is doing, running programs there, leaving it.
 *
 * Every answer is checked, every wait ends, and nothing that a board sends is trusted. Text that the board prints by
 * itself meanwhile (a timer, a thread) is skipped where it can be told from an answer.
 */
#ifndef MPROM_CLIENT_REPL_H
#define MPROM_CLIENT_REPL_H

#include "client/link/link.h"
#include "client/repl/repl_reply.h"

enum {
    MPROM_REPL_OUTPUT_SIZE = 65536, /* most that one program may print */
    MPROM_REPL_ERROR_SIZE = 4096,
    MPROM_REPL_ENTER_MS = 10000, /* to interrupt what runs */
    MPROM_REPL_RESET_MS = 20000, /* for a soft reset and boot.py */
    MPROM_REPL_EXEC_MS = 10000,  /* for a short program */
    MPROM_REPL_SAY_MS = 5000,    /* for a board to say that it restarts */
};

enum mprom_repl_paste {
    MPROM_REPL_PASTE_UNKNOWN,
    MPROM_REPL_PASTE_OFFERED,
    MPROM_REPL_PASTE_ABSENT,
};

/* Output buffers end in a NUL behind their size. */
struct mprom_repl {
    struct mprom_link *link;
    enum mprom_repl_paste paste;
    bool active;       /* the board waits at the prompt of its raw REPL */
    bool interrupted;  /* a program was running and has been stopped */
    bool is_prompted;  /* the prompt has come once: what is stopped from then on is a client's program */
    bool is_quick;     /* programs are sent without asking first, until that fails */
    bool is_brief;     /* programs are short, so that none has to be read by one before it */
    bool is_loading;   /* the board is reading the next program already */
    bool is_described; /* the first program was answered by what the firmware says of itself: it is in output, */
    uint32_t description_number; /* with this number in its lines */
    bool was_reset;              /* its memory was so full that no program ran: Python was restarted */
    bool was_disturbed;          /* the error output of the last program is no exception's: another task printed it */
    uint32_t boots;              /* messages of a start that came while the prompt was waited for */
    void (*waiting)(void *ctx, bool hears);        /* client_options.waiting, */
    void *waiting_ctx;                             /* and its ctx */
    void (*prompted)(void *ctx, bool was_running); /* client_options.prompted, */
    void *prompted_ctx;                            /* and its ctx */
    uint32_t heard; /* bytes taken from the board, all in all: whether there were any */
    uint32_t nonce;
    unsigned restart_matched; /* characters of what tells a restart, in an answer */
    size_t output_size;
    size_t error_size;
    char output[MPROM_REPL_OUTPUT_SIZE + 1];
    char error[MPROM_REPL_ERROR_SIZE + 1];
};

void mprom_repl_init(struct mprom_repl *repl, struct mprom_link *link);

/*
 * Stops what the board is doing (Ctrl-C, again and again if need be) and enters its raw REPL.
 *
 * Copes with a running program, one that prints for ever, the friendly REPL with a half-typed line, paste mode, a raw
 * REPL in the middle of a command or of a raw paste. Takes at most enter_ms.
 *
 * Returns 0, or -MPROM_ETIMEDOUT, -MPROM_EIO (board gone) with the sentence in error.
 */
int mprom_repl_enter(struct mprom_repl *repl, uint32_t enter_ms, struct mprom_client_error *error);

/*
 * Soft-resets a board from its raw REPL and waits until it is there again: nothing of what ran before is alive, boot
 * ran, main did not. A boot that does not end is interrupted after a while. Errors as mprom_repl_enter().
 */
int mprom_repl_soft_reset(struct mprom_repl *repl, struct mprom_client_error *error);

/*
 * Runs a program and waits for its end, at most timeout_ms. Its output is in repl->output afterwards, what it printed
 * about an exception in repl->error.
 *
 * doing is what the program is for, such as "erasing segment 0"; it appears in the sentence.
 *
 * Returns 0 if the program ended without an exception, or
 *   -MPROM_EPERM     it ended with an exception: error has its last line, and the traceback as detail
 *   -MPROM_EFBIG     it printed more than MPROM_REPL_OUTPUT_SIZE bytes
 *   -MPROM_EBADMSG   the board's answer makes no sense
 *   -MPROM_ETIMEDOUT, -MPROM_EIO
 * After anything but 0 and -MPROM_EPERM the state of the REPL is unknown: enter it again.
 */
int mprom_repl_exec(struct mprom_repl *repl, const char *program, size_t size, uint32_t timeout_ms, const char *doing,
                    struct mprom_client_error *error);

/* Goes back to the friendly REPL. Best effort: for clean-up, does not wait for an answer. */
void mprom_repl_leave(struct mprom_repl *repl);

/*
 * Goes back to the friendly REPL and soft-resets from there, so that boot and main run. Returns when the board says
 * that it restarts. Errors as mprom_repl_enter().
 */
int mprom_repl_restart(struct mprom_repl *repl, struct mprom_client_error *error);

/*
 * Has the chip start anew (machine.reset()). Returns when the board has taken the command; a board on USB then goes
 * away for a moment. -MPROM_EPERM if it has no such function; other errors as mprom_repl_enter().
 */
int mprom_repl_hard_reset(struct mprom_repl *repl, struct mprom_client_error *error);

/* For the parts of the REPL. */

/* Text to wait for, 1 to 63 bytes. */
struct mprom_repl_pattern {
    const char *bytes;
    size_t size;
};

/*
 * Skips what the board sends until one of count patterns (at most 4) is complete. Text that another task prints in
 * the middle of a pattern is skipped as well. Returns its index, or -MPROM_ETIMEDOUT, -MPROM_EIO.
 */
int mprom_repl_await(struct mprom_repl *repl, const struct mprom_repl_pattern *patterns, size_t count,
                     uint64_t deadline_us);

/*
 * Sends a program without waiting for permission: typed, if the smallest input buffer holds it, or read in one go by
 * a program of a line that was sent before it, or with it. Only if is_quick.
 *
 * Returns the state in which the reply begins, or -MPROM_EOPNOTSUPP if it does not go that way: it is too long, or
 * the board did not take it and is at its prompt again, and is_quick has become false; or another negative error.
 */
int mprom_repl_load(struct mprom_repl *repl, const char *program, size_t size, uint64_t deadline_us);

/* Skips what the board sends until the raw REPL's banner has come, and notices if a program was stopped. */
int mprom_repl_await_banner(struct mprom_repl *repl, uint64_t deadline_us);

/* Skips what the board sends until it says that a soft reset begins. Errors as mprom_repl_await(). */
int mprom_repl_await_restart(struct mprom_repl *repl, uint64_t deadline_us);

/*
 * Sends keys again and again until the banner comes, in changing rhythms: a program that catches Ctrl-C ends when the
 * next one comes while it deals with the last. 0, or -MPROM_ETIMEDOUT, -MPROM_EIO.
 */
int mprom_repl_insist(struct mprom_repl *repl, const char *keys, uint64_t deadline_us);

/*
 * Sends keys that lead to the prompt of the raw REPL, or "" at the prompt, and the first program behind them.
 *
 * Returns 0, and is_described or is_loading says how the board took it (neither: it is at its prompt); or
 * -MPROM_ETIMEDOUT, -MPROM_EIO.
 */
int mprom_repl_first(struct mprom_repl *repl, const char *keys, uint64_t deadline_us);

/* As mprom_repl_enter(), without a sentence. */
int mprom_repl_enter_until(struct mprom_repl *repl, uint64_t deadline_us);

/*
 * Stands between the parts of a program, blank lines otherwise: a board with little memory compiles one part after the
 * other.
 */
#define MPROM_REPL_PART "\f\n"

/*
 * Sends a program by raw paste and waits until the board has taken all of it.
 *
 * Returns 1 if the board runs it now, 0 if it does not know raw paste (and is back at its prompt), or a negative
 * error.
 */
int mprom_repl_paste(struct mprom_repl *repl, const char *program, size_t size, uint64_t deadline_us);

#endif
