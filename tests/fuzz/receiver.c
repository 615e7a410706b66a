/*
 * Fuzz target: any console and any patch. The first byte chooses geometry, mode, how the input is used and whether it
 * is inflated; the rest is either what comes over the console, byte by byte, or a patch, which then comes in good
 * frames of the sizes that the input itself gives.
 */
#include "mprom/receiver.h"
#include "emulator/array/cells.h"
#include "fuzz/input.h"
#include "rom/image_maker.h"
#include "rom/require.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    BLOCK = 256,
    BLOCKS = 8,
    FLASH_SIZE = BLOCKS * BLOCK,
    IMAGE_SIZE = 5 * BLOCK - 40,
    ROOM = 200,
    CHUNK = 100,
    ENDED = -1000, /* nothing comes any more */
};

static const struct mprom_flash_region small[] = {{BLOCK, BLOCKS}};
static const struct mprom_flash_region uneven[] = {{BLOCK, 4}, {4 * BLOCK, 1}};

static const struct mprom_flash_geometry geometries_tried[] = {
    {FLASH_SIZE, small, 1, {2 * BLOCK, 4 * BLOCK}, 1, 64, MPROM_FLASH_PROGRAM_ANY, 0xFF, false, false},
    {FLASH_SIZE, uneven, 2, {0}, 4, 256, 2, 0xFF, false, false},
    {FLASH_SIZE, small, 1, {0}, 32, 32, 1, 0xFF, false, true},
    {FLASH_SIZE, small, 1, {0}, 16, 16, MPROM_FLASH_PROGRAM_ANY, 0xFF, true, false},
};

enum {
    GEOMETRIES_TRIED = sizeof geometries_tried / sizeof geometries_tried[0]
};

static struct cells cells[GEOMETRIES_TRIED];
static uint8_t image[IMAGE_SIZE];

struct console {
    struct input input;
    bool is_framed; /* the input is a patch */
    uint8_t wire[24 + 2 * ROOM];
    uint32_t wire_size;
    uint32_t wire_pos;
    uint32_t number;
    uint32_t patch_off;
    bool is_over; /* the last word was said */
};

/* Puts the next frame on the wire. */
static void console_frame(struct console *console)
{
    uint8_t payload[CHUNK];
    char digits[25];
    size_t wanted = console->number == 0 ? 0 : 1u + input_byte(&console->input) % CHUNK;
    uint32_t size = (uint32_t)input_bytes(&console->input, payload, wanted);
    uint8_t *to = console->wire + 24;
    for (uint32_t i = 0; i < size; i++) {
        bool is_escape = payload[i] == 27;
        *to = 27;
        to += is_escape;
        *to++ = is_escape ? 27 | 64 : payload[i];
    }
    snprintf(digits, sizeof digits, "%04x%04x%08x%08x", (unsigned)(to - console->wire - 24), size, console->patch_off,
             0u);
    uint32_t crc = mprom_romfs_crc32(mprom_romfs_crc32(console->number, digits, 16), payload, size);
    snprintf(digits + 16, sizeof digits - 16, "%08x", crc);
    memcpy(console->wire, digits, 24);
    console->wire_size = (uint32_t)(to - console->wire);
    console->wire_pos = 0;
    console->number++;
    console->patch_off += size;
}

static int console_read(void *ctx, uint8_t *dst, size_t size, uint32_t timeout_ms)
{
    struct console *console = ctx;
    REQUIRE(size > 0 && !console->is_over);
    if (!console->is_framed) {
        size_t count = input_bytes(&console->input, dst, size);
        return count > 0 ? (int)count : timeout_ms == MPROM_RECEIVER_FOREVER ? ENDED : 0;
    }
    if (timeout_ms != MPROM_RECEIVER_FOREVER) {
        return 0;
    }
    if (console->wire_pos == console->wire_size) {
        if (console->number > 0 && input_left(&console->input) == 0) {
            return ENDED;
        }
        console_frame(console);
    }
    uint32_t left = console->wire_size - console->wire_pos;
    uint32_t count = size < left ? (uint32_t)size : left;
    memcpy(dst, console->wire + console->wire_pos, count);
    console->wire_pos += count;
    return (int)count;
}

