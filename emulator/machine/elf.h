/* An ELF file of a 32-bit little-endian ARM, as linkers write them for firmware: what to put where, and its symbols.
 */
#ifndef MPROM_EMULATOR_ELF_H
#define MPROM_EMULATOR_ELF_H

#include <stddef.h>
#include <stdint.h>

struct elf {
    uint8_t *bytes;
    size_t size;
};

/*
 * Reads a file. Returns NULL, or what is wrong with it, a constant; a file that cannot be read gives strerror()'s
 * text. Everything in the file is checked before it is used.
 */
const char *elf_open(struct elf *elf, const char *path);
void elf_close(struct elf *elf);

/* Where a file may be loaded to: physical addresses from base on. */
struct elf_place {
    uint32_t base;
    uint32_t size; /* 0: nothing */
    uint8_t *bytes;
};

/*
 * Copies what the file loads into the place where it belongs. Returns NULL, or what is wrong: a constant, such as
 * that a part belongs elsewhere.
 */
const char *elf_load(const struct elf *elf, const struct elf_place *places, size_t count);

/* The function that holds an address, and how far into it; NULL if the file does not say. */
const char *elf_symbol_at(const struct elf *elf, uint32_t address, uint32_t *inner);

#endif
