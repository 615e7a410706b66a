/*
 * Ports that are one board's: an ESP32-S3 has a UART and USB, and both lead to the same MicroPython. Whatever is sent
 * to one of them disturbs what is done at the other. So no work begins before every port that might belong to the
 * same board has been opened, and only one of each board is then used.
 *
 * Each port has a thread, which calls these functions in the order below. They may wait for the threads of other
 * ports, which need no more than to reach twins_settle().
 */
#ifndef MPROM_CLI_TWINS_H
#define MPROM_CLI_TWINS_H

#include <stdbool.h>
#include <stddef.h>

#include "mprom/client.h"

struct twins;

/* For so many ports, all of which shall be opened. NULL if out of memory. */
struct twins *twins_new(size_t count);
void twins_free(struct twins *twins);

/* Before any thread starts: what is known of the port on USB. port is kept. */
void twins_note_port(struct twins *twins, size_t i, const struct mprom_client_port *port);

/* Something at the port sends text. A port that has heard none keeps others waiting for a short time only. */
void twins_hear(struct twins *twins, size_t i);

/* The port is open and nothing was sent to it yet. May be called again, when the port is opened again. */
void twins_note_open(struct twins *twins, size_t i);

/* The board's prompt has come at the port. Only the first call counts. */
void twins_note_prompt(struct twins *twins, size_t i, bool was_running);

/*
 * The port could not be opened, perhaps because another one of its board was opened at the same time. Returns when
 * nobody else opens one that might be; between this call and twins_settle(), no other port is asked again.
 */
void twins_ask_again(struct twins *twins, size_t i);

/* The port is open, and this is the board there; or NULL: it is not open, and will not be. */
void twins_settle(struct twins *twins, size_t i, const struct mprom_client_board *board);

/*
 * Waits until all ports that might be this board's have settled. Returns the one to use: the first of them, or one
 * that is in use already because this one took so long.
 */
size_t twins_first(struct twins *twins, size_t i);

/* A port that is not the first of its board has been closed. */
void twins_close(struct twins *twins, size_t i);

/*
 * For the first one: waits until the others of its board are closed. Returns whether there were any. What they did
 * has disturbed this one, so it has to be opened once more. If there were any, *was_running says whether a program
 * ran on the board before all of them were opened.
 *
 * Only the port that was opened first knows that. It hears everything from the first key that any port sends, and
 * nothing but the user's program can be stopped before the first prompt. A port that is opened later also hears how
 * the first one's questions are stopped.
 */
bool twins_await(struct twins *twins, size_t i, bool *was_running);

#endif
