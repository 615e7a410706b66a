/* An RP2350 in the rig: QMI, XIP_CTRL with its maintenance, BOOTRAM, a CPU with CPACR, a boot ROM with one table. */
#include <string.h>

#include "chips/rp2/rom/rom_api_rp2350.h"
#include "rig.h"

enum {
    TABLE = 0x5F00, /* behind the functions */
    ENTRY_SIZE = 6,
    FLAG_ARM_SECURE = 4,
    STATUS_2_QUAD = 2,
    MODE = 3, /* the words of what sets up the window: behind its code */
    DIVIDER = 4,
    READ_0BH = 1,
    READ_EBH = 3,
    DIVIDER_3 = 3,
    INTERRUPTS = 52,
};

/* An entry for each function: code, flags, address. */
static uint32_t table_half(const struct rig *rig, uint32_t off)
{
    uint32_t number = off / ENTRY_SIZE;
    for (uint32_t i = 0; i <= number && i < RIG_FUNCTIONS; i++) {
        number += rig->missing != NULL && strcmp(rig->missing, rig_codes[i]) == 0;
    }
    if (number >= RIG_FUNCTIONS) {
        return 0;
    }
    const uint32_t halves[] = {(uint32_t)rig_codes[number][1] << 8 | (uint32_t)rig_codes[number][0], FLAG_ARM_SECURE,
                               rig_function_at(rig, number)};
    return halves[off % ENTRY_SIZE / 2];
}

static uint32_t rom_read(struct rig *rig, uint32_t off, uint32_t size)
{
    if (size == 2 && off >= TABLE && off < TABLE + 0x100) {
        return table_half(rig, off - TABLE);
    }
    if (size == 2 && off == 0x14) {
        return TABLE;
    }
    if (size == 2 && off == 0x16) {
        return rig_function_at(rig, RIG_FUNCTIONS);
    }
    model_violation(&bus.side, "read of %u bytes of the boot ROM at 0x%04x", size, off);
    return 0;
}

static uint32_t look_up(struct rig *rig, uint32_t code, uint32_t flags)
{
    (void)rig;
    return mprom_rp2350_rom_api_lookup_value(code, flags);
}

static void call(struct rig *rig, enum rig_function function, uint32_t a, const void *data, uint32_t b, uint32_t c,
                 uint32_t d)
{
    (void)rig;
    switch (function) {
    case RIG_IF:
        mprom_rp2350_rom_api_connect();
        break;
    case RIG_EX:
        mprom_rp2350_rom_api_exit_xip();
        break;
    case RIG_RE:
        mprom_rp2350_rom_api_erase(a, b, c, d);
        break;
    case RIG_RP:
        mprom_rp2350_rom_api_program(a, data, c);
        break;
    case RIG_FC:
    case RIG_FUNCTIONS:
        mprom_rp2350_rom_api_flush();
        break;
    }
}

static void set_up_window(struct rig *rig)
{
    mprom_rp2350_rom_api_select_read(rig->bootram.words[MODE], rig->bootram.words[DIVIDER]);
}

static void open_rp2350(struct rig *rig)
{
    rp2350_qmi_model_open(&rig->qmi, &rig->pins, &rig->chip, &bus.side);
    rp2350_xip_model_open(&rig->xip_rp2350, &rig->qmi.reader, &bus.side);
    rp2350_bootram_model_open(&rig->bootram, &bus.side);
    cortex_m_open(&rig->core, CORTEX_M33, 0, INTERRUPTS, &bus.side);
    rig->chip.status[1] = STATUS_2_QUAD; /* as it comes */
    rig->window = &rig->xip_rp2350.window;
    struct model *const models[] = {&rig->qmi.model, &rig->xip_rp2350.model, &rig->xip_rp2350.maintenance,
                                    &rig->bootram.model, &rig->core.model};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        rig_add(rig, models[i]);
    }
    rig_add_alias(rig, &rig->qmi.model, RIG_XOR);
    rig_add_alias(rig, &rig->qmi.model, RIG_SET);
    rig_add_alias(rig, &rig->qmi.model, RIG_CLEAR);
    rig_add_alias(rig, &rig->pins.pads, RIG_CLEAR);
}

/* The boot ROM leaves what sets up the window, and has access to coprocessor 7 until the program starts. */
static void reset(struct rig *rig)
{
    rp2350_qmi_model_reset(&rig->qmi);
    rp2350_xip_model_reset(&rig->xip_rp2350);
    rp2350_bootram_model_reset(&rig->bootram);
    rig->bootram.words[MODE] = READ_EBH;
    rig->bootram.words[DIVIDER] = DIVIDER_3;
    memcpy(rig->set_up, rig->bootram.words, sizeof rig->set_up);
    rig->core.cpacr = 3u << 14;
}

void rig_read_by_0bh(struct rig *rig)
{
    rig->bootram.words[MODE] = READ_0BH;
    memcpy(rig->set_up, rig->bootram.words, sizeof rig->set_up);
    rig_start(rig);
}

const struct rig_series rig_rp2350 = {
    .name = "RP2350",
    .chip = &rp2350_series,
    .part = "w25q32",
    .capacity = 0x16,
    .pads = 0x40040004,
    .open_driver = mprom_rp2350_flash_open,
    .open = open_rp2350,
    .reset = reset,
    .rom_read = rom_read,
    .look_up = look_up,
    .call = call,
    .set_up_window = set_up_window,
    .magic = 0x02754D,
};
