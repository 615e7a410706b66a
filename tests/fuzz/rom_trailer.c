/*
 * Fuzz target: two slots whose trailers hold any bytes, with images that are whole or not. Whatever is there, a start
 * chooses a sound image if there is one, and marks break no rule of the flash.
 */
#include "emulator/array/cells.h"
#include "mprom/rom.h"
#include "mprom/rom_slot.h"
#include "rom/image_maker.h"
#include "rom/require.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    BLOCK = 256,
    SLOT = 3 * BLOCK,
    IMAGE = 300,
};

static const struct mprom_flash_region regions[] = {{BLOCK, 6}};
static const struct mprom_flash_geometry geometry = {.size = 2 * SLOT,
                                                     .regions = regions,
                                                     .region_count = 1,
                                                     .program_size = 1,
                                                     .page_size = 64,
                                                     .erased_value = 0xFF};

/* Gives a record a good checksum, which the fuzzer would not find. */
static void mend_record(uint8_t *record)
{
    uint8_t bytes[15 + 16];
    memcpy(bytes, "mprom trailer 1", 15);
    memcpy(bytes + 15, record, 16);
    uint32_t crc = image_crc(bytes, sizeof bytes);
    for (int i = 0; i < 4; i++) {
        record[16 + i] = (uint8_t)(crc >> 8 * i);
    }
}

/* How the first byte of the input says that a slot is to be filled. Returns whether its image is sound. */
static bool fill_slot(uint8_t *slot, uint8_t how, const uint8_t *data, size_t size)
{
    uint8_t *trailer = slot + 2 * BLOCK;
    memset(slot, 0xFF, SLOT);
    if (how & 1) {
        make_image(slot, IMAGE, how >> 1 & 1, (how & 4) != 0);
    }
    memcpy(trailer, data, size < BLOCK ? size : BLOCK);
    if (how & 8 && how & 4 && how & 1) {
        /* Speaks of this image. */
        uint32_t crc = image_crc(slot, IMAGE - 4);
        uint32_t head_crc = image_crc(slot, 32);
        for (int i = 0; i < 4; i++) {
            trailer[4 + i] = (uint8_t)(IMAGE >> 8 * i);
            trailer[8 + i] = (uint8_t)(crc >> 8 * i);
            trailer[12 + i] = (uint8_t)(head_crc >> 8 * i);
        }
    }
    if (how & 16) {
        mend_record(trailer);
    }
    return (how & 1) != 0;
}

static void run(struct cells *cells, const bool *sound)
{
    const struct mprom_rom_segment segments[2] = {
        {.name = "a", .flash = &cells->flash, .off = 0, .size = SLOT, .has_trailer = true, .group = 1},
        {.name = "b", .flash = &cells->flash, .off = SLOT, .size = SLOT, .has_trailer = true, .group = 1},
    };
    struct mprom_rom_state states[2] = {{0}, {0}};
    struct mprom_rom rom;
    struct mprom_rom_slot slot;
    REQUIRE(mprom_rom_init(&rom, segments, states, 2, NULL) == 0);
    int id = mprom_rom_boot_choose(&rom, true);
    if (!sound[0] && !sound[1]) {
        REQUIRE(id == -MPROM_ENOENT);
        return;
    }
    REQUIRE(id >= 0 && sound[id]);
    REQUIRE(mprom_rom_boot_choose(&rom, false) == id);
    REQUIRE(mprom_rom_slot_mark_tried(&rom, (uint32_t)id) == 0);
    REQUIRE(mprom_rom_slot_read(&rom, (uint32_t)id, &slot) == 0);
    REQUIRE(!slot.valid || slot.tried || slot.confirmed || slot.rejected);
    int err = mprom_rom_slot_confirm(&rom, (uint32_t)id);
    REQUIRE(err == 0 || err == -MPROM_EPERM);
    err = mprom_rom_slot_rollback(&rom, (uint32_t)id);
    REQUIRE(err == 0 || err == -MPROM_EPERM);
    memset(states, 0, sizeof states);
    int next = mprom_rom_boot_choose(&rom, true);
    REQUIRE(next >= 0 && sound[next]);
    REQUIRE(err != 0 || slot.rejected || next != id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct cells cells;
    if (cells.bytes == NULL) {
        REQUIRE(cells_open_memory(&cells, &geometry) == 0);
    }
    if (size < 2) {
        return 0;
    }
    size_t half = (size - 2) / 2;
    bool sound[2];
    sound[0] = fill_slot(cells.bytes, data[0], data + 2, half);
    sound[1] = fill_slot(cells.bytes + SLOT, data[1], data + 2 + half, half);
    memset(cells.units, 1, 2 * SLOT);
    cells_reset_counts(&cells);
    run(&cells, sound);
    return 0;
}
