/*
 * Where MicroPython meets ROMFS. The linker's --wrap leads these calls here; each comes from another object file than
 * the one that defines what is called, so that none needs a patch. The fourth name, mp_type_vfs_rom, is defined by
 * vfs_rom.c under the name that the linker puts in its place.
 */
#include <string.h>

#include "extmod/vfs.h"
#include "shared/runtime/pyexec.h"

#include "micropython/port/port_start.h"
#include "micropython/rom_ioctl.h"
#include "micropython/rom_scripts.h"
#include "micropython/rom_start.h"

#if !MICROPY_VFS_ROM_IOCTL
#error "the configuration of this board has no ROMFS partition; docs/ports.md of mprom says how to give it one"
#endif

/* What the linker calls in place of MicroPython's functions, and how one of these is then reached. */
mp_obj_t __wrap_mp_vfs_rom_ioctl(size_t n_args, const mp_obj_t *args);
int __wrap_mp_vfs_mount_romfs_protected(void);
int __wrap_pyexec_file_if_exists(const char *filename);
int __real_pyexec_file_if_exists(const char *filename);

mp_obj_t __wrap_mp_vfs_rom_ioctl(size_t n_args, const mp_obj_t *args)
{
    return mprom_rom_ioctl(n_args, args);
}

/* At the end of mp_init(), so after each reset; memory is lost by a hard one only. */
int __wrap_mp_vfs_mount_romfs_protected(void)
{
    static bool has_started;
    if (!has_started) {
        mprom_port_start();
    }
    mprom_rom_start_mount(!has_started);
    has_started = true;
    return 0;
}

#ifndef MPROM_BOOT
#define MPROM_BOOT 1
#endif

int __wrap_pyexec_file_if_exists(const char *filename)
{
    if (MPROM_BOOT && strcmp(filename, "boot.py") == 0) {
        return mprom_rom_scripts_run("boot");
    }
    if (MPROM_BOOT && strcmp(filename, "main.py") == 0) {
        return mprom_rom_scripts_run("main");
    }
    return __real_pyexec_file_if_exists(filename);
}
