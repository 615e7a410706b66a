#include "chips/stm32/model/octospi_model.h"

/* The registers from chips/stm32/facts.md. */
enum {
    CR = 0x000,
    SR = 0x020,
    FCR = 0x024,
    DR = 0x050,
    SIZE = 0x400,

    M_CR = 0x0, /* of the manager */
    M_CR_MUXEN = 1,
    M_P1CR = 0x4,
    M_P2CR = 0x8,
    M_SIZE = 0xC,

    RESET_BIT = 14, /* in AHB3RSTR and AHB3ENR */
    MANAGER_RESET_BIT = 21,
};

static const uint32_t CR_FMODE = 0x30000000;
static const uint32_t CCR_KNOWN = 0x03333303; /* up to four lanes each, and the sizes of address and mode */
static const uint32_t P1CR_RESET = 0x03010111;
static const uint32_t P2CR_RESET = 0x07050333;

/* Those that keep what is written, and the bits of it that are modelled. */
enum {
    DCR1,
    DCR2,
    DCR3,
    DCR4,
    DLR,
    AR,
    CCR,
    TCR,
    IR,
    ABR,
};
static const struct {
    const char *name;
    uint16_t off;
    uint32_t known;
} settings[OCTOSPI_SETTINGS] = {
    [DCR1] = {"DCR1", 0x008, 0x011F0708}, /* DEVSIZE, CSHT, DLYBYP; MTYP of Micron or Macronix; clock mode 0 */
    [DCR2] = {"DCR2", 0x00C, 0x000000FF}, /* PRESCALER; no wrap */
    [DCR3] = {"DCR3", 0x010, 0},          /* no boundary at which nCS goes high */
    [DCR4] = {"DCR4", 0x014, 0},          /* no refresh */
    [DLR] = {"DLR", 0x040, 0xFFFFFFFF},   /* bytes of data, less one */
    [AR] = {"AR", 0x048, 0xFFFFFFFF},     /* address */
    [CCR] = {"CCR", 0x100, 0xFFFFFFFF},   /* what of it is not modelled is told of at its use */
    [TCR] = {"TCR", 0x108, 0x4000001F},   /* DCYC, SSHIFT */
    [IR] = {"IR", 0x110, 0x000000FF},     /* opcode of one byte */
    [ABR] = {"ABR", 0x120, 0xFFFFFFFF},   /* mode byte */
};

/* Which of them is at an offset, or OCTOSPI_SETTINGS. */
static int setting_find(uint32_t off)
{
    int i = 0;
    while (i < OCTOSPI_SETTINGS && settings[i].off != off) {
        i++;
    }
    return i;
}

/* What of OCTOSPI1 does not reach the pins of port 1: PxCR has an enable and a source for each. */
static const char *unrouted(const struct octospi_model *octospi)
{
    uint32_t port = octospi->ports[0];
    return (port & 0x3) != 0x1         ? "CLK"
           : (port >> 8 & 0x3) != 0x1  ? "nCS"
           : (port >> 16 & 0x7) != 0x1 ? "IO0 to IO3"
                                       : NULL;
}

/* What the registers say. */
static void setup_take(struct octospi_model *octospi)
{
    const uint32_t *values = octospi->settings;
    uint32_t ccr = values[CCR];
    octospi->lines.setup = (struct serial_setup){
        .is_enabled = (octospi->cr & CR_EN) != 0,
        .is_unknown = (ccr & ~CCR_KNOWN) != 0 || (octospi->manager_cr & M_CR_MUXEN) != 0,
        .unrouted = unrouted(octospi),
        .mode = serial_field(octospi->cr, 29, 28),
        .threshold = serial_field(octospi->cr, 12, 8) + 1,
        .select_clocks = serial_field(values[DCR1], 10, 8) + 1,
        .divider = serial_field(values[DCR2], 7, 0) + 1,
        .flash_size = (uint64_t)2 << serial_field(values[DCR1], 20, 16),
        .mode_lanes = serial_lanes(serial_field(ccr, 18, 16)),
        .mode_is_byte = serial_field(ccr, 21, 20) == 0,
        .frame = {.opcode = (uint8_t)values[IR],
                  .opcode_lanes = serial_lanes(serial_field(ccr, 2, 0)),
                  .address_lanes = serial_lanes(serial_field(ccr, 10, 8)),
                  .address_size = (uint8_t)(serial_field(ccr, 10, 8) != 0 ? serial_field(ccr, 13, 12) + 1 : 0),
                  .address = values[AR],
                  .mode = (uint8_t)values[ABR],
                  .mode_size = serial_field(ccr, 18, 16) != 0,
                  .dummy_clocks = (uint8_t)serial_field(values[TCR], 4, 0),
                  .data_lanes = serial_lanes(serial_field(ccr, 26, 24)),
                  .size = serial_field(ccr, 26, 24) != 0 ? values[DLR] + 1 : 0},
    };
}

