/* IP commands of FlexSPI: sequences of the LUT, the lines to the chip, and the FIFOs (facts.md). */
#include <string.h>

#include "chips/imxrt/model/flexspi_model.h"

enum {
    STOP = 0x00,
    CMD = 0x01,
    RADDR = 0x02,
    MODE8 = 0x07,
    WRITE = 0x08,
    READ = 0x09,
    DUMMY = 0x0C,
    DUMMY_RWDS = 0x0D,
    JMP_ON_CS = 0x1F,
    DDR = 0x20,
    INSTRUCTIONS = 8,
    UNIT = 8, /* bytes of a FIFO's unit; one that is not full counts as a whole one */
    PADS_8 = 3,
    DUMMY_MAX = 64,

    SLOW_CLOCK_PS_MIN = 20000, /* for 03h and 5Ah: 50 MHz (JESD216 for the tables) */
    READ_TABLES = 0x5A,
    READ_SLOWLY = 0x03,
    REACH_3BYTE = 1 << 24,
};

static const uint64_t PS_PER_S = 1000000000000;

/* Tells what is wrong, and is the error. */
#define WRONG(flexspi, error, ...) (model_violation((flexspi)->wiring.bus, __VA_ARGS__), (error))

uint64_t flexspi_model_clock_ps(const struct flexspi_model *flexspi)
{
    uint64_t divider = flexspi_bits(flexspi_setting(flexspi, FLEXSPI_MCR0), 10, 8) + 1;
    return PS_PER_S * divider / *flexspi->wiring.root_hz;
}

/* Sequences */

/* Where in a sequence an instruction may come: each kind once, in this order. */
enum place {
    AT_START,
    AT_OPCODE,
    AT_ADDRESS,
    AT_MODE,
    AT_DUMMY,
    AT_DATA,
};

static enum place place_of(uint32_t opcode)
{
    switch (opcode) {
    case CMD:
        return AT_OPCODE;
    case RADDR:
        return AT_ADDRESS;
    case MODE8:
        return AT_MODE;
    case DUMMY:
        return AT_DUMMY;
    default:
        return AT_DATA;
    }
}

static void take(struct nor_frame *frame, uint32_t opcode, uint8_t lanes, uint32_t operand)
{
    switch (opcode) {
    case CMD:
        frame->opcode = (uint8_t)operand;
        frame->opcode_lanes = lanes;
        break;
    case RADDR:
        frame->address_lanes = lanes;
        frame->address_size = (uint8_t)(operand / 8);
        break;
    case MODE8:
        frame->mode = (uint8_t)operand;
        frame->mode_size = 1;
        break;
    case DUMMY:
        frame->dummy_clocks = (uint8_t)operand;
        break;
    default:
        frame->data_lanes = lanes;
    }
}

static enum flexspi_error check_opcode(const struct flexspi_model *flexspi, uint32_t sequence, uint32_t opcode)
{
    if (opcode == JMP_ON_CS) {
        return WRONG(flexspi, FLEXSPI_JUMP, "JMP_ON_CS in sequence %u", sequence);
    }
    if (opcode == DUMMY + DDR || opcode == DUMMY_RWDS + DDR) {
        return WRONG(flexspi, FLEXSPI_DUMMY_DDR,
                     "dummy clocks of double data rate in sequence %u of single data rate", sequence);
    }
    if (opcode == CMD || opcode == RADDR || opcode == MODE8 || opcode == WRITE || opcode == READ || opcode == DUMMY) {
        return FLEXSPI_FINE;
    }
    return WRONG(flexspi, FLEXSPI_UNKNOWN, "instruction %02Xh in sequence %u, which is unknown or not modelled",
                 opcode, sequence);
}

static enum flexspi_error check_operand(const struct flexspi_model *flexspi, const struct nor_frame *frame,
                                        uint32_t opcode, uint8_t lanes, uint32_t operand)
{
    if (opcode == RADDR && operand != 24 && operand != 32) {
        return WRONG(flexspi, FLEXSPI_UNKNOWN, "an address of %u bits", operand);
    }
    if (opcode == DUMMY && (operand == 0 || operand > DUMMY_MAX)) {
        return WRONG(flexspi, FLEXSPI_UNKNOWN, "%u dummy clocks in one instruction", operand);
    }
    if (opcode == MODE8 && lanes != frame->address_lanes) {
        return WRONG(flexspi, FLEXSPI_UNKNOWN, "a mode byte that is not on the lanes of the address");
    }
    return FLEXSPI_FINE;
}

