/* The registers and the FIFOs: what is kept, what starts a transfer, and what it makes of the chip. */
#include "chips/alif/model/ospi_model.h"

#include <string.h>

#include "chips/alif/model/ospi_registers.h"

enum {
    TMOD_BOTH = 0,
    TMOD_SEND = 1,
    TMOD_RECEIVE = 2,
    LANES_ONE = 0,
    LANES_EIGHT = 3,
    INST_NONE = 0,
    INST_8 = 2,
    INST_16 = 3,
    ADDR_NONE = 0,
    ADDR_32 = 8,
    BYTES_MAX = OSPI_MODEL_FIFO * 4,
    AES_CONTROL = 0x00,
    AES_RXDS_DELAY = 0x20,
};

/* Bits that a write changes, by register; 0: none that is modelled. */
static uint32_t known_bits(uint32_t off)
{
    switch (off) {
    case CTRLR0:
        return 0x81C06FDF;
    case CTRLR1:
    case XIP_MODE_BITS:
    case XIP_INCR_INST:
    case XIP_WRAP_INST:
        return 0xFFFF;
    case ENR:
        return 1;
    case SER:
    case XIP_SER:
        return 3;
    case BAUDR:
        return 0xFFFE;
    case TXFTLR:
        return 0x00FF00FF;
    case RXFTLR:
    case DDR_DRIVE_EDGE:
    case XIP_CNT_TIME_OUT:
        return 0xFF;
    case IMR:
        return 0x9F;
    case RX_SAMPLE_DELAY:
        return 0x100FF;
    case SPI_CTRLR0: /* without the bits that can only be read */
        return 0x4307FF3F & ~(1u << 7);
    case XIP_CTRL:
        return 0x6FFFF6FF;
    default:
        return 0;
    }
}

/* Says what is wrong with a transfer, which does not happen then. */
static bool refuse(struct ospi_model *ospi, const char *what)
{
    model_violation(ospi->bus, "OSPI: %s", what);
    ospi->sent_count = 0;
    return false;
}

static uint32_t clock_mhz(const struct ospi_model *ospi)
{
    return OSPI_AXI_MHZ / ospi_register(ospi, BAUDR);
}

static void pass_clocks(struct ospi_model *ospi, uint32_t clocks)
{
    ospi->busy_ns += (uint64_t)clocks * 1000 * ospi_register(ospi, BAUDR) / OSPI_AXI_MHZ;
}

static void receive(struct ospi_model *ospi, uint32_t entry)
{
    if (ospi->received_count == OSPI_MODEL_FIFO) {
        model_violation(ospi->bus, "OSPI: the receive FIFO overflows");
        return;
    }
    ospi->received[ospi->received_count++] = entry;
}

/* One line, both ways at once: each entry is a byte. */
static bool run_single(struct ospi_model *ospi)
{
    uint8_t bytes[OSPI_MODEL_FIFO];
    uint32_t count = ospi->sent_count;
    if (ospi_field(ospi, CTRLR0, 11, 10) != TMOD_BOTH || ospi_field(ospi, CTRLR0, 4, 0) != 7) {
        return refuse(ospi, "one line in another way than bytes both ways is not modelled");
    }
    for (uint32_t i = 0; i < count; i++) {
        bytes[i] = (uint8_t)ospi->sent[i];
    }
    ospi->sent_count = 0;
    octal_chip_single(ospi->chip, bytes, count);
    for (uint32_t i = 0; i < count; i++) {
        receive(ospi, bytes[i]);
    }
    pass_clocks(ospi, 8 * count);
    return true;
}

