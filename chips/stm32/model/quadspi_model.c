#include "quadspi_model.h"

#include <stdlib.h>
#include <string.h>

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
    ABORT_NS = 500, /* some clocks; the manual gives no number */
    RESET_BIT = 1,
};

static const uint32_t CR_PRESCALER = 0xFF000000;
static const uint32_t DCR_BITS = 0x001F0701;
static const uint32_t CCR_UNKNOWN = 0xE0000000; /* double data rate, free-running clock */
static const uint64_t CLOCK_PS = 62500;         /* 16 MHz */

/* Tells what is wrong; is false, to be returned. */
#define WRONG(quadspi, ...) (model_violation((quadspi)->wiring.report, __VA_ARGS__), false)

static uint32_t field(uint32_t value, int high, int low)
{
    return value >> low & (0xFFFFFFFFu >> (31 - (high - low)));
}

static uint32_t fmode(const struct quadspi_model *quadspi)
{
    return field(quadspi->ccr, 27, 26);
}

static bool is_mapped(const struct quadspi_model *quadspi)
{
    return (quadspi->cr & CR_EN) && fmode(quadspi) == FMODE_MAPPED;
}

/* The CPU reads ahead as it likes, wherever it may: then memory-mapped mode is never idle. */
static bool is_busy(const struct quadspi_model *quadspi)
{
    return quadspi->state != QUADSPI_IDLE ||
           (is_mapped(quadspi) &&
            (quadspi->prefetching || cortex_m7_model_may_read(quadspi->wiring.m7, QUADSPI_MODEL_WINDOW)));
}

static uint64_t flash_size(const struct quadspi_model *quadspi)
{
    return (uint64_t)2 << field(quadspi->dcr, 20, 16);
}

/* FIFO */

static uint32_t fifo_level(const struct quadspi_model *quadspi)
{
    return quadspi->state == QUADSPI_READS    ? quadspi->moved - quadspi->stored
           : quadspi->state == QUADSPI_WRITES ? quadspi->stored - quadspi->moved
                                              : 0;
}

static uint32_t threshold(const struct quadspi_model *quadspi)
{
    return field(quadspi->cr, 12, 8) + 1;
}

static bool fifo_flag(const struct quadspi_model *quadspi)
{
    uint32_t level = fifo_level(quadspi);
    if (quadspi->state == QUADSPI_READS) {
        return level >= threshold(quadspi) || (quadspi->moved == quadspi->frame.size && level > 0);
    }
    return (quadspi->armed || quadspi->state == QUADSPI_WRITES) && FIFO_SIZE - level >= threshold(quadspi);
}

/* What is on the lines */

/* The chip sees the end of the command. Its answer was fetched at the start. */
static void line_finish(struct quadspi_model *quadspi)
{
    struct nor_chip *chip = quadspi->wiring.chip;
    if (quadspi->state != QUADSPI_READS) {
        nor_chip_transfer(chip, &quadspi->frame);
        quadspi->state = QUADSPI_IDLE;
    }
    quadspi->flags |= SR_TCF;
    if (chip->job == NOR_PROGRAMS || chip->job == NOR_ERASES) {
        cortex_m7_model_change(quadspi->wiring.m7, chip->job_off, chip->job_size);
        quadspi->changed = true;
    }
}

/* Moves bytes while there is time, and room or data in the FIFO; else the clock stands still. */
static void line_move(struct quadspi_model *quadspi)
{
    bool reads = quadspi->state == QUADSPI_READS;
    while (quadspi->moved < quadspi->frame.size && quadspi->credit_ps >= quadspi->byte_ps) {
        if (reads ? fifo_level(quadspi) == FIFO_SIZE : fifo_level(quadspi) == 0) {
            quadspi->credit_ps = 0;
            return;
        }
        quadspi->credit_ps -= quadspi->byte_ps;
        if (++quadspi->moved == quadspi->frame.size) {
            line_finish(quadspi);
        }
    }
}