static void console_write(void *ctx, const char *bytes, size_t size)
{
    struct console *console = ctx;
    REQUIRE(size > 0 && !console->is_over);
    console->is_over = bytes[0] == 0x17 || bytes[0] == 0x18;
}

/* Stands in for deflate: each byte makes itself twice. */
static int double_bytes(void *ctx, const uint8_t **src, const uint8_t *end, uint8_t *dst, size_t size)
{
    (void)ctx;
    for (size_t i = 0; i < size; i++) {
        if (*src == end) {
            return -MPROM_EBADMSG;
        }
        dst[i] = **src;
        *src += i % 2;
    }
    return 0;
}

/* What the segment holds before: an image, and bytes of it behind that. */
static void prepare(struct cells *at)
{
    memset(at->units, 0, FLASH_SIZE / at->geometry->program_size);
    memset(at->bytes, at->geometry->erased_value, FLASH_SIZE);
    memcpy(at->bytes, image, IMAGE_SIZE);
    memcpy(at->bytes + 5 * BLOCK, image + 77, BLOCK);
    memset(at->units, 1, FLASH_SIZE / at->geometry->program_size);
    cells_reset_counts(at);
}

static void check(struct mprom_rom *rom, const struct console *console, int result)
{
    struct mprom_rom_image found;
    REQUIRE(rom->update.mode == MPROM_ROM_UPDATE_CLOSED);
    REQUIRE(result <= 0 && (result == ENDED) == !console->is_over);
    REQUIRE(result == 0 || result == ENDED || (rom->error.code == result && rom->error.what != NULL));
    REQUIRE(mprom_rom_verify(rom, 0, MPROM_ROM_VERIFY_FULL, &found) == 0);
    REQUIRE(found.state != MPROM_ROM_IMAGE_DAMAGED);
    REQUIRE(result != 0 || found.state != MPROM_ROM_IMAGE_NONE);
}

static void run(struct cells *at, uint8_t how, const uint8_t *data, size_t size)
{
    static struct mprom_receiver receiver;
    static struct mprom_rom rom;
    struct mprom_rom_segment segment = {.name = "a", .flash = cells_flash(at), .size = FLASH_SIZE};
    struct mprom_rom_state state = {0};
    struct console console = {.input = {data, data + size}, .is_framed = (how & 0x40) != 0};
    const struct mprom_receiver_io io = {
        .read = console_read, .write = console_write, .inflate = double_bytes, .ctx = &console};
    REQUIRE(mprom_rom_init(&rom, &segment, &state, 1, NULL) == 0);
    prepare(at);
    struct mprom_receiver_setup setup = {
        .rom = &rom,
        .size = IMAGE_SIZE,
        .mode = how & 0x10 ? MPROM_WIRE_DELTA : MPROM_WIRE_WHOLE,
        .piece = 33,
        .room = 2 * CHUNK,
        .chunk = CHUNK,
        .is_packed = !console.is_framed && (how & 0x20) != 0,
        .payload = malloc(MPROM_RECEIVER_KEPT_SIZE + 2 * CHUNK),
        .block = malloc(mprom_receiver_block_size(&rom, 0)),
        .io = &io,
    };
    REQUIRE(setup.payload != NULL && setup.block != NULL);
    mprom_receiver_init(&receiver, &setup);
    int result = mprom_receiver_run(&receiver);
    free(setup.payload);
    free(setup.block);
    check(&rom, &console, result);
    REQUIRE(at->counts.violations == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (image[0] == 0) {
        make_image(image, IMAGE_SIZE, 1, true);
        for (int i = 0; i < GEOMETRIES_TRIED; i++) {
            REQUIRE(cells_open_memory(&cells[i], &geometries_tried[i]) == 0);
        }
    }
    if (size > 0) {
        run(&cells[data[0] % GEOMETRIES_TRIED], data[0], data + 1, size - 1);
    }
    return 0;
}
