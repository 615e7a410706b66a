/*
 * What the port of a chip family provides, and gets, on a bare board.
 *
 * The kit has main(), the console, the clock and the segments, and calls firmware_run(). The port defines one
 * `mprom_kit_port` that says how the chip does what they need. No function of it is called from an interrupt: the
 * firmware runs with interrupts masked, and they only end mprom_cpu_sleep().
 */
#ifndef MPROM_KIT_H
#define MPROM_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chips/kit/facts.h"
#include "mprom/flash.h"

enum {
    MPROM_CONSOLE_BAUD = 115200,     /* after a reset, 8N1 */
    MPROM_CONSOLE_BAUD_MAX = 921600, /* what adapters to USB can do */
};

/*
 * The console's UART. Received bytes are kept in a ring, which is filled in one of two ways:
 *
 *   by DMA, or by an interrupt handler of the port   end() says how far it is filled; take is NULL
 *   by the kit                                       take() gives one byte after the other; end is NULL
 *
 * The kit calls take() whenever it looks for input, while it writes and while it waits, but not while the firmware
 * erases flash or runs a program. What arrives then must find place in the UART, and `room` says how much does.
 */
struct mprom_uart_port {
    uint8_t *ring;
    uint32_t ring_size; /* bytes */
    /*
     * Bytes of input that none is lost of while nobody looks: up to ring_size - 1 if the ring fills by itself, else what
     * the UART holds. The PC never sends more than that ahead.
     */
    uint32_t room;
    /* Connects the pins and starts the UART at this rate. Enables the interrupt that a received byte asks for. */
    void (*open)(uint32_t baud);
    /* Where in the ring the next byte will be put: 0 to ring_size - 1. */
    uint32_t (*end)(void);
    /* The next byte that has come, or -1. */
    int (*take)(void);
    /*
     * Called before each look for a byte: takes back the interrupt of those that have come, so that one that comes
     * after this look ends the next sleep.
     */
    void (*rearm)(void);
    /* Lets the CPU see what DMA has put into a part of the ring; NULL if there is nothing to do. */
    void (*refresh)(const uint8_t *bytes, uint32_t size);
    /* Sends a byte if the UART has room for one now; returns whether it had. */
    bool (*write)(uint8_t byte);
    /* Changes the rate when all that was written has left. NULL if the rate cannot change. */
    void (*set_baud)(uint32_t baud);
    /* The highest rate that the UART's clock allows; called after open(). NULL if set_baud is. */
    uint32_t (*baud_max)(void);
};

/* A counter of microseconds, through 32 bits. */
struct mprom_counter {
    /* Starts it, and enables its interrupt. */
    void (*open)(void);
    uint32_t (*count)(void);
    /* From now on the interrupt is asked for when count() gets to `at`, and not because of an earlier call. */
    void (*arm)(uint32_t at);
    /* Whether count() got to what was armed. May be false for ever if that was already over when arm() was called. */
    bool (*is_over)(void);
};

struct mprom_kit_port {
    const struct mprom_kit_rom *rom; /* of the board */
    const struct mprom_uart_port *uart;
    const struct mprom_counter *counter;
    /*
     * Called first of all, before the program's data are in RAM, which may not be written to yet on some chips: must
     * not use variables. NULL for nothing to do.
     */
    void (*power_up)(void);
    /*
     * Brings up the clocks and whatever else comes before UART and counter. Returns NULL, or one sentence for the
     * console if the board goes on all the same, but not as its facts say. NULL for nothing to do.
     */
    const char *(*start)(void);
    /* The flash that the segments lie in, started; NULL if this chip, or the one on its bus, is not known. */
    const struct mprom_flash *(*open_flash)(void);
    /* The second flash, as above; called after open_flash(), if the board's facts have a segment there. Else NULL. */
    const struct mprom_flash *(*open_second_flash)(void);
    /* Starts again as after power-up: RAM is lost, flash is kept. */
    void (*reset)(void) __attribute__((noreturn));
    /* Whether the input is held that keeps boot and main from running. NULL: the board has none, Ctrl-C stops them. */
    bool (*safe_mode)(void);
    /* What no other board has, and its size in bytes; it stays there. NULL if the chip has no such thing. */
    const uint8_t *(*id)(size_t *size);
};

/* Given by the port; constants, which power_up() may use. */
extern const struct mprom_kit_port mprom_kit_port;

/* For drivers. Returns after at least us microseconds, at most 2^31, without sleeping. Not before open_flash(). */
void mprom_clock_wait(uint32_t us);

#endif
