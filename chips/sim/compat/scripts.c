/*
 * boot and main as stock MicroPython runs them: source text, frozen or in the current directory.
 */
#include "py/obj.h"
#include "shared/runtime/pyexec.h"

#include "chips/sim/compat/compat.h"
#include "micropython/rom_scripts.h"

/* What the linker calls in place of mprom's function, and how that is then reached. */
int __wrap_mprom_rom_scripts_run(const char *name);
int __real_mprom_rom_scripts_run(const char *name);

int __wrap_mprom_rom_scripts_run(const char *name)
{
    if (!compat_shape()) {
        return __real_mprom_rom_scripts_run(name);
    }
    vstr_t path;
    vstr_init(&path, 16);
    vstr_printf(&path, "%s.py", name);
    return pyexec_file_if_exists(vstr_null_terminated_str(&path));
}
