/*
 * What rom_binding.h asks for, on a PC: the segments are files, and vfs.rom_ioctl() is not over them.
 */
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
