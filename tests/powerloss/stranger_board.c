/* The board of a case: its flashes, its table of segments, and what a start finds. */
#include "powerloss/stranger.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void stranger_log(struct stranger *board, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t room = sizeof board->log - board->log_size;
    int size = vsnprintf(board->log + board->log_size, room, format, args);
    va_end(args);
    if (size > 0 && (size_t)size < room) {
        board->log_size += (size_t)size;
    }
}

bool stranger_fail(struct stranger *board, const char *what)
{
    if (board->failure == NULL) {
        board->failure = what;
    }
    return false;
}

bool stranger_is_maybe(const struct stranger_segment *model, int image)
{
    for (int i = 0; i < model->maybe_count; i++) {
        if (model->maybe[i] == image) {
            return true;
        }
    }
    return false;
}

void stranger_may_hold(struct stranger_segment *model, int image)
{
    if (!stranger_is_maybe(model, image) && model->maybe_count < STRANGER_MAYBE) {
        model->maybe[model->maybe_count++] = image;
    }
}

/* Takes whole blocks of a flash from off on, so many that a segment of at least `least` bytes comes of it. */
static uint32_t take_blocks(struct stranger_flash *flash, uint32_t off, uint32_t least)
{
    uint32_t size = 0;
    uint32_t block_off, block_size;
    while (size < least && mprom_flash_block_at(&flash->flash, off + size, &block_off, &block_size) == 0) {
        size += block_size;
    }
    return size < least ? 0 : size;
}

/* Segments one behind the other on each flash; some with a trailer, some in a group. */
static void make_segments(struct stranger *board)
{
    uint8_t group = stranger_once_in(&board->random, 4) ? MPROM_ROM_GROUP_NONE : 1;
    board->segment_count = 0;
    for (uint32_t f = 0; f < board->flash_count; f++) {
        uint32_t off = 0;
        while (board->segment_count < STRANGER_SEGMENTS) {
            uint32_t size = take_blocks(&board->flashes[f], off, 256 + stranger_below(&board->random, 2048));
            if (size == 0) {
                break;
            }
            uint32_t id = board->segment_count++;
            bool is_slot = group != MPROM_ROM_GROUP_NONE && (id < 2 || stranger_once_in(&board->random, 3));
            snprintf(board->models[id].name, sizeof board->models[id].name, "rom%u", id);
            board->segments[id] =
                (struct mprom_rom_segment){.name = board->models[id].name,
                                           .flash = &board->flashes[f].flash,
                                           .off = off,
                                           .size = size,
                                           .has_trailer = is_slot || stranger_once_in(&board->random, 3),
                                           .group = is_slot ? group : MPROM_ROM_GROUP_NONE};
            off += size;
        }
    }
}

void stranger_board_make(struct stranger *board, uint64_t seed)
{
    memset(board, 0, sizeof *board);
    board->random.state = seed * 0x9E3779B97F4A7C15U + 1;
    board->power.random = &board->random;
    do {
        board->flash_count = 1 + stranger_below(&board->random, STRANGER_FLASHES);
        for (uint32_t f = 0; f < board->flash_count; f++) {
            stranger_flash_make(&board->flashes[f], &board->power);
        }
        make_segments(board);
    } while (board->segment_count == 0 ||
             mprom_rom_init(&board->rom, board->segments, board->states, board->segment_count, NULL) != 0);
    for (uint32_t id = 0; id < board->segment_count; id++) {
        stranger_may_hold(&board->models[id], STRANGER_NOTHING);
    }
    board->running = STRANGER_NOTHING;
    board->is_hard = true;
}

/* Which of the board's images a segment holds, by its bytes; -2 if it is none of them. */
static int find_image(struct stranger *board, uint32_t id, const struct mprom_rom_image *found)
{
    uint8_t bytes[STRANGER_FLASH_SIZE];
    if (found->state != MPROM_ROM_IMAGE_SEALED && found->state != MPROM_ROM_IMAGE_UNSEALED) {
        return STRANGER_NOTHING;
    }
    if (found->size > mprom_rom_segment_size(&board->rom, id) ||
        mprom_rom_read(&board->rom, id, 0, bytes, found->size) != 0) {
        return -2;
    }
    for (int i = board->image_count - 1; i >= 0; i--) {
        if (board->images[i].size == found->size && memcmp(board->images[i].bytes, bytes, found->size) == 0) {
            return i;
        }
    }
    return -2;
}

bool stranger_marks_block(const struct mprom_rom_segment *segment)
{
    const struct mprom_flash_geometry *geometry = segment->flash->geometry;
    bool breaks_headers =
        geometry->overwrites || geometry->program_count == MPROM_FLASH_PROGRAM_ANY || geometry->program_count > 2 ||
        (geometry->program_count == 2 &&
         (geometry->program_size == 1 || (geometry->program_size <= 4 && geometry->erased_value == 0xFF)));
    return !segment->has_trailer && !breaks_headers;
}

