/*
 * Fuzz target: any sequence of calls, with any arguments, on a small segment. The input is a list of calls of 6
 * bytes: which, offset, size (16 bits each, little-endian), and what to write: pieces of a good image, or of the
 * input itself.
 */
#include "emulator/array/cells.h"
#include "mprom/rom.h"
#include "rom/image_maker.h"
#include "rom/require.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    BLOCK = 256,
    FLASH_SIZE = 8 * BLOCK,
    CALL_SIZE = 6,
    ROOM = 4096, /* bytes that a call may ask to write */
};

static const struct mprom_flash_region regions[] = {{BLOCK, 8}};

static const struct mprom_flash_geometry geometries_tried[] = {
    {FLASH_SIZE, regions, 1, {2 * BLOCK, 4 * BLOCK}, 1, 64, MPROM_FLASH_PROGRAM_ANY, 0xFF, false, false},
    {FLASH_SIZE, regions, 1, {0}, 4, 256, 2, 0xFF, false, false},
    {FLASH_SIZE, regions, 1, {0}, 32, 32, 1, 0xFF, false, true},
    {FLASH_SIZE, regions, 1, {0}, 16, 16, MPROM_FLASH_PROGRAM_ANY, 0xFF, true, false},
    {FLASH_SIZE, regions, 1, {0}, 8, 64, MPROM_FLASH_PROGRAM_ANY, 0x00, false, false},
};

enum {
    GEOMETRIES_TRIED = sizeof geometries_tried / sizeof geometries_tried[0]
};

static struct cells cells[GEOMETRIES_TRIED];
static uint8_t image[ROOM];

static uint32_t read_16(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

/* Offsets and sizes near 2^32 are worth trying too. */
static uint32_t stretch(uint32_t n)
{
    return n >= 0xFF00 ? n - 0x10000 : n;
}

/* Where a call's data comes from; size is at most ROOM. */
static const uint8_t *data_of(const uint8_t *call, const uint8_t *end, uint32_t off, uint32_t size, uint8_t *buffer)
{
    memset(buffer, call[5] & 1 ? 0xFF : 0, ROOM);
    if ((call[5] & 6) == 0) {
        uint32_t from = off < ROOM ? off : 0;
        memcpy(buffer, image + from, size < ROOM - from ? size : ROOM - from);
    } else if ((call[5] & 6) == 2) {
        size_t left = (size_t)(end - call);
        memcpy(buffer, call, size < left ? size : left);
    }
    return buffer;
}

static int do_call(struct mprom_rom *rom, const uint8_t *call, const uint8_t *end)
{
    static uint8_t buffer[ROOM];
    uint32_t id = call[0] >> 6 & 1;
    uint32_t off = read_16(call + 1);
    uint32_t size = read_16(call + 3);
    uint32_t write_size = size < ROOM ? size : ROOM;
    switch (call[0] % 9) {
    case 0:
        return mprom_rom_prepare(rom, id, stretch(off), stretch(size));
    case 1:
        return mprom_rom_write(rom, id, stretch(off), data_of(call, end, off, write_size, buffer), write_size);
    case 2:
        /* A write where the session stands, so that sequences get somewhere. */
        off = rom->update.written_end;
        return mprom_rom_write(rom, rom->update.segment, off, data_of(call, end, off, write_size, buffer),
                               write_size);
    case 3:
        return mprom_rom_complete(rom, id);
    case 4:
        return mprom_rom_update_begin(rom, id, stretch(size));
    case 5:
        off = rom->update.written_end;
        return mprom_rom_update_write(rom, data_of(call, end, off, write_size, buffer), write_size);
    case 6:
        return mprom_rom_update_keep(rom, stretch(off), stretch(size));
    case 7:
        return mprom_rom_update_commit(rom);
    default:
        if (call[5] & 1) {
            return mprom_rom_erase(rom, id);
        }
        mprom_rom_update_abort(rom);
        return 0;
    }
}

static bool is_sound(struct mprom_rom *rom, uint32_t id)
{
    struct mprom_rom_image found;
    REQUIRE(mprom_rom_verify(rom, id, MPROM_ROM_VERIFY_FULL, &found) == 0);
    REQUIRE(found.state != MPROM_ROM_IMAGE_DAMAGED);
    return found.state != MPROM_ROM_IMAGE_NONE;
}

/* An image is there only after a call that said so, and until one that takes it away. */
static void check_call(struct mprom_rom *rom, const uint8_t *call, int result, bool *held)
{
    uint32_t kind = call[0] % 9;
    REQUIRE(result >= 0 || (rom->error.code == result && rom->error.what != NULL));
    bool commits = kind == 3 || kind == 7;
    for (uint32_t id = 0; id < rom->segment_count; id++) {
        bool is_open = rom->update.mode != MPROM_ROM_UPDATE_CLOSED && rom->update.segment == id;
        bool sound = is_sound(rom, id);
        REQUIRE(!sound || !is_open);
        REQUIRE(!sound || held[id] || (commits && result == 0));
        REQUIRE(sound || !held[id] || kind == 0 || kind == 4 || kind == 8);
        held[id] = sound;
    }
}

static void run(struct cells *at, const uint8_t *data, size_t size)
{
    struct mprom_rom_segment segments[2] = {
        {.name = "a", .flash = cells_flash(at), .off = 0, .size = 5 * BLOCK, .has_trailer = true},
        {.name = "b", .flash = cells_flash(at), .off = 5 * BLOCK, .size = 3 * BLOCK},
    };
    struct mprom_rom_state states[2] = {{0}, {0}};
    struct mprom_rom rom;
    bool held[2] = {false, false};
    REQUIRE(mprom_rom_init(&rom, segments, states, 2, NULL) == 0);
    memset(at->bytes, at->geometry->erased_value, FLASH_SIZE);
    memset(at->units, 0, FLASH_SIZE / at->geometry->program_size);
    cells_reset_counts(at);
    for (const uint8_t *call = data; size >= CALL_SIZE; call += CALL_SIZE, size -= CALL_SIZE) {
        int result = do_call(&rom, call, call + size);
        check_call(&rom, call, result, held);
    }
    REQUIRE(at->counts.violations == 0);
    REQUIRE(at->counts.blank_blocks_erased == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (image[0] == 0) {
        make_image(image, 3 * BLOCK - 40, 1, true);
        for (int i = 0; i < GEOMETRIES_TRIED; i++) {
            REQUIRE(cells_open_memory(&cells[i], &geometries_tried[i]) == 0);
        }
    }
    if (size > 0) {
        run(&cells[data[0] % GEOMETRIES_TRIED], data + 1, size - 1);
    }
    return 0;
}
