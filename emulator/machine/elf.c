#include "emulator/machine/elf.h"

#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ELF_SIZE_MAX = 64 * 1024 * 1024
};

static bool elf_has(const struct elf *elf, uint64_t off, uint64_t size)
{
    return off <= elf->size && size <= elf->size - off;
}

static const char *elf_check(const struct elf *elf)
{
    Elf32_Ehdr header;
    if (!elf_has(elf, 0, sizeof header)) {
        return "is too short for an ELF file";
    }
    memcpy(&header, elf->bytes, sizeof header);
    if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS32 ||
        header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != EM_ARM) {
        return "is no ELF file for a 32-bit ARM";
    }
    if (header.e_phentsize != sizeof(Elf32_Phdr) ||
        !elf_has(elf, header.e_phoff, (uint64_t)header.e_phnum * sizeof(Elf32_Phdr)) ||
        (header.e_shnum != 0 && header.e_shentsize != sizeof(Elf32_Shdr)) ||
        !elf_has(elf, header.e_shoff, (uint64_t)header.e_shnum * sizeof(Elf32_Shdr))) {
        return "is damaged: its tables are not in the file";
    }
    return NULL;
}

static const char *elf_read(struct elf *elf, FILE *file)
{
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    if (size < 0 || fseek(file, 0, SEEK_SET) != 0) {
        return strerror(errno);
    }
    if (size > ELF_SIZE_MAX) {
        return "is too large";
    }
    elf->size = (size_t)size;
    elf->bytes = malloc(elf->size + 1);
    if (elf->bytes == NULL) {
        return strerror(ENOMEM);
    }
    return fread(elf->bytes, 1, elf->size, file) == elf->size ? NULL : "cannot be read";
}

const char *elf_open(struct elf *elf, const char *path)
{
    *elf = (struct elf){0};
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return strerror(errno);
    }
    const char *fault = elf_read(elf, file);
    fclose(file);
    if (fault == NULL) {
        fault = elf_check(elf);
    }
    if (fault != NULL) {
        elf_close(elf);
    }
    return fault;
}

void elf_close(struct elf *elf)
{
    free(elf->bytes);
    *elf = (struct elf){0};
}

static bool elf_load_part(const struct elf *elf, const Elf32_Phdr *part, const struct elf_place *place)
{
    uint32_t off = part->p_paddr - place->base;
    if (part->p_paddr < place->base || off > place->size || part->p_filesz > place->size - off) {
        return false;
    }
    memcpy(place->bytes + off, elf->bytes + part->p_offset, part->p_filesz);
    return true;
}

const char *elf_load(const struct elf *elf, const struct elf_place *places, size_t count)
{
    Elf32_Ehdr header;
    memcpy(&header, elf->bytes, sizeof header);
    for (uint32_t i = 0; i < header.e_phnum; i++) {
        Elf32_Phdr part;
        memcpy(&part, elf->bytes + header.e_phoff + i * sizeof part, sizeof part);
        if (part.p_type != PT_LOAD || part.p_filesz == 0) {
            continue;
        }
        if (!elf_has(elf, part.p_offset, part.p_filesz)) {
            return "is damaged: a part is not in the file";
        }
        bool loaded = false;
        for (size_t at = 0; at < count && !loaded; at++) {
            loaded = elf_load_part(elf, &part, &places[at]);
        }
        if (!loaded) {
            return "has a part that lies outside the flash of this board";
        }
    }
    return NULL;
}

static bool elf_section(const struct elf *elf, const Elf32_Ehdr *header, uint32_t index, Elf32_Shdr *section)
{
    if (index >= header->e_shnum) {
        return false;
    }
    memcpy(section, elf->bytes + header->e_shoff + index * sizeof *section, sizeof *section);
    return elf_has(elf, section->sh_offset, section->sh_size);
}

/* A name that ends inside its table. */
static const char *elf_name(const struct elf *elf, const Elf32_Shdr *strings, uint32_t off)
{
    if (off >= strings->sh_size) {
        return NULL;
    }
    const char *name = (const char *)elf->bytes + strings->sh_offset + off;
    return memchr(name, '\0', strings->sh_size - off) ? name : NULL;
}

static const char *elf_symbol_in(const struct elf *elf, const Elf32_Shdr *table, const Elf32_Shdr *strings,
                                 uint32_t address, uint32_t *inner)
{
    for (uint32_t off = 0; table->sh_size - off >= sizeof(Elf32_Sym); off += sizeof(Elf32_Sym)) {
        Elf32_Sym symbol;
        memcpy(&symbol, elf->bytes + table->sh_offset + off, sizeof symbol);
        uint32_t start = symbol.st_value & ~1u; /* bit 0 says Thumb */
        if (ELF32_ST_TYPE(symbol.st_info) == STT_FUNC && address - start < symbol.st_size) {
            *inner = address - start;
            return elf_name(elf, strings, symbol.st_name);
        }
    }
    return NULL;
}

const char *elf_symbol_at(const struct elf *elf, uint32_t address, uint32_t *inner)
{
    Elf32_Ehdr header;
    memcpy(&header, elf->bytes, sizeof header);
    for (uint32_t i = 0; i < header.e_shnum; i++) {
        Elf32_Shdr table;
        Elf32_Shdr strings;
        if (elf_section(elf, &header, i, &table) && table.sh_type == SHT_SYMTAB &&
            elf_section(elf, &header, table.sh_link, &strings)) {
            return elf_symbol_in(elf, &table, &strings, address, inner);
        }
    }
    return NULL;
}