/* Looks at a segment as a start does. What it holds must be one of what it may hold, and is what it holds from now
 * on. */
static int look_at(struct stranger *board, uint32_t id)
{
    struct stranger_segment *model = &board->models[id];
    struct mprom_rom_image found;
    int err = mprom_rom_verify(&board->rom, id, MPROM_ROM_VERIFY_START, &found);
    if (err) {
        stranger_fail(board, "a start cannot look at a segment");
        return STRANGER_NOTHING;
    }
    int image = find_image(board, id, &found);
    stranger_log(board, " %s=%d", model->name, image);
    if (!stranger_is_maybe(model, image)) {
        stranger_fail(board, image == -2 ? "a segment holds what was never written as a whole"
                                         : "a segment holds an image that it may not hold");
    }
    /* A torn mark may be the only one that finds room; then the old image can come back, whole, until it is erased.
     */
    int before = model->maybe_count > 0 ? model->maybe[0] : STRANGER_NOTHING;
    model->maybe_count = 0;
    if (image == STRANGER_NOTHING && stranger_marks_block(&board->segments[id])) {
        stranger_may_hold(model, before);
    }
    stranger_may_hold(model, image);
    return image;
}

/* 3: confirmed, or not tried yet; 2: no record; 1: the trial failed; 0: rolled back. */
static int rank_of(const struct mprom_rom_slot *slot)
{
    if (!slot->valid) {
        return 2;
    }
    return slot->rejected ? 0 : slot->confirmed || !slot->tried ? 3 : 1;
}

/* Whether slot a is chosen before b, as docs/update.md ranks them. */
static bool is_before(const struct mprom_rom_slot *a, const struct mprom_rom_slot *b)
{
    if (rank_of(a) != rank_of(b)) {
        return rank_of(a) > rank_of(b);
    }
    return rank_of(a) == 1 ? a->sequence < b->sequence : a->sequence > b->sequence;
}

/* The slot that was chosen must be the right one of those that hold an image. */
static void check_choice(struct stranger *board, const int *images)
{
    struct mprom_rom_slot chosen, other;
    int id = board->running;
    if (id < 0 || board->segments[id].group == MPROM_ROM_GROUP_NONE || !board->is_hard) {
        return;
    }
    mprom_rom_slot_read(&board->rom, (uint32_t)id, &chosen);
    for (uint32_t i = 0; i < board->segment_count; i++) {
        if (i == (uint32_t)id || board->segments[i].group != board->segments[id].group || images[i] < 0) {
            continue;
        }
        mprom_rom_slot_read(&board->rom, i, &other);
        if (is_before(&other, &chosen)) {
            stranger_fail(board, "another slot ranks before the one that was started");
        }
        if (board->models[id].was_rejected && !board->models[i].was_rejected) {
            stranger_fail(board, "an image that was rolled back from is started though there is another");
        }
    }
}

static void boot(struct stranger *board, int *images)
{
    memset(board->states, 0, sizeof board->states);
    if (mprom_rom_init(&board->rom, board->segments, board->states, board->segment_count, NULL) != 0) {
        stranger_fail(board, "rom_init() refuses at a start what it took before");
        return;
    }
    board->running = mprom_rom_boot_choose(&board->rom, board->is_hard);
    for (uint32_t id = 0; id < board->segment_count; id++) {
        int err = mprom_rom_make_readable(&board->rom, id);
        if (err < 0) {
            stranger_fail(board, "a start cannot make a segment readable");
        }
        images[id] = look_at(board, id);
    }
}

/* In a group there is an image to start whenever one of its slots holds one. */
static void check_group(struct stranger *board, const int *images)
{
    if (board->segments[0].group == MPROM_ROM_GROUP_NONE) {
        return;
    }
    bool holds_one = false;
    for (uint32_t id = 0; id < board->segment_count; id++) {
        holds_one |= board->segments[id].group == board->segments[0].group && images[id] >= 0;
    }
    if (holds_one != (board->running >= 0)) {
        stranger_fail(board, "no slot is started though one holds an image, or one that holds none");
    } else if (board->running >= 0 && images[board->running] < 0) {
        stranger_fail(board, "a slot is started that holds no image");
    }
}

void stranger_start(struct stranger *board)
{
    int images[STRANGER_SEGMENTS];
    stranger_log(board, "\n  start:");
    boot(board, images);
    if (board->failure == NULL) {
        check_group(board, images);
        check_choice(board, images);
    }
    stranger_log(board, " runs %d", board->running);
    board->is_hard = false;
}
