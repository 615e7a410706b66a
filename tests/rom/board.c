#include "rom/board.h"
#include "rom/require.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIB(n) ((uint32_t)(n)*1024u)

struct layout {
    const char *geometry;
    uint32_t plain_off, plain_size; /* blocks of every size that the flash has, on no large boundary */
    uint32_t slot_off[2], slot_size[2];
};

static const struct layout layouts[] = {
    {"nor4k", KIB(36), KIB(160), {0, KIB(64)}, {KIB(64), KIB(64)}},
    {"stm32f4", KIB(16), KIB(368), {0, KIB(128)}, {KIB(64), KIB(384)}},
    {"stm32h7", KIB(128), KIB(512), {0, KIB(512)}, {KIB(512), KIB(512)}},
    {"nrf", KIB(3), KIB(32), {0, KIB(16)}, {KIB(16), KIB(16)}},
    {"mram", KIB(3), KIB(32), {0, KIB(16)}, {KIB(16), KIB(16)}},
    {"mram-ecc", KIB(3), KIB(32), {0, KIB(16)}, {KIB(16), KIB(16)}},
};

/* Of geometries that no board has. */
static const struct layout small_layout = {NULL, KIB(2), KIB(32), {0, KIB(16)}, {KIB(16), KIB(16)}};

static const struct layout *find_layout(const char *geometry)
{
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        if (strcmp(layouts[i].geometry, geometry) == 0) {
            return &layouts[i];
        }
    }
    return &small_layout;
}

static int log_operation(void *ctx, const struct cells_operation *operation)
{
    struct board *board = ctx;
    uint32_t end = operation->off + operation->size;
    board->lowest_off = operation->off < board->lowest_off ? operation->off : board->lowest_off;
    board->highest_end = end > board->highest_end ? end : board->highest_end;
    if (operation->kind == CELLS_ERASE) {
        uint32_t block_off;
        uint32_t block_size;
        uint32_t number = 0;
        for (uint32_t off = 0; off < end; off += block_size, number++) {
            mprom_flash_block_at(&board->cells.flash, off, &block_off, &block_size);
            REQUIRE(number < BOARD_ERASES_MAX);
            board->erase_counts[number] += off >= operation->off;
        }
    }
    return 0;
}

static void report_violation(void *ctx, const char *text)
{
    (void)ctx;
    fprintf(stderr, "violation: %s\n", text);
}

static void count_release(struct mprom_rom *rom, uint32_t segment)
{
    (void)segment;
    struct board *board = (struct board *)(void *)((char *)rom - offsetof(struct board, rom));
    board->release_count++;
}

static const struct mprom_rom_hooks hooks = {.release = count_release};

void board_open(struct board *board, const char *geometry, int layout)
{
    memset(board, 0, sizeof *board);
    int err = cells_open_memory(&board->cells, geometry_find(geometry));
    REQUIRE(err == 0);
    board->cells.hooks =
        (struct cells_hooks){.operation = log_operation, .violation = report_violation, .ctx = board};
    const struct layout *found = find_layout(geometry);
    const struct mprom_flash *flash = cells_flash(&board->cells);
    if (layout == BOARD_PLAIN) {
        board->segments[0] = (struct mprom_rom_segment){
            .name = "rom0", .flash = flash, .off = found->plain_off, .size = found->plain_size};
        board->segment_count = 1;
    } else {
        for (int i = 0; i < 2; i++) {
            board->segments[i] = (struct mprom_rom_segment){.name = i == 0 ? "a" : "b",
                                                            .flash = flash,
                                                            .off = found->slot_off[i],
                                                            .size = found->slot_size[i],
                                                            .has_trailer = true,
                                                            .group = 1};
        }
        board->segment_count = 2;
    }
    board_restart(board);
    board_reset_log(board);
}

void board_close(struct board *board)
{
    cells_close(&board->cells);
}

void board_restart(struct board *board)
{
    cells_power_on(&board->cells);
    memset(board->states, 0, sizeof board->states);
    int err = mprom_rom_init(&board->rom, board->segments, board->states, board->segment_count, &hooks);
    REQUIRE(err == 0);
}

void board_reset_log(struct board *board)
{
    cells_reset_counts(&board->cells);
    board->lowest_off = UINT32_MAX;
    board->highest_end = 0;
    memset(board->erase_counts, 0, sizeof board->erase_counts);
}

uint32_t board_most_erases(const struct board *board)
{
    uint32_t most = 0;
    for (int i = 0; i < BOARD_ERASES_MAX; i++) {
        most = board->erase_counts[i] > most ? board->erase_counts[i] : most;
    }
    return most;
}

const uint8_t *board_bytes(const struct board *board, uint32_t id)
{
    return board->cells.bytes + board->segments[id].off;
}

uint32_t mprom_board_image_size(const struct board *board, uint32_t id)
{
    const struct mprom_rom_segment *segment = &board->segments[id];
    uint32_t off = segment->off;
    uint32_t block_off = off;
    uint32_t block_size = 0;
    for (int blocks = 0; blocks < 3; blocks++) {
        mprom_flash_block_at(segment->flash, off, &block_off, &block_size);
        off += block_size;
    }
    uint32_t size = off - segment->off + block_size / 3;
    uint32_t room = mprom_rom_segment_size(&board->rom, id);
    /* A segment of three blocks only: the third is the one that is not filled. */
    size = size < room ? size : room - block_size / 3;
    return size - size % 2;
}

int board_deploy(struct board *board, uint32_t id, const uint8_t *image, uint32_t size, uint32_t chunk_size)
{
    struct mprom_rom *rom = &board->rom;
    int err = mprom_rom_update_begin(rom, id, size);
    for (uint32_t off = 0; off < size && err == 0; off += chunk_size) {
        err = mprom_rom_update_write(rom, image + off, size - off < chunk_size ? size - off : chunk_size);
    }
    return err ? err : mprom_rom_update_commit(rom);
}
