/*
 * A flash over the device object that the port's own rom_ioctl(2, 0) answers with: rp2, mimxrt, nrf, esp32. The object
 * has the extended protocol of block devices: ioctl(4, 0) blocks, ioctl(5, 0) bytes of one, ioctl(6, n) erases one,
 * writeblocks(n, buf, offset) programs without an erase; and it can be read as a buffer, which is the flash itself. It
 * does what its chip needs around an operation: the other core, interrupts, caches.
 *
 * What the objects answer to writeblocks() and ioctl(6, n) differs, and some answer nothing; mprom/flash.h reads back
 * what was written.
 */
#include <string.h>

#include "extmod/vfs.h"
#include "py/runtime.h"

#include "micropython/port/port.h"

/* Whether the port's driver programs whole pages, whatever it is given, as those of rp2 and mimxrt do. */
#ifndef MPROM_PORT_WHOLE_PAGES
#define MPROM_PORT_WHOLE_PAGES 1
#endif

/* The smallest unit, and how often it may be programmed; any number on SPI-NOR. */
#ifndef MPROM_PORT_PROGRAM_SIZE
#define MPROM_PORT_PROGRAM_SIZE 1
#endif
#ifndef MPROM_PORT_PROGRAM_COUNT
#define MPROM_PORT_PROGRAM_COUNT MPROM_FLASH_PROGRAM_ANY
#endif

enum {
    SEGMENT = 0,
    PAGE_SIZE = 256,
    ERASED = 0xFF
};

static const uint8_t *device_start;
static uint32_t block_size;

mp_obj_t __real_mp_vfs_rom_ioctl(size_t n_args, const mp_obj_t *args);

/* Asked anew each time: an object of Python's lives until the next soft reset at most. */
static mp_obj_t device(void)
{
    const mp_obj_t args[] = {MP_OBJ_NEW_SMALL_INT(MP_VFS_ROM_IOCTL_GET_SEGMENT), MP_OBJ_NEW_SMALL_INT(SEGMENT)};
    return __real_mp_vfs_rom_ioctl(MP_ARRAY_SIZE(args), args);
}

static mp_obj_t device_ioctl(mp_int_t op, uint32_t arg)
{
    mp_obj_t call[4];
    mp_load_method(device(), MP_QSTR_ioctl, call);
    call[2] = MP_OBJ_NEW_SMALL_INT(op);
    call[3] = MP_OBJ_NEW_SMALL_INT(arg);
    return mp_call_method_n_kw(2, 0, call);
}

/* Most answer None or 0; after an error some answer a negative errno, mimxrt 1. */
static int device_result(mp_obj_t answer)
{
    mp_int_t result = 0;
    return mp_obj_get_int_maybe(answer, &result) && result != 0 ? -MPROM_EIO : 0;
}

static void device_erase(uint32_t off)
{
    if (device_result(device_ioctl(MP_BLOCKDEV_IOCTL_BLOCK_ERASE, off / block_size))) {
        mp_raise_OSError(MPROM_EIO);
    }
}

static void device_program(uint32_t off, uint8_t *bytes, uint32_t size)
{
    mp_obj_t call[5];
    mp_load_method(device(), MP_QSTR_writeblocks, call);
    call[2] = MP_OBJ_NEW_SMALL_INT(off / block_size);
    call[3] = mp_obj_new_bytearray_by_ref(size, bytes);
    call[4] = MP_OBJ_NEW_SMALL_INT(off % block_size);
    if (device_result(mp_call_method_n_kw(3, 0, call))) {
        mp_raise_OSError(MPROM_EIO);
    }
}

/*
 * Calls one of these two. What a driver raises is an error here. Another exception, such as that of Ctrl-C, which ports
 * look at while they wait, waits until Python can take it: an update must not end between two of its steps. What was
 * not done because of it is found by the read-back.
 */
static int device_do(uint32_t off, uint8_t *bytes, uint32_t size)
{
    nlr_buf_t nlr;
    if (nlr_push(&nlr) == 0) {
        if (bytes != NULL) {
            device_program(off, bytes, size);
        } else {
            device_erase(off);
        }
        nlr_pop();
        return 0;
    }
    mp_obj_t exception = MP_OBJ_FROM_PTR(nlr.ret_val);
    if (mp_obj_is_subclass_fast(MP_OBJ_FROM_PTR(mp_obj_get_type(exception)), MP_OBJ_FROM_PTR(&mp_type_OSError))) {
        return -MPROM_EIO;
    }
    mp_sched_exception(exception);
    return 0;
}

static int port_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    (void)flash;
    memcpy(dst, device_start + off, size);
    return 0;
}

/* The bytes of a whole page that are filled up stay as they are, since the erased value programs nothing. */
static int port_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    uint8_t page[PAGE_SIZE]; /* in RAM, since no driver can read the flash while it programs it */
    uint32_t start = off % PAGE_SIZE;
    (void)flash;
    memset(page, ERASED, sizeof page);
    memcpy(page + start, src, size);
    return MPROM_PORT_WHOLE_PAGES ? device_do(off - start, page, sizeof page) : device_do(off, page + start, size);
}

static int port_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    (void)flash;
    return device_do(off, NULL, size);
}

static int port_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static const void *port_map(const struct mprom_flash *flash, uint32_t off)
{
    (void)flash;
    return device_start + off;
}

static const struct mprom_flash_ops port_ops = {
    .read = port_read, .program = port_program, .erase = port_erase, .sync = port_sync, .map = port_map};
static struct mprom_flash_region port_region;
static struct mprom_flash_geometry port_geometry = {.regions = &port_region,
                                                    .region_count = 1,
                                                    .program_size = MPROM_PORT_PROGRAM_SIZE,
                                                    .page_size = PAGE_SIZE,
                                                    .program_count = MPROM_PORT_PROGRAM_COUNT,
                                                    .erased_value = ERASED};
static const struct mprom_flash port_flash = {.ops = &port_ops, .geometry = &port_geometry};

const char *mprom_port_open(struct mprom_port_partition *partition)
{
    mp_buffer_info_t memory;
    mp_obj_t object = device();
    if (mp_obj_is_small_int(object)) {
        return "this board has no ROMFS partition";
    }
    mp_get_buffer_raise(object, &memory, MP_BUFFER_READ);
    device_start = memory.buf;
    block_size = (uint32_t)mp_obj_get_int(device_ioctl(MP_BLOCKDEV_IOCTL_BLOCK_SIZE, 0));
    port_geometry.size = (uint32_t)memory.len;
    port_region = (struct mprom_flash_region){.erase_size = block_size, .count = (uint32_t)memory.len / block_size};
    if (mprom_flash_check(&port_flash)) {
        return "the port's partition is no whole number of erase blocks";
    }
    *partition = (struct mprom_port_partition){.flash = &port_flash, .size = port_geometry.size};
    return NULL;
}
