/*
 * Files of a VfsRom. Opened with "b" they are also buffers: memoryview(file) is the flash itself.
 */
#include <string.h>

#include "py/mperrno.h"
#include "py/runtime.h"
#include "py/stream.h"

#include "micropython/vfs_rom.h"

struct vfs_rom_file {
    mp_obj_base_t base;
    const struct mprom_vfs_rom *vfs;
    const uint8_t *data;
    size_t size;
    size_t off;
};

static const mp_obj_type_t vfs_rom_file_binary;
static const mp_obj_type_t vfs_rom_file_text;

static const mp_obj_type_t *vfs_rom_file_type(const char *mode)
{
    const mp_obj_type_t *type = &vfs_rom_file_text;
    for (; *mode; mode++) {
        if (*mode == 'b') {
            type = &vfs_rom_file_binary;
        } else if (*mode == 't') {
            type = &vfs_rom_file_text;
        } else if (*mode != 'r') {
            mp_raise_OSError(MP_EROFS);
        }
    }
    return type;
}

mp_obj_t mprom_vfs_rom_file_open(mp_obj_t self_in, mp_obj_t path, mp_obj_t mode)
{
    const mp_obj_type_t *type = vfs_rom_file_type(mp_obj_str_get_str(mode));
    struct mprom_romfs_entry entry;
    mprom_vfs_rom_find_raise(MP_OBJ_TO_PTR(self_in), path, &entry);
    if (entry.is_dir) {
        mp_raise_OSError(MP_EISDIR);
    }
    struct vfs_rom_file *file = mp_obj_malloc(struct vfs_rom_file, type);
    file->vfs = MP_OBJ_TO_PTR(self_in);
    file->data = entry.data;
    file->size = entry.size;
    file->off = 0;
    return MP_OBJ_FROM_PTR(file);
}

static mp_int_t vfs_rom_file_buffer(mp_obj_t self_in, mp_buffer_info_t *info, mp_uint_t flags)
{
    const struct vfs_rom_file *self = MP_OBJ_TO_PTR(self_in);
    if (flags != MP_BUFFER_READ) {
        return 1;
    }
    mprom_vfs_rom_check(self->vfs);
    info->buf = (void *)self->data; /* for reading only, as the flags say */
    info->len = self->size;
    info->typecode = 'B';
    return 0;
}

static mp_uint_t vfs_rom_file_read(mp_obj_t self_in, void *buf, mp_uint_t size, int *errcode)
{
    struct vfs_rom_file *self = MP_OBJ_TO_PTR(self_in);
    if (mprom_vfs_rom_is_stale(self->vfs)) {
        *errcode = MP_EIO;
        return MP_STREAM_ERROR;
    }
    size = MIN(size, self->size - self->off);
    memcpy(buf, self->data + self->off, size);
    self->off += size;
    return size;
}

/* A position behind the end is the end, as in MicroPython's own VfsRom. */
static bool vfs_rom_file_seek(struct vfs_rom_file *self, struct mp_stream_seek_t *seek)
{
    size_t start = seek->whence == MP_SEEK_SET ? 0 : seek->whence == MP_SEEK_CUR ? self->off : self->size;
    if (seek->offset < 0) {
        size_t back = -(size_t)seek->offset;
        if (back > start) {
            return false;
        }
        self->off = start - back;
    } else {
        self->off = start + MIN((size_t)seek->offset, self->size - start);
    }
    seek->offset = (mp_off_t)self->off;
    return true;
}

static mp_uint_t vfs_rom_file_ioctl(mp_obj_t self_in, mp_uint_t request, uintptr_t arg, int *errcode)
{
    struct vfs_rom_file *self = MP_OBJ_TO_PTR(self_in);
    if (request == MP_STREAM_CLOSE) {
        return 0;
    }
    if (request == MP_STREAM_SEEK && vfs_rom_file_seek(self, (struct mp_stream_seek_t *)arg)) {
        return 0;
    }
    *errcode = MP_EINVAL;
    return MP_STREAM_ERROR;
}

static const mp_rom_map_elem_t vfs_rom_file_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_read), MP_ROM_PTR(&mp_stream_read_obj)},
    {MP_ROM_QSTR(MP_QSTR_readinto), MP_ROM_PTR(&mp_stream_readinto_obj)},
    {MP_ROM_QSTR(MP_QSTR_readline), MP_ROM_PTR(&mp_stream_unbuffered_readline_obj)},
    {MP_ROM_QSTR(MP_QSTR_readlines), MP_ROM_PTR(&mp_stream_unbuffered_readlines_obj)},
    {MP_ROM_QSTR(MP_QSTR_seek), MP_ROM_PTR(&mp_stream_seek_obj)},
    {MP_ROM_QSTR(MP_QSTR_tell), MP_ROM_PTR(&mp_stream_tell_obj)},
    {MP_ROM_QSTR(MP_QSTR_close), MP_ROM_PTR(&mp_stream_close_obj)},
    {MP_ROM_QSTR(MP_QSTR___enter__), MP_ROM_PTR(&mp_identity_obj)},
    {MP_ROM_QSTR(MP_QSTR___exit__), MP_ROM_PTR(&mp_stream___exit___obj)},
};
static MP_DEFINE_CONST_DICT(vfs_rom_file_locals, vfs_rom_file_locals_table);

static const mp_stream_p_t vfs_rom_file_binary_stream = {.read = vfs_rom_file_read, .ioctl = vfs_rom_file_ioctl};

static const mp_stream_p_t vfs_rom_file_text_stream = {
    .read = vfs_rom_file_read,
    .ioctl = vfs_rom_file_ioctl,
    .is_text = true,
};

static MP_DEFINE_CONST_OBJ_TYPE(vfs_rom_file_binary, MP_QSTR_FileIO, MP_TYPE_FLAG_ITER_IS_STREAM, buffer,
                                vfs_rom_file_buffer, protocol, &vfs_rom_file_binary_stream, locals_dict,
                                &vfs_rom_file_locals);

static MP_DEFINE_CONST_OBJ_TYPE(vfs_rom_file_text, MP_QSTR_TextIOWrapper, MP_TYPE_FLAG_ITER_IS_STREAM, protocol,
                                &vfs_rom_file_text_stream, locals_dict, &vfs_rom_file_locals);
