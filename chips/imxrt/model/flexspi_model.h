/*
 * FlexSPI with one SPI-NOR chip on A1, strictly: registers, the table of sequences (LUT), IP commands with their FIFOs, and the
 * window in which the CPU reads the chip. What the manual forbids or leaves open is a violation. Written from the facts
 * (chips/imxrt/facts.md), without a look at the driver.
 *
 * Time passes over the lines as on hardware: FIFOs, flags and the moment when the chip sees a command follow from the clock and
 * the lanes.
 */
#ifndef MPROM_FLEXSPI_MODEL_H
#define MPROM_FLEXSPI_MODEL_H

#include "chips/imxrt/model/parts.h"
#include "emulator/model/cortex_m7_model.h"
#include "emulator/parts/nor_frame.h"

enum {
    FLEXSPI_MODEL_LUT = 64,            /* words */
    FLEXSPI_MODEL_PORT = 128,          /* bytes of RFDR and of TFDR */
    FLEXSPI_MODEL_FIFO = 128,          /* bytes of each FIFO: the smallest depth that any source gives */
    FLEXSPI_MODEL_SETTINGS = 0xC8 / 4, /* words that are only kept */
    FLEXSPI_MODEL_SEQUENCES = 16,
};

enum flexspi_state {
    FLEXSPI_IDLE,
    FLEXSPI_COMMANDS, /* a command without data is on the lines */
    FLEXSPI_READS,
    FLEXSPI_WRITES,
};

struct flexspi_wiring {
    const struct imxrt_part *part;
    const bool *has_clock;   /* its gate in the CCM; NULL: always */
    const uint32_t *root_hz; /* of the serial clock */
    struct nor_chip *chip;   /* its violations become FlexSPI's */
    struct cortex_m7_model *m7;
    const struct model_bus *bus;
};

/* A FIFO. Bytes of the TX FIFO that nobody stored are known. */
struct flexspi_fifo {
    uint8_t bytes[FLEXSPI_MODEL_FIFO];
    bool stored[FLEXSPI_MODEL_FIFO];
    uint32_t in; /* bytes that were ever put in, and taken out */
    uint32_t out;
};

struct flexspi_model {
    struct model model;
    struct model_window window;
    struct flexspi_wiring wiring;
    uint32_t erases;

    uint32_t settings[FLEXSPI_MODEL_SETTINGS];
    uint32_t lut[FLEXSPI_MODEL_LUT];
    bool has_key; /* the last write was the key */
    bool is_locked;
    uint32_t flags;  /* INTR, but for IPRXWA and IPTXWE */
    uint32_t errors; /* STS1 */
    uint64_t reset_ns;

    enum flexspi_state state;
    struct nor_frame frame;
    struct flexspi_fifo rx;
    struct flexspi_fifo tx;
    uint8_t port[FLEXSPI_MODEL_PORT]; /* TFDR */
    bool port_stored[FLEXSPI_MODEL_PORT];
    uint32_t moved; /* bytes of data that went over the lines */
    bool is_selected;
    bool polled; /* the last access asked for the state */
    uint64_t header_ps;
    uint64_t byte_ps;
    uint64_t credit_ps;

    bool may_be_old;   /* the buffers of the window may hold what was before a change */
    bool window_works; /* the window's sequence was tried on the chip since anything changed */
    uint64_t ahead_ps; /* that FlexSPI still reads ahead */
    uint64_t window_header_ps;
    uint64_t window_byte_ps;
    uint32_t next_line;

    /* For tests. */
    bool hangs;       /* what is on the lines never ends */
    uint32_t refuses; /* which IP command from now on gets no grant: 1 is the next; 0: none */
};

/* Errors of a sequence: STS1. */
enum flexspi_error {
    FLEXSPI_FINE = 0,
    FLEXSPI_JUMP = 2,
    FLEXSPI_UNKNOWN = 3,
    FLEXSPI_DUMMY_SDR = 4,
    FLEXSPI_DUMMY_DDR = 5,
    FLEXSPI_BEYOND = 6,
    FLEXSPI_TIMEOUT = 0xE,
    FLEXSPI_CROSSES = 0xF,
};

void flexspi_model_open(struct flexspi_model *flexspi, const struct flexspi_wiring *wiring);

/* As after a reset of the chip; the window's bytes are those of the chip's cells, which must be open. */
void flexspi_model_reset(struct flexspi_model *flexspi);