enum flexspi_error flexspi_model_decode(const struct flexspi_model *flexspi, uint32_t sequence, uint32_t address,
                                        struct nor_frame *frame, bool *sends)
{
    enum place place = AT_START;
    uint8_t dummy_lanes = 0;
    *frame = (struct nor_frame){.address = address};
    *sends = false;
    for (uint32_t i = 0; i < INSTRUCTIONS; i++) {
        uint32_t word = flexspi->lut[sequence * 4 + i / 2] >> 16 * (i % 2) & 0xFFFF;
        uint32_t opcode = word >> 10, pads = word >> 8 & 3, operand = word & 0xFF;
        uint8_t lanes = (uint8_t)(1u << pads);
        if (opcode == STOP) {
            break;
        }
        enum flexspi_error error = check_opcode(flexspi, sequence, opcode);
        if (error == FLEXSPI_FINE) {
            error = check_operand(flexspi, frame, opcode, lanes, operand);
        }
        if (error != FLEXSPI_FINE) {
            return error;
        }
        if (place_of(opcode) <= place || (place == AT_START && opcode != CMD) || pads == PADS_8) {
            return WRONG(flexspi, FLEXSPI_UNKNOWN,
                         "sequence %u is none of a SPI-NOR chip, from its instruction %u on", sequence, i);
        }
        place = place_of(opcode);
        dummy_lanes = opcode == DUMMY ? lanes : dummy_lanes;
        *sends = opcode == WRITE;
        take(frame, opcode, lanes, operand);
    }
    if (place == AT_START) {
        return WRONG(flexspi, FLEXSPI_UNKNOWN, "sequence %u is empty", sequence);
    }
    if (dummy_lanes != 0 && dummy_lanes != frame->data_lanes) {
        return WRONG(flexspi, FLEXSPI_UNKNOWN, "dummy clocks on other lanes than the data of sequence %u", sequence);
    }
    return FLEXSPI_FINE;
}

/* FIFOs */

static void fifo_put(struct flexspi_fifo *fifo, uint8_t byte, bool stored)
{
    fifo->bytes[fifo->in % FLEXSPI_MODEL_FIFO] = byte;
    fifo->stored[fifo->in++ % FLEXSPI_MODEL_FIFO] = stored;
}

static uint32_t units(uint32_t bytes)
{
    return (bytes + UNIT - 1) / UNIT;
}

bool flexspi_model_wants_data(const struct flexspi_model *flexspi)
{
    return flexspi_is_on(flexspi) &&
           FLEXSPI_MODEL_FIFO - flexspi_fifo_fill(&flexspi->tx) >= flexspi_watermark(flexspi, FLEXSPI_IPTXFCR);
}

bool flexspi_model_has_data(const struct flexspi_model *flexspi)
{
    return units(flexspi_fifo_fill(&flexspi->rx)) * UNIT >= flexspi_watermark(flexspi, FLEXSPI_IPRXFCR);
}

static bool port_has_data(const struct flexspi_model *flexspi, uint32_t from)
{
    for (uint32_t i = from; i < FLEXSPI_MODEL_PORT; i++) {
        if (flexspi->port_stored[i]) {
            return true;
        }
    }
    return false;
}

/* A piece goes into the FIFO. One with nothing new in it does no harm: it is not sent. */
void flexspi_model_push(struct flexspi_model *flexspi)
{
    uint32_t watermark = flexspi_watermark(flexspi, FLEXSPI_IPTXFCR);
    if (!flexspi_model_wants_data(flexspi)) {
        if (port_has_data(flexspi, 0)) {
            model_violation(flexspi->wiring.bus, "IPTXWE is cleared while it is not set: the TX FIFO has no room");
        }
        return;
    }
    if (port_has_data(flexspi, watermark)) {
        model_violation(flexspi->wiring.bus, "bytes in TFDR beyond the watermark of %u are lost", watermark);
    }
    for (uint32_t i = 0; i < watermark && i < FLEXSPI_MODEL_PORT; i++) {
        fifo_put(&flexspi->tx, flexspi->port[i], flexspi->port_stored[i]);
    }
    memset(flexspi->port_stored, 0, sizeof flexspi->port_stored);
}

