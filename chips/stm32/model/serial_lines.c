#include "chips/stm32/model/serial_lines.h"

enum {
    ABORT_NS = 500, /* some clocks; the manuals give no number */
    SR_FLEVEL_POS = 8,

    SELECT_PS_MIN = 50000, /* between commands, and a clock for the slow ones: W25Q64JV data sheet, tSHSL2 */
    SLOW_CLOCK_PS_MIN = 20000,
    READ = 0x03,
    READ_TABLES = 0x5A,
};

static const uint64_t PS_PER_S = 1000000000000;

/* Tells what is wrong; is false, to be returned. */
#define WRONG(lines, ...) (model_violation((lines)->wiring.bus, __VA_ARGS__), false)

bool serial_lines_is_busy(const struct serial_lines *lines)
{
    return lines->state != SERIAL_IDLE ||
           (serial_lines_is_mapped(lines) && (lines->prefetching || serial_lines_may_read(lines)));
}

/* FIFO */

static uint32_t fifo_level(const struct serial_lines *lines)
{
    return lines->state == SERIAL_READS    ? lines->moved - lines->stored
           : lines->state == SERIAL_WRITES ? lines->stored - lines->moved
                                           : 0;
}

static bool fifo_flag(const struct serial_lines *lines)
{
    uint32_t level = fifo_level(lines);
    if (lines->state == SERIAL_READS) {
        return level >= lines->setup.threshold || (lines->moved == lines->frame.size && level > 0);
    }
    return (lines->armed || lines->state == SERIAL_WRITES) && SERIAL_FIFO_SIZE - level >= lines->setup.threshold;
}

/* What is on the lines */

/* The chip sees the command up to its data. */
static void line_begin(struct serial_lines *lines)
{
    lines->is_selected = true;
    nor_chip_select(lines->wiring.chip);
    nor_frame_send_header(&lines->frame, lines->wiring.chip);
}

/* The chip sees the end of the command. */
static void line_finish(struct serial_lines *lines)
{
    struct nor_chip *chip = lines->wiring.chip;
    lines->is_selected = false;
    nor_chip_deselect(chip);
    if (lines->state != SERIAL_READS) {
        lines->state = SERIAL_IDLE;
    }
    lines->flags |= SR_TCF;
    if (chip->job == NOR_PROGRAMS || chip->job == NOR_ERASES) {
        cortex_m7_model_change(lines->wiring.m7, chip->job_off, chip->job_size);
        lines->changed = true;
    }
}

static void line_exchange(struct serial_lines *lines)
{
    uint8_t *byte = &lines->fifo[lines->moved % SERIAL_FIFO_SIZE];
    uint8_t lanes = lines->frame.data_lanes;
    if (lines->state == SERIAL_READS) {
        *byte = nor_chip_exchange(lines->wiring.chip, NOR_RECEIVE, lanes, 0);
    } else {
        nor_chip_exchange(lines->wiring.chip, NOR_SEND, lanes, *byte);
    }
}

/* Moves bytes while there is time, and room or data in the FIFO; else the clock stands still. */
static void line_move(struct serial_lines *lines)
{
    bool reads = lines->state == SERIAL_READS;
    while (lines->moved < lines->frame.size && lines->credit_ps >= lines->byte_ps) {
        if (reads ? fifo_level(lines) == SERIAL_FIFO_SIZE : fifo_level(lines) == 0) {
            lines->credit_ps = 0;
            return;
        }
        lines->credit_ps -= lines->byte_ps;
        line_exchange(lines);
        if (++lines->moved == lines->frame.size) {
            line_finish(lines);
        }
    }
}

static void line_tick(struct serial_lines *lines, uint64_t ps)
{
    uint64_t header_ps = ps < lines->header_ps ? ps : lines->header_ps;
    lines->header_ps -= header_ps;
    lines->credit_ps += ps - header_ps;
    if (lines->header_ps > 0) {
        return;
    }
    if (!lines->is_selected && lines->moved == 0) {
        line_begin(lines);
    }
    if (lines->state == SERIAL_COMMANDS) {
        line_finish(lines);
    } else {
        line_move(lines);
    }
}

