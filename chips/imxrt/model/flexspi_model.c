/* The registers of FlexSPI (facts.md). */
#include "chips/imxrt/model/flexspi_model.h"

#include <string.h>

enum {
    INTR = 0x14,
    LUTKEY = 0x18,
    LUTCR = 0x1C,
    IPCMD = 0xB0,
    STS0 = 0xE0,
    STS1 = 0xE4,
    IPRXFSTS = 0xF0,
    IPTXFSTS = 0xF4,
    RFDR = 0x100,
    TFDR = 0x180,
    LUT = 0x200,
    SIZE = 0x300,

    LUT_LOCK = 1,
    LUT_UNLOCK = 2,
    FIFO_CLEAR = 1,
    FIFO_DMA = 2,
    CLRAHBRXBUF = 2,
    CLRAHBTXBUF = 4,
    CR2_CLRINSTRPTR_POS = 31,
    IP_ERRORS = 1 << 1 | 1 << 3,
    AHB_ERRORS = 1 << 2 | 1 << 4,
    SEQTIMEOUT = 1 << 11,
    RESET_NS = 200, /* no source gives a number */
};

static const uint32_t KEY = 0x5AF05AF0;
static const uint32_t MCR0_STATIC = 3u << 4 | 7u << 8 | 1u << 13 | 1u << 14; /* only while MDIS is set */
static const uint32_t MCR2_BITS = 1u << 11 | 1u << 14 | 1u << 15 | 1u << 19 | 0xFF000000;
static const uint32_t NO_SUCH = UINT32_MAX;

static uint32_t *setting_at(struct flexspi_model *flexspi, uint32_t off)
{
    return &flexspi->settings[off / 4];
}

static bool is_setting(const struct flexspi_model *flexspi, uint32_t off)
{
    bool is_buffer = off >= FLEXSPI_AHBRXBUF && off < FLEXSPI_AHBRXBUF + 4 * flexspi->wiring.part->buffers;
    bool is_flash = off >= FLEXSPI_FLSHCR0 && off < FLEXSPI_FLSHCR2 + 16;
    return is_buffer || is_flash || off <= FLEXSPI_INTEN || off == FLEXSPI_FLSHCR4 || off == FLEXSPI_IPCR0 ||
           off == FLEXSPI_IPCR1 || off == FLEXSPI_IPRXFCR || off == FLEXSPI_IPTXFCR || off == FLEXSPI_DLLCR ||
           off == FLEXSPI_DLLCR + 4;
}

static uint32_t status(const struct flexspi_model *flexspi)
{
    if (!flexspi_is_on(flexspi)) {
        return 2;
    }
    return flexspi_model_is_quiet(flexspi) && flexspi->reset_ns == 0 ? 3
           : flexspi->state != FLEXSPI_IDLE                          ? 2u << 2
                                                                     : 0;
}

static uint32_t flags(const struct flexspi_model *flexspi)
{
    return flexspi->flags | (flexspi_model_has_data(flexspi) ? FLEXSPI_IPRXWA : 0u) |
           (flexspi_model_wants_data(flexspi) ? FLEXSPI_IPTXWE : 0u);
}

static uint32_t register_value(const struct flexspi_model *flexspi, uint32_t off)
{
    switch (off) {
    case INTR:
        return flags(flexspi);
    case LUTKEY:
        return KEY;
    case LUTCR:
        return flexspi->is_locked ? LUT_LOCK : LUT_UNLOCK;
    case IPCMD:
        return 0;
    case STS0:
        return status(flexspi);
    case STS1:
        return flexspi->errors;
    case IPRXFSTS:
        return (flexspi_fifo_fill(&flexspi->rx) + 7) / 8;
    case IPTXFSTS:
        return (flexspi_fifo_fill(&flexspi->tx) + 7) / 8;
    default:
        return is_setting(flexspi, off)
                   ? flexspi_setting(flexspi, off) | (off == FLEXSPI_MCR0 && flexspi->reset_ns > 0)
                   : NO_SUCH;
    }
}

static bool is_port(uint32_t off, uint32_t base, uint32_t size)
{
    return off >= base && off + size <= base + FLEXSPI_MODEL_PORT && off % size == 0;
}

/* Whether it answers. */
static bool is_alive(const struct flexspi_model *flexspi, uint32_t off)
{
    if (flexspi->wiring.has_clock != NULL && !*flexspi->wiring.has_clock) {
        model_violation(flexspi->wiring.bus, "access to FlexSPI without its clock");
        return false;
    }
    if (flexspi->reset_ns > 0 && off != FLEXSPI_MCR0) {
        model_violation(flexspi->wiring.bus, "access to FlexSPI at 0x%03x before SWRESET has ended", off);
    }
    return true;
}