/*
 * As the boot ROM leaves it: enabled, A1 of that size, the first sequences from a boot header, the others anything. FIFOs are
 * the bus's, and the LUT is locked.
 */
void flexspi_model_boot(struct flexspi_model *flexspi, uint32_t size, const uint32_t *lut, uint32_t words,
                        uint32_t rxclksrc);

/* A sequence as a frame, but for its data; FLEXSPI_FINE, or what is wrong, with the violation reported. */
enum flexspi_error flexspi_model_decode(const struct flexspi_model *flexspi, uint32_t sequence, uint32_t address,
                                        struct nor_frame *frame, bool *sends);

/* IPCMD. */
void flexspi_model_trigger(struct flexspi_model *flexspi);

/* FIFOs */
bool flexspi_model_wants_data(const struct flexspi_model *flexspi); /* IPTXWE */
bool flexspi_model_has_data(const struct flexspi_model *flexspi);   /* IPRXWA */
void flexspi_model_push(struct flexspi_model *flexspi);
void flexspi_model_pop(struct flexspi_model *flexspi);
void flexspi_model_store(struct flexspi_model *flexspi, uint32_t off, uint32_t size, uint32_t value);
uint32_t flexspi_model_load(struct flexspi_model *flexspi, uint32_t off, uint32_t size);

/* As in struct model. */
void flexspi_model_tick(void *ctx, uint64_t ns);
uint64_t flexspi_model_busy_ns(void *ctx);

/* The window; try: its sequence on the chip, if that was not done since anything changed. */
void flexspi_model_window_open(struct flexspi_model *flexspi);
void flexspi_model_window_try(struct flexspi_model *flexspi);
bool flexspi_model_is_quiet(const struct flexspi_model *flexspi); /* nothing on the lines, nothing read ahead */
uint64_t flexspi_model_clock_ps(const struct flexspi_model *flexspi);

/* Settings, by their offsets. */
enum {
    FLEXSPI_MCR0 = 0x00,
    FLEXSPI_MCR1 = 0x04,
    FLEXSPI_MCR2 = 0x08,
    FLEXSPI_AHBCR = 0x0C,
    FLEXSPI_INTEN = 0x10,
    FLEXSPI_AHBRXBUF = 0x20,
    FLEXSPI_FLSHCR0 = 0x60,
    FLEXSPI_FLSHCR1 = 0x70,
    FLEXSPI_FLSHCR2 = 0x80,
    FLEXSPI_FLSHCR4 = 0x94,
    FLEXSPI_IPCR0 = 0xA0,
    FLEXSPI_IPCR1 = 0xA4,
    FLEXSPI_IPRXFCR = 0xB8,
    FLEXSPI_IPTXFCR = 0xBC,
    FLEXSPI_DLLCR = 0xC0,

    FLEXSPI_SWRESET = 1 << 0,
    FLEXSPI_MDIS = 1 << 1,
    FLEXSPI_ARDFEN = 1 << 6,
    FLEXSPI_ATDFEN = 1 << 7,

    FLEXSPI_DONE = 1 << 0,
    FLEXSPI_IPCMDGE = 1 << 1,
    FLEXSPI_IPCMDERR = 1 << 3,
    FLEXSPI_AHBCMDERR = 1 << 4,
    FLEXSPI_IPRXWA = 1 << 5,
    FLEXSPI_IPTXWE = 1 << 6,
};

static inline uint32_t flexspi_setting(const struct flexspi_model *flexspi, uint32_t off)
{
    return flexspi->settings[off / 4];
}

static inline bool flexspi_is_on(const struct flexspi_model *flexspi)
{
    return !(flexspi_setting(flexspi, FLEXSPI_MCR0) & FLEXSPI_MDIS);
}

static inline uint32_t flexspi_bits(uint32_t value, int high, int low)
{
    return value >> low & (0xFFFFFFFFu >> (31 - (high - low)));
}

static inline uint32_t flexspi_fifo_fill(const struct flexspi_fifo *fifo)
{
    return fifo->in - fifo->out;
}

/* That a FIFO's control register sets. */
static inline uint32_t flexspi_watermark(const struct flexspi_model *flexspi, uint32_t off)
{
    return (flexspi_bits(flexspi_setting(flexspi, off), 6, 2) + 1) * 8;
}

#endif
