#include "chips/stm32/model/quadspi_model.h"

/* The registers, from RM0399 24 (chips/stm32/facts.md). */
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

    CR_SSHIFT = 1 << 4,
};

/* Where it is; its bit in AHB3RSTR and AHB3ENR. */
static const struct {
    uint32_t base;
    uint32_t bit;
} places[] = {[PART_F7] = {0xA0001000, 1}, [PART_H7] = {0x52005000, 14}};

static const uint32_t CR_PRESCALER = 0xFF000000;
static const uint32_t DCR_BITS = 0x001F0701;
static const uint32_t CCR_UNKNOWN = 0xF0000000; /* opcode only once, free-running clock, double data rate */

/* What the registers say. */
static void setup_take(struct quadspi_model *quadspi)
{
    uint32_t ccr = quadspi->ccr;
    uint32_t address_mode = serial_field(ccr, 11, 10);
    uint32_t data_mode = serial_field(ccr, 25, 24);
    quadspi->lines.setup = (struct serial_setup){
        .is_enabled = (quadspi->cr & CR_EN) != 0,
        .is_unknown = (ccr & CCR_UNKNOWN) != 0,
        .mode = serial_field(ccr, 27, 26),
        .threshold = serial_field(quadspi->cr, 12, 8) + 1,
        .select_clocks = serial_field(quadspi->dcr, 10, 8) + 1,
        .divider = (quadspi->cr >> 24) + 1,
        .flash_size = (uint64_t)2 << serial_field(quadspi->dcr, 20, 16),
        .mode_lanes = serial_lanes(serial_field(ccr, 15, 14)),
        .mode_is_byte = serial_field(ccr, 17, 16) == 0,
        .frame = {.opcode = (uint8_t)serial_field(ccr, 7, 0),
                  .opcode_lanes = serial_lanes(serial_field(ccr, 9, 8)),
                  .address_lanes = serial_lanes(address_mode),
                  .address_size = (uint8_t)(address_mode != 0 ? serial_field(ccr, 13, 12) + 1 : 0),
                  .address = quadspi->ar,
                  .mode = (uint8_t)quadspi->abr,
                  .mode_size = serial_field(ccr, 15, 14) != 0,
                  .dummy_clocks = (uint8_t)serial_field(ccr, 22, 18),
                  .data_lanes = serial_lanes(data_mode),
                  .size = data_mode != 0 ? quadspi->dlr + 1 : 0},
    };
}

/* CCR has the opcode. */
static void write_ccr(struct quadspi_model *quadspi, uint32_t value)
{
    quadspi->ccr = value;
    setup_take(quadspi);
    if (quadspi->lines.setup.mode != FMODE_MAPPED) {
        serial_lines_instruct(&quadspi->lines);
        return;
    }
    serial_lines_enter(&quadspi->lines);
    if (quadspi->ar & 3) {
        model_violation(quadspi->lines.wiring.bus,
                        "memory-mapped mode with AR 0x%08x, which makes it read wrong data", quadspi->ar);
    }
}

static void write_ar(struct quadspi_model *quadspi, uint32_t value)
{
    quadspi->ar = value;
    setup_take(quadspi);
    if (quadspi->lines.setup.mode != FMODE_MAPPED) {
        serial_lines_address(&quadspi->lines);
    }
}

static void write_cr(struct quadspi_model *quadspi, uint32_t value)
{
    const uint32_t known = CR_EN | CR_ABORT | CR_SSHIFT | CR_FTHRES | CR_PRESCALER;
    const struct model_bus *bus = quadspi->lines.wiring.bus;
    if (value & ~known) {
        model_violation(bus, "write of 0x%08x to QUADSPI's CR, which is not modelled", value);
    } else if (serial_lines_is_busy(&quadspi->lines) && ((value ^ quadspi->cr) & ~(uint32_t)CR_ABORT)) {
        model_violation(bus, "write of QUADSPI's CR while it is busy");
    } else {
        quadspi->cr = value & ~(uint32_t)CR_ABORT;
        setup_take(quadspi);
        if (value & CR_ABORT) {
            serial_lines_abort(&quadspi->lines);
        }
    }
}

static void registers_clear(struct quadspi_model *quadspi)
{
    quadspi->cr = 0;
    quadspi->dcr = 0;
    quadspi->dlr = 0;
    quadspi->ccr = 0;
    quadspi->ar = 0;
    quadspi->abr = 0;
    setup_take(quadspi);
    serial_lines_reset(&quadspi->lines);
}

