/*
 * How VfsRom and the segments know of each other. Elsewhere than in mprom's firmware VfsRom is MicroPython's own, and
 * the module romfs answers these questions in another way.
 */
#include "py/runtime.h"

#include "micropython/rom_binding.h"
#include "micropython/vfs_rom.h"

mp_obj_t mprom_vfs_rom_generation(const void *mem)
{
    int id = mprom_rom_binding_find(mem);
    if (id == MPROM_ROM_SEGMENT_NONE) {
        return MP_OBJ_NULL;
    }
    /* A small int of the narrowest kind has 31 bits. */
    return MP_OBJ_NEW_SMALL_INT(mprom_rom_binding()->states[id].generation & 0x3fffffff);
}

/* Each VfsRom says by itself what it is over. */
void mprom_rom_binding_mounted(mp_obj_t vfs, uint32_t id)
{
    (void)vfs;
    (void)id;
}

bool mprom_rom_binding_vfs_is_over(mp_obj_t vfs, uint32_t id)
{
    if (!mp_obj_is_type(vfs, &mp_type_vfs_rom)) {
        return false;
    }
    const struct mprom_vfs_rom *self = MP_OBJ_TO_PTR(vfs);
    return mprom_rom_binding_holds(id, self->fs.image);
}
