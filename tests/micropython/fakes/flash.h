/*
 * The flash under the stand-ins for what MicroPython's ports offer: cells in a file, on a PC, with faults that the
 * environment asks for.
 *
 *   FAKE_FILE   the flash
 *   FAKE_CUT    N:PATTERN: power fails in operation N, which leaves that pattern (emulator/array/cells.h)
 *   FAKE_FAIL   N: operation N reports an error as that port does, having done half
 *   FAKE_BREAK  N: operation N is followed by a KeyboardInterrupt, as of a Ctrl-C that the port sees while it waits
 *
 * What a port or its chip forbids ends the program with a sentence, see fake_violation().
 */
#ifndef MPROM_TESTS_FAKES_FLASH_H
#define MPROM_TESTS_FAKES_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#include "mprom/flash.h"

enum {
    FAKE_EXIT_CUT = 3,
    FAKE_EXIT_VIOLATION = 4
};

/*
 * Opens the flash, once. A serial flash (is_serial) leaves alone what it is to program with ones; the cells of others
 * count it as programmed. geometry is kept.
 */
void fake_flash_open(const struct mprom_flash_geometry *geometry, bool is_serial);

/* What a CPU reads without a cache between. */
const uint8_t *fake_flash_bytes(void);

/*
 * One operation. Return 0 or a negative errno; raise KeyboardInterrupt where FAKE_BREAK says so, if the port looks at
 * its events meanwhile (sees_events).
 */
int fake_flash_program(uint32_t off, const void *bytes, uint32_t size, bool sees_events);
int fake_flash_erase(uint32_t off, uint32_t size, bool sees_events);

/*
 * The flash at the address where the port's chip has it: memory that holds what the CPU sees of the whole flash. It
 * shows what an operation did when fake_flash_show() was called, as behind a data cache.
 */
void fake_flash_map(uintptr_t address);
void fake_flash_show(uint32_t off, uint32_t size);

/* Whether the unit at off is torn, so that the CPU faults when it reads it: the geometry's bad_read_faults. */
bool fake_flash_is_torn(uint32_t off);

/*
 * From now on a read of a torn unit through fake_flash_map() ends the program, as a violation. On x86-64, elsewhere it
 * goes unnoticed.
 */
void fake_guard_start(uint8_t *view, uint32_t size);
/* The fake itself writes to a range of the view. */
void fake_guard_open(uint32_t off, uint32_t size);
/* It is done, or torn units have come or gone there. */
void fake_guard_update(uint32_t off, uint32_t size);

/* Prints "violation: TEXT" and ends the program. */
_Noreturn void fake_violation(const char *text);

#endif
