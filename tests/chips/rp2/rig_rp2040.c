/* An RP2040 in the rig: SSI, XIP_CTRL, a boot ROM with tables, boot2. */
#include <string.h>

#include "chips/rp2/boot2/boot2.h"
#include "chips/rp2/rom/rom_flash_rp2040.h"
#include "rig.h"

enum {
    TABLE = 0x38 /* before the functions */
};

static uint32_t rom_read(struct rig *rig, uint32_t off, uint32_t size)
{
    if (size == 2 && off == 0x14) {
        return rig->rom_base - TABLE;
    }
    if (size == 2 && off == 0x18) {
        return rig_function_at(rig, RIG_FUNCTIONS);
    }
    model_violation(&bus.side, "read of %u bytes of the boot ROM at 0x%04x", size, off);
    return 0;
}

static uint32_t look_up(struct rig *rig, uint32_t table, uint32_t code)
{
    if (table != rig->rom_base - TABLE) {
        model_violation(&bus.side, "the boot ROM looks up in a table at 0x%04x, where none is", table);
        return 0;
    }
    for (uint32_t i = 0; i < RIG_FUNCTIONS; i++) {
        bool is_there = rig->missing == NULL || strcmp(rig->missing, rig_codes[i]) != 0;
        if (code == ((uint32_t)rig_codes[i][1] << 8 | (uint32_t)rig_codes[i][0]) && is_there) {
            return rig_function_at(rig, i);
        }
    }
    return 0;
}

static void call(struct rig *rig, enum rig_function function, uint32_t a, const void *data, uint32_t b, uint32_t c,
                 uint32_t d)
{
    (void)rig;
    switch (function) {
    case RIG_IF:
        mprom_rp2040_rom_connect();
        break;
    case RIG_EX:
        mprom_rp2040_rom_exit_xip();
        break;
    case RIG_RE:
        mprom_rp2040_rom_erase_checked(a, b, c, d);
        break;
    case RIG_RP:
        mprom_rp2040_rom_program_checked(a, data, c);
        break;
    case RIG_FC:
    case RIG_FUNCTIONS:
        mprom_rp2040_rom_flush();
        break;
    }
}

static void set_up_window(struct rig *rig)
{
    (void)rig;
    mprom_rp2_boot2_set_up();
}

static void open_rp2040(struct rig *rig)
{
    rp2040_ssi_model_open(&rig->ssi, &rig->pins, &rig->chip, &bus.side);
    rp2040_xip_model_open(&rig->xip_rp2040, &rig->ssi.reader, &bus.side);
    rig->window = &rig->xip_rp2040.window;
    rig_add(rig, &rig->ssi.model);
    rig_add(rig, &rig->xip_rp2040.model);
    rig_add_alias(rig, &rig->xip_rp2040.model, RIG_SET);
}

static void reset(struct rig *rig)
{
    rp2040_ssi_model_reset(&rig->ssi);
    rp2040_xip_model_reset(&rig->xip_rp2040);
    memcpy(rig->set_up, rig->cells.bytes, sizeof rig->set_up);
}

const struct rig_series rig_rp2040 = {
    .name = "RP2040",
    .chip = &rp2040_series,
    .part = "w25q16old",
    .capacity = 0x15,
    .pads = 0x40020004,
    .open_driver = mprom_rp2040_flash_open,
    .open = open_rp2040,
    .reset = reset,
    .rom_read = rom_read,
    .look_up = look_up,
    .call = call,
    .set_up_window = set_up_window,
    .magic = 0x01754D,
};