static void line_tick(struct quadspi_model *quadspi, uint64_t ps)
{
    uint64_t header_ps = ps < quadspi->header_ps ? ps : quadspi->header_ps;
    quadspi->header_ps -= header_ps;
    quadspi->credit_ps += ps - header_ps;
    if (quadspi->header_ps > 0) {
        return;
    }
    if (quadspi->state == QUADSPI_COMMANDS) {
        line_finish(quadspi);
    } else {
        line_move(quadspi);
    }
}

static void abort_tick(struct quadspi_model *quadspi, uint64_t ns)
{
    quadspi->abort_ns -= ns < quadspi->abort_ns ? ns : quadspi->abort_ns;
    if (quadspi->abort_ns == 0) {
        quadspi->state = QUADSPI_IDLE;
        quadspi->prefetching = false;
        quadspi->cr &= ~(uint32_t)CR_ABORT;
        quadspi->flags |= SR_TCF;
    }
}

static void quadspi_tick(void *ctx, uint64_t ns)
{
    struct quadspi_model *quadspi = ctx;
    nor_chip_tick(quadspi->wiring.chip, ns);
    if (quadspi->hangs || quadspi->state == QUADSPI_IDLE) {
        return;
    }
    if (quadspi->state == QUADSPI_ABORTS) {
        abort_tick(quadspi, ns);
    } else {
        line_tick(quadspi, ns * 1000);
    }
}

/* Bytes that have to move before a program that polls gets what it waits for. */
static uint32_t bytes_awaited(const struct quadspi_model *quadspi)
{
    uint32_t left = quadspi->frame.size - quadspi->moved;
    if (fifo_flag(quadspi) && (quadspi->state == QUADSPI_READS || quadspi->stored < quadspi->frame.size)) {
        return 0;
    }
    if (quadspi->state == QUADSPI_READS) {
        uint32_t wanted = threshold(quadspi) - fifo_level(quadspi);
        return wanted < left ? wanted : left;
    }
    return quadspi->stored == quadspi->frame.size ? left : 1;
}

static uint64_t quadspi_busy_ns(void *ctx)
{
    const struct quadspi_model *quadspi = ctx;
    if (!quadspi->polled || quadspi->hangs || quadspi->state == QUADSPI_IDLE) {
        return 0;
    }
    if (quadspi->state == QUADSPI_ABORTS) {
        return quadspi->abort_ns;
    }
    uint64_t ps = quadspi->header_ps;
    if (quadspi->state != QUADSPI_COMMANDS) {
        uint64_t bytes_ps = bytes_awaited(quadspi) * quadspi->byte_ps;
        ps = bytes_ps == 0 ? 0 : ps + bytes_ps - (quadspi->credit_ps < bytes_ps ? quadspi->credit_ps : bytes_ps);
    }
    return (ps + 999) / 1000;
}

/* Commands */

static uint8_t lanes(uint32_t mode)
{
    return (uint8_t)(mode == 3 ? 4 : mode);
}

static bool pins_are_connected(struct quadspi_model *quadspi)
{
    static const char *const names[STM32_QUADSPI_PINS] = {"nCS", "CLK", "IO0", "IO1", "IO2", "IO3"};
    for (int i = 0; i < STM32_QUADSPI_PINS; i++) {
        if (!gpio_model_pin_is(quadspi->wiring.ports, quadspi->wiring.pins[i])) {
            return WRONG(quadspi, "QUADSPI starts a command, but %s is not connected to its pin", names[i]);
        }
    }
    return true;
}

