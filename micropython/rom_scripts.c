/*
 * Running boot and main, from source or compiled, from the writable filesystem or from an image.
 */
#include <string.h>

#include "extmod/vfs.h"
#include "py/builtin.h"
#include "py/mphal.h"
#include "py/persistentcode.h"
#include "py/runtime.h"
#include "shared/readline/readline.h"
#include "shared/runtime/pyexec.h"

#include "micropython/rom_binding.h"
#include "micropython/rom_scripts.h"
#include "micropython/rom_start.h"
#include "mprom/rom_slot.h"
#include "mprom/small.h"

/* The module's code as a function that runs in __main__. */
static mp_obj_t mpy_load(const char *path)
{
    mp_module_context_t *context = m_new_obj(mp_module_context_t);
    context->module.globals = mp_globals_get();
    mp_compiled_module_t module;
    module.context = context;
    mp_raw_code_load_file(qstr_from_str(path), &module);
    return mp_make_function_from_proto_fun(module.rc, context, NULL);
}

/* What MicroPython's pyexec_file() does for source text. */
static int mpy_run(const char *path)
{
    nlr_buf_t nlr;
    if (nlr_push(&nlr) == 0) {
        mp_obj_t code = mpy_load(path);
        mp_hal_set_interrupt_char(CHAR_CTRL_C);
        mp_call_function_0(code);
        mp_hal_set_interrupt_char(-1);
        mp_handle_pending(true);
        nlr_pop();
        return 1;
    }
    mp_hal_set_interrupt_char(-1);
    mp_handle_pending(false);
    mp_obj_t exception = MP_OBJ_FROM_PTR(nlr.ret_val);
    if (mp_obj_is_subclass_fast(MP_OBJ_FROM_PTR(mp_obj_get_type(exception)), MP_OBJ_FROM_PTR(&mp_type_SystemExit))) {
        return PYEXEC_FORCED_EXIT;
    }
    mp_obj_print_exception(&mp_plat_print, exception);
    return 0;
}

/* The path of a script, if it is there: dir, name and one of the endings. */
static bool script_find(vstr_t *path, const char *dir, const char *name, bool *is_mpy)
{
    static const char *const endings[] = {".py", ".mpy"};
    for (size_t i = 0; i < MP_ARRAY_SIZE(endings); i++) {
        vstr_reset(path);
        vstr_printf(path, "%s%s%s", dir, name, endings[i]);
        if (mp_import_stat(vstr_null_terminated_str(path)) == MP_IMPORT_STAT_FILE) {
            *is_mpy = i == 1;
            return true;
        }
    }
    return false;
}

/* In __main__, as MicroPython does from 1.27 on for source; a program finds its files by it. */
static void script_name(vstr_t *path)
{
    mp_store_global(MP_QSTR___file__, MP_OBJ_NEW_QSTR(qstr_from_strn(path->buf, path->len)));
}

static int script_run(vstr_t *path, bool is_mpy)
{
    script_name(path);
    return is_mpy ? mpy_run(vstr_null_terminated_str(path)) : pyexec_file(vstr_null_terminated_str(path));
}

/* A trial that cannot be recorded would never end, so its owner must hear of it. */
static void trial_begin(uint32_t id)
{
    struct mprom_rom *rom = mprom_rom_binding();
    int err = mprom_rom_slot_mark_tried(rom, id);
    if (err && err != -MPROM_EOPNOTSUPP) {
        mp_printf(&mp_plat_print, "rom: segment %u: the trial of its image cannot be recorded: %s\n", (unsigned)id,
                  rom->error.what);
    }
}

/*
 * An image whose boot hangs or fails never gets to its main: so boot is part of the trial, where main would follow
 * it. It does not when a client restarts Python into the raw REPL.
 */
static int rom_script_run(uint32_t id, vstr_t *path, bool is_mpy)
{
    struct mprom_rom_state *state = &mprom_rom_binding()->states[id];
    if (!MPROM_SMALL && pyexec_mode_kind == PYEXEC_MODE_FRIENDLY_REPL) {
        trial_begin(id);
    }
    state->running = true;
    int ret = script_run(path, is_mpy);
    state->running = false;
    return ret;
}

/*
 * Whether the current directory is /rom, as on the second core of MicroPython's alif port: what lies there is the
 * image's, and not of the writable filesystem.
 */
static bool script_here_is_rom(const char *name)
{
    static const char rom[] = "/rom";
    const char *rest;
    const mp_vfs_mount_t *here = mp_vfs_lookup_path(name, &rest);
    return here != MP_VFS_NONE && here != MP_VFS_ROOT && here->len == sizeof rom - 1 &&
           memcmp(here->str, rom, sizeof rom - 1) == 0;
}

static bool script_find_writable(vstr_t *path, const char *name, bool *is_mpy)
{
    return !script_here_is_rom(name) && script_find(path, "", name, is_mpy) &&
           !mprom_rom_scripts_is_default(vstr_null_terminated_str(path));
}

int mprom_rom_scripts_run(const char *name)
{
    vstr_t path;
    bool is_mpy;
    vstr_init(&path, 32);
    if (script_find_writable(&path, name, &is_mpy)) {
        return script_run(&path, is_mpy);
    }
    int id = mprom_rom_start_chosen();
    if (id >= 0 && script_find(&path, "/rom/", name, &is_mpy)) {
        return rom_script_run((uint32_t)id, &path, is_mpy);
    }
    return 1;
}