static void line_break_off(struct serial_lines *lines)
{
    if (lines->is_selected) {
        lines->is_selected = false;
        nor_chip_deselect(lines->wiring.chip);
    }
}

void serial_lines_abort(struct serial_lines *lines)
{
    if ((lines->state == SERIAL_WRITES || lines->state == SERIAL_COMMANDS) && !lines->hangs) {
        model_violation(lines->wiring.bus, "abort of command %02Xh, of which the chip may do a part",
                        lines->frame.opcode);
    }
    line_break_off(lines);
    lines->state = SERIAL_ABORTS;
    lines->abort_ns = ABORT_NS;
}

/* Memory-mapped mode waits for an access again. */
static void abort_tick(struct serial_lines *lines, uint64_t ns)
{
    lines->abort_ns -= ns < lines->abort_ns ? ns : lines->abort_ns;
    if (lines->abort_ns == 0) {
        lines->state = SERIAL_IDLE;
        lines->prefetching = false;
        serial_lines_enter(lines);
        lines->flags |= SR_TCF;
    }
}

void serial_lines_tick(struct serial_lines *lines, uint64_t ns)
{
    nor_chip_tick(lines->wiring.chip, ns);
    if (lines->hangs || lines->state == SERIAL_IDLE) {
        return;
    }
    if (lines->state == SERIAL_ABORTS) {
        abort_tick(lines, ns);
    } else {
        line_tick(lines, ns * 1000);
    }
}

/* Bytes that have to move before a program that polls gets what it waits for. */
static uint32_t bytes_awaited(const struct serial_lines *lines)
{
    uint32_t left = lines->frame.size - lines->moved;
    if (fifo_flag(lines) && (lines->state == SERIAL_READS || lines->stored < lines->frame.size)) {
        return 0;
    }
    if (lines->state == SERIAL_READS) {
        uint32_t wanted = lines->setup.threshold - fifo_level(lines);
        return wanted < left ? wanted : left;
    }
    return lines->stored == lines->frame.size ? left : 1;
}

uint64_t serial_lines_busy_ns(const struct serial_lines *lines)
{
    if (!lines->polled || lines->hangs || lines->state == SERIAL_IDLE) {
        return 0;
    }
    if (lines->state == SERIAL_ABORTS) {
        return lines->abort_ns;
    }
    uint64_t ps = lines->header_ps;
    if (lines->state != SERIAL_COMMANDS) {
        uint64_t bytes_ps = bytes_awaited(lines) * lines->byte_ps;
        ps = bytes_ps == 0 ? 0 : ps + bytes_ps - (lines->credit_ps < bytes_ps ? lines->credit_ps : bytes_ps);
    }
    return (ps + 999) / 1000;
}

/* Commands */

static bool pins_are_connected(const struct serial_lines *lines)
{
    static const char *const names[MPROM_STM32_SERIAL_PINS] = {"nCS", "CLK", "IO0", "IO1", "IO2", "IO3"};
    for (int i = 0; i < MPROM_STM32_SERIAL_PINS; i++) {
        if (!gpio_model_pin_is(lines->wiring.ports, lines->wiring.pins[i])) {
            return WRONG(lines, "%s starts a command, but %s is not connected to its pin", lines->name, names[i]);
        }
    }
    return true;
}

/* Whether the controller is to be used as its registers say. */
static bool setup_check(const struct serial_lines *lines)
{
    const struct serial_setup *setup = &lines->setup;
    const struct nor_frame *frame = &setup->frame;
    bool reads = setup->mode != FMODE_WRITE;
    if (setup->is_unknown) {
        return WRONG(lines, "%s is asked for what is not modelled", lines->name);
    }
    if (frame->opcode_lanes == 0) {
        return WRONG(lines, "a command without an opcode");
    }
    if (frame->mode_size != 0 && (setup->mode_lanes != frame->address_lanes || !setup->mode_is_byte)) {
        return WRONG(lines, "a mode byte that is not a byte, or not on the lanes of the address");
    }
    if (reads && frame->data_lanes == 0) {
        return WRONG(lines, "a read without data");
    }
    if (reads && frame->data_lanes > 1 && frame->dummy_clocks == 0) {
        return WRONG(lines, "a read on several lanes without dummy clocks");
    }
    if (!reads && frame->dummy_clocks != 0) {
        return WRONG(lines, "a write with dummy clocks, which loses its first bits");
    }
    return true;
}

