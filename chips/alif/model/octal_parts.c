/* The parts, and what their answers on one line are made of. Times are typical ones; those of Macronix are assumed. */
#include "chips/alif/model/octal_chip.h"

#include <stddef.h>
#include <string.h>

#define BLOCK 4096u
#define MIB(n) ((uint32_t)(n) << 20)

static const struct mprom_flash_region regions_8m[] = {{BLOCK, MIB(8) / BLOCK}};
static const struct mprom_flash_region regions_32m[] = {{BLOCK, MIB(32) / BLOCK}};
static const struct mprom_flash_region regions_64m[] = {{BLOCK, MIB(64) / BLOCK}};

/* A unit of 16 bytes takes one program: what an ISSI with error correction refuses, and nobody says of the others. */
#define GEOMETRY(name, bytes, blocks, ...)                                                                           \
    static const struct mprom_flash_geometry name = {.size = (bytes),                                                \
                                                     .regions = (blocks),                                            \
                                                     .region_count = 1,                                              \
                                                     .large_erase_sizes = {__VA_ARGS__},                             \
                                                     .program_size = 16,                                             \
                                                     .page_size = OCTAL_PAGE,                                        \
                                                     .program_count = 1,                                             \
                                                     .erased_value = 0xFF}

GEOMETRY(is25wx256_geometry, MIB(32), regions_32m, 32u << 10, 128u << 10);
GEOMETRY(is25wx512_geometry, MIB(64), regions_64m, 32u << 10, 128u << 10);
GEOMETRY(mx25um_geometry, MIB(32), regions_32m, 64u << 10);
GEOMETRY(em064lx_geometry, MIB(8), regions_8m, 0);

#define ISSI_ERASES                                                                                                  \
    {                                                                                                                \
        {4096, 0x21, 80000}, {32 << 10, 0x5C, 130000},                                                               \
        {                                                                                                            \
            128 << 10, 0xDC, 280000                                                                                  \
        }                                                                                                            \
    }

static const struct octal_part parts[] = {
    {"is25wx256", OCTAL_ISSI, {0x9D, 0x5B, 0x19}, ISSI_ERASES, 150, &is25wx256_geometry},
    {"is25wx512", OCTAL_ISSI, {0x9D, 0x5B, 0x1A}, ISSI_ERASES, 150, &is25wx512_geometry},
    {"mx25um25645g",
     OCTAL_MACRONIX,
     {0xC2, 0x80, 0x39},
     {{4096, 0x21, 30000}, {64 << 10, 0xDC, 220000}},
     150,
     &mx25um_geometry},
    {"em064lx", OCTAL_EVERSPIN, {0x6B, 0xBB, 0x17}, {{4096, 0x21, 0}}, 0, &em064lx_geometry},
};

const struct octal_part *octal_part_find(const char *name)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strcmp(parts[i].name, name) == 0) {
            return &parts[i];
        }
    }
    return NULL;
}
