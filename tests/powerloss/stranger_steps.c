/* What is done to a board between two starts: updates of both kinds, erases, marks. */
#include "powerloss/stranger.h"

#include <string.h>

enum {
    GIVEN_UP = 1 /* by the client, in the middle */
};

/* Image i in place of what the segment held; until the step is done either may be found, or nothing. */
static void begin_change(struct stranger *board, uint32_t id, int image)
{
    stranger_may_hold(&board->models[id], STRANGER_NOTHING);
    if (image >= 0) {
        stranger_may_hold(&board->models[id], image);
    }
}

static void end_change(struct stranger *board, uint32_t id, int image)
{
    board->models[id].maybe_count = 0;
    stranger_may_hold(&board->models[id], image);
    board->models[id].was_rejected = false;
}

/* A new image, or an edit of the one that the segment holds. Returns its number. */
static int new_image(struct stranger *board, uint32_t id)
{
    uint32_t room = mprom_rom_segment_size(&board->rom, id);
    const struct stranger_segment *model = &board->models[id];
    int number = board->image_count++;
    struct stranger_image *image = &board->images[number];
    if (model->maybe_count == 1 && model->maybe[0] >= 0 && stranger_once_in(&board->random, 2)) {
        *image = board->images[model->maybe[0]];
        stranger_image_edit(image, &board->random);
        return number;
    }
    uint32_t size = STRANGER_IMAGE_MIN + stranger_below(&board->random, room - STRANGER_IMAGE_MIN + 1);
    if (stranger_once_in(&board->random, 4)) {
        uint32_t block = mprom_rom_segment_block_size(&board->rom, id);
        size = size / block * block < STRANGER_IMAGE_MIN ? size : size / block * block;
    }
    bool is_sealed = !stranger_once_in(&board->random, 4) || stranger_marks_block(&board->segments[id]);
    stranger_image_make(image, &board->random, size, is_sealed);
    return number;
}

/* How much from off on the segment holds already, in whole blocks; 0 if it is less, or not to be kept this time. */
static uint32_t can_keep(struct stranger *board, uint32_t id, const struct stranger_image *image, uint32_t off)
{
    uint8_t held[STRANGER_FLASH_SIZE];
    uint32_t block_off, block_size;
    const struct mprom_rom_segment *segment = &board->segments[id];
    if (off == 0 || mprom_flash_block_at(segment->flash, segment->off + off, &block_off, &block_size) != 0 ||
        block_off != segment->off + off || stranger_once_in(&board->random, 4)) {
        return 0;
    }
    uint32_t size = block_size < image->size - off ? block_size : image->size - off;
    if (mprom_rom_read(&board->rom, id, off, held, size) != 0 || memcmp(held, image->bytes + off, size) != 0) {
        return 0;
    }
    return size;
}

/* Up to the next block, or to anywhere before it. */
static uint32_t some_of(struct stranger *board, uint32_t id, uint32_t off, uint32_t end)
{
    uint32_t block_off, block_size;
    const struct mprom_rom_segment *segment = &board->segments[id];
    mprom_flash_block_at(segment->flash, segment->off + off, &block_off, &block_size);
    uint32_t left = block_off + block_size - segment->off - off;
    left = left < end - off ? left : end - off;
    return stranger_once_in(&board->random, 2) ? left : 1 + stranger_below(&board->random, left);
}

/* Whether other bytes lie behind the image in its last block, which matters where flash erases to 00 (update.md). */
static bool may_refuse_end(struct stranger *board, uint32_t id, const struct stranger_image *image, uint32_t end)
{
    uint32_t block_off, block_size;
    uint8_t byte = 0;
    const struct mprom_rom_segment *segment = &board->segments[id];
    mprom_flash_block_at(segment->flash, segment->off + end - 1, &block_off, &block_size);
    for (uint32_t off = end; end == image->size && segment->off + off < block_off + block_size && byte == 0; off++) {
        mprom_rom_read(&board->rom, id, off, &byte, 1);
    }
    return byte != 0 && segment->flash->geometry->erased_value == 0;
}

static int stream(struct stranger *board, uint32_t id, int number)
{
    const struct stranger_image *image = &board->images[number];
    int err = mprom_rom_update_begin(&board->rom, id, image->size);
    for (uint32_t off = 0; off < image->size && err == 0;) {
        uint32_t size = can_keep(board, id, image, off);
        if (size > 0) {
            err = mprom_rom_update_keep(&board->rom, off, size);
            if (err == -MPROM_EINVAL && may_refuse_end(board, id, image, off + size)) {
                err = mprom_rom_update_write(&board->rom, image->bytes + off, size);
            }
        } else {
            size = some_of(board, id, off, image->size);
            err = mprom_rom_update_write(&board->rom, image->bytes + off, size);
        }
        off += size;
        if (err == 0 && stranger_once_in(&board->random, 60)) {
            stranger_log(board, " given up");
            mprom_rom_update_abort(&board->rom);
            return GIVEN_UP;
        }
    }
    return err ? err : mprom_rom_update_commit(&board->rom);
}

/* As a stock client does it: all prepared at once or in steps, pieces of one size, the last one padded. */
static int by_ioctl(struct stranger *board, uint32_t id, int number)
{
    const struct stranger_image *image = &board->images[number];
    uint32_t block = mprom_rom_segment_block_size(&board->rom, id);
    bool in_steps = stranger_once_in(&board->random, 2);
    int err = mprom_rom_prepare(&board->rom, id, 0, in_steps && block < image->size ? block : image->size);
    for (uint32_t off = block; in_steps && off < image->size && err > 0; off += block) {
        err = mprom_rom_prepare(&board->rom, id, off, block);
    }
    uint32_t piece = 4U << stranger_below(&board->random, 10);
    for (uint32_t off = 0; off < image->size && err >= 0; off += piece) {
        uint8_t padded[STRANGER_FLASH_SIZE] = {0};
        uint32_t size = image->size - off < piece ? image->size - off : piece;
        memcpy(padded, image->bytes + off, size);
        err = mprom_rom_write(&board->rom, id, off, padded, stranger_once_in(&board->random, 2) ? piece : size);
        if (err >= 0 && stranger_once_in(&board->random, 60)) {
            stranger_log(board, " left");
            return GIVEN_UP;
        }
    }
    return err < 0 ? err : mprom_rom_complete(&board->rom, id);
}