/* What CCR says, as the chip will see it. Returns false if the controller is not to be used so. */
static bool frame_take(struct quadspi_model *quadspi, struct nor_frame *frame)
{
    uint32_t ccr = quadspi->ccr;
    uint32_t address_mode = field(ccr, 11, 10);
    uint32_t mode_mode = field(ccr, 15, 14);
    uint32_t data_mode = field(ccr, 25, 24);
    *frame = (struct nor_frame){
        .opcode = (uint8_t)field(ccr, 7, 0),
        .opcode_lanes = lanes(field(ccr, 9, 8)),
        .address_lanes = lanes(address_mode),
        .address_size = (uint8_t)(address_mode != 0 ? field(ccr, 13, 12) + 1 : 0),
        .address = quadspi->ar,
        .mode = (uint8_t)quadspi->abr,
        .mode_size = mode_mode != 0,
        .dummy_clocks = (uint8_t)field(ccr, 22, 18),
        .data_lanes = lanes(data_mode),
        .size = data_mode != 0 ? quadspi->dlr + 1 : 0,
    };
    if (ccr & (CCR_UNKNOWN | CCR_SIOO)) {
        return WRONG(quadspi, "QUADSPI's CCR 0x%08x asks for what is not modelled", ccr);
    }
    if (frame->opcode_lanes == 0) {
        return WRONG(quadspi, "a command without an opcode");
    }
    if (mode_mode != 0 && (mode_mode != address_mode || field(ccr, 17, 16) != 0)) {
        return WRONG(quadspi, "a mode byte that is not a byte, or not on the lanes of the address");
    }
    if (data_mode == 0 && fmode(quadspi) != FMODE_WRITE) {
        return WRONG(quadspi, "a read without data");
    }
    if (data_mode > 1 && fmode(quadspi) != FMODE_WRITE && frame->dummy_clocks == 0) {
        return WRONG(quadspi, "a read on several lanes without dummy clocks");
    }
    if (fmode(quadspi) == FMODE_WRITE && frame->dummy_clocks != 0) {
        return WRONG(quadspi, "a write with dummy clocks, which loses its first bits");
    }
    return true;
}

/* TEF, section 14: the address or the end of the data is beyond what FSIZE says. */
static bool range_check(struct quadspi_model *quadspi, const struct nor_frame *frame)
{
    uint64_t end = (uint64_t)frame->address + (frame->size != 0 ? frame->size : 1);
    if (frame->address_size == 0 || end <= flash_size(quadspi)) {
        return true;
    }
    quadspi->flags |= SR_TEF;
    return WRONG(quadspi, "command %02Xh at 0x%08x is beyond FSIZE", frame->opcode, frame->address);
}

static bool command_may_start(struct quadspi_model *quadspi)
{
    if (!(quadspi->cr & CR_EN)) {
        return WRONG(quadspi, "a command while QUADSPI is not enabled");
    }
    if (fmode(quadspi) != FMODE_MAPPED && cortex_m7_model_may_read(quadspi->wiring.m7, QUADSPI_MODEL_WINDOW)) {
        return WRONG(quadspi, "a command while the CPU may read ahead in the window, which disturbs it");
    }
    return pins_are_connected(quadspi);
}

static void command_start(struct quadspi_model *quadspi)
{
    struct nor_frame frame;
    quadspi->armed = false;
    if (!command_may_start(quadspi) || !frame_take(quadspi, &frame) || !range_check(quadspi, &frame)) {
        return;
    }
    if (frame.size > QUADSPI_MODEL_HOLD) {
        model_violation(quadspi->wiring.report, "a transfer of %u bytes, which is not modelled", frame.size);
        return;
    }
    struct nor_frame header = frame;
    header.size = 0;
    uint64_t clock_ps = CLOCK_PS * ((quadspi->cr >> 24) + 1);
    quadspi->header_ps = nor_frame_clocks(&header) * clock_ps;
    quadspi->byte_ps = frame.data_lanes != 0 ? 8u / frame.data_lanes * clock_ps : 0;
    quadspi->credit_ps = 0;
    quadspi->moved = 0;
    quadspi->stored = 0;
    quadspi->frame = frame;
    if (fmode(quadspi) == FMODE_READ) {
        quadspi->state = QUADSPI_READS;
        quadspi->frame.in = quadspi->data;
        nor_chip_transfer(quadspi->wiring.chip, &quadspi->frame);
    } else {
        quadspi->state = frame.size != 0 ? QUADSPI_WRITES : QUADSPI_COMMANDS;
        quadspi->frame.out = frame.size != 0 ? quadspi->data : NULL;
    }
}

