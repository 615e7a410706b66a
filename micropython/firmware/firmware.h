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

#endif
