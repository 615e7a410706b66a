/* In place of compile_linked.c, in a build without MicroPython's source. */
#include "compile/compile_backend.h"

const struct mprom_compile_backend *const mprom_compile_linked = NULL;

const char *mprom_compile_linked_micropython(void)
{
    return "";
}

void mprom_compile_linked_mpy(uint8_t *version, uint8_t *sub_version)
{
    *version = 0;
    *sub_version = 0;
}

bool mprom_compile_linked_has_march(int march_number)
{
    (void)march_number;
    return false;
}

bool mprom_compile_linked_march_flags(const struct mprom_compile_options *options, unsigned *flags)
{
    (void)options;
    (void)flags;
    return false;
}
