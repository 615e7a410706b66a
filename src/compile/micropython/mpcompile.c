#include "mpcompile.h"

#include <assert.h>
#include <string.h>

#include "arena.h"
#include "genhdr/mpversion.h"
#include "march_flags.h"
#include "py/builtin.h"
#include "py/compile.h"
#include "py/cstack.h"
#include "py/mperrno.h"
#include "py/persistentcode.h"
#include "py/runtime.h"

enum {
    STACK_CHECKED_SIZE = 1024 * 1024
}; /* of the few functions of MicroPython that check their depth */

/* Releases that do not have it call the architecture "debug" by this number, which is not offered. */
enum {
    ARCH_RV64IMC = 12
};

const char mprom_compiler_micropython[] = MICROPY_GIT_TAG;
const uint8_t mprom_compiler_mpy_version = MPY_VERSION;
const uint8_t mprom_compiler_mpy_sub_version = MPY_SUB_VERSION;
const uint8_t mprom_compiler_arch_count = MP_NATIVE_ARCH_DEBUG; /* the last one, which is not offered */

static struct mprom_compiler_settings settings;

/* The registers that a native function saves on entry to a try block, which sizes its frame. */
static uint8_t nlr_register_count(uint8_t native_arch)
{
    switch (native_arch) {
    case MP_NATIVE_ARCH_NONE:
        return 0;
    case MP_NATIVE_ARCH_X86:
        return MICROPY_NLR_NUM_REGS_X86;
    case MP_NATIVE_ARCH_X64:
        return MICROPY_NLR_NUM_REGS_X64_WIN; /* the larger of the two calling conventions */
    case MP_NATIVE_ARCH_XTENSA:
        return MICROPY_NLR_NUM_REGS_XTENSA;
    case MP_NATIVE_ARCH_XTENSAWIN:
        return MICROPY_NLR_NUM_REGS_XTENSAWIN;
    case MP_NATIVE_ARCH_RV32IMC:
        return MICROPY_NLR_NUM_REGS_RV32I;
    case ARCH_RV64IMC:
        return MICROPY_NLR_NUM_REGS_RV64I;
    default:
        return MICROPY_NLR_NUM_REGS_ARM_THUMB_FP; /* any Arm, so that the code also runs on a core with an FPU */
    }
}

void mprom_compiler_start(const struct mprom_compiler_settings *new_settings)
{
    settings = *new_settings;
    mprom_arena_start(settings.arena, settings.arena_size);
}

/*
 * Forgets everything: mp_state_ctx, mp_dynamic_compiler, the settings and the arena are all the variables that there
 * are (the Makefile checks this).
 */
static void reset(void)
{
    mprom_arena_reset();
    memset(&mp_state_ctx, 0, sizeof(mp_state_ctx));
    mp_cstack_init_with_sp_here(STACK_CHECKED_SIZE);
    mp_init();
    MP_STATE_VM(mp_optimise_value) = settings.optimise;
    memset(&mp_dynamic_compiler, 0, sizeof(mp_dynamic_compiler));
    mp_dynamic_compiler.small_int_bits = settings.small_int_bits;
    mp_dynamic_compiler.native_arch = settings.native_arch;
    mp_dynamic_compiler.nlr_buf_num_regs = nlr_register_count(settings.native_arch);
#if MPCOMPILE_HAS_SOURCE_LINES
    mp_dynamic_compiler.include_source_lines = true; /* mpy-cross leaves them out on request only, or with -O3 */
#endif
    mprom_march_flags_use(settings.march_flags);
}

static void output_write(void *ctx, const char *data, size_t size)
{
    struct mprom_compiler_output *output = ctx;
    if (output->size <= output->capacity && size <= output->capacity - output->size) {
        memcpy(output->data + output->size, data, size);
    }
    output->size += size;
}

static void output_exception(struct mprom_compiler_output *output, mp_obj_t exception)
{
    size_t count;
    size_t *values; /* triples of file, line and function */
    mp_obj_exception_get_traceback(exception, &count, &values);
    if (count >= 3) {
        output->line = values[1];
    }
    mp_print_t print = {output, output_write};
    mp_obj_print_helper(&print, exception, PRINT_EXC);
}

/* May raise, so it has no variables that must outlive that. */
static void compile(const char *name, const void *source, size_t size, mp_print_t *print)
{
    qstr name_qstr = qstr_from_str(name);
    mp_lexer_t *lexer = mp_lexer_new_from_str_len(name_qstr, source, size, 0);
    mp_parse_tree_t tree = mp_parse(lexer, MP_PARSE_FILE_INPUT);
    mp_compiled_module_t module = {.context = m_new_obj(mp_module_context_t)};
    mprom_march_flags_mark(&module, settings.march_flags);
    mp_compile_to_raw_code(&tree, name_qstr, false, &module);
    mp_raw_code_save(&module, print);
}

bool mprom_compiler_source(const char *name, const void *source, size_t size, struct mprom_compiler_output *output)
{
    output->size = 0;
    output->line = 0;
    reset();
    mp_print_t print = {output, output_write};
    nlr_buf_t nlr;
    if (nlr_push(&nlr) == 0) {
        compile(name, source, size, &print);
        nlr_pop();
        return true;
    }
    output->size = 0;
    output_exception(output, MP_OBJ_FROM_PTR(nlr.ret_val));
    return false;
}

/* What MicroPython asks of its surroundings. */

/*
 * A failed assertion is an error of the source that led to it (too many names, for one), like any other. This takes
 * the place of the C library's function for MicroPython's own assert()s only: it is not global in the library.
 */
_Noreturn void __assert_fail(const char *condition, const char *file, unsigned line, const char *function)
{
    (void)function;
    const char *name = strrchr(file, '/');
    mp_raise_msg_varg(&mp_type_RuntimeError, MP_ERROR_TEXT("the compiler gave up: %s:%u: %s"), name ? name + 1 : file,
                      line, condition);
}

static void discard(void *ctx, const char *data, size_t size)
{
    (void)ctx;
    (void)data;
    (void)size;
}

/* Listings of native code for the architecture "debug", which is not offered. */
const mp_print_t mp_stdout_print = {NULL, discard};

mp_import_stat_t mp_import_stat(const char *path)
{
    (void)path;
    return MP_IMPORT_STAT_NO_EXIST;
}

mp_lexer_t *mp_lexer_new_from_file(qstr name)
{
    (void)name;
    mp_raise_OSError(MP_ENOENT);
}

/* An exception outside mprom_compiler_source() cannot be; the worker ends and its parent names the file. */
void nlr_jump_fail(void *exception)
{
    (void)exception;
    abort();
}
