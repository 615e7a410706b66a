/* What the sources of QUADSPI's model share: its registers, and what is on its lines. */
#ifndef MPROM_QUADSPI_INTERNAL_H
#define MPROM_QUADSPI_INTERNAL_H

#include "quadspi_model.h"

/* The registers, from the fact sheet's section 13. */
enum {
    CR = 0x00,
    DCR = 0x04,
    SR = 0x08,
    FCR = 0x0C,
    DLR = 0x10,
    CCR = 0x14,
    AR = 0x18,
    ABR = 0x1C,
    DR = 0x20,
    SIZE = 0x34,

    CR_EN = 1 << 0,
    CR_ABORT = 1 << 1,
    CR_SSHIFT = 1 << 4,
    CR_FTHRES = 0x1F << 8,

    SR_TEF = 1 << 0,
    SR_TCF = 1 << 1,
    SR_FTF = 1 << 2,
    SR_BUSY = 1 << 5,
    SR_FLEVEL_POS = 8,

    CCR_SIOO = 1 << 28,
    FMODE_WRITE = 0,
    FMODE_READ = 1,
    FMODE_MAPPED = 3,

    FIFO_SIZE = 32,
};

/* Tells what is wrong; is false, to be returned. */
#define WRONG(quadspi, ...) (model_violation((quadspi)->wiring.report, __VA_ARGS__), false)

static inline uint32_t quadspi_field(uint32_t value, int high, int low)
{
    return value >> low & (0xFFFFFFFFu >> (31 - (high - low)));
}

static inline uint32_t quadspi_fmode(const struct quadspi_model *quadspi)
{
    return quadspi_field(quadspi->ccr, 27, 26);
}

static inline bool quadspi_is_mapped(const struct quadspi_model *quadspi)
{
    return (quadspi->cr & CR_EN) && quadspi_fmode(quadspi) == FMODE_MAPPED;
}

static inline uint64_t quadspi_flash_size(const struct quadspi_model *quadspi)
{
    return (uint64_t)2 << quadspi_field(quadspi->dcr, 20, 16);
}

/* Bytes in the FIFO, and whether so many can be moved as FTHRES asks for. */
uint32_t quadspi_fifo_level(const struct quadspi_model *quadspi);
bool quadspi_fifo_flag(const struct quadspi_model *quadspi);

/* Puts the command that the registers describe on the lines. */
void quadspi_command_start(struct quadspi_model *quadspi);

/* CCR asks for memory-mapped mode. */
void quadspi_mapped_enter(struct quadspi_model *quadspi);

/* Ends what is on the lines, in a moment. */
void quadspi_abort(struct quadspi_model *quadspi);

/* As in struct model. */
void quadspi_tick(void *ctx, uint64_t ns);
uint64_t quadspi_busy_ns(void *ctx);

#endif