/* Whole units. A flag that is not set is not cleared. */
void flexspi_model_pop(struct flexspi_model *flexspi)
{
    uint32_t fill = flexspi_fifo_fill(&flexspi->rx), watermark = flexspi_watermark(flexspi, FLEXSPI_IPRXFCR);
    if (flexspi_model_has_data(flexspi)) {
        flexspi->rx.out += watermark < fill ? watermark : fill;
    }
}

void flexspi_model_store(struct flexspi_model *flexspi, uint32_t off, uint32_t size, uint32_t value)
{
    if (flexspi_setting(flexspi, FLEXSPI_MCR0) & FLEXSPI_ATDFEN) {
        model_violation(flexspi->wiring.bus, "store to TFDR while ATDFEN gives the TX FIFO to the bus");
        return;
    }
    for (uint32_t i = 0; i < size; i++) {
        flexspi->port[off + i] = (uint8_t)(value >> 8 * i);
        flexspi->port_stored[off + i] = true;
    }
}

/* From the head of the FIFO; nothing is taken out. */
uint32_t flexspi_model_load(struct flexspi_model *flexspi, uint32_t off, uint32_t size)
{
    if (flexspi_setting(flexspi, FLEXSPI_MCR0) & FLEXSPI_ARDFEN) {
        model_violation(flexspi->wiring.bus, "read of RFDR while ARDFEN gives the RX FIFO to the bus");
        return 0;
    }
    if (off >= flexspi_fifo_fill(&flexspi->rx)) {
        model_violation(flexspi->wiring.bus, "read of RFDR at %u with %u bytes in the RX FIFO", off,
                        flexspi_fifo_fill(&flexspi->rx));
        return 0;
    }
    uint32_t value = 0;
    for (uint32_t i = 0; i < size && off + i < flexspi_fifo_fill(&flexspi->rx); i++) {
        value |= (uint32_t)flexspi->rx.bytes[(flexspi->rx.out + off + i) % FLEXSPI_MODEL_FIFO] << 8 * i;
    }
    return value;
}

/* The lines */

static void line_begin(struct flexspi_model *flexspi)
{
    flexspi->is_selected = true;
    nor_chip_select(flexspi->wiring.chip);
    nor_frame_send_header(&flexspi->frame, flexspi->wiring.chip);
}

static void line_finish(struct flexspi_model *flexspi)
{
    struct nor_chip *chip = flexspi->wiring.chip;
    flexspi->is_selected = false;
    nor_chip_deselect(chip);
    flexspi->state = FLEXSPI_IDLE;
    flexspi->flags |= FLEXSPI_DONE;
    flexspi->window_works = flexspi->window_works && chip->job != NOR_WRITES_STATUS;
    if (chip->job == NOR_PROGRAMS || chip->job == NOR_ERASES) {
        cortex_m7_model_change(flexspi->wiring.m7, chip->job_off, chip->job_size);
        flexspi->may_be_old = true;
        flexspi->erases++;
        if (cortex_m7_model_may_read(flexspi->wiring.m7, flexspi->window.base)) {
            model_violation(flexspi->wiring.bus, "the flash is at work while the CPU may read ahead in its window");
        }
    }
}

static void line_send(struct flexspi_model *flexspi)
{
    uint32_t at = flexspi->tx.out++ % FLEXSPI_MODEL_FIFO;
    if (!flexspi->tx.stored[at]) {
        model_violation(flexspi->wiring.bus, "byte %u of command %02Xh is sent, but nobody stored it", flexspi->moved,
                        flexspi->frame.opcode);
    }
    nor_chip_exchange(flexspi->wiring.chip, NOR_SEND, flexspi->frame.data_lanes, flexspi->tx.bytes[at]);
}

/* Moves bytes while there is time, and room or data in the FIFO; else the clock stands still. */
static void line_move(struct flexspi_model *flexspi)
{
    bool reads = flexspi->state == FLEXSPI_READS;
    while (flexspi->moved < flexspi->frame.size && flexspi->credit_ps >= flexspi->byte_ps) {
        if (reads ? flexspi_fifo_fill(&flexspi->rx) == FLEXSPI_MODEL_FIFO : flexspi_fifo_fill(&flexspi->tx) == 0) {
            flexspi->credit_ps = 0;
            return;
        }
        flexspi->credit_ps -= flexspi->byte_ps;
        if (reads) {
            fifo_put(&flexspi->rx, nor_chip_exchange(flexspi->wiring.chip, NOR_RECEIVE, flexspi->frame.data_lanes, 0),
                     true);
        } else {
            line_send(flexspi);
        }
        if (++flexspi->moved == flexspi->frame.size) {
            line_finish(flexspi);
        }
    }
}

