#include "micropython/rom_start_report.h"

#include "py/mphal.h"
#include "py/runtime.h"

#include "mprom/rom_slot.h"
#include "mprom/small.h"

#if !MPROM_SMALL
static enum mprom_rom_slot_state slot_state(struct mprom_rom *rom, uint32_t id)
{
    struct mprom_rom_slot slot = {0};
    return mprom_rom_slot_read(rom, id, &slot) == 0 ? slot.state : MPROM_ROM_SLOT_UNKNOWN;
}

/* Whoever sees an older image run must hear why the newer one does not. */
void mprom_rom_report_trial(struct mprom_rom *rom, uint32_t chosen)
{
    int passed = mprom_rom_boot_passed_over(rom);
    if (passed >= 0) {
        bool is_failed = slot_state(rom, chosen) == MPROM_ROM_SLOT_GAVE_UP;
        mp_printf(
            &mp_plat_print,
            "rom: segment %u (%s): its image was on trial and not confirmed; started segment %u (%s) instead%s\n",
            (unsigned)passed, rom->segments[passed].name, (unsigned)chosen, rom->segments[chosen].name,
            is_failed ? ", which was not confirmed either" : "");
    }
}

void mprom_rom_report_erased(const struct mprom_rom *rom, uint32_t id, int blocks)
{
    mp_printf(&mp_plat_print, "rom: segment %u (%s): erased what could not be read, %d blocks\n", (unsigned)id,
              rom->segments[id].name, blocks);
}

void mprom_rom_report_unread(const struct mprom_rom *rom, uint32_t id)
{
    mp_printf(&mp_plat_print, "rom: segment %u (%s) cannot be read: %s\n", (unsigned)id, rom->segments[id].name,
              rom->error.what);
}

void mprom_rom_report_long(const struct mprom_rom *rom, uint32_t id, const struct mprom_rom_image *image)
{
    mp_printf(
        &mp_plat_print,
        "rom: segment %u (%s): the image of %u bytes that other firmware left here is longer than the segment's "
        "%u, so it is kept but not mounted; deploy one with `mprom deploy DIR` on the PC\n",
        (unsigned)id, rom->segments[id].name, (unsigned)image->long_size, (unsigned)mprom_rom_segment_size(rom, id));
}

void mprom_rom_report_damage(const struct mprom_rom *rom, uint32_t id, const struct mprom_rom_image *image)
{
    mp_printf(&mp_plat_print, "rom: segment %u (%s) is damaged and not mounted: offset %u: %s\n", (unsigned)id,
              rom->segments[id].name, (unsigned)image->fault_off, image->what);
}

void mprom_rom_report_none(void)
{
    mp_printf(&mp_plat_print, "rom: no image is left; deploy one with `mprom deploy DIR` on the PC\n");
}
#else
static void report(uint32_t id, const char *state, uint32_t off)
{
    mp_printf(&mp_plat_print, "rom: segment %u: %s, offset %u\n", (unsigned)id, state, (unsigned)off);
}

void mprom_rom_report_trial(struct mprom_rom *rom, uint32_t chosen)
{
    (void)rom;
    (void)chosen;
}

void mprom_rom_report_erased(const struct mprom_rom *rom, uint32_t id, int blocks)
{
    (void)rom;
    (void)blocks;
    report(id, "erased", 0);
}

void mprom_rom_report_unread(const struct mprom_rom *rom, uint32_t id)
{
    report(id, "unreadable", rom->error.off);
}

void mprom_rom_report_long(const struct mprom_rom *rom, uint32_t id, const struct mprom_rom_image *image)
{
    (void)rom;
    report(id, "too long", image->long_size);
}

void mprom_rom_report_damage(const struct mprom_rom *rom, uint32_t id, const struct mprom_rom_image *image)
{
    (void)rom;
    report(id, "damaged", image->fault_off);
}

void mprom_rom_report_none(void)
{
}
#endif
