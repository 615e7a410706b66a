#include "extmod/vfs.h"
#include "py/mperrno.h"
#include "py/objstr.h"
#include "py/runtime.h"

#include "micropython/vfs_rom.h"

/* The heap that a mount may take: two blocks where pointers have 32 bits. */
_Static_assert(sizeof(struct mprom_vfs_rom) <= 8 * sizeof(void *), "two blocks of the heap");

enum {
    VFS_ROM_NAME_MAX = 32767
};

static void vfs_rom_find_dir(const struct mprom_vfs_rom *self, mp_obj_t path, struct mprom_romfs_entry *entry)
{
    mprom_vfs_rom_find_raise(self, path, entry);
    if (!entry->is_dir) {
        mp_raise_OSError(MP_ENOTDIR);
    }
}

static mp_obj_t vfs_rom_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args)
{
    mp_arg_check_num(n_args, n_kw, 1, 1, false);
    mp_buffer_info_t memory;
    mp_get_buffer_raise(args[0], &memory, MP_BUFFER_READ);
    struct mprom_vfs_rom *self = mp_obj_malloc(struct mprom_vfs_rom, type);
    int err = mprom_romfs_open(&self->fs, memory.buf, memory.len);
    if (err) {
        mp_raise_OSError(-err);
    }
    self->memory = mprom_vfs_rom_generation(memory.buf);
    if (self->memory == MP_OBJ_NULL) {
        self->memory = args[0];
    }
    self->cwd = NULL;
    return MP_OBJ_FROM_PTR(self);
}

