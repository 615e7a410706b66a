/*
 * The parts of the firmware that MicroPython or each other call. Boards use board.h.
 */
#ifndef MPROM_FIRMWARE_H
#define MPROM_FIRMWARE_H

#include <stdbool.h>

#include "micropython/firmware/board.h"

/* The board that runs. */
extern const struct board *firmware_board;

/* machine.reset_cause(): one of these. */
enum firmware_reset_cause {
    FIRMWARE_RESET_HARD = 1,
    FIRMWARE_RESET_SOFT = 2
};
int firmware_reset_cause(void);

/*
 * Runs the script NAME.py or NAME.mpy (in this order) from the writable filesystem, else from the image at /rom, in
 * __main__. While one from an image runs, its segment is marked as running; before that, unless the raw REPL follows,
 * a slot is marked as tried. Having neither file is a success.
 *
 * Returns what MicroPython's pyexec_file() does: PYEXEC_FORCED_EXIT for SystemExit, 0 for another exception, else 1.
 */
int boot_run(const char *name);

#endif