/* TEF: the address or the end of the data is beyond what the controller has been told of the flash. */
static bool range_check(struct serial_lines *lines)
{
    const struct nor_frame *frame = &lines->setup.frame;
    uint64_t end = (uint64_t)frame->address + (frame->size != 0 ? frame->size : 1);
    if (frame->address_size == 0 || end <= lines->setup.flash_size) {
        return true;
    }
    lines->flags |= SR_TEF;
    return WRONG(lines, "command %02Xh at 0x%08x is beyond the size that %s has been told", frame->opcode,
                 frame->address, lines->name);
}

static uint64_t clock_ps(const struct serial_lines *lines)
{
    return PS_PER_S * lines->setup.divider / lines->wiring.rcc->clock_hz;
}

/* Whether the chip keeps up. */
static bool timing_check(const struct serial_lines *lines)
{
    uint8_t opcode = lines->setup.frame.opcode;
    if (lines->setup.select_clocks * clock_ps(lines) < SELECT_PS_MIN) {
        return WRONG(lines, "nCS is high for less than 50 ns between commands");
    }
    if ((opcode == READ || opcode == READ_TABLES) && clock_ps(lines) < SLOW_CLOCK_PS_MIN) {
        return WRONG(lines, "%02Xh at more than 50 MHz", opcode);
    }
    return true;
}

static bool command_may_start(const struct serial_lines *lines)
{
    if (!lines->setup.is_enabled) {
        return WRONG(lines, "a command while %s is not enabled", lines->name);
    }
    if (lines->setup.mode != FMODE_MAPPED && serial_lines_may_read(lines)) {
        return WRONG(lines, "a command while the CPU may read ahead in the window, which disturbs it");
    }
    if (lines->setup.unrouted != NULL) {
        return WRONG(lines, "%s starts a command, but its %s goes to no port", lines->name, lines->setup.unrouted);
    }
    return pins_are_connected(lines) && setup_check(lines) && timing_check(lines);
}

/* How long a frame's header and each byte of its data take. */
static void times_take(struct serial_lines *lines)
{
    struct nor_frame header = lines->setup.frame;
    header.size = 0;
    lines->header_ps = nor_frame_clocks(&header) * clock_ps(lines);
    lines->byte_ps = header.data_lanes != 0 ? 8u / header.data_lanes * clock_ps(lines) : 0;
}

static void command_start(struct serial_lines *lines)
{
    lines->armed = false;
    if (!command_may_start(lines) || !range_check(lines)) {
        return;
    }
    times_take(lines);
    lines->credit_ps = 0;
    lines->moved = 0;
    lines->stored = 0;
    lines->frame = lines->setup.frame;
    if (lines->setup.mode == FMODE_READ) {
        lines->state = SERIAL_READS;
    } else {
        lines->state = lines->frame.size != 0 ? SERIAL_WRITES : SERIAL_COMMANDS;
    }
}

/* What starts a command: the opcode if neither address nor data to send follow, else the address, else data. */

static bool sends_data(const struct serial_lines *lines)
{
    return lines->setup.mode == FMODE_WRITE && lines->setup.frame.data_lanes != 0;
}

void serial_lines_instruct(struct serial_lines *lines)
{
    lines->armed = false;
    if (lines->setup.mode == FMODE_POLLS) {
        model_violation(lines->wiring.bus, "automatic polling, which is not modelled");
    } else if (lines->setup.frame.address_size == 0 && !sends_data(lines)) {
        command_start(lines);
    } else if (lines->setup.frame.address_size == 0) {
        lines->armed = true;
    }
}

