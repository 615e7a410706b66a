/* Where the stm32 port has its partition: its own rom_ioctl(2, 0) answers with a memoryview. */
#include "extmod/vfs.h"
#include "py/runtime.h"

#include "micropython/port/port.h"
#include "micropython/port/stm32/stm32.h"

mp_obj_t __real_mp_vfs_rom_ioctl(size_t n_args, const mp_obj_t *args);

const char *mprom_port_open(struct mprom_port_partition *partition)
{
    const mp_obj_t args[] = {MP_OBJ_NEW_SMALL_INT(MP_VFS_ROM_IOCTL_GET_SEGMENT), MP_OBJ_NEW_SMALL_INT(0)};
    mp_obj_t view = __real_mp_vfs_rom_ioctl(MP_ARRAY_SIZE(args), args);
    mp_buffer_info_t memory;
    if (!mp_get_buffer(view, &memory, MP_BUFFER_READ)) {
        return "this board has no ROMFS partition";
    }
    uintptr_t start = (uintptr_t)memory.buf;
    partition->size = (uint32_t)memory.len;
    if (MICROPY_HW_ROMFS_ENABLE_INTERNAL_FLASH && mprom_port_stm32_is_internal(start)) {
        return mprom_port_stm32_internal(start, partition->size, &partition->flash);
    }
    if (mprom_port_stm32_is_serial(start)) {
        return mprom_port_stm32_serial(start, partition->size, &partition->flash);
    }
    return "the board's partition lies in no flash that its configuration enables for ROMFS";
}