static uint32_t flexspi_read(void *ctx, uint32_t off, uint32_t size)
{
    struct flexspi_model *flexspi = ctx;
    flexspi->polled = off == INTR || off == STS0 || off == FLEXSPI_MCR0 || off == IPRXFSTS;
    if (!is_alive(flexspi, off)) {
        return 0;
    }
    if (is_port(off, RFDR, size)) {
        return flexspi_model_load(flexspi, off - RFDR, size);
    }
    if (size == 4 && off % 4 == 0 && off >= LUT && off < SIZE) {
        return flexspi->lut[(off - LUT) / 4];
    }
    uint32_t value = size == 4 && off % 4 == 0 && off < RFDR ? register_value(flexspi, off) : NO_SUCH;
    if (value == NO_SUCH && off != FLEXSPI_MCR1) {
        model_violation(flexspi->wiring.bus, "read of %u bytes from FlexSPI at 0x%03x", size, off);
        return 0;
    }
    return value;
}

/* LUT */

static void lut_write(struct flexspi_model *flexspi, uint32_t number, uint32_t value)
{
    if (flexspi->is_locked) {
        model_violation(flexspi->wiring.bus, "write of LUT%u while the LUT is locked", number);
    } else if (!flexspi_model_is_quiet(flexspi)) {
        model_violation(flexspi->wiring.bus, "write of LUT%u while FlexSPI is not idle", number);
    } else {
        flexspi->lut[number] = value;
        flexspi->window_works =
            flexspi->window_works && number / 4 != flexspi_bits(flexspi_setting(flexspi, FLEXSPI_FLSHCR2), 3, 0);
    }
}

static void lutcr_write(struct flexspi_model *flexspi, bool has_key, uint32_t value)
{
    if (!has_key) {
        model_violation(flexspi->wiring.bus, "write of LUTCR without the key before it");
    } else if (value != LUT_LOCK && value != LUT_UNLOCK) {
        model_violation(flexspi->wiring.bus, "write of 0x%x to LUTCR", value);
    } else {
        flexspi->is_locked = value == LUT_LOCK;
    }
}

/* INTR */

static void flags_clear(struct flexspi_model *flexspi, uint32_t value)
{
    flexspi->flags &= ~value;
    if (value & (IP_ERRORS | SEQTIMEOUT)) {
        flexspi->errors &= 0x0000FFFF;
    }
    if (value & (AHB_ERRORS | SEQTIMEOUT)) {
        flexspi->errors &= 0xFFFF0000;
    }
    if (value & FLEXSPI_IPRXWA) {
        flexspi_model_pop(flexspi);
    }
    if (value & FLEXSPI_IPTXWE) {
        flexspi_model_push(flexspi);
    }
}

/* Settings */

static void tx_clear(struct flexspi_model *flexspi)
{
    flexspi->tx.in = 0;
    flexspi->tx.out = 0;
    memset(flexspi->port_stored, 0, sizeof flexspi->port_stored);
}

static void rx_clear(struct flexspi_model *flexspi)
{
    flexspi->rx.in = 0;
    flexspi->rx.out = 0;
}

static void fifo_control(struct flexspi_model *flexspi, uint32_t off, uint32_t value)
{
    if ((value & FIFO_DMA) || (value & ~flexspi->wiring.part->watermark)) {
        model_violation(flexspi->wiring.bus, "write of 0x%x to a FIFO's control, which is not modelled", value);
    } else if (flexspi->state != FLEXSPI_IDLE) {
        model_violation(flexspi->wiring.bus, "write of a FIFO's control while a command runs");
    } else {
        *setting_at(flexspi, off) = value & ~(uint32_t)FIFO_CLEAR;
    }
    if ((value & FIFO_CLEAR) && off == FLEXSPI_IPTXFCR) {
        tx_clear(flexspi);
    } else if (value & FIFO_CLEAR) {
        rx_clear(flexspi);
    }
}

static void soft_reset(struct flexspi_model *flexspi)
{
    if (flexspi->state != FLEXSPI_IDLE && !flexspi->hangs) {
        model_violation(flexspi->wiring.bus, "SWRESET breaks a command off, of which the chip may do a part");
    }
    flexspi->state = FLEXSPI_IDLE;
    flexspi->ahead_ps = 0;
    flexspi->next_line = 0;
    flexspi->may_be_old = false;
    flexspi->reset_ns = RESET_NS;
    tx_clear(flexspi);
    rx_clear(flexspi);
}

