/*
 * How VfsRom and the segments know of each other.
 */
#include "extmod/vfs.h"
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

static bool is_over(mp_obj_t vfs, uint32_t id)
{
    if (!mp_obj_is_type(vfs, &mp_type_vfs_rom)) {
        return false;
    }
    const struct mprom_vfs_rom *self = MP_OBJ_TO_PTR(vfs);
    return mprom_rom_binding_holds(id, self->fs.image);
}

/* One VfsRom may be mounted in several places; each unmount takes the first that it finds. */
void mprom_rom_binding_release(struct mprom_rom *rom, uint32_t id)
{
    (void)rom;
    mp_vfs_mount_t *mount = MP_STATE_VM(vfs_mount_table);
    while (mount) {
        mp_vfs_mount_t *next = mount->next;
        if (is_over(mount->obj, id)) {
            mp_vfs_umount(mount->obj);
        }
        mount = next;
    }
}
