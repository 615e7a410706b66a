/*
 * What the models of QUADSPI and OCTOSPI have in common: commands on the lines to a SPI-NOR chip, the FIFO, an abort,
 * the flags, and the window in which the CPU sees the chip. Strict: what the manual forbids, leaves undefined or
 * stalls for is a violation, as is what the chip cannot make sense of.
 *
 * Time passes over the lines as on hardware: FIFO, flags and the moment when the chip sees a command follow from the
 * clock and the lanes.
 */
#ifndef MPROM_SERIAL_LINES_H
#define MPROM_SERIAL_LINES_H

#include "chips/stm32/board.h"
#include "chips/stm32/model/peripherals.h"
#include "emulator/model/cortex_m7_model.h"
#include "emulator/parts/nor_frame.h"

enum serial_state {
    SERIAL_IDLE,
    SERIAL_COMMANDS, /* a command without data is on the lines */
    SERIAL_READS,
    SERIAL_WRITES,
    SERIAL_ABORTS,
};

/* What the board wires to a controller. */
struct serial_wiring {
    const struct rcc_model *rcc;
    const struct gpio_model *ports;
    const struct mprom_stm32_pin *pins; /* MPROM_STM32_SERIAL_PINS */
    struct nor_chip *chip;              /* its violations become the controller's */
    struct cortex_m7_model *m7;         /* of base SERIAL_MODEL_WINDOW and the chip's size */
    const struct model_bus *bus;
};

enum {
    SERIAL_FIFO_SIZE = 32, /* bytes */

    /* FMODE and the bits of CR and SR, the same in both (chips/stm32/facts.md). */
    FMODE_WRITE = 0,
    FMODE_READ = 1,
    FMODE_POLLS = 2,
    FMODE_MAPPED = 3,

    CR_EN = 1 << 0,
    CR_ABORT = 1 << 1,
    CR_FTHRES = 0x1F << 8,

    SR_TEF = 1 << 0,
    SR_TCF = 1 << 1,
    SR_FTF = 1 << 2,
    SR_BUSY = 1 << 5,
};
#define SERIAL_MODEL_WINDOW 0x90000000u

/* What a controller's registers say. */
struct serial_setup {
    bool is_enabled;
    bool is_unknown;      /* they ask for what is not modelled */
    const char *unrouted; /* a line that does not reach its pin, or NULL */
    uint32_t mode;        /* FMODE */
    uint32_t threshold;
    uint32_t divider;       /* of the kernel clock */
    uint32_t select_clocks; /* that nCS is high between two commands */
    uint64_t flash_size;    /* that the controller has been told */
    uint8_t mode_lanes;     /* of the mode byte, or 0 */
    bool mode_is_byte;      /* and no longer */
    struct nor_frame frame; /* but for data itself */
};

struct serial_lines {
    const char *name; /* of the controller */
    struct serial_wiring wiring;
    struct model_window window;
    uint32_t erases;
    struct serial_setup setup; /* kept by the controller's model */
    uint32_t flags;            /* of SR: TEF and TCF */

    enum serial_state state;
    bool armed;       /* a write waits for its first data */
    bool prefetching; /* memory-mapped mode has begun a read of its own */
    bool polled;      /* the last access asked for the state */
    bool changed;     /* the chip's contents, since memory-mapped mode was entered */
    struct nor_frame frame;
    bool is_selected; /* the chip has seen the command up to its data */
    uint8_t fifo[SERIAL_FIFO_SIZE];
    uint32_t moved;  /* bytes that went over the lines */
    uint32_t stored; /* bytes that the program stored to DR or loaded from it */
    uint64_t header_ps;
    uint64_t byte_ps;
    uint64_t credit_ps; /* time that has passed and moved no byte yet */
    uint64_t abort_ns;
    uint32_t next_line; /* of the window: where a read goes on without a new command */

    /* For tests. */
    bool hangs;   /* what is on the lines never ends, nor does an abort */
    bool refuses; /* the next address sets TEF for nothing, as an H7 may */
};

/* The window's bytes are the chip's cells from the first serial_lines_reset() on. */
void serial_lines_open(struct serial_lines *lines, const char *name, const struct serial_wiring *wiring);

/* As after a reset of the controller, which the chip takes no notice of. The chip's cells must be open. */
void serial_lines_reset(struct serial_lines *lines);

/* The opcode was written, or the address: starts the command if nothing else is to come. */
void serial_lines_instruct(struct serial_lines *lines);
void serial_lines_address(struct serial_lines *lines);

/* Memory-mapped mode is entered; it begins with the CPU's first access, which serial_lines_settle() finds. */
void serial_lines_enter(struct serial_lines *lines);

/* To be called before anything that depends on whether the controller is busy: the CPU reads ahead wherever it may.
 */
void serial_lines_settle(struct serial_lines *lines);

/* Picoseconds until the CPU has a line of the window that is in no cache; memory-mapped. */
uint64_t serial_lines_fill_ps(struct serial_lines *lines, uint32_t off);

/* Ends what is on the lines, in a moment. */
void serial_lines_abort(struct serial_lines *lines);

/* Stores to DR and loads from it. */
void serial_lines_store(struct serial_lines *lines, uint32_t size, uint32_t value);
uint32_t serial_lines_load(struct serial_lines *lines, uint32_t size);

/* SR. */
uint32_t serial_lines_status(const struct serial_lines *lines);
bool serial_lines_is_busy(const struct serial_lines *lines);

/* As in struct model. */
void serial_lines_tick(struct serial_lines *lines, uint64_t ns);
uint64_t serial_lines_busy_ns(const struct serial_lines *lines);

static inline bool serial_lines_is_mapped(const struct serial_lines *lines)
{
    return lines->setup.is_enabled && lines->setup.mode == FMODE_MAPPED;
}

/* Whether the CPU may read the window, on its own account too. */
static inline bool serial_lines_may_read(const struct serial_lines *lines)
{
    return cortex_m7_model_may_read(lines->wiring.m7, SERIAL_MODEL_WINDOW);
}

static inline uint32_t serial_field(uint32_t value, int high, int low)
{
    return value >> low & (0xFFFFFFFFu >> (31 - (high - low)));
}

/* A field that codes lanes, in either controller; eight lanes are not modelled. */
static inline uint8_t serial_lanes(uint32_t code)
{
    return (uint8_t)(code == 3 ? 4 : code);
}

#endif
