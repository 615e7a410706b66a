#include "micropython/port/port_flash.h"

#include "extmod/vfs.h"
#include "py/runtime.h"

#include "mprom/error.h"

mp_obj_t __real_mp_vfs_rom_ioctl(size_t n_args, const mp_obj_t *args);

const char *mprom_port_view(uintptr_t *start, uint32_t *size)
{
    const mp_obj_t args[] = {MP_OBJ_NEW_SMALL_INT(MP_VFS_ROM_IOCTL_GET_SEGMENT), MP_OBJ_NEW_SMALL_INT(0)};
    mp_obj_t view = __real_mp_vfs_rom_ioctl(MP_ARRAY_SIZE(args), args);
    mp_buffer_info_t memory;
    if (!mp_get_buffer(view, &memory, MP_BUFFER_READ)) {
        return "this board has no ROMFS partition";
    }
    *start = (uintptr_t)memory.buf;
    *size = (uint32_t)memory.len;
    return NULL;
}

int mprom_port_result(int answer)
{
    if (answer == 0) {
        return 0;
    }
    return answer == -MPROM_ETIMEDOUT ? -MPROM_ETIMEDOUT : -MPROM_EIO;
}