static void line_tick(struct flexspi_model *flexspi, uint64_t ps)
{
    uint64_t header_ps = ps < flexspi->header_ps ? ps : flexspi->header_ps;
    flexspi->header_ps -= header_ps;
    flexspi->credit_ps += ps - header_ps;
    if (flexspi->header_ps > 0) {
        return;
    }
    if (!flexspi->is_selected) {
        line_begin(flexspi);
    }
    if (flexspi->state == FLEXSPI_COMMANDS) {
        line_finish(flexspi);
    } else {
        line_move(flexspi);
    }
}

void flexspi_model_tick(void *ctx, uint64_t ns)
{
    struct flexspi_model *flexspi = ctx;
    nor_chip_tick(flexspi->wiring.chip, ns);
    flexspi->reset_ns -= ns < flexspi->reset_ns ? ns : flexspi->reset_ns;
    flexspi->ahead_ps -= ns * 1000 < flexspi->ahead_ps ? ns * 1000 : flexspi->ahead_ps;
    if (!flexspi->hangs && flexspi->state != FLEXSPI_IDLE) {
        line_tick(flexspi, ns * 1000);
    }
}

/* Bytes that have to move before a program that polls gets what it waits for. */
static uint32_t bytes_awaited(const struct flexspi_model *flexspi)
{
    uint32_t left = flexspi->frame.size - flexspi->moved;
    if (flexspi->state == FLEXSPI_WRITES) {
        return flexspi_fifo_fill(&flexspi->tx) < left ? (flexspi_model_wants_data(flexspi) ? 0 : 1) : left;
    }
    uint32_t room = FLEXSPI_MODEL_FIFO - flexspi_fifo_fill(&flexspi->rx);
    return left < room ? left : room;
}

uint64_t flexspi_model_busy_ns(void *ctx)
{
    const struct flexspi_model *flexspi = ctx;
    if (!flexspi->polled || flexspi->hangs || flexspi->state == FLEXSPI_IDLE) {
        return flexspi->polled ? (flexspi->ahead_ps + 999) / 1000 + flexspi->reset_ns : 0;
    }
    uint64_t ps = flexspi->header_ps;
    if (flexspi->state != FLEXSPI_COMMANDS) {
        uint64_t bytes_ps = bytes_awaited(flexspi) * flexspi->byte_ps;
        ps = bytes_ps == 0 ? 0 : ps + bytes_ps - (flexspi->credit_ps < bytes_ps ? flexspi->credit_ps : bytes_ps);
    }
    return (ps + 999) / 1000;
}

/* Commands */

static uint64_t size_told(const struct flexspi_model *flexspi, uint32_t chips)
{
    uint64_t size = 0;
    for (uint32_t i = 0; i < chips; i++) {
        size += (uint64_t)flexspi_bits(flexspi_setting(flexspi, FLEXSPI_FLSHCR0 + 4 * i), 22, 0) << 10;
    }
    return size;
}

static enum flexspi_error check_address(const struct flexspi_model *flexspi, const struct nor_frame *frame)
{
    uint64_t end = (uint64_t)frame->address + (frame->size != 0 ? frame->size : 1);
    if (frame->address >= size_told(flexspi, 4)) {
        return WRONG(flexspi, FLEXSPI_BEYOND,
                     "IPCR0 is 0x%08x, beyond the flash: it counts from the start of the flash", frame->address);
    }
    if (frame->address >= size_told(flexspi, 1)) {
        return WRONG(flexspi, FLEXSPI_BEYOND, "IPCR0 is 0x%08x, of a chip that the board does not have",
                     frame->address);
    }
    if (end > size_told(flexspi, 1)) {
        return WRONG(flexspi, FLEXSPI_CROSSES, "command %02Xh at 0x%08x goes over the end of the chip", frame->opcode,
                     frame->address);
    }
    if (frame->address_size == 3 && end > REACH_3BYTE) {
        return WRONG(flexspi, FLEXSPI_BEYOND, "an address of 24 bits for 0x%08x", frame->address);
    }
    return FLEXSPI_FINE;
}