void serial_lines_address(struct serial_lines *lines)
{
    if (lines->refuses) {
        lines->refuses = false;
        lines->flags |= SR_TEF;
    } else if (lines->setup.frame.address_size != 0 && sends_data(lines)) {
        lines->armed = true;
    } else if (lines->setup.frame.address_size != 0) {
        command_start(lines);
    }
}

/* The chip is asked once, as the first access asks it; a chip that is at work then is told of at that access. */
static void map(struct serial_lines *lines)
{
    uint8_t bytes[SERIAL_FIFO_SIZE];
    lines->prefetching = true;
    lines->next_line = UINT32_MAX;
    times_take(lines);
    if (command_may_start(lines) && lines->wiring.chip->job == NOR_NOTHING) {
        struct nor_frame frame = lines->setup.frame;
        frame.address = 0;
        frame.size = sizeof bytes;
        frame.in = bytes;
        nor_frame_send(&frame, lines->wiring.chip);
    }
}

void serial_lines_enter(struct serial_lines *lines)
{
    lines->armed = false;
    lines->erases += lines->changed;
    lines->changed = false;
    lines->wiring.m7->was_readable = serial_lines_may_read(lines);
}

void serial_lines_settle(struct serial_lines *lines)
{
    if (serial_lines_is_mapped(lines) && lines->state == SERIAL_IDLE && !lines->prefetching &&
        lines->wiring.m7->was_readable) {
        map(lines);
    }
}

/* Reading ahead goes on where it was, if nothing else was read; but no faster than the lines are. */
uint64_t serial_lines_fill_ps(struct serial_lines *lines, uint32_t off)
{
    uint32_t line = off / CORTEX_M7_LINE_SIZE;
    uint64_t ps = CORTEX_M7_LINE_SIZE * lines->byte_ps + (line == lines->next_line ? 0 : lines->header_ps);
    lines->next_line = line + 1;
    return ps;
}

/* Data */

void serial_lines_store(struct serial_lines *lines, uint32_t size, uint32_t value)
{
    const struct model_bus *bus = lines->wiring.bus;
    if (lines->armed) {
        command_start(lines);
    }
    if (lines->state != SERIAL_WRITES) {
        model_violation(bus, "data for %s, which has no command that sends any", lines->name);
    } else if (fifo_level(lines) + size > SERIAL_FIFO_SIZE) {
        model_violation(bus, "a store of %u bytes to a FIFO with %u in it", size, fifo_level(lines));
    } else if (lines->stored + size > lines->frame.size) {
        model_violation(bus, "more data than the %u bytes that DLR says", lines->frame.size);
    } else {
        for (uint32_t i = 0; i < size; i++) {
            lines->fifo[lines->stored++ % SERIAL_FIFO_SIZE] = (uint8_t)(value >> 8 * i);
        }
    }
}

uint32_t serial_lines_load(struct serial_lines *lines, uint32_t size)
{
    const struct model_bus *bus = lines->wiring.bus;
    uint32_t value = 0;
    if (lines->state != SERIAL_READS) {
        model_violation(bus, "read of %s's data, where there is none", lines->name);
    } else if (fifo_level(lines) < size) {
        model_violation(bus, "a load of %u bytes from a FIFO with %u in it", size, fifo_level(lines));
    } else {
        for (uint32_t i = 0; i < size; i++) {
            value |= (uint32_t)lines->fifo[lines->stored++ % SERIAL_FIFO_SIZE] << 8 * i;
        }
        if (lines->stored == lines->frame.size) {
            lines->state = SERIAL_IDLE;
        }
    }
    return value;
}

uint32_t serial_lines_status(const struct serial_lines *lines)
{
    return lines->flags | (fifo_flag(lines) ? SR_FTF : 0u) | (serial_lines_is_busy(lines) ? SR_BUSY : 0u) |
           fifo_level(lines) << SR_FLEVEL_POS;
}
