/*
 * What rom_binding.h asks for, where VfsRom is MicroPython's own: it does not say what memory it is over, so the
 * module remembers what it has mounted.
 */
#include "py/mpstate.h"
#include "py/runtime.h"

#include "micropython/rom_binding.h"
#include "micropython/romfs/host_segments.h"

static const struct mprom_rom_hooks host_hooks = {.release = mprom_rom_binding_release};

struct mprom_rom *mprom_rom_binding(void)
{
    const char *why;
    struct mprom_rom *rom = mprom_host_segments(&host_hooks, &why);
    if (!rom) {
        mp_raise_msg_varg(&mp_type_OSError, MP_ERROR_TEXT("%s"), why);
    }
    return rom;
}

bool mprom_rom_binding_has_ioctl(void)
{
    return false;
}

size_t mprom_rom_binding_console_room(void)
{
    return 0;
}

uint32_t mprom_rom_binding_console_baud_max(void)
{
    return 0;
}

void mprom_rom_binding_console_set_baud(uint32_t baud)
{
    (void)baud;
}

size_t mprom_rom_binding_board_id(const uint8_t **id)
{
    *id = NULL;
    return 0;
}

void mprom_rom_binding_mounted(mp_obj_t vfs, uint32_t id)
{
    mp_obj_t items[] = {vfs, mp_obj_new_int_from_uint(id)};
    if (MP_STATE_VM(romfs_mounted) == MP_OBJ_NULL) {
        MP_STATE_VM(romfs_mounted) = mp_obj_new_list(0, NULL);
    }
    mp_obj_list_append(MP_STATE_VM(romfs_mounted), mp_obj_new_tuple(MP_ARRAY_SIZE(items), items));
}

bool mprom_rom_binding_vfs_is_over(mp_obj_t vfs, uint32_t id)
{
    size_t count = 0;
    mp_obj_t *pairs = NULL;
    if (MP_STATE_VM(romfs_mounted) != MP_OBJ_NULL) {
        mp_obj_list_get(MP_STATE_VM(romfs_mounted), &count, &pairs);
    }
    for (size_t i = 0; i < count; i++) {
        mp_obj_t *pair;
        mp_obj_get_array_fixed_n(pairs[i], 2, &pair);
        if (pair[0] == vfs && mp_obj_get_int(pair[1]) == (mp_int_t)id) {
            return true;
        }
    }
    return false;
}

MP_REGISTER_ROOT_POINTER(mp_obj_t romfs_mounted);