/* What is wrong with the set-up for eight lines, or NULL. */
static const char *octal_fault(const struct ospi_model *ospi)
{
    uint32_t tmod = ospi_field(ospi, CTRLR0, 11, 10), inst = ospi_field(ospi, SPI_CTRLR0, 9, 8);
    uint32_t addr = ospi_field(ospi, SPI_CTRLR0, 5, 2), width = ospi_field(ospi, CTRLR0, 4, 0) + 1;
    if (tmod != TMOD_SEND && tmod != TMOD_RECEIVE) {
        return "TMOD 0 and 3 cannot be used with eight lines";
    }
    if (width != 8 && width != 16 && width != 32) {
        return "frames on eight lines have 8, 16 or 32 bits";
    }
    if (ospi_field(ospi, SPI_CTRLR0, 1, 0) != 2 || !ospi_field(ospi, SPI_CTRLR0, 16, 16)) {
        return "opcode and address must go on eight lines, at both edges";
    }
    if (inst == INST_NONE && addr == ADDR_NONE) {
        return "there is neither opcode nor address";
    }
    if ((inst != INST_8 && inst != INST_16) || (addr != ADDR_NONE && addr != ADDR_32)) {
        return "opcodes of 8 or 16 bits and addresses of 32 are modelled";
    }
    if (ospi_field(ospi, SPI_CTRLR0, 17, 17) != (inst == INST_16)) {
        return "an opcode of 16 bits goes at both edges, one of 8 is held for both";
    }
    if (tmod == TMOD_SEND && width == 8) {
        return "frames of 8 bits leave the other edge open when they are sent";
    }
    return tmod == TMOD_SEND && ospi_register(ospi, CTRLR1) != 0 ? "CTRLR1 is not 0: an empty FIFO stops the clock"
                                                                 : NULL;
}

/* Bytes of a received entry: with RXDS one of 8 bits takes both edges (facts.md). */
static uint32_t entry_size(const struct ospi_model *ospi)
{
    uint32_t size = (ospi_field(ospi, CTRLR0, 4, 0) + 1) / 8;
    return size == 1 && ospi_field(ospi, SPI_CTRLR0, 18, 18) ? 2 : size;
}

static void receive_frames(struct ospi_model *ospi, struct octal_frame *frame)
{
    uint8_t bytes[BYTES_MAX];
    uint32_t count = ospi_register(ospi, CTRLR1) + 1, size = entry_size(ospi);
    if (count > OSPI_MODEL_FIFO) {
        refuse(ospi, "more frames than the receive FIFO takes");
        return;
    }
    frame->in = bytes;
    frame->size = count * size;
    octal_chip_octal(ospi->chip, frame);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t entry = 0;
        for (uint32_t j = 0; j < size; j++) {
            entry = entry << 8 | bytes[i * size + j];
        }
        receive(ospi, entry);
    }
    pass_clocks(ospi, frame->dummy_clocks + count * size / 2);
}

/* The first bit on the wire is the highest of an entry. */
static void send_frames(struct ospi_model *ospi, struct octal_frame *frame, uint32_t head)
{
    uint8_t bytes[BYTES_MAX];
    uint32_t size = (ospi_field(ospi, CTRLR0, 4, 0) + 1) / 8;
    uint32_t count = ospi->sent_count - head;
    for (uint32_t i = 0; i < count * size; i++) {
        bytes[i] = (uint8_t)(ospi->sent[head + i / size] >> 8 * (size - 1 - i % size));
    }
    frame->out = count > 0 ? bytes : NULL;
    frame->size = count * size;
    octal_chip_octal(ospi->chip, frame);
    pass_clocks(ospi, count * size / 2);
}

/* Starts when opcode and address are there. */
static void run_octal(struct ospi_model *ospi)
{
    bool is_wide = ospi_field(ospi, SPI_CTRLR0, 9, 8) == INST_16;
    bool has_address = ospi_field(ospi, SPI_CTRLR0, 5, 2) != ADDR_NONE;
    uint32_t head = 1u + has_address;
    const char *fault = octal_fault(ospi);
    if (fault != NULL) {
        refuse(ospi, fault);
        return;
    }
    if (ospi->sent_count < head) {
        return;
    }
    uint32_t opcode = ospi->sent[0];
    bool sends = ospi_field(ospi, CTRLR0, 11, 10) == TMOD_SEND;
    struct octal_frame frame = {.opcode = {(uint8_t)(is_wide ? opcode >> 8 : opcode), (uint8_t)opcode},
                                .has_address = has_address,
                                .address = has_address ? ospi->sent[1] : 0,
                                .dummy_clocks = sends ? 0 : ospi_field(ospi, SPI_CTRLR0, 15, 11),
                                .mhz = clock_mhz(ospi)};
    pass_clocks(ospi, head + has_address);
    if (sends) {
        send_frames(ospi, &frame, head);
    } else if (ospi->sent_count != head) {
        refuse(ospi, "data wait to be sent by a command that reads");
    } else {
        receive_frames(ospi, &frame);
    }
    ospi->sent_count = 0;
}