static bool may_write(const struct stranger *board, uint32_t id)
{
    return (uint32_t)board->running != id || board->segments[id].group == MPROM_ROM_GROUP_NONE;
}

/* After a rollback, the slot that the board goes back to is refused, unless it was unlocked. */
static bool may_be_locked(struct stranger *board, uint32_t id)
{
    int running = board->running;
    bool is_other = running >= 0 && (uint32_t)running != id && board->segments[id].group != MPROM_ROM_GROUP_NONE &&
                    board->segments[id].group == board->segments[running].group;
    if (!is_other || !board->models[running].was_rejected) {
        return false;
    }
    return !stranger_once_in(&board->random, 2) || mprom_rom_slot_unlock(&board->rom, id) != 0;
}

/* Whether the board refuses to write a segment; then nothing has changed in it. */
static bool is_refused(struct stranger *board, uint32_t id, bool is_stream, uint32_t size)
{
    bool may = may_write(board, id);
    if (may && !may_be_locked(board, id)) {
        return false;
    }
    int err = is_stream ? mprom_rom_update_begin(&board->rom, id, size) : mprom_rom_prepare(&board->rom, id, 0, size);
    if (!may && err != -MPROM_EBUSY) {
        stranger_fail(board, "the slot that runs can be written");
    }
    stranger_log(board, err < 0 ? " refused" : " not locked");
    if (err >= 0) {
        /* Not the slot that the board goes back to: it is open now, and empty. */
        mprom_rom_update_abort(&board->rom);
        end_change(board, id, STRANGER_NOTHING);
    }
    return true;
}

static void update(struct stranger *board, uint32_t id)
{
    if (board->image_count == STRANGER_IMAGES || mprom_rom_segment_size(&board->rom, id) < STRANGER_IMAGE_MIN) {
        return;
    }
    int number = new_image(board, id);
    const struct stranger_image *image = &board->images[number];
    bool is_stream = stranger_once_in(&board->random, 2);
    stranger_log(board, "\n  %s %u: image %d, %u bytes%s", is_stream ? "stream" : "ioctl", id, number, image->size,
                 image->is_sealed ? "" : ", no seal");
    struct stranger_segment before = board->models[id];
    begin_change(board, id, number);
    if (is_refused(board, id, is_stream, image->size)) {
        if (board->models[id].maybe_count > 1) {
            board->models[id] = before;
        }
        return;
    }
    int err = is_stream ? stream(board, id, number) : by_ioctl(board, id, number);
    if (err == 0) {
        end_change(board, id, number);
    } else if (err == GIVEN_UP) {
        end_change(board, id, STRANGER_NOTHING);
    } else {
        stranger_log(board, " error %d: %s", err, board->rom.error.what);
        stranger_fail(board, "an update fails though power does not");
    }
}

static void erase(struct stranger *board, uint32_t id)
{
    stranger_log(board, "\n  erase %u", id);
    if (!may_write(board, id)) {
        if (mprom_rom_erase(&board->rom, id) != -MPROM_EBUSY) {
            stranger_fail(board, "the slot that runs can be erased");
        }
        return;
    }
    struct stranger_segment before = board->models[id];
    bool is_locked = may_be_locked(board, id);
    begin_change(board, id, STRANGER_NOTHING);
    int err = mprom_rom_erase(&board->rom, id);
    if (is_locked && err == -MPROM_EPERM) {
        stranger_log(board, " refused");
        board->models[id] = before;
        return;
    }
    if (err != 0) {
        stranger_fail(board, "an erase fails though power does not");
    }
    end_change(board, id, STRANGER_NOTHING);
}

static void mark(struct stranger *board)
{
    uint32_t id = (uint32_t)board->running;
    uint32_t which = stranger_below(&board->random, 3);
    if (board->running < 0 || board->segments[id].group == MPROM_ROM_GROUP_NONE) {
        return;
    }
    static const char *const words[] = {"tried", "confirm", "rollback"};
    stranger_log(board, "\n  %s %u", words[which], id);
    int err = which == 0   ? mprom_rom_slot_mark_tried(&board->rom, id)
              : which == 1 ? mprom_rom_slot_confirm(&board->rom, id)
                           : mprom_rom_slot_rollback(&board->rom, id);
    stranger_log(board, " %d", err);
    if (err != 0 && err != -MPROM_EPERM && !(which == 1 && err == -MPROM_ENODEV)) {
        stranger_fail(board, "a mark fails though power does not");
    }
    if (err == 0 && which == 2) {
        board->models[id].was_rejected = true;
    }
}

void stranger_step(struct stranger *board)
{
    uint32_t id = stranger_below(&board->random, board->segment_count);
    uint32_t kind = stranger_below(&board->random, 10);
    if (kind < 5) {
        update(board, id);
    } else if (kind == 5) {
        erase(board, id);
    } else if (kind < 9) {
        mark(board);
    } else {
        board->is_hard = stranger_once_in(&board->random, 2);
        stranger_log(board, "\n  %s reset", board->is_hard ? "hard" : "soft");
        stranger_start(board);
    }
}
