/*
 * In place of slot.c and trailer.c, for firmware that must be small: no segment has a trailer or is in a group, and
 * the one to start from is segment 0.
 */
#include "rom/image.h"
#include "rom/slot.h"
#include "rom/trailer.h"

static int fail_without_trailer(struct mprom_rom *rom, uint32_t id)
{
    int err = mprom_rom_enter(rom, id);
    return err ? err : mprom_rom_fail(rom, -MPROM_EOPNOTSUPP, id, 0, "this segment has no trailer");
}

int mprom_rom_slot_read(struct mprom_rom *rom, uint32_t id, struct mprom_rom_slot *slot)
{
    *slot = (struct mprom_rom_slot){.valid = false};
    return fail_without_trailer(rom, id);
}

const char *mprom_rom_slot_state_text(enum mprom_rom_slot_state state)
{
    (void)state;
    return "";
}

int mprom_rom_boot_choose(struct mprom_rom *rom, bool hard_reset)
{
    (void)hard_reset;
    int err = mprom_rom_enter(rom, 0);
    if (err == 0) {
        err = mprom_rom_image_know(rom, 0);
    }
    if (err) {
        return err;
    }
    enum mprom_rom_image_state state = rom->states[0].image.state;
    return state == MPROM_ROM_IMAGE_SEALED || state == MPROM_ROM_IMAGE_UNSEALED
               ? 0
               : mprom_rom_fail(rom, -MPROM_ENOENT, 0, 0, "there is no image to start from");
}

int mprom_rom_boot_passed_over(struct mprom_rom *rom)
{
    (void)rom;
    return MPROM_ROM_SEGMENT_NONE;
}

int mprom_rom_slot_mark_tried(struct mprom_rom *rom, uint32_t id)
{
    return fail_without_trailer(rom, id);
}

int mprom_rom_slot_check_open(struct mprom_rom *rom, uint32_t id)
{
    return mprom_rom_check_writable(rom, id);
}

void mprom_rom_slot_note_live(struct mprom_rom *rom, uint32_t id)
{
    (void)rom;
    (void)id;
}

int mprom_rom_trailer_read(struct mprom_rom *rom, uint32_t id, struct mprom_rom_record *record)
{
    (void)rom;
    (void)id;
    (void)record;
    return 0;
}

bool mprom_rom_trailer_speaks_of(const struct mprom_rom_record *record, const struct mprom_rom_image *image)
{
    (void)record;
    (void)image;
    return false;
}

int mprom_rom_trailer_write(struct mprom_rom *rom, uint32_t id, struct mprom_rom_record *record)
{
    (void)rom;
    (void)id;
    (void)record;
    return 0;
}

int mprom_rom_trailer_void(struct mprom_rom *rom, uint32_t id)
{
    (void)rom;
    (void)id;
    return 0;
}

int mprom_rom_trailer_gone_read(struct mprom_rom *rom, uint32_t id)
{
    return fail_without_trailer(rom, id);
}

int mprom_rom_trailer_gone_write(struct mprom_rom *rom, uint32_t id)
{
    return fail_without_trailer(rom, id);
}
