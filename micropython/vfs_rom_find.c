/*
 * What a path names in a VfsRom, and whether the image is still the one that was mounted.
 */
#include <string.h>

#include "py/mperrno.h"
#include "py/runtime.h"

#include "micropython/vfs_rom.h"

bool mprom_vfs_rom_is_stale(const struct mprom_vfs_rom *self)
{
    return mp_obj_is_small_int(self->memory) && mprom_vfs_rom_generation(self->fs.image) != self->memory;
}

void mprom_vfs_rom_check(const struct mprom_vfs_rom *self)
{
    if (mprom_vfs_rom_is_stale(self)) {
        mp_raise_OSError(MP_EIO);
    }
}

/* Whether a component of the path starts with a dot, as "." and ".." do. */
static bool path_has_dots(const char *path)
{
    char before = '/';
    for (; *path; before = *path++) {
        if (*path == '.' && before == '/') {
            return true;
        }
    }
    return false;
}

/*
 * Follows path from the directory in *full, which is "" or as "/lib/net", and leaves the result there. ".." in the
 * root stays there, as in MicroPython's other filesystems.
 */
static void path_follow(vstr_t *full, const char *path)
{
    while (*path) {
        const char *name = path;
        while (*path && *path != '/') {
            path++;
        }
        size_t size = (size_t)(path - name);
        if (size == 2 && name[0] == '.' && name[1] == '.') {
            while (full->len && full->buf[--full->len] != '/') {
            }
        } else if (size > 1 || (size == 1 && *name != '.')) {
            vstr_add_char(full, '/');
            vstr_add_strn(full, name, size);
        }
        path += *path == '/';
    }
}

void mprom_vfs_rom_path_resolve(const struct mprom_vfs_rom *self, const char *path, vstr_t *full)
{
    vstr_init(full, 32);
    if (*path != '/' && self->cwd) {
        vstr_add_str(full, self->cwd);
    }
    path_follow(full, path);
}

int mprom_vfs_rom_find(const struct mprom_vfs_rom *self, const char *path, struct mprom_romfs_entry *entry)
{
    if (mprom_vfs_rom_is_stale(self)) {
        return -MP_EIO;
    }
    int err;
    if ((*path != '/' && self->cwd) || path_has_dots(path)) {
        vstr_t full;
        mprom_vfs_rom_path_resolve(self, path, &full);
        err = mprom_romfs_lookup(&self->fs, NULL, full.buf, full.len, entry);
        vstr_clear(&full);
    } else {
        err = mprom_romfs_lookup(&self->fs, NULL, path, strlen(path), entry);
    }
    return err ? -MP_ENOENT : 0;
}

void mprom_vfs_rom_find_raise(const struct mprom_vfs_rom *self, mp_obj_t path, struct mprom_romfs_entry *entry)
{
    int err = mprom_vfs_rom_find(self, mp_obj_str_get_str(path), entry);
    if (err) {
        mp_raise_OSError(-err);
    }
}
