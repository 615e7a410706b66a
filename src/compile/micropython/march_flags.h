/*
 * Flags of an architecture: the extensions that native code may use. Only some releases of MicroPython's compiler
 * have them, and only for rv32imc.
 */
#ifndef MPROM_COMPILE_MARCH_FLAGS_H
#define MPROM_COMPILE_MARCH_FLAGS_H

#include "py/bc.h"

/* Tells the compiler, which must have been reset. flags: 0, or what mprom_compiler_march_flags() gave for its
 * architecture. */
void mprom_march_flags_use(unsigned flags);

/* Puts them into the header of the .mpy file that a module becomes. */
void mprom_march_flags_mark(mp_compiled_module_t *module, unsigned flags);

#endif