static void mcr0_write(struct flexspi_model *flexspi, uint32_t value)
{
    uint32_t before = flexspi_setting(flexspi, FLEXSPI_MCR0);
    if (((before ^ value) & MCR0_STATIC) && !(before & value & FLEXSPI_MDIS)) {
        model_violation(flexspi->wiring.bus, "MCR0 changes from 0x%08x to 0x%08x while FlexSPI is on", before, value);
    }
    if ((value & ~before & FLEXSPI_MDIS) && !flexspi_model_is_quiet(flexspi)) {
        model_violation(flexspi->wiring.bus, "MDIS turns FlexSPI off while it is not idle");
    }
    if (((before ^ value) & ~(uint32_t)FLEXSPI_SWRESET) != 0) {
        flexspi->window_works = false;
    }
    *setting_at(flexspi, FLEXSPI_MCR0) = value & ~(uint32_t)FLEXSPI_SWRESET;
    if (value & FLEXSPI_SWRESET) {
        soft_reset(flexspi);
    }
}

static void ahbcr_write(struct flexspi_model *flexspi, uint32_t value)
{
    if (value & ~flexspi->wiring.part->ahbcr) {
        model_violation(flexspi->wiring.bus, "write of 0x%08x to AHBCR, of which the %s has 0x%08x", value,
                        flexspi->wiring.part->name, flexspi->wiring.part->ahbcr);
        value &= flexspi->wiring.part->ahbcr;
    }
    if (value & CLRAHBRXBUF) {
        flexspi->may_be_old = false;
    }
    *setting_at(flexspi, FLEXSPI_AHBCR) = value & ~(uint32_t)(CLRAHBRXBUF | CLRAHBTXBUF);
}

static void setting_write(struct flexspi_model *flexspi, uint32_t off, uint32_t value)
{
    if (off == FLEXSPI_MCR2 && ((flexspi_setting(flexspi, off) ^ value) & ~MCR2_BITS)) {
        model_violation(flexspi->wiring.bus, "reserved bits of MCR2 change from 0x%08x to 0x%08x",
                        flexspi_setting(flexspi, off), value);
    }
    if (flexspi->state != FLEXSPI_IDLE) {
        model_violation(flexspi->wiring.bus, "write of FlexSPI at 0x%03x while a command runs", off);
        return;
    }
    if (off >= FLEXSPI_FLSHCR2 && off < FLEXSPI_FLSHCR2 + 16) {
        value &= ~(1u << CR2_CLRINSTRPTR_POS);
        flexspi->window_works = flexspi->window_works && flexspi_setting(flexspi, off) == value;
    }
    *setting_at(flexspi, off) = value;
}

static void register_write(struct flexspi_model *flexspi, uint32_t off, uint32_t value)
{
    bool has_key = flexspi->has_key;
    flexspi->has_key = off == LUTKEY && value == KEY;
    switch (off) {
    case FLEXSPI_MCR0:
        mcr0_write(flexspi, value);
        break;
    case FLEXSPI_AHBCR:
        ahbcr_write(flexspi, value);
        break;
    case INTR:
        flags_clear(flexspi, value);
        break;
    case LUTKEY:
        break;
    case LUTCR:
        lutcr_write(flexspi, has_key, value);
        break;
    case FLEXSPI_IPRXFCR:
    case FLEXSPI_IPTXFCR:
        fifo_control(flexspi, off, value);
        break;
    case IPCMD:
        if (value & 1) {
            flexspi_model_trigger(flexspi);
        }
        break;
    default:
        setting_write(flexspi, off, value);
    }
}

static void flexspi_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct flexspi_model *flexspi = ctx;
    if (!is_alive(flexspi, off)) {
        return;
    }
    bool is_word = size == 4 && off % 4 == 0;
    bool is_written = off == INTR || off == LUTKEY || off == LUTCR || off == IPCMD || is_setting(flexspi, off);
    if (is_port(off, TFDR, size)) {
        flexspi_model_store(flexspi, off - TFDR, size, value);
    } else if (is_word && off >= LUT && off < SIZE) {
        flexspi->has_key = false;
        lut_write(flexspi, (off - LUT) / 4, value);
    } else if (is_word && is_written) {
        register_write(flexspi, off, value);
    } else {
        model_violation(flexspi->wiring.bus, "write of %u bytes to FlexSPI at 0x%03x", size, off);
    }
}