static mp_obj_t vfs_rom_mount(mp_obj_t self_in, mp_obj_t readonly, mp_obj_t mkfs)
{
    (void)readonly;
    if (mp_obj_is_true(mkfs)) {
        mp_raise_OSError(MP_EPERM);
    }
    mprom_vfs_rom_check(MP_OBJ_TO_PTR(self_in));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_3(vfs_rom_mount_obj, vfs_rom_mount);

static mp_obj_t vfs_rom_chdir(mp_obj_t self_in, mp_obj_t path)
{
    struct mprom_vfs_rom *self = MP_OBJ_TO_PTR(self_in);
    struct mprom_romfs_entry entry;
    vfs_rom_find_dir(self, path, &entry);
    vstr_t full;
    mprom_vfs_rom_path_resolve(self, mp_obj_str_get_str(path), &full);
    self->cwd = full.len ? vstr_null_terminated_str(&full) : NULL;
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(vfs_rom_chdir_obj, vfs_rom_chdir);

static mp_obj_t vfs_rom_getcwd(mp_obj_t self_in)
{
    const struct mprom_vfs_rom *self = MP_OBJ_TO_PTR(self_in);
    return mp_obj_new_str_from_cstr(self->cwd ? self->cwd : "");
}
static MP_DEFINE_CONST_FUN_OBJ_1(vfs_rom_getcwd_obj, vfs_rom_getcwd);

static mp_obj_t vfs_rom_mode(const struct mprom_romfs_entry *entry)
{
    return MP_OBJ_NEW_SMALL_INT(entry->is_dir ? MP_S_IFDIR : MP_S_IFREG);
}

struct vfs_rom_iterator {
    mp_obj_base_t base;
    mp_fun_1_t next;
    const struct mprom_vfs_rom *vfs;
    const mp_obj_type_t *name_type; /* str or bytes, as the path was */
    struct mprom_romfs_dir dir;
};

/* A corrupt record ends the list, as in MicroPython's own VfsRom. */
static mp_obj_t vfs_rom_iterator_next(mp_obj_t self_in)
{
    struct vfs_rom_iterator *self = MP_OBJ_TO_PTR(self_in);
    struct mprom_romfs_entry entry;
    mprom_vfs_rom_check(self->vfs);
    if (mprom_romfs_dir_next(&self->vfs->fs, &self->dir, &entry) <= 0) {
        return MP_OBJ_STOP_ITERATION;
    }
    mp_obj_t items[] = {
        mp_obj_new_str_of_type(self->name_type, (const byte *)entry.name, entry.name_size),
        vfs_rom_mode(&entry),
        MP_OBJ_NEW_SMALL_INT(0),
        mp_obj_new_int_from_uint(entry.size),
    };
    return mp_obj_new_tuple(MP_ARRAY_SIZE(items), items);
}

static mp_obj_t vfs_rom_ilistdir(mp_obj_t self_in, mp_obj_t path)
{
    const struct mprom_vfs_rom *self = MP_OBJ_TO_PTR(self_in);
    struct mprom_romfs_entry entry;
    vfs_rom_find_dir(self, path, &entry);
    struct vfs_rom_iterator *it = mp_obj_malloc(struct vfs_rom_iterator, &mp_type_polymorph_iter);
    it->next = vfs_rom_iterator_next;
    it->vfs = self;
    it->name_type = mp_obj_is_str(path) ? &mp_type_str : &mp_type_bytes;
    mprom_romfs_dir_open(&it->dir, &entry);
    return MP_OBJ_FROM_PTR(it);
}
static MP_DEFINE_CONST_FUN_OBJ_2(vfs_rom_ilistdir_obj, vfs_rom_ilistdir);

/* A tuple of ten integers, all 0 but two. */
static mp_obj_t vfs_rom_ten(size_t first, mp_obj_t first_value, size_t second, mp_obj_t second_value)
{
    mp_obj_t items[10];
    for (size_t i = 0; i < MP_ARRAY_SIZE(items); i++) {
        items[i] = MP_OBJ_NEW_SMALL_INT(0);
    }
    items[first] = first_value;
    items[second] = second_value;
    return mp_obj_new_tuple(MP_ARRAY_SIZE(items), items);
}

static mp_obj_t vfs_rom_stat(mp_obj_t self_in, mp_obj_t path)
{
    enum {
        ST_MODE = 0,
        ST_SIZE = 6
    };
    struct mprom_romfs_entry entry;
    mprom_vfs_rom_find_raise(MP_OBJ_TO_PTR(self_in), path, &entry);
    return vfs_rom_ten(ST_MODE, vfs_rom_mode(&entry), ST_SIZE, mp_obj_new_int_from_uint(entry.size));
}
static MP_DEFINE_CONST_FUN_OBJ_2(vfs_rom_stat_obj, vfs_rom_stat);

static mp_obj_t vfs_rom_statvfs(mp_obj_t self_in, mp_obj_t path)
{
    enum {
        F_BSIZE = 0,
        F_BLOCKS = 2,
        F_NAMEMAX = 9
    };
    (void)path;
    const struct mprom_vfs_rom *self = MP_OBJ_TO_PTR(self_in);
    mp_obj_t blocks = mp_obj_new_int_from_uint(self->fs.size - self->fs.payload_off);
    mp_obj_tuple_t *answer = MP_OBJ_TO_PTR(vfs_rom_ten(F_BSIZE, MP_OBJ_NEW_SMALL_INT(1), F_BLOCKS, blocks));
    answer->items[F_NAMEMAX] = MP_OBJ_NEW_SMALL_INT(VFS_ROM_NAME_MAX);
    return MP_OBJ_FROM_PTR(answer);
}
static MP_DEFINE_CONST_FUN_OBJ_2(vfs_rom_statvfs_obj, vfs_rom_statvfs);

static MP_DEFINE_CONST_FUN_OBJ_3(vfs_rom_open_obj, mprom_vfs_rom_file_open);

static const mp_rom_map_elem_t vfs_rom_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_mount), MP_ROM_PTR(&vfs_rom_mount_obj)},
    {MP_ROM_QSTR(MP_QSTR_umount), MP_ROM_PTR(&mp_identity_obj)},
    {MP_ROM_QSTR(MP_QSTR_open), MP_ROM_PTR(&vfs_rom_open_obj)},
    {MP_ROM_QSTR(MP_QSTR_chdir), MP_ROM_PTR(&vfs_rom_chdir_obj)},
    {MP_ROM_QSTR(MP_QSTR_getcwd), MP_ROM_PTR(&vfs_rom_getcwd_obj)},
    {MP_ROM_QSTR(MP_QSTR_ilistdir), MP_ROM_PTR(&vfs_rom_ilistdir_obj)},
    {MP_ROM_QSTR(MP_QSTR_stat), MP_ROM_PTR(&vfs_rom_stat_obj)},
    {MP_ROM_QSTR(MP_QSTR_statvfs), MP_ROM_PTR(&vfs_rom_statvfs_obj)},
};
static MP_DEFINE_CONST_DICT(vfs_rom_locals, vfs_rom_locals_table);

static mp_import_stat_t vfs_rom_import_stat(void *self, const char *path)
{
    struct mprom_romfs_entry entry;
    if (mprom_vfs_rom_find(self, path, &entry)) {
        return MP_IMPORT_STAT_NO_EXIST;
    }
    return entry.is_dir ? MP_IMPORT_STAT_DIR : MP_IMPORT_STAT_FILE;
}

static const mp_vfs_proto_t vfs_rom_proto = {.import_stat = vfs_rom_import_stat};

MP_DEFINE_CONST_OBJ_TYPE(mp_type_vfs_rom, MP_QSTR_VfsRom, MP_TYPE_FLAG_NONE, make_new, vfs_rom_make_new, protocol,
                         &vfs_rom_proto, locals_dict, &vfs_rom_locals);
