/* What QUADSPI does on its lines to the chip: commands, its FIFO, an abort, and how long each takes. */
#include "quadspi_internal.h"

enum {
    ABORT_NS = 500, /* some clocks; the manual gives no number */
};

static const uint32_t CCR_UNKNOWN = 0xE0000000; /* double data rate, free-running clock */
static const uint64_t CLOCK_PS = 62500;         /* 16 MHz */

/* FIFO */

uint32_t quadspi_fifo_level(const struct quadspi_model *quadspi)
{
    return quadspi->state == QUADSPI_READS    ? quadspi->moved - quadspi->stored
           : quadspi->state == QUADSPI_WRITES ? quadspi->stored - quadspi->moved
                                              : 0;
}

static uint32_t threshold(const struct quadspi_model *quadspi)
{
    return quadspi_field(quadspi->cr, 12, 8) + 1;
}

bool quadspi_fifo_flag(const struct quadspi_model *quadspi)
{
    uint32_t level = quadspi_fifo_level(quadspi);
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
        if (reads ? quadspi_fifo_level(quadspi) == FIFO_SIZE : quadspi_fifo_level(quadspi) == 0) {
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

void quadspi_abort(struct quadspi_model *quadspi)
{
    if ((quadspi->state == QUADSPI_WRITES || quadspi->state == QUADSPI_COMMANDS) && !quadspi->hangs) {
        model_violation(quadspi->wiring.report, "abort of command %02Xh, of which the chip may do a part",
                        quadspi->frame.opcode);
    }
    quadspi->state = QUADSPI_ABORTS;
    quadspi->abort_ns = ABORT_NS;
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

void quadspi_tick(void *ctx, uint64_t ns)
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
    if (quadspi_fifo_flag(quadspi) && (quadspi->state == QUADSPI_READS || quadspi->stored < quadspi->frame.size)) {
        return 0;
    }
    if (quadspi->state == QUADSPI_READS) {
        uint32_t wanted = threshold(quadspi) - quadspi_fifo_level(quadspi);
        return wanted < left ? wanted : left;
    }
    return quadspi->stored == quadspi->frame.size ? left : 1;
}

uint64_t quadspi_busy_ns(void *ctx)
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
    uint32_t address_mode = quadspi_field(ccr, 11, 10);
    uint32_t mode_mode = quadspi_field(ccr, 15, 14);
    uint32_t data_mode = quadspi_field(ccr, 25, 24);
    *frame = (struct nor_frame){
        .opcode = (uint8_t)quadspi_field(ccr, 7, 0),
        .opcode_lanes = lanes(quadspi_field(ccr, 9, 8)),
        .address_lanes = lanes(address_mode),
        .address_size = (uint8_t)(address_mode != 0 ? quadspi_field(ccr, 13, 12) + 1 : 0),
        .address = quadspi->ar,
        .mode = (uint8_t)quadspi->abr,
        .mode_size = mode_mode != 0,
        .dummy_clocks = (uint8_t)quadspi_field(ccr, 22, 18),
        .data_lanes = lanes(data_mode),
        .size = data_mode != 0 ? quadspi->dlr + 1 : 0,
    };
    if (ccr & (CCR_UNKNOWN | CCR_SIOO)) {
        return WRONG(quadspi, "QUADSPI's CCR 0x%08x asks for what is not modelled", ccr);
    }
    if (frame->opcode_lanes == 0) {
        return WRONG(quadspi, "a command without an opcode");
    }
    if (mode_mode != 0 && (mode_mode != address_mode || quadspi_field(ccr, 17, 16) != 0)) {
        return WRONG(quadspi, "a mode byte that is not a byte, or not on the lanes of the address");
    }
    if (data_mode == 0 && quadspi_fmode(quadspi) != FMODE_WRITE) {
        return WRONG(quadspi, "a read without data");
    }
    if (data_mode > 1 && quadspi_fmode(quadspi) != FMODE_WRITE && frame->dummy_clocks == 0) {
        return WRONG(quadspi, "a read on several lanes without dummy clocks");
    }
    if (quadspi_fmode(quadspi) == FMODE_WRITE && frame->dummy_clocks != 0) {
        return WRONG(quadspi, "a write with dummy clocks, which loses its first bits");
    }
    return true;
}

/* TEF, section 14: the address or the end of the data is beyond what FSIZE says. */
static bool range_check(struct quadspi_model *quadspi, const struct nor_frame *frame)
{
    uint64_t end = (uint64_t)frame->address + (frame->size != 0 ? frame->size : 1);
    if (frame->address_size == 0 || end <= quadspi_flash_size(quadspi)) {
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
    if (quadspi_fmode(quadspi) != FMODE_MAPPED &&
        cortex_m7_model_may_read(quadspi->wiring.m7, QUADSPI_MODEL_WINDOW)) {
        return WRONG(quadspi, "a command while the CPU may read ahead in the window, which disturbs it");
    }
    return pins_are_connected(quadspi);
}

void quadspi_command_start(struct quadspi_model *quadspi)
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
    if (quadspi_fmode(quadspi) == FMODE_READ) {
        quadspi->state = QUADSPI_READS;
        quadspi->frame.in = quadspi->data;
        nor_chip_transfer(quadspi->wiring.chip, &quadspi->frame);
    } else {
        quadspi->state = frame.size != 0 ? QUADSPI_WRITES : QUADSPI_COMMANDS;
        quadspi->frame.out = frame.size != 0 ? quadspi->data : NULL;
    }
}

/* The chip is asked once, as the first access would ask it; a chip that is at work then is told of at that access. */
void quadspi_mapped_enter(struct quadspi_model *quadspi)
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
