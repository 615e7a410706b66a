/*
 * OSPI of the Ensemble: commands on one line, commands on eight lines at both edges of the clock, and a window in which
 * the CPU reads the chip. One chip, at select 0.
 *
 * The window is open between operations only. While it is closed nothing may read it, interrupt handlers neither: an
 * operation masks interrupts, and the MPU's region over the window is off, so that the CPU reads nothing ahead.
 */
#ifndef MPROM_ALIF_OSPI_H
#define MPROM_ALIF_OSPI_H

#include <stdbool.h>
#include <stdint.h>

/* What a board is wired like, in constants. */
struct mprom_alif_ospi_wiring {
    uint8_t number;       /* 0 or 1 */
    uint8_t sample_delay; /* of RX_SAMPLE_DELAY */
    uint8_t drive_edge;   /* of DDR_DRIVE_EDGE */
    uint8_t rxds_delay;   /* of the AES block, in half nanoseconds */
};

struct mprom_alif_ospi {
    uint32_t base; /* of the registers */
    uint32_t window;
    struct mprom_alif_ospi_wiring wiring;
    uint32_t primask; /* from before the operation */
};

/* A command on eight lines. */
struct mprom_alif_ospi_command {
    uint16_t opcode;      /* of 8 bits, on both edges; or of 16 */
    bool is_wide;         /* 16 bits */
    bool has_address;     /* of 32 bits */
    uint8_t dummy_clocks; /* between it and data from the chip, at most 31 */
    uint32_t address;
};

enum {
    MPROM_ALIF_OSPI_SINGLE_MAX = 64, /* bytes of a command on one line */
};

/* Starts the controller. The window is closed, as within an operation: mprom_alif_ospi_end() ends it. */
void mprom_alif_ospi_open(struct mprom_alif_ospi *ospi, const struct mprom_alif_ospi_wiring *wiring);

/* Masks interrupts and closes the window. */
void mprom_alif_ospi_begin(struct mprom_alif_ospi *ospi);

/*
 * Opens the window, through which the CPU reads with this command, and restores interrupts. Bytes are where a chip has
 * them that was written on one line: one with wide opcodes swaps each two on eight lines, and is read so. read is NULL if
 * the chip is not known: the window stays closed.
 */
void mprom_alif_ospi_end(struct mprom_alif_ospi *ospi, const struct mprom_alif_ospi_command *read);

/*
 * One command on one line, of 1 to MPROM_ALIF_OSPI_SINGLE_MAX bytes: bytes is what is sent, and becomes what comes back
 * meanwhile. Returns 0 or -MPROM_ETIMEDOUT.
 */
int mprom_alif_ospi_single(const struct mprom_alif_ospi *ospi, uint8_t *bytes, uint32_t size);

/* Reads count entries, each what came in one clock: its first byte in bits 15:8. 0 or -MPROM_ETIMEDOUT. */
int mprom_alif_ospi_read(const struct mprom_alif_ospi *ospi, const struct mprom_alif_ospi_command *command,
                         uint16_t *entries, uint32_t count);

/* Sends count words, at most 64, in the order that end() reads them by; none for a command alone. The same. */
int mprom_alif_ospi_write(const struct mprom_alif_ospi *ospi, const struct mprom_alif_ospi_command *command,
                          const uint32_t *words, uint32_t count);

#endif