/* What starts a command, RM0456 28.4.9: IR if neither address nor data to send follow, else AR, else data. */
static void write_setting(struct octospi_model *octospi, int i, uint32_t value)
{
    const struct model_bus *bus = octospi->lines.wiring.bus;
    if (serial_lines_is_busy(&octospi->lines)) {
        model_violation(bus, "write of OCTOSPI's %s while it is busy", settings[i].name);
        return;
    }
    if (value & ~settings[i].known) {
        model_violation(bus, "write of 0x%08x to OCTOSPI's %s, which is not modelled", value, settings[i].name);
        return;
    }
    bool is_mapped = octospi->lines.setup.mode == FMODE_MAPPED;
    if (i == AR && is_mapped) {
        model_violation(bus, "write of OCTOSPI's AR in memory-mapped mode, which is ignored");
        return;
    }
    octospi->settings[i] = value;
    setup_take(octospi);
    if (i == IR && !is_mapped) {
        serial_lines_instruct(&octospi->lines);
    } else if (i == AR) {
        serial_lines_address(&octospi->lines);
    }
}

static void write_cr(struct octospi_model *octospi, uint32_t value)
{
    const uint32_t known = CR_EN | CR_ABORT | CR_FTHRES | CR_FMODE;
    const struct model_bus *bus = octospi->lines.wiring.bus;
    uint32_t change = (value ^ octospi->cr) & ~(uint32_t)CR_ABORT;
    if (value & ~known) {
        model_violation(bus, "write of 0x%08x to OCTOSPI's CR, which is not modelled", value);
    } else if (serial_lines_is_busy(&octospi->lines) && change != 0) {
        model_violation(bus, "write of OCTOSPI's CR while it is busy");
    } else {
        octospi->cr = value & ~(uint32_t)CR_ABORT;
        setup_take(octospi);
        if (change & CR_FMODE) {
            serial_lines_enter(&octospi->lines);
        }
        if (value & CR_ABORT) {
            serial_lines_abort(&octospi->lines);
        }
    }
}

static void registers_clear(struct octospi_model *octospi)
{
    octospi->cr = 0;
    for (int i = 0; i < OCTOSPI_SETTINGS; i++) {
        octospi->settings[i] = 0;
    }
    octospi->manager_cr = 0;
    octospi->ports[0] = P1CR_RESET;
    octospi->ports[1] = P2CR_RESET;
    setup_take(octospi);
    serial_lines_reset(&octospi->lines);
}

/* Whether a peripheral answers. A reset through RCC is noticed here; that of one is taken for that of both. */
static bool is_alive(struct octospi_model *octospi, const struct rcc_gate *gate, const struct model *model)
{
    const struct rcc_model *rcc = octospi->lines.wiring.rcc;
    if (octospi->resets_seen != rcc->ahb3_resets) {
        octospi->resets_seen = rcc->ahb3_resets;
        registers_clear(octospi);
    }
    if (rcc->registers[RCC_AHB3_RESET] >> gate->bit & 1) {
        model_violation(octospi->lines.wiring.bus, "access to %s while it is held in reset", model->name);
        return false;
    }
    serial_lines_settle(&octospi->lines);
    return rcc_gate_check(gate, model);
}

