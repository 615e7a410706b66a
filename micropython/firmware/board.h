/*
 * What a board provides to the firmware: memory, flash, a console and a clock.
 *
 * A board fills one `struct board`, defines the functions below, and calls firmware_run() when its hardware is up.
 * Nothing here knows MicroPython, so that a board's own sources need none of its headers. All functions are called
 * from the one thread that runs firmware_run().
 */
#ifndef MPROM_BOARD_H
#define MPROM_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mprom/rom.h"

struct board {
    struct mprom_rom *rom;          /* connected with mprom_rom_init() */
    const struct mprom_flash *disk; /* holds the writable filesystem; NULL if the board has none */
    uint32_t disk_off;              /* bytes, where it starts in that flash; whole erase blocks */
    uint32_t disk_size;             /* bytes; whole erase blocks, all of one size */
    void *heap;                     /* for MicroPython's garbage collector */
    size_t heap_size;               /* bytes */
    size_t stack_size;              /* bytes that Python code may use of the stack of firmware_run()'s caller */
    const uint8_t *id; /* what no other board has, for machine.unique_id(); NULL if the chip has no such thing */
    size_t id_size;    /* bytes */
};

/* What the board passes to mprom_rom_init() as hooks. */
extern const struct mprom_rom_hooks firmware_rom_hooks;

/* Takes bytes from the console, at most size (> 0). Returns how many, 0 only if none are there. Does not block. */
size_t board_console_read(uint8_t *dst, size_t size);

/*
 * Bytes of input that the console keeps while nobody calls board_console_read(), for a PC that must not send more
 * than that ahead. None may be lost below it, whatever the board does meanwhile.
 */
size_t board_console_room(void);

/*
 * Bits per second up to which board_console_set_baud() can raise the rate of the console's line; 0 if it cannot, as
 * where it is no UART.
 */
uint32_t board_console_baud_max(void);

/*
 * Changes the rate of the console's line: to baud, of the usual rates up to board_console_baud_max(), or with 0 back
 * to that which it has after a reset. Blocks until all that was written has left at the old rate. What arrives at the
 * moment of the change may be damaged.
 */
void board_console_set_baud(uint32_t baud);

/* Sends size bytes. May block while a listener is slow; drops them when nobody listens. */
void board_console_write(const char *bytes, size_t size);

/* Sleeps until the console has a byte or timeout_ms milliseconds have passed, whichever is first; may end earlier. */
void board_wait(uint32_t timeout_ms);

/* Microseconds since start. */
uint64_t board_clock_us(void);

/* Nanoseconds since 1970; counts from 0 at start on boards without a clock of their own. */
uint64_t board_time_ns(void);

/* Whether the input is held that keeps boot and main from running. */
bool board_safe_mode(void);

/* Starts again as after power-up: RAM is lost, flash is kept. Does not return. */
void board_reset(void) __attribute__((noreturn));

/* From now on the console is looked at after each jump of running code, so that Ctrl-C is seen as soon as by
 * interrupt. */
void firmware_poll_always(void);

/* Bytes of input that were read from the console and wait for the program. */
size_t firmware_console_waiting(void);

/*
 * Runs MicroPython on the board: mounts, boot, main, REPL, and again after each soft reset. Call it once, after a
 * hard reset. Does not return.
 */
void firmware_run(const struct board *board) __attribute__((noreturn));

#endif
