#include "powerloss/scenario.h"
#include "mprom/rom_slot.h"
#include "rom/image_maker.h"
#include "rom/require.h"

static uint32_t min_size(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static int deploy(struct world *world, uint32_t id, enum image_name name, uint32_t chunk_size)
{
    const struct image *image = &world->images[name];
    return board_deploy(&world->live, id, image->bytes, image->size, chunk_size);
}

/* As stock clients do: ranges are prepared (or just the length, for step 0), then chunks of 4096 written. */
static int deploy_by_ioctl(struct world *world, uint32_t step)
{
    struct mprom_rom *rom = &world->live.rom;
    const struct image *image = &world->images[IMAGE_NEW];
    int err = step == 0 ? mprom_rom_prepare(rom, 0, 0, image->size) : 0;
    for (uint32_t off = 0; step != 0 && off < image->size && err >= 0; off += step) {
        err = mprom_rom_prepare(rom, 0, off, step);
    }
    for (uint32_t off = 0; off < image->size && err >= 0; off += 4096) {
        err = mprom_rom_write(rom, 0, off, image->bytes + off, min_size(4096, image->size - off));
    }
    return err < 0 ? err : mprom_rom_complete(rom, 0);
}

/* Plain segments. */

static void prepare_images(struct world *world, uint32_t old_size, uint32_t new_size)
{
    world_make_image(world, IMAGE_OLD, old_size);
    world_make_image(world, IMAGE_NEW, new_size);
    world_make_image(world, IMAGE_RETRY, mprom_board_image_size(&world->live, 0) + 2);
}

static void prepare_blank(struct world *world)
{
    uint32_t size = mprom_board_image_size(&world->live, 0);
    prepare_images(world, size, size);
}

static void prepare_old(struct world *world, uint32_t old_size, uint32_t new_size)
{
    prepare_images(world, old_size, new_size);
    REQUIRE(deploy(world, 0, IMAGE_OLD, 4096) == 0);
}

static void prepare_larger(struct world *world)
{
    uint32_t size = mprom_board_image_size(&world->live, 0);
    prepare_old(world, size / 2, size);
}

static void prepare_smaller(struct world *world)
{
    uint32_t size = mprom_board_image_size(&world->live, 0);
    prepare_old(world, size, size * 7 / 8);
}

/* Images of one block, as small as `mprom build` makes them: record, info and seal share the first block. */
static void make_small_images(struct world *world)
{
    world->images[IMAGE_OLD].size = IMAGE_SIZE_SMALL;
    world->images[IMAGE_NEW].size = IMAGE_SIZE_SMALL;
    make_small_image(world->images[IMAGE_OLD].bytes, 1, world->sealed);
    make_small_image(world->images[IMAGE_NEW].bytes, 2, world->sealed);
}

static void prepare_small(struct world *world)
{
    uint32_t size = mprom_board_image_size(&world->live, 0);
    prepare_images(world, size, size);
    make_small_images(world);
    REQUIRE(deploy(world, 0, IMAGE_OLD, 4096) == 0);
}

/* The new image ends with a block, and old contents follow that a reader would find nothing wrong with. */
static void prepare_whole_blocks(struct world *world)
{
    uint32_t off = 0;
    uint32_t block_off = 0;
    uint32_t block_size = 0;
    const struct mprom_rom_segment *segment = &world->live.segments[0];
    for (int blocks = 0; blocks < 3; blocks++) {
        mprom_flash_block_at(segment->flash, segment->off + off, &block_off, &block_size);
        off += block_size;
    }
    struct image *old = &world->images[IMAGE_OLD];
    prepare_images(world, mprom_rom_segment_size(&world->live.rom, 0), off);
    make_image_of(old->bytes, old->size, 1, world->sealed, IMAGE_RECORDS);
    REQUIRE(deploy(world, 0, IMAGE_OLD, 4096) == 0);
}

/* Another image of the same size: what is not rewritten is easily taken for the new one's. */
static void prepare_equal(struct world *world)
{
    uint32_t size = mprom_board_image_size(&world->live, 0);
    prepare_images(world, size, size);
    make_image(world->images[IMAGE_OLD].bytes, size, 99, world->sealed);
    REQUIRE(deploy(world, 0, IMAGE_OLD, 4096) == 0);
}

static void prepare_same(struct world *world)
{
    uint32_t size = mprom_board_image_size(&world->live, 0);
    prepare_old(world, size, size);
    world_make_image(world, IMAGE_NEW, size);
    for (uint32_t i = 0; i < size; i++) {
        world->images[IMAGE_NEW].bytes[i] = world->images[IMAGE_OLD].bytes[i];
    }
}

/* Fills the flash with an image as large as the segment, so that large erases have something to do. */
static void prepare_full(struct world *world)
{
    uint32_t room = mprom_rom_segment_size(&world->live.rom, 0);
    prepare_old(world, world->live.cells.geometry->large_erase_sizes[0] != 0 ? room : room / 2,
                mprom_board_image_size(&world->live, 0));
    if (world->live.cells.geometry->large_erase_sizes[0] != 0) {
        world_make_image(world, IMAGE_NEW, room - 1000);
    }
}

static int run_1_25(struct world *world)
{
    return deploy_by_ioctl(world, 0);
}

static int run_blocks(struct world *world)
{
    return deploy_by_ioctl(world, mprom_rom_segment_block_size(&world->live.rom, 0));
}

static int run_chunks(struct world *world)
{
    return deploy(world, 0, IMAGE_NEW, 1000);
}

static int run_at_once(struct world *world)
{
    return deploy(world, 0, IMAGE_NEW, UINT32_MAX / 2);
}

/* A delta: the first block and the last bytes are written, what lies between is kept. */
static int run_delta(struct world *world)
{
    struct mprom_rom *rom = &world->live.rom;
    const struct image *image = &world->images[IMAGE_NEW];
    const struct mprom_rom_segment *segment = &world->live.segments[0];
    uint32_t block_off;
    uint32_t first;
    uint32_t second;
    mprom_flash_block_at(segment->flash, segment->off, &block_off, &first);
    mprom_flash_block_at(segment->flash, segment->off + first, &block_off, &second);
    uint32_t kept_end = first + second;
    int err = mprom_rom_update_begin(rom, 0, image->size);
    if (err == 0) {
        err = mprom_rom_update_write(rom, image->bytes, first);
    }
    if (err == 0) {
        err = mprom_rom_update_keep(rom, first, second);
    }
    if (err == 0) {
        err = mprom_rom_update_write(rom, image->bytes + kept_end, image->size - kept_end);
    }
    return err ? err : mprom_rom_update_commit(rom);
}

static int run_erase(struct world *world)
{
    return mprom_rom_erase(&world->live.rom, 0);
}

/* Slots: 0 runs a confirmed image, 1 is what happens to. */

static uint32_t slot_image_size(const struct world *world)
{
    return min_size(mprom_board_image_size(&world->live, 0), mprom_board_image_size(&world->live, 1)) - 16;
}

static void prepare_slot_images(struct world *world)
{
    uint32_t size = slot_image_size(world);
    world_make_image(world, IMAGE_OTHER, size - 4);
    world_make_image(world, IMAGE_OLD, size);
    world_make_image(world, IMAGE_NEW, size - 8);
    world_make_image(world, IMAGE_RETRY, size - 12);
}

/* A hard reset that starts this slot, which must be what the firmware chooses. */
static void start_slot(struct world *world, int id)
{
    board_restart(&world->live);
    REQUIRE(mprom_rom_boot_choose(&world->live.rom, true) == id);
    REQUIRE(mprom_rom_slot_mark_tried(&world->live.rom, (uint32_t)id) == 0);
}

static void prepare_slot_0(struct world *world)
{
    prepare_slot_images(world);
    REQUIRE(deploy(world, 0, IMAGE_OTHER, 4096) == 0);
    start_slot(world, 0);
    REQUIRE(mprom_rom_slot_confirm(&world->live.rom, 0) == 0);
    world->never_nothing = true;
}

/* Slot 1 holds an image whose trial failed. */
static void prepare_failed(struct world *world)
{
    prepare_slot_0(world);
    REQUIRE(deploy(world, 1, IMAGE_OLD, 4096) == 0);
    start_slot(world, 1);
    board_restart(&world->live);
    REQUIRE(mprom_rom_boot_choose(&world->live.rom, true) == 0);
    world->old_is_out = true;
}

/* Slot 1 holds an image that was rolled back from. */
static void prepare_rejected(struct world *world)
{
    prepare_slot_0(world);
    REQUIRE(deploy(world, 1, IMAGE_OLD, 4096) == 0);
    start_slot(world, 1);
    REQUIRE(mprom_rom_slot_rollback(&world->live.rom, 1) == 0);
    board_restart(&world->live);
    REQUIRE(mprom_rom_boot_choose(&world->live.rom, true) == 0);
    world->old_is_out = true;
}

/* Slot 1 was just written, and is written again before the board was reset. */
static void prepare_again(struct world *world)
{
    prepare_slot_0(world);
    REQUIRE(deploy(world, 1, IMAGE_OLD, 4096) == 0);
}

static void prepare_slot_small(struct world *world)
{
    prepare_slot_0(world);
    make_small_images(world);
    REQUIRE(deploy(world, 1, IMAGE_OLD, 4096) == 0);
    board_restart(&world->live);
    REQUIRE(mprom_rom_boot_choose(&world->live.rom, true) == 1);
    REQUIRE(mprom_rom_slot_rollback(&world->live.rom, 1) == 0);
    board_restart(&world->live);
    REQUIRE(mprom_rom_boot_choose(&world->live.rom, true) == 0);
    world->old_is_out = true;
}

/* Slot 1 was just written, and is started for the first time. */
static void prepare_fresh(struct world *world)
{
    prepare_slot_0(world);
    REQUIRE(deploy(world, 1, IMAGE_OLD, 4096) == 0);
    board_restart(&world->live);
    REQUIRE(mprom_rom_boot_choose(&world->live.rom, true) == 1);
}

static void prepare_tried(struct world *world)
{
    prepare_fresh(world);
    REQUIRE(mprom_rom_slot_mark_tried(&world->live.rom, 1) == 0);
}

static int run_slot_0(struct world *world)
{
    return deploy(world, 0, IMAGE_NEW, 4096);
}

static int run_slot_1(struct world *world)
{
    return deploy(world, 1, IMAGE_NEW, 4096);
}

static int run_erase_1(struct world *world)
{
    return mprom_rom_erase(&world->live.rom, 1);
}

static int run_tried(struct world *world)
{
    return mprom_rom_slot_mark_tried(&world->live.rom, 1);
}

static int run_confirm(struct world *world)
{
    return mprom_rom_slot_confirm(&world->live.rom, 1);
}

static int run_rollback(struct world *world)
{
    return mprom_rom_slot_rollback(&world->live.rom, 1);
}

const struct scenario scenarios[SCENARIO_COUNT] = {
    {"first", BOARD_PLAIN, prepare_blank, run_1_25, false},
    {"larger", BOARD_PLAIN, prepare_larger, run_blocks, false},
    {"smaller", BOARD_PLAIN, prepare_smaller, run_chunks, false},
    {"equal", BOARD_PLAIN, prepare_equal, run_1_25, false},
    {"blocks", BOARD_PLAIN, prepare_whole_blocks, run_1_25, false},
    {"same", BOARD_PLAIN, prepare_same, run_1_25, false},
    {"delta", BOARD_PLAIN, prepare_same, run_delta, false},
    {"full", BOARD_PLAIN, prepare_full, run_at_once, false},
    {"erase", BOARD_PLAIN, prepare_larger, run_erase, true},
    {"small", BOARD_PLAIN, prepare_small, run_1_25, false},
    {"slot-first", BOARD_SLOTS, prepare_slot_images, run_slot_0, false},
    {"slot-empty", BOARD_SLOTS, prepare_slot_0, run_slot_1, false},
    {"slot-failed", BOARD_SLOTS, prepare_failed, run_slot_1, false},
    {"slot-rejected", BOARD_SLOTS, prepare_rejected, run_slot_1, false},
    {"slot-again", BOARD_SLOTS, prepare_again, run_slot_1, false},
    {"slot-erase", BOARD_SLOTS, prepare_rejected, run_erase_1, false},
    {"slot-small", BOARD_SLOTS, prepare_slot_small, run_slot_1, false},
    {"tried", BOARD_SLOTS, prepare_fresh, run_tried, false},
    {"confirm", BOARD_SLOTS, prepare_tried, run_confirm, false},
    {"rollback", BOARD_SLOTS, prepare_tried, run_rollback, false},
};