static uint32_t octospi_read(void *ctx, uint32_t off, uint32_t size)
{
    struct octospi_model *octospi = ctx;
    octospi->lines.polled = off == SR || off == CR;
    if (!is_alive(octospi, &octospi->gate, &octospi->model)) {
        return 0;
    }
    if (off == DR) {
        return serial_lines_load(&octospi->lines, size);
    }
    int i = setting_find(off);
    if (size == 4 && i < OCTOSPI_SETTINGS) {
        return octospi->settings[i];
    }
    if (size == 4 && off == CR) {
        return octospi->cr; /* ABORT always reads 0 */
    }
    if (size == 4 && off == SR) {
        return serial_lines_status(&octospi->lines);
    }
    model_violation(octospi->lines.wiring.bus, "read of %u bytes from OCTOSPI at 0x%03x", size, off);
    return 0;
}

static void octospi_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct octospi_model *octospi = ctx;
    if (!is_alive(octospi, &octospi->gate, &octospi->model)) {
        return;
    }
    int i = setting_find(off);
    if (off == DR) {
        serial_lines_store(&octospi->lines, size, value);
    } else if (size == 4 && i < OCTOSPI_SETTINGS) {
        write_setting(octospi, i, value);
    } else if (size == 4 && off == CR) {
        write_cr(octospi, value);
    } else if (size == 4 && off == FCR) {
        octospi->lines.flags &= ~value;
    } else {
        model_violation(octospi->lines.wiring.bus, "write of %u bytes to OCTOSPI at 0x%03x", size, off);
    }
}

static void octospi_tick(void *ctx, uint64_t ns)
{
    struct octospi_model *octospi = ctx;
    serial_lines_tick(&octospi->lines, ns);
}

static uint64_t octospi_busy_ns(void *ctx)
{
    const struct octospi_model *octospi = ctx;
    return serial_lines_busy_ns(&octospi->lines);
}

/* The manager */

static uint32_t manager_read(void *ctx, uint32_t off, uint32_t size)
{
    struct octospi_model *octospi = ctx;
    if (!is_alive(octospi, &octospi->manager_gate, &octospi->manager)) {
        return 0;
    }
    if (size != 4 || off % 4 != 0) {
        model_violation(octospi->lines.wiring.bus, "read of %u bytes from OCTOSPIM at 0x%x", size, off);
        return 0;
    }
    return off == M_CR ? octospi->manager_cr : octospi->ports[off == M_P2CR];
}

static void manager_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct octospi_model *octospi = ctx;
    const struct model_bus *bus = octospi->lines.wiring.bus;
    if (!is_alive(octospi, &octospi->manager_gate, &octospi->manager)) {
        return;
    }
    if (size != 4 || off % 4 != 0) {
        model_violation(bus, "write of %u bytes to OCTOSPIM at 0x%x", size, off);
    } else if (octospi->cr & CR_EN) {
        model_violation(bus, "write to OCTOSPIM at 0x%x while OCTOSPI is enabled", off);
    } else {
        *(off == M_CR ? &octospi->manager_cr : &octospi->ports[off == M_P2CR]) = value;
        setup_take(octospi);
    }
}

void octospi_model_open(struct octospi_model *octospi, const struct serial_wiring *wiring)
{
    const uint32_t *enable = &wiring->rcc->registers[RCC_AHB3_ENABLE];
    *octospi = (struct octospi_model){
        .model = {.name = "OCTOSPI",
                  .base = 0x52005000,
                  .size = SIZE,
                  .read = octospi_read,
                  .write = octospi_write,
                  .tick = octospi_tick,
                  .busy_ns = octospi_busy_ns,
                  .ctx = octospi},
        .manager = {.name = "OCTOSPIM",
                    .base = 0x5200B400,
                    .size = M_SIZE,
                    .read = manager_read,
                    .write = manager_write,
                    .ctx = octospi},
        .gate = {wiring->rcc, enable, RESET_BIT},
        .manager_gate = {wiring->rcc, enable, MANAGER_RESET_BIT},
    };
    serial_lines_open(&octospi->lines, "OCTOSPI", wiring);
}

void octospi_model_reset(struct octospi_model *octospi)
{
    registers_clear(octospi);
}
