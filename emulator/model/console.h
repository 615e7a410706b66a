/* The other end of the line of a UART: a board's console. */
#ifndef MPROM_EMULATOR_CONSOLE_H
#define MPROM_EMULATOR_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model_console {
    bool (*ready)(void *ctx); /* whether read() has a byte */
    int (*read)(void *ctx);
    void (*write)(void *ctx, const char *bytes, size_t size);
    /*
     * NULL: the line waits for the program. Otherwise it takes byte_ns for each byte, and this is told of each that
     * arrives while the program has not taken the one before.
     */
    void (*lost)(void *ctx);
    uint32_t byte_ns;
    /* The firmware has set its UART to this rate; 0: to none. NULL if that does not matter. */
    void (*set_baud)(void *ctx, uint32_t baud);
    void *ctx;
};

#endif