/* The chip is asked once, as the first access would ask it; a chip that is at work then is told of at that access. */
static void mapped_enter(struct quadspi_model *quadspi)
{
    struct nor_frame frame;
    uint8_t bytes[FIFO_SIZE];
    if (!command_may_start(quadspi) || !frame_take(quadspi, &frame)) {
        return;
    }
    if (quadspi->ar & 3) {
        model_violation(quadspi->wiring.report, "memory-mapped mode with AR 0x%08x, which makes it read wrong data",
                        quadspi->ar);
    }
    quadspi->prefetching = true;
    if (quadspi->wiring.chip->job == NOR_NOTHING) {
        frame.address = 0;
        frame.size = sizeof bytes;
        frame.in = bytes;
        nor_chip_transfer(quadspi->wiring.chip, &frame);
    }
    quadspi->erases += quadspi->changed;
    quadspi->changed = false;
}

/* What starts a command, section 14: CCR if neither address nor data to write follow, else AR, else data. */
static void write_ccr(struct quadspi_model *quadspi, uint32_t value)
{
    quadspi->ccr = value;
    quadspi->armed = false;
    bool has_address = field(value, 11, 10) != 0;
    bool sends_data = field(value, 25, 24) != 0 && fmode(quadspi) == FMODE_WRITE;
    if (fmode(quadspi) == FMODE_MAPPED) {
        mapped_enter(quadspi);
    } else if (fmode(quadspi) == 2) {
        model_violation(quadspi->wiring.report, "automatic polling, which is not modelled");
    } else if (!has_address && !sends_data) {
        command_start(quadspi);
    } else if (!has_address) {
        quadspi->armed = true;
    }
}

static void write_ar(struct quadspi_model *quadspi, uint32_t value)
{
    quadspi->ar = value;
    bool has_address = field(quadspi->ccr, 11, 10) != 0;
    bool sends_data = field(quadspi->ccr, 25, 24) != 0 && fmode(quadspi) == FMODE_WRITE;
    if (has_address && fmode(quadspi) != FMODE_MAPPED) {
        if (sends_data) {
            quadspi->armed = true;
        } else {
            command_start(quadspi);
        }
    }
}

static void write_dr(struct quadspi_model *quadspi, uint32_t size, uint32_t value)
{
    if (quadspi->armed) {
        command_start(quadspi);
    }
    if (quadspi->state != QUADSPI_WRITES) {
        model_violation(quadspi->wiring.report, "data for QUADSPI, which has no command that sends any");
    } else if (fifo_level(quadspi) + size > FIFO_SIZE) {
        model_violation(quadspi->wiring.report, "a store of %u bytes to a FIFO with %u in it", size,
                        fifo_level(quadspi));
    } else if (quadspi->stored + size > quadspi->frame.size) {
        model_violation(quadspi->wiring.report, "more data than the %u bytes that DLR says", quadspi->frame.size);
    } else {
        memcpy(quadspi->data + quadspi->stored, &value, size); /* little endian, as the host */
        quadspi->stored += size;
    }
}

static uint32_t read_dr(struct quadspi_model *quadspi, uint32_t size)
{
    uint32_t value = 0;
    if (quadspi->state != QUADSPI_READS) {
        model_violation(quadspi->wiring.report, "read of QUADSPI's data, where there is none");
    } else if (fifo_level(quadspi) < size) {
        model_violation(quadspi->wiring.report, "a load of %u bytes from a FIFO with %u in it", size,
                        fifo_level(quadspi));
    } else {
        memcpy(&value, quadspi->data + quadspi->stored, size);
        quadspi->stored += size;
        if (quadspi->stored == quadspi->frame.size) {
            quadspi->state = QUADSPI_IDLE;
        }
    }
    return value;
}