/* Whether the controller answers. A reset through RCC is noticed here. */
static bool is_alive(struct quadspi_model *quadspi)
{
    const struct rcc_model *rcc = quadspi->lines.wiring.rcc;
    if (quadspi->resets_seen != rcc->ahb3_resets) {
        quadspi->resets_seen = rcc->ahb3_resets;
        registers_clear(quadspi);
    }
    if (rcc->registers[RCC_AHB3_RESET] >> quadspi->gate.bit & 1) {
        model_violation(quadspi->lines.wiring.bus, "access to QUADSPI while it is held in reset");
        return false;
    }
    serial_lines_settle(&quadspi->lines);
    return rcc_gate_check(&quadspi->gate, &quadspi->model);
}

static uint32_t quadspi_read(void *ctx, uint32_t off, uint32_t size)
{
    struct quadspi_model *quadspi = ctx;
    quadspi->lines.polled = off == SR || off == CR;
    if (!is_alive(quadspi)) {
        return 0;
    }
    if (off == DR) {
        return serial_lines_load(&quadspi->lines, size);
    }
    uint32_t cr = quadspi->cr | (quadspi->lines.state == SERIAL_ABORTS ? CR_ABORT : 0u);
    const uint32_t values[] = {cr,          quadspi->dcr, serial_lines_status(&quadspi->lines),
                               0,           quadspi->dlr, quadspi->ccr,
                               quadspi->ar, quadspi->abr};
    if (size != 4 || off % 4 != 0 || off > ABR || off == FCR) {
        model_violation(quadspi->lines.wiring.bus, "read of %u bytes from QUADSPI at 0x%02x", size, off);
        return 0;
    }
    return values[off / 4];
}

/* Those that are written only while it is idle. */
static void write_setting(struct quadspi_model *quadspi, uint32_t off, uint32_t value)
{
    static const char *const names[] = {"CR", "DCR", "SR", "FCR", "DLR", "CCR", "AR", "ABR"};
    if (serial_lines_is_busy(&quadspi->lines)) {
        model_violation(quadspi->lines.wiring.bus, "write of QUADSPI's %s while it is busy", names[off / 4]);
        return;
    }
    if (off == CCR) {
        write_ccr(quadspi, value);
    } else if (off == AR) {
        write_ar(quadspi, value);
    } else {
        uint32_t *setting = off == DCR ? &quadspi->dcr : off == DLR ? &quadspi->dlr : &quadspi->abr;
        *setting = off == DCR ? value & DCR_BITS : value;
        setup_take(quadspi);
    }
}

static void quadspi_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct quadspi_model *quadspi = ctx;
    if (!is_alive(quadspi)) {
        return;
    }
    if (off == DR) {
        serial_lines_store(&quadspi->lines, size, value);
        return;
    }
    switch (size == 4 ? off : UINT32_MAX) {
    case CR:
        write_cr(quadspi, value);
        break;
    case FCR:
        quadspi->lines.flags &= ~value;
        break;
    case DCR:
    case DLR:
    case CCR:
    case AR:
    case ABR:
        write_setting(quadspi, off, value);
        break;
    default:
        model_violation(quadspi->lines.wiring.bus, "write of %u bytes to QUADSPI at 0x%02x", size, off);
    }
}

static void quadspi_tick(void *ctx, uint64_t ns)
{
    struct quadspi_model *quadspi = ctx;
    serial_lines_tick(&quadspi->lines, ns);
}

static uint64_t quadspi_busy_ns(void *ctx)
{
    const struct quadspi_model *quadspi = ctx;
    return serial_lines_busy_ns(&quadspi->lines);
}

void quadspi_model_open(struct quadspi_model *quadspi, enum part_family family, const struct serial_wiring *wiring)
{
    const struct rcc_gate gate = {wiring->rcc, &wiring->rcc->registers[RCC_AHB3_ENABLE], places[family].bit};
    *quadspi = (struct quadspi_model){.gate = gate};
    quadspi->model = (struct model){.name = "QUADSPI",
                                    .base = places[family].base,
                                    .size = SIZE,
                                    .read = quadspi_read,
                                    .write = quadspi_write,
                                    .tick = quadspi_tick,
                                    .busy_ns = quadspi_busy_ns,
                                    .ctx = quadspi};
    serial_lines_open(&quadspi->lines, "QUADSPI", wiring);
}

void quadspi_model_reset(struct quadspi_model *quadspi)
{
    registers_clear(quadspi);
}