static enum flexspi_error check_data(const struct flexspi_model *flexspi, const struct nor_frame *frame, bool sends)
{
    uint32_t mcr0 = flexspi_setting(flexspi, FLEXSPI_MCR0);
    if ((frame->size != 0) != (frame->data_lanes != 0)) {
        return WRONG(flexspi, FLEXSPI_UNKNOWN, "IDATSZ is %u for a sequence %s data", frame->size,
                     frame->data_lanes != 0 ? "with" : "without");
    }
    if (frame->size != 0 && (mcr0 & (sends ? FLEXSPI_ATDFEN : FLEXSPI_ARDFEN))) {
        return WRONG(flexspi, FLEXSPI_UNKNOWN, "data of an IP command while %s gives its FIFO to the bus",
                     sends ? "ATDFEN" : "ARDFEN");
    }
    if (frame->size != 0 && !sends && flexspi_fifo_fill(&flexspi->rx) != 0) {
        return WRONG(flexspi, FLEXSPI_UNKNOWN, "a read begins with %u bytes in the RX FIFO, which are read first",
                     flexspi_fifo_fill(&flexspi->rx));
    }
    if ((frame->opcode == READ_SLOWLY || frame->opcode == READ_TABLES) &&
        flexspi_model_clock_ps(flexspi) < SLOW_CLOCK_PS_MIN) {
        return WRONG(flexspi, FLEXSPI_UNKNOWN, "%02Xh at more than 50 MHz", frame->opcode);
    }
    return FLEXSPI_FINE;
}

static bool may_start(const struct flexspi_model *flexspi)
{
    const char *fault = NULL;
    if (!flexspi_is_on(flexspi)) {
        fault = "while MDIS turns the module off";
    } else if (flexspi->state != FLEXSPI_IDLE) {
        fault = "while a command runs";
    } else if (flexspi->flags & FLEXSPI_DONE) {
        fault = "with IPCMDDONE of the command before: a wait for it would end at once";
    } else if (flexspi_bits(flexspi_setting(flexspi, FLEXSPI_IPCR1), 26, 24) != 0) {
        fault = "for several sequences, which is not modelled";
    }
    if (fault != NULL) {
        model_violation(flexspi->wiring.bus, "IPCMD %s", fault);
    }
    return fault == NULL;
}

static void fail(struct flexspi_model *flexspi, enum flexspi_error error)
{
    flexspi->flags |= FLEXSPI_DONE | FLEXSPI_IPCMDERR;
    flexspi->errors = (flexspi->errors & 0x0000FFFF) | (uint32_t)error << 24 |
                      flexspi_bits(flexspi_setting(flexspi, FLEXSPI_IPCR1), 19, 16) << 16;
}

void flexspi_model_trigger(struct flexspi_model *flexspi)
{
    uint32_t ipcr1 = flexspi_setting(flexspi, FLEXSPI_IPCR1);
    struct nor_frame frame;
    bool sends;
    if (!may_start(flexspi)) {
        return;
    }
    if (flexspi->refuses > 0 && --flexspi->refuses == 0) {
        flexspi->flags |= FLEXSPI_DONE | FLEXSPI_IPCMDGE;
        return;
    }
    enum flexspi_error error = flexspi_model_decode(flexspi, flexspi_bits(ipcr1, 19, 16),
                                                    flexspi_setting(flexspi, FLEXSPI_IPCR0), &frame, &sends);
    frame.size = flexspi_bits(ipcr1, 15, 0);
    if (error == FLEXSPI_FINE) {
        error = check_address(flexspi, &frame);
    }
    if (error == FLEXSPI_FINE) {
        error = check_data(flexspi, &frame, sends);
    }
    if (error != FLEXSPI_FINE) {
        fail(flexspi, error);
        return;
    }
    flexspi->frame = frame;
    flexspi->state = frame.size == 0 ? FLEXSPI_COMMANDS : sends ? FLEXSPI_WRITES : FLEXSPI_READS;
    flexspi->moved = 0;
    flexspi->credit_ps = 0;
    frame.size = 0;
    flexspi->header_ps = nor_frame_clocks(&frame) * flexspi_model_clock_ps(flexspi);
    flexspi->byte_ps = frame.data_lanes != 0 ? 8u / frame.data_lanes * flexspi_model_clock_ps(flexspi) : 0;
}
