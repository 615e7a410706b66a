/*
 * The segment that a call of the module romfs is about.
 */
#include "micropython/rom_binding.h"
#include "micropython/romfs/mod_romfs.h"

uint32_t mprom_mod_romfs_id(mp_obj_t id_in)
{
    uint32_t id = mprom_rom_binding_number(id_in);
    if (id >= mprom_rom_binding()->segment_count) {
        mprom_rom_binding_raise_at(-MPROM_ENOENT, id, 0, "there is no such segment");
    }
    return id;
}

void mprom_mod_romfs_verify_image(uint32_t id, enum mprom_rom_verify_mode mode, struct mprom_rom_image *image)
{
    int result = mprom_rom_verify(mprom_rom_binding(), id, mode, image);
    if (result < 0) {
        mprom_rom_binding_raise(result);
    }
}