/* A transfer starts when a chip is selected and more entries wait than TXFTHR says. */
static void transfer(struct ospi_model *ospi)
{
    if (ospi_register(ospi, SER) == 0 || ospi->sent_count == 0 ||
        ospi->sent_count <= ospi_field(ospi, TXFTLR, 23, 16)) {
        return;
    }
    uint32_t divider = ospi_register(ospi, BAUDR);
    if (ospi->pins_are_right != NULL && !ospi->pins_are_right(ospi->pins_ctx)) {
        refuse(ospi, "the pins are not connected to the chip");
    } else if (divider == 0) {
        refuse(ospi, "BAUDR is 0: there is no clock");
    } else if (ospi_register(ospi, SER) != 1) {
        refuse(ospi, "a chip is selected that is not there");
    } else if (ospi_field(ospi, CTRLR0, 23, 22) == LANES_ONE) {
        run_single(ospi);
    } else if (ospi_field(ospi, CTRLR0, 23, 22) != LANES_EIGHT) {
        refuse(ospi, "two and four lines are not modelled");
    } else if (ospi_register(ospi, DDR_DRIVE_EDGE) > divider / 2 - 1) {
        refuse(ospi, "DDR_DRIVE_EDGE is more than half of BAUDR, less one");
    } else {
        run_octal(ospi);
    }
}

static bool is_on(const struct ospi_model *ospi)
{
    return ospi_register(ospi, ENR) != 0;
}

static void push(struct ospi_model *ospi, uint32_t value)
{
    if (!is_on(ospi)) {
        model_violation(ospi->bus, "OSPI: DR is written while ENR is 0");
    } else if (ospi->sent_count == OSPI_MODEL_FIFO) {
        model_violation(ospi->bus, "OSPI: the transmit FIFO overflows");
    } else {
        ospi->sent[ospi->sent_count++] = value;
        transfer(ospi);
    }
}

static uint32_t pop(struct ospi_model *ospi)
{
    if (ospi->received_at == ospi->received_count || ospi->busy_ns > 0) {
        model_violation(ospi->bus, "OSPI: DR is read while the receive FIFO is empty");
        return 0;
    }
    uint32_t value = ospi->received[ospi->received_at++];
    if (ospi->received_at == ospi->received_count) {
        ospi->received_at = ospi->received_count = 0;
    }
    return value;
}

static void set_enable(struct ospi_model *ospi, uint32_t value)
{
    if (value == 0 && ospi->busy_ns > 0) {
        model_violation(ospi->bus, "OSPI: ENR becomes 0 while a transfer goes on, which breaks it off");
    }
    if (value == 0) {
        ospi->sent_count = ospi->received_count = ospi->received_at = 0;
    }
    ospi->registers[ENR / 4] = value;
}

/* What has come is there when its time has passed. */
static uint32_t status(const struct ospi_model *ospi)
{
    bool is_busy = ospi->busy_ns > 0;
    uint32_t waits = is_busy ? 0 : ospi->received_count - ospi->received_at;
    return (is_busy ? 1u : 0) | (ospi->sent_count < OSPI_MODEL_FIFO ? 2u : 0) | (ospi->sent_count == 0 ? 4u : 0) |
           (waits > 0 ? 8u : 0);
}

static uint32_t ospi_read(void *ctx, uint32_t off, uint32_t size)
{
    struct ospi_model *ospi = ctx;
    if (size == 4 && off >= DR && off < DR_END) {
        return pop(ospi);
    }
    if (size == 4 && off == SR) {
        return status(ospi);
    }
    if (size == 4 && off == TXFLR) {
        return ospi->sent_count;
    }
    if (size == 4 && off == RXFLR) {
        return ospi->busy_ns > 0 ? 0 : ospi->received_count - ospi->received_at;
    }
    if (size == 4 && off % 4 == 0 && off / 4 < OSPI_MODEL_REGISTERS && known_bits(off) != 0) {
        return ospi->registers[off / 4];
    }
    model_violation(ospi->bus, "read of %u bytes of OSPI at 0x%03x", size, off);
    return 0;
}

