/*
 * MicroPython's compiler behind a face that shows none of MicroPython's types or macros.
 *
 * There is one compiler in a process, and it may be used by one thread. mprom_compiler_start() may be called again to
 * change the settings. Nothing of one source is left when the next is compiled.
 */
#ifndef MPROM_COMPILE_MPCOMPILE_H
#define MPROM_COMPILE_MPCOMPILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mprom_compiler_settings {
    void *arena; /* the memory that the compiler may use, aligned to 16 bytes */
    size_t arena_size;
    uint8_t native_arch;  /* the number that a .mpy header has for it; 0 for bytecode only */
    unsigned march_flags; /* of mprom_compiler_march_flags() for native_arch, or 0 */
    uint8_t small_int_bits;
    uint8_t optimise; /* 0 to 3 */
};

/* What was compiled, or the sentence that says why not. */
struct mprom_compiler_output {
    uint8_t *data; /* room for capacity bytes */
    size_t capacity;
    size_t size; /* bytes there are; if more than capacity, the rest is lost */
    size_t line; /* of an error, from 1; 0 if it has none */
};

/* The versions of MicroPython and of its .mpy files. */
extern const char mprom_compiler_micropython[];
extern const uint8_t mprom_compiler_mpy_version;
extern const uint8_t mprom_compiler_mpy_sub_version;

/* Architectures of native code have numbers below this. */
extern const uint8_t mprom_compiler_arch_count;

/*
 * Turns text (names separated by commas, or a number, as the -march-flags of mpy-cross) into flags. Returns false if
 * this compiler has no such flags for the architecture.
 */
bool mprom_compiler_march_flags(uint8_t native_arch, const char *text, unsigned *flags);

/* Settings are not kept; the arena is. */
void mprom_compiler_start(const struct mprom_compiler_settings *settings);

/*
 * Compiles one source; name is what tracebacks on the board show.
 *
 * Returns true, and the .mpy file in output, or false and an error's type and message.
 *
 * May use up the stack of the caller on a source that nests deeply enough: the compiler recurses without a limit.
 */
bool mprom_compiler_source(const char *name, const void *source, size_t size, struct mprom_compiler_output *output);

#endif
