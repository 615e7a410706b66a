#include "powerloss/world.h"
#include "mprom/rom_slot.h"
#include "rom/image_maker.h"
#include "rom/require.h"

#include <string.h>

void world_open(struct world *world, const char *geometry, int layout, bool sealed)
{
    memset(world, 0, sizeof *world);
    world->sealed = sealed;
    world->slots = layout == BOARD_SLOTS;
    board_open(&world->live, geometry, layout);
    board_open(&world->cut, geometry, layout);
    for (int i = 0; i < IMAGE_COUNT; i++) {
        world->images[i].bytes = malloc(world->live.cells.geometry->size);
        REQUIRE(world->images[i].bytes != NULL);
    }
}

void world_close(struct world *world)
{
    board_close(&world->live);
    board_close(&world->cut);
    for (int i = 0; i < IMAGE_COUNT; i++) {
        free(world->images[i].bytes);
    }
}

void world_make_image(struct world *world, enum image_name name, uint32_t size)
{
    struct image *image = &world->images[name];
    image->size = size - size % 2;
    /* Where blocks are large and units small, most of the image stays erased, so that every operation can be cut. */
    enum image_contents contents = world->live.cells.geometry->program_count == 1 ? IMAGE_SPARSE : IMAGE_RANDOM;
    make_image_of(image->bytes, image->size, (uint32_t)name + size * 4, world->sealed, contents);
}

/* The image that lies in the segment, byte for byte, in cells that hold. */
static bool holds_known_image(const struct world *world, const struct board *board, uint32_t id, uint32_t size)
{
    const uint8_t *bytes = board_bytes(board, id);
    bool known = false;
    for (int i = 0; i < IMAGE_COUNT && !known; i++) {
        const struct image *image = &world->images[i];
        known = image->size == size && memcmp(image->bytes, bytes, size) == 0;
    }
    const uint8_t *shaky = board->cells.shaky + board->segments[id].off;
    for (uint32_t i = 0; i < size && known; i++) {
        known = shaky[i] == 0;
    }
    return known;
}

static bool is_sound(const struct mprom_rom_image *image)
{
    return image->state == MPROM_ROM_IMAGE_SEALED || image->state == MPROM_ROM_IMAGE_UNSEALED;
}

static enum outcome judge(const struct world *world, struct board *board, uint32_t id, const char **what)
{
    struct mprom_rom_image image;
    if (mprom_rom_verify(&board->rom, id, MPROM_ROM_VERIFY_START, &image) != 0) {
        *what = "the check itself fails";
        return OUTCOME_PART;
    }
    if (!is_sound(&image)) {
        return OUTCOME_NOTHING;
    }
    if (!holds_known_image(world, board, id, image.size)) {
        *what = "what is mounted is neither the old image nor the new one, or does not hold";
        return OUTCOME_PART;
    }
    const struct mprom_rom_segment *segment = &board->segments[id];
    if (mprom_flash_probe(segment->flash, segment->off, image.size) != 0) {
        *what = "what is mounted cannot be read";
        return OUTCOME_PART;
    }
    return OUTCOME_WHOLE;
}

enum outcome world_start(const struct world *world, struct board *board, const char **what)
{
    board_restart(board);
    if (!world->slots) {
        return judge(world, board, 0, what);
    }
    int id = mprom_rom_boot_choose(&board->rom, true);
    if (id < 0) {
        return OUTCOME_NOTHING;
    }
    const struct image *old = &world->images[IMAGE_OLD];
    enum outcome outcome = judge(world, board, (uint32_t)id, what);
    if (outcome == OUTCOME_WHOLE && world->old_is_out &&
        memcmp(board_bytes(board, (uint32_t)id), old->bytes, old->size) == 0) {
        *what = "an image starts that failed its trial or was rolled back from";
        return OUTCOME_PART;
    }
    return outcome;
}

uint32_t world_target(const struct board *board)
{
    return board->segment_count > 1 && board->states[0].chosen ? 1 : 0;
}

const char *world_retry(const struct world *world, struct board *board)
{
    const struct image *retry = &world->images[IMAGE_RETRY];
    uint32_t target = world_target(board);
    const char *what = "";
    cells_reset_counts(&board->cells);
    if (board_deploy(board, target, retry->bytes, retry->size, 4096) != 0) {
        return board->rom.error.what;
    }
    if (board->cells.counts.violations != 0) {
        return "the deploy after it breaks a rule of the flash";
    }
    if (world_start(world, board, &what) != OUTCOME_WHOLE) {
        return "the image deployed after it is not whole";
    }
    if (memcmp(board_bytes(board, target), retry->bytes, retry->size) != 0 ||
        (world->slots && !board->states[target].chosen)) {
        return "the image deployed after it is not the one to start from";
    }
    return NULL;
}

static void copy_range(struct cells *to, const struct cells *from, uint32_t off, uint32_t size)
{
    uint32_t unit_size = from->geometry->program_size;
    memcpy(to->bytes + off, from->bytes + off, size);
    memcpy(to->shaky + off, from->shaky + off, size);
    memcpy(to->turn + off, from->turn + off, size);
    memcpy(to->units + off / unit_size, from->units + off / unit_size, size / unit_size);
}

void world_forget_cut(struct world *world, const struct cells_operation *operation)
{
    struct board *cut = &world->cut;
    copy_range(&cut->cells, &world->live.cells, operation->off, operation->size);
    if (cut->highest_end > cut->lowest_off) {
        copy_range(&cut->cells, &world->live.cells, cut->lowest_off, cut->highest_end - cut->lowest_off);
    }
    board_reset_log(cut);
    cells_power_on(&cut->cells);
}
