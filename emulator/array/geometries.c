#include "emulator/array/geometries.h"

#include <string.h>

#define KIB(n) ((uint32_t)(n)*1024u)

static const struct mprom_flash_region nor4k_regions[] = {{KIB(4), 64}};
static const struct mprom_flash_region stm32f4_regions[] = {{KIB(16), 4}, {KIB(64), 1}, {KIB(128), 3}};
static const struct mprom_flash_region stm32h7_regions[] = {{KIB(128), 8}};
static const struct mprom_flash_region nrf_regions[] = {{KIB(1), 64}};
static const struct mprom_flash_region mram_regions[] = {{KIB(1), 64}};
static const struct mprom_flash_region small_regions[] = {{512, 128}};

/* Blocks of 512 bytes: a scenario has few operations, so that each can be torn in many ways. */
#define SMALL_TABLES .size = KIB(64), .regions = small_regions, .region_count = 1
#define SMALL(unit, page, count, erased)                                                                             \
    {                                                                                                                \
        SMALL_TABLES, .program_size = (unit), .page_size = (page), .program_count = (count),                         \
                      .erased_value = (erased)                                                                       \
    }

const struct geometry_named geometries[GEOMETRY_COUNT] = {
    /* SPI-NOR as most boards have it. */
    {"nor4k",
     {
         .size = KIB(256),
         .regions = nor4k_regions,
         .region_count = 1,
         .large_erase_sizes = {KIB(32), KIB(64)},
         .program_size = 1,
         .page_size = 256,
         .program_count = MPROM_FLASH_PROGRAM_ANY,
         .erased_value = 0xFF,
     }},
    /* STM32F401/F411: sectors of three sizes, words, no error correction. */
    {"stm32f4",
     {
         .size = KIB(512),
         .regions = stm32f4_regions,
         .region_count = 3,
         .program_size = 4,
         .page_size = 256,
         .program_count = MPROM_FLASH_PROGRAM_ANY,
         .erased_value = 0xFF,
     }},
    /* STM32H743: flash words of 32 bytes under error correction, programmed once. */
    {"stm32h7",
     {
         .size = KIB(1024),
         .regions = stm32h7_regions,
         .region_count = 1,
         .program_size = 32,
         .page_size = 32,
         .program_count = 1,
         .erased_value = 0xFF,
         .bad_read_faults = true,
     }},
    /* nRF51: a word may be written twice between erases. */
    {"nrf",
     {
         .size = KIB(64),
         .regions = nrf_regions,
         .region_count = 1,
         .program_size = 4,
         .page_size = 256,
         .program_count = 2,
         .erased_value = 0xFF,
     }},
    /* Alif's MRAM: needs no erase, and holds 00 where nothing was written; the block size is the board's choice. */
    {"mram",
     {
         .size = KIB(64),
         .regions = mram_regions,
         .region_count = 1,
         .program_size = 16,
         .page_size = 16,
         .program_count = MPROM_FLASH_PROGRAM_ANY,
         .erased_value = 0x00,
         .overwrites = true,
     }},
    /* The same, where error correction may give up what a cut has left of a granule: nobody says that it does not. */
    {"mram-ecc",
     {
         .size = KIB(64),
         .regions = mram_regions,
         .region_count = 1,
         .program_size = 16,
         .page_size = 16,
         .program_count = MPROM_FLASH_PROGRAM_ANY,
         .erased_value = 0x00,
         .overwrites = true,
         .bad_read_faults = true,
     }},
    /* The kinds that no board above has: larger units that may be programmed again, and flash that erases to 00. */
    {"unit8", SMALL(8, 64, MPROM_FLASH_PROGRAM_ANY, 0xFF)},
    {"unit16", SMALL(16, 128, MPROM_FLASH_PROGRAM_ANY, 0xFF)},
    {"unit32", SMALL(32, 32, MPROM_FLASH_PROGRAM_ANY, 0xFF)},
    {"twice16", SMALL(16, 64, 2, 0xFF)},
    {"thrice32", SMALL(32, 64, 3, 0xFF)},
    {"once8", SMALL(8, 8, 1, 0xFF)},
    {"ecc32",
     {SMALL_TABLES, .program_size = 32, .page_size = 32, .program_count = 1, .erased_value = 0xFF,
      .bad_read_faults = true}},
    {"zero1", SMALL(1, 64, MPROM_FLASH_PROGRAM_ANY, 0x00)},
    {"zero4", SMALL(4, 64, MPROM_FLASH_PROGRAM_ANY, 0x00)},
    {"zero8-twice", SMALL(8, 64, 2, 0x00)},
    {"zero8-once", SMALL(8, 64, 1, 0x00)},
};

const struct mprom_flash_geometry *geometry_find(const char *name)
{
    for (size_t i = 0; i < GEOMETRY_COUNT; i++) {
        if (strcmp(geometries[i].name, name) == 0) {
            return &geometries[i].geometry;
        }
    }
    return NULL;
}