static void write_cr(struct quadspi_model *quadspi, uint32_t value)
{
    const uint32_t known = CR_EN | CR_ABORT | CR_SSHIFT | CR_FTHRES | CR_PRESCALER;
    if (value & ~known) {
        model_violation(quadspi->wiring.report, "write of 0x%08x to QUADSPI's CR, which is not modelled", value);
    } else if (is_busy(quadspi) && ((value ^ quadspi->cr) & ~(uint32_t)CR_ABORT)) {
        model_violation(quadspi->wiring.report, "write of QUADSPI's CR while it is busy");
    } else {
        quadspi->cr = value;
        if (value & CR_ABORT) {
            if ((quadspi->state == QUADSPI_WRITES || quadspi->state == QUADSPI_COMMANDS) && !quadspi->hangs) {
                model_violation(quadspi->wiring.report, "abort of command %02Xh, of which the chip may do a part",
                                quadspi->frame.opcode);
            }
            quadspi->state = QUADSPI_ABORTS;
            quadspi->abort_ns = ABORT_NS;
        }
    }
}

static void registers_clear(struct quadspi_model *quadspi)
{
    quadspi->cr = 0;
    quadspi->dcr = 0;
    quadspi->flags = 0;
    quadspi->dlr = 0;
    quadspi->ccr = 0;
    quadspi->ar = 0;
    quadspi->abr = 0;
    quadspi->state = QUADSPI_IDLE;
    quadspi->armed = false;
    quadspi->prefetching = false;
    quadspi->polled = false;
}

/* Whether the controller answers. A reset through RCC is noticed here. */
static bool is_alive(struct quadspi_model *quadspi)
{
    const struct rcc_model *rcc = quadspi->wiring.rcc;
    if (quadspi->resets_seen != rcc->ahb3_resets) {
        quadspi->resets_seen = rcc->ahb3_resets;
        registers_clear(quadspi);
    }
    if (rcc->ahb3rstr >> RESET_BIT & 1) {
        return WRONG(quadspi, "access to QUADSPI while it is held in reset");
    }
    return rcc_gate_check(&quadspi->gate, &quadspi->model);
}

static uint32_t status(const struct quadspi_model *quadspi)
{
    return quadspi->flags | (fifo_flag(quadspi) ? SR_FTF : 0u) | (is_busy(quadspi) ? SR_BUSY : 0u) |
           fifo_level(quadspi) << SR_FLEVEL_POS;
}

static uint32_t quadspi_read(void *ctx, uint32_t off, uint32_t size)
{
    struct quadspi_model *quadspi = ctx;
    quadspi->polled = off == SR || off == CR;
    if (!is_alive(quadspi)) {
        return 0;
    }
    if (off == DR) {
        return read_dr(quadspi, size);
    }
    const uint32_t values[] = {quadspi->cr,  quadspi->dcr, status(quadspi), 0,
                               quadspi->dlr, quadspi->ccr, quadspi->ar,     quadspi->abr};
    if (size != 4 || off % 4 != 0 || off > ABR || off == FCR) {
        model_violation(quadspi->wiring.report, "read of %u bytes from QUADSPI at 0x%02x", size, off);
        return 0;
    }
    return values[off / 4];
}

/* Those that are written only while it is idle. */
static void write_setting(struct quadspi_model *quadspi, uint32_t off, uint32_t value)
{
    static const char *const names[] = {"CR", "DCR", "SR", "FCR", "DLR", "CCR", "AR", "ABR"};
    if (is_busy(quadspi)) {
        model_violation(quadspi->wiring.report, "write of QUADSPI's %s while it is busy", names[off / 4]);
    } else if (off == DCR) {
        quadspi->dcr = value & DCR_BITS;
    } else if (off == DLR) {
        quadspi->dlr = value;
    } else if (off == ABR) {
        quadspi->abr = value;
    } else if (off == AR) {
        write_ar(quadspi, value);
    } else {
        write_ccr(quadspi, value);
    }
}

