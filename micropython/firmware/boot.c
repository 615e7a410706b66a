/*
 * Running boot and main.
 */
#include "py/runtime.h"
#include "shared/runtime/pyexec.h"

#include "firmware.h"

int boot_run(const char *name, bool is_main)
{
    (void)is_main;
    vstr_t file;
    vstr_init(&file, 16);
    vstr_printf(&file, "%s.py", name);
    return pyexec_file_if_exists(vstr_null_terminated_str(&file));
}

void firmware_mount_roms(void)
{
}
