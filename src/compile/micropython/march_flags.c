#include "march_flags.h"

#include <stdlib.h>
#include <string.h>

#include "mpcompile.h"
#include "py/mpstate.h"
#include "py/persistentcode.h"

#if MPCOMPILE_HAS_MARCH_FLAGS

#include "py/asmrv32.h"

static asm_rv32_backend_options_t march_options;

static const struct {
    const char *name;
    unsigned flag;
} extensions[] = {
#include "march_flags.inc"
};

/* The flag of the extension whose name is the first size bytes of name; 0 if there is none. */
static unsigned extension_flag(const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
        if (strlen(extensions[i].name) == size && memcmp(extensions[i].name, name, size) == 0) {
            return extensions[i].flag;
        }
    }
    return 0;
}

static bool parse_names(const char *text, unsigned *flags)
{
    *flags = 0;
    while (*text) {
        size_t size = strcspn(text, ",");
        unsigned flag = extension_flag(text, size);
        if (flag == 0) {
            return false;
        }
        *flags |= flag;
        text += size + (text[size] == ',');
    }
    return *flags != 0;
}

/* Decimal, 0x or 0b, as mpy-cross takes it. */
static bool parse_number(const char *text, unsigned *flags)
{
    bool is_binary = text[0] == '0' && (text[1] == 'b' || text[1] == 'B');
    bool is_hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = text + (is_binary || is_hexadecimal ? 2 : 0);
    int base = is_binary ? 2 : is_hexadecimal ? 16 : 10;
    char *end;
    if (*digits == '\0' || strspn(digits, "0123456789abcdefABCDEF") != strlen(digits)) {
        return false;
    }
    unsigned long number = strtoul(digits, &end, base);
    *flags = (unsigned)number;
    return *end == '\0' && (number & ~(unsigned long)RV32_EXT_ALL) == 0;
}

bool mprom_compiler_march_flags(uint8_t native_arch, const char *text, unsigned *flags)
{
    return native_arch == MP_NATIVE_ARCH_RV32IMC && (parse_number(text, flags) || parse_names(text, flags));
}

void mprom_march_flags_use(unsigned flags)
{
    march_options.allowed_extensions = (uint8_t)flags;
    mp_dynamic_compiler.backend_options = flags ? &march_options : NULL;
}

void mprom_march_flags_mark(mp_compiled_module_t *module, unsigned flags)
{
    module->arch_flags = flags;
}

#else

bool mprom_compiler_march_flags(uint8_t native_arch, const char *text, unsigned *flags)
{
    (void)native_arch;
    (void)text;
    (void)flags;
    return false;
}

void mprom_march_flags_use(unsigned flags)
{
    (void)flags;
}

void mprom_march_flags_mark(mp_compiled_module_t *module, unsigned flags)
{
    (void)module;
    (void)flags;
}

#endif
