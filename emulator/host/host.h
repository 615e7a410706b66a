/*
 * What an emulated board needs of the PC, whatever runs on it: a terminal, a place in the list of running boards, a
 * folder for its flash, messages. For programs: what goes wrong here ends them.
 */
#ifndef MPROM_EMULATOR_HOST_H
#define MPROM_EMULATOR_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HOST_PATH_MAX = 4096,
    HOST_EXIT_CUT = 3,              /* exit status when power was cut as --cut asks for */
    HOST_CONSOLE_BUFFER_MAX = 4096, /* bytes */
    HOST_ID_SIZE = 8,               /* bytes */
};

/* The program's name, which begins every message. Each program defines it. */
extern const char host_program[];

/* Prints "PROGRAM: ...", with the reason of errno if it is not 0, and exits with status 1. */
void host_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* host_fail() calls this before it exits; NULL: nothing. */
void host_on_failure(void (*clean_up)(void));

/* Says what is wrong with the command line and exits with status 2. */
void host_refuse(const char *what, const char *why) __attribute__((noreturn));

/* Prints a path into HOST_PATH_MAX bytes; exits with a message if it does not fit. */
void host_path_print(char *path, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Makes the folder that keeps a board's flash, if it is not there, and locks it until the process ends: two boards
 * over one flash would destroy it. The lock goes with an open file, which is inherited by a program that is executed.
 */
void host_state_open(const char *dir);

/*
 * The board's unique id, HOST_ID_SIZE bytes: always the same for a state folder, another one for a copy of it. It is
 * kept in the folder, as file `unique-id`, which is made if it is not there. Exits with a message on failure.
 */
void host_id_read(uint8_t *id, const char *state_dir);

/*
 * Makes the console, or takes over the one behind fd if that is not -1. Returns the terminal's path, valid until the
 * end; exits with a message on failure.
 */
const char *host_console_open(int fd);

/* The console's file descriptor, to be handed to the program that runs after a reset. */
int host_console_fd(void);

/*
 * From now on the console holds at most as many bytes as room() says when the board looks, and fewer than
 * HOST_CONSOLE_BUFFER_MAX; others are lost, Ctrl-C excepted, and their number is written to the file at
 * overruns_path, which must stay valid.
 */
void host_console_limit(size_t (*room)(void), const char *overruns_path);

/*
 * From now on the console is a UART's that is set to this rate (0: any): what comes from a listener whose terminal is
 * set to another one, or goes to it, is what a UART makes of that.
 */
void host_console_set_baud(uint32_t baud);

/* A byte is lost by whoever holds what was read: room is then NULL, so that the console itself loses none. */
void host_console_note_overrun(void);

/* Whether host_console_read() has a byte. */
bool host_console_ready(void);

/* The next byte from the console, or -1 if none is there. Does not block. */
int host_console_read(void);

/* Takes bytes from the console, at most size (> 0). Returns how many, 0 if none are there. Does not block. */
size_t host_console_take(uint8_t *dst, size_t size);

/* Sends size bytes. Blocks for a while when a listener is slow; drops them when nobody listens. */
void host_console_write(const char *bytes, size_t size);

/* Sleeps until the console has a byte or timeout_ms milliseconds have passed; may end earlier. */
void host_console_wait(uint32_t timeout_ms);

/*
 * Lists this process as a running board (docs/emulator.md says how) until a signal that asks it to end; then makes
 * the link `port` in state_dir lead to its terminal: who sees that finds the board in the list. Exits with a message
 * on failure.
 */
void host_registry_add(const char *board, const char *port, const char *state_dir);

/* Takes it off the list, and the link to its terminal away. */
void host_registry_remove(void);

/* Takes a number and the character behind it from the front of *text; that character may be '\0'. */
bool host_take_number(const char **text, char behind, uint64_t max, uint64_t *number);

/* Monotonic time. */
uint64_t host_clock_ns(void);

#endif