static void ospi_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct ospi_model *ospi = ctx;
    uint32_t known = size == 4 && off % 4 == 0 && off / 4 < OSPI_MODEL_REGISTERS ? known_bits(off) : 0;
    if (size == 4 && off >= DR && off < DR_END) {
        push(ospi, value);
    } else if (known == 0) {
        model_violation(ospi->bus, "write of %u bytes to OSPI at 0x%03x, which is not modelled", size, off);
    } else if (off == BAUDR && (value & 1)) {
        model_violation(ospi->bus, "OSPI: BAUDR %u is odd", value);
    } else if (off == ENR) {
        set_enable(ospi, value & known);
    } else if (off != SER && off != IMR && is_on(ospi)) {
        model_violation(ospi->bus, "write to OSPI at 0x%03x while ENR is 1, which is ignored", off);
    } else {
        ospi->registers[off / 4] = value & known;
        if (off == SER && is_on(ospi)) {
            transfer(ospi);
        }
    }
}

static void ospi_tick(void *ctx, uint64_t ns)
{
    struct ospi_model *ospi = ctx;
    ospi->busy_ns -= ns < ospi->busy_ns ? ns : ospi->busy_ns;
    octal_chip_tick(ospi->chip, ns);
}

static uint64_t ospi_busy_ns(void *ctx)
{
    const struct ospi_model *ospi = ctx;
    return ospi->busy_ns;
}

static uint32_t aes_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct ospi_model *ospi = ctx;
    if (size != 4 || (off != AES_CONTROL && off != AES_RXDS_DELAY)) {
        model_violation(ospi->bus, "read of %u bytes of the AES block at 0x%02x", size, off);
    }
    return off == AES_CONTROL ? ospi->aes_control : ospi->rxds_delay;
}

static void aes_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct ospi_model *ospi = ctx;
    if (size == 4 && off == AES_CONTROL && ((value ^ ospi->aes_control) & ~(uint32_t)OSPI_AES_XIP_EN) == 0) {
        if ((value & OSPI_AES_XIP_EN) && !is_on(ospi)) {
            model_violation(ospi->bus, "AES: XIP_EN is set while OSPI is off");
        }
        ospi->aes_control = value;
    } else if (size == 4 && off == AES_RXDS_DELAY && value <= OSPI_RXDS_DELAY_MAX) {
        ospi->rxds_delay = value;
    } else {
        model_violation(ospi->bus, "write of 0x%x to the AES block at 0x%02x, which is the Secure Enclave's", value,
                        off);
    }
}

static void chip_violation(void *ctx, const char *text)
{
    const struct ospi_model *ospi = ctx;
    model_violation(ospi->bus, "flash chip: %s", text);
}

void ospi_model_open(struct ospi_model *ospi, uint32_t number, struct octal_chip *chip,
                     const struct armv8m_model *armv8m, const struct model_bus *bus)
{
    uint32_t base = 0x83000000 + 0x2000 * number;
    *ospi = (struct ospi_model){.bus = bus, .armv8m = armv8m, .chip = chip};
    ospi->model = (struct model){.name = "OSPI",
                                 .base = base,
                                 .size = 0x1000,
                                 .read = ospi_read,
                                 .write = ospi_write,
                                 .tick = ospi_tick,
                                 .busy_ns = ospi_busy_ns,
                                 .ctx = ospi};
    ospi->aes = (struct model){.name = "the AES block",
                               .base = base + 0x1000,
                               .size = 0x1000,
                               .read = aes_read,
                               .write = aes_write,
                               .ctx = ospi};
    chip->violation = chip_violation;
    chip->ctx = ospi;
    ospi_window_open(ospi, 0xA0000000 + 0x20000000 * number);
    ospi_model_reset(ospi);
}

void ospi_model_reset(struct ospi_model *ospi)
{
    memset(ospi->registers, 0, sizeof ospi->registers);
    ospi->registers[CTRLR0 / 4] = 0x00C04407;
    ospi->registers[IMR / 4] = 0xFF;
    ospi->registers[SPI_CTRLR0 / 4] = 0x200;
    ospi->registers[XIP_CTRL / 4] = 0x08000401;
    ospi->sent_count = ospi->received_count = ospi->received_at = 0;
    ospi->busy_ns = 0;
    ospi->aes_control = 0;
    ospi->rxds_delay = 0;
}