static void quadspi_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct quadspi_model *quadspi = ctx;
    if (!is_alive(quadspi)) {
        return;
    }
    if (off == DR) {
        write_dr(quadspi, size, value);
        return;
    }
    switch (size == 4 ? off : UINT32_MAX) {
    case CR:
        write_cr(quadspi, value);
        break;
    case FCR:
        quadspi->flags &= ~value;
        break;
    case DCR:
    case DLR:
    case CCR:
    case AR:
    case ABR:
        write_setting(quadspi, off, value);
        break;
    default:
        model_violation(quadspi->wiring.report, "write of %u bytes to QUADSPI at 0x%02x", size, off);
    }
}

/* The window */

static void window_store(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    (void)value;
    struct quadspi_model *quadspi = ctx;
    model_violation(quadspi->wiring.report, "store of %u bytes to the mapped flash at 0x%08x, which can only be read",
                    size, QUADSPI_MODEL_WINDOW + off);
}

static bool window_guarded(void *ctx)
{
    const struct quadspi_model *quadspi = ctx;
    return !is_mapped(quadspi) || !cortex_m7_model_may_read(quadspi->wiring.m7, QUADSPI_MODEL_WINDOW) ||
           quadspi->wiring.chip->job != NOR_NOTHING || cortex_m7_model_is_stale(quadspi->wiring.m7) ||
           flash_size(quadspi) < quadspi->window.size;
}

static void window_access(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    struct quadspi_model *quadspi = ctx;
    uint32_t address = QUADSPI_MODEL_WINDOW + off;
    const char *why = !is_mapped(quadspi) ? " while QUADSPI is not in memory-mapped mode"
                      : !cortex_m7_model_may_read(quadspi->wiring.m7, address) ? ", which the MPU forbids"
                      : quadspi->wiring.chip->job != NOR_NOTHING               ? " while the chip is busy"
                      : off + size > flash_size(quadspi)                       ? ", beyond FSIZE"
                      : cortex_m7_model_sees_stale(quadspi->wiring.m7, off, size, access)
                          ? ", which the cache may hold as it was before"
                          : NULL;
    if (why != NULL) {
        model_violation(quadspi->wiring.report, "%s of the flash at 0x%08x%s",
                        access == MODEL_FETCH ? "execution" : "read", address, why);
    }
}

static void chip_violation(void *ctx, const char *text)
{
    const struct quadspi_model *quadspi = ctx;
    model_violation(quadspi->wiring.report, "flash chip: %s", text);
}

bool quadspi_model_open(struct quadspi_model *quadspi, const struct quadspi_wiring *wiring)
{
    *quadspi = (struct quadspi_model){.wiring = *wiring, .gate = {wiring->rcc, &wiring->rcc->ahb3enr, RESET_BIT}};
    quadspi->model = (struct model){.name = "QUADSPI",
                                    .base = 0xA0001000,
                                    .size = SIZE,
                                    .read = quadspi_read,
                                    .write = quadspi_write,
                                    .tick = quadspi_tick,
                                    .busy_ns = quadspi_busy_ns,
                                    .interrupt_number = -1,
                                    .ctx = quadspi};
    quadspi->window = (struct model_window){.base = QUADSPI_MODEL_WINDOW,
                                            .size = wiring->chip->part->geometry->size,
                                            .erases = &quadspi->erases,
                                            .store = window_store,
                                            .guarded = window_guarded,
                                            .access = window_access,
                                            .ctx = quadspi};
    wiring->chip->hooks = (struct nor_hooks){.violation = chip_violation, .ctx = quadspi};
    quadspi->data = calloc(1, QUADSPI_MODEL_HOLD);
    return quadspi->data != NULL;
}

void quadspi_model_close(struct quadspi_model *quadspi)
{
    free(quadspi->data);
}

void quadspi_model_reset(struct quadspi_model *quadspi)
{
    registers_clear(quadspi);
    quadspi->window.bytes = quadspi->wiring.chip->cells->bytes;
}