static void chip_violation(void *ctx, const char *text)
{
    const struct flexspi_model *flexspi = ctx;
    model_violation(flexspi->wiring.bus, "flash chip: %s", text);
}

void flexspi_model_open(struct flexspi_model *flexspi, const struct flexspi_wiring *wiring)
{
    *flexspi = (struct flexspi_model){.wiring = *wiring};
    flexspi->model = (struct model){.name = "FlexSPI",
                                    .base = wiring->part->flexspi,
                                    .size = SIZE,
                                    .read = flexspi_read,
                                    .write = flexspi_write,
                                    .tick = flexspi_model_tick,
                                    .busy_ns = flexspi_model_busy_ns,
                                    .ctx = flexspi};
    flexspi_model_window_open(flexspi);
    wiring->chip->hooks = (struct nor_hooks){.violation = chip_violation, .ctx = flexspi};
}

static void settings_reset(struct flexspi_model *flexspi)
{
    memset(flexspi->settings, 0, sizeof flexspi->settings);
    *setting_at(flexspi, FLEXSPI_MCR0) = 0xFFFF80C2;
    *setting_at(flexspi, FLEXSPI_MCR1) = 0xFFFFFFFF;
    *setting_at(flexspi, FLEXSPI_MCR2) = 0x200081F7;
    *setting_at(flexspi, FLEXSPI_AHBCR) = 0x00000018;
    for (uint32_t i = 0; i < flexspi->wiring.part->buffers; i++) {
        *setting_at(flexspi, FLEXSPI_AHBRXBUF + 4 * i) = 0x80000020 | i << 16;
    }
    for (uint32_t i = 0; i < 4; i++) {
        *setting_at(flexspi, FLEXSPI_FLSHCR0 + 4 * i) = 0x00010000;
        *setting_at(flexspi, FLEXSPI_FLSHCR1 + 4 * i) = 0x00000063;
    }
    *setting_at(flexspi, FLEXSPI_DLLCR) = 0x00000100;
    *setting_at(flexspi, FLEXSPI_DLLCR + 4) = 0x00000100;
}

/* What a power-up leaves in the table of sequences is not defined; nor is what a loader does. */
static void lut_spoil(struct flexspi_model *flexspi)
{
    uint32_t word = 0x12345678;
    for (uint32_t i = 0; i < FLEXSPI_MODEL_LUT; i++) {
        word = word * 1664525 + 1013904223;
        flexspi->lut[i] = word;
    }
}

void flexspi_model_reset(struct flexspi_model *flexspi)
{
    if (flexspi->is_selected) {
        flexspi->is_selected = false;
        nor_chip_deselect(flexspi->wiring.chip);
    }
    settings_reset(flexspi);
    lut_spoil(flexspi);
    flexspi->has_key = false;
    flexspi->is_locked = false;
    flexspi->flags = 0;
    flexspi->errors = 0;
    flexspi->reset_ns = 0;
    flexspi->state = FLEXSPI_IDLE;
    flexspi->polled = false;
    flexspi->may_be_old = false;
    flexspi->window_works = false;
    flexspi->ahead_ps = 0;
    flexspi->next_line = 0;
    flexspi->window.bytes = flexspi->wiring.chip->cells->bytes;
    tx_clear(flexspi);
    rx_clear(flexspi);
}

void flexspi_model_boot(struct flexspi_model *flexspi, uint32_t size, const uint32_t *lut, uint32_t words,
                        uint32_t rxclksrc)
{
    const uint32_t prefetch = 1u << 5;
    uint32_t mcr0 = flexspi_setting(flexspi, FLEXSPI_MCR0) & ~(uint32_t)FLEXSPI_MDIS;
    *setting_at(flexspi, FLEXSPI_MCR0) = mcr0 | rxclksrc << 4;
    *setting_at(flexspi, FLEXSPI_AHBCR) |= prefetch;
    *setting_at(flexspi, FLEXSPI_FLSHCR0) = size >> 10;
    for (uint32_t i = 1; i < 4; i++) {
        *setting_at(flexspi, FLEXSPI_FLSHCR0 + 4 * i) = 0;
    }
    memcpy(flexspi->lut, lut, (words < FLEXSPI_MODEL_LUT ? words : FLEXSPI_MODEL_LUT) * sizeof *lut);
    flexspi->is_locked = true;
}
