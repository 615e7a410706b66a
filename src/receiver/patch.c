#include "receiver/patch.h"

#include <string.h>

enum patch_state {
    PATCH_OPERATION, /* its number comes, or the patch is over */
    PATCH_SHIFT,     /* the second number of a copy comes */
    PATCH_LITERAL,
    PATCH_COPY,
    PATCH_KEEP,
};

static uint32_t min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint32_t mprom_receiver_block_size(const struct mprom_rom *rom, uint32_t id)
{
    return min(mprom_rom_segment_block_size(rom, id), MPROM_WIRE_BLOCK_SIZE_MAX);
}

void mprom_patch_init(struct mprom_receiver *receiver)
{
    receiver->patch = (struct mprom_receiver_patch){
        .block_size = mprom_receiver_block_size(receiver->setup.rom, receiver->setup.id),
    };
}

static int patch_refuse(struct mprom_receiver *receiver, int err, const char *what)
{
    struct mprom_rom *rom = receiver->setup.rom;
    rom->error = (struct mprom_rom_error){
        .code = err,
        .segment = receiver->setup.id,
        .off = receiver->patch.pos,
        .what = what,
        .other = MPROM_ROM_SEGMENT_NONE,
    };
    return err;
}

int mprom_patch_fail(struct mprom_receiver *receiver, const char *what)
{
    return patch_refuse(receiver, -MPROM_EBADMSG, what);
}

/* Bytes that the block takes until it is full: blocks end at multiples of their size. */
static uint32_t block_room(const struct mprom_receiver_patch *patch)
{
    return patch->block_size - patch->pos % patch->block_size;
}

bool mprom_patch_is_due(const struct mprom_receiver *receiver)
{
    const struct mprom_receiver_patch *patch = &receiver->patch;
    bool is_full = patch->pos % patch->block_size == 0;
    return patch->fill > 0 && (is_full || patch->pos == receiver->setup.size || patch->state == PATCH_KEEP);
}

bool mprom_patch_is_done(const struct mprom_receiver *receiver)
{
    const struct mprom_receiver_patch *patch = &receiver->patch;
    return patch->pos == receiver->setup.size && patch->fill == 0;
}

/* So many bytes are in the block now. */
static void patch_advance(struct mprom_receiver_patch *patch, uint32_t size)
{
    patch->pos += size;
    patch->fill += size;
    patch->count -= size;
    if (patch->count == 0) {
        patch->state = PATCH_OPERATION;
    }
}

/* Starts an operation with its number. */
static int patch_begin(struct mprom_receiver *receiver, uint32_t number)
{
    static const uint8_t states[] = {
        [MPROM_WIRE_LITERAL] = PATCH_LITERAL, [MPROM_WIRE_COPY] = PATCH_SHIFT, [MPROM_WIRE_KEEP] = PATCH_KEEP};
    struct mprom_receiver_patch *patch = &receiver->patch;
    uint32_t kind = mprom_wire_kind_of(number);
    patch->count = mprom_wire_count_of(number);
    if (kind > MPROM_WIRE_KEEP || (kind != MPROM_WIRE_LITERAL && receiver->setup.mode == MPROM_WIRE_WHOLE)) {
        return mprom_patch_fail(receiver, "the patch has an operation that is not allowed");
    }
    if (patch->count == 0 || patch->count > receiver->setup.size - patch->pos) {
        return mprom_patch_fail(receiver, "an operation of the patch is empty or goes beyond the image");
    }
    if (kind == MPROM_WIRE_KEEP && !patch->is_open) {
        return mprom_patch_fail(receiver, "the patch keeps the start of the segment");
    }
    patch->state = states[kind];
    return 0;
}

/* Takes a byte of a number, and acts on it when it is whole. */
static int take_number(struct mprom_receiver *receiver, uint8_t byte)
{
    struct mprom_receiver_patch *patch = &receiver->patch;
    uint32_t value;
    int is_whole = mprom_wire_number_take(&patch->number, byte, &value);
    if (is_whole < 0) {
        return mprom_patch_fail(receiver, "a number in the patch is too large");
    }
    if (!is_whole) {
        return 0;
    }
    if (patch->state == PATCH_OPERATION) {
        return patch_begin(receiver, value);
    }
    patch->shift += mprom_wire_to_change(value);
    patch->state = PATCH_COPY;
    return 0;
}

/*
 * Whether a copy may use these bytes. Before the session is open that is all of the segment. Then the image's first
 * unit is held back, so all that came out of the first block is banned; and what lies between the last written byte
 * and the end of the last erased block is lost. Where nothing is lost a copy may go over from new bytes to old ones.
 */
static bool source_is_there(const struct mprom_receiver *receiver, uint32_t off, uint32_t size)
{
    const struct mprom_receiver_patch *patch = &receiver->patch;
    const struct mprom_rom_update *update = &receiver->setup.rom->update;
    uint32_t room = mprom_rom_segment_size(receiver->setup.rom, receiver->setup.id);
    if (off > room || size > room - off) {
        return false;
    }
    if (!patch->is_open) {
        return true;
    }
    uint32_t lost_off = update->written_end - update->tail_size;
    bool is_any_lost = lost_off < update->erased_end && off < update->erased_end && off + size > lost_off;
    return off >= patch->block_size && !is_any_lost;
}

static int copy(struct mprom_receiver *receiver)
{
    struct mprom_receiver_patch *patch = &receiver->patch;
    const struct mprom_receiver_setup *setup = &receiver->setup;
    uint32_t size = min(patch->count, block_room(patch));
    uint32_t off = patch->pos + patch->shift;
    if (!source_is_there(receiver, off, size)) {
        return mprom_patch_fail(receiver, "the patch copies what the segment does not hold");
    }
    int err = mprom_rom_read(setup->rom, setup->id, off, setup->block + patch->fill, size);
    if (err == 0) {
        patch_advance(patch, size);
    }
    return err;
}

/* The session is one per board, and what runs meanwhile may have ended it or opened another. */
static bool session_is_ours(const struct mprom_receiver *receiver)
{
    const struct mprom_receiver_setup *setup = &receiver->setup;
    enum mprom_rom_update_mode mode =
        setup->mode == MPROM_WIRE_WHOLE ? MPROM_ROM_UPDATE_IOCTL : MPROM_ROM_UPDATE_STREAM;
    return receiver->patch.is_open && setup->rom->update.mode == mode && setup->rom->update.segment == setup->id &&
           setup->rom->states[setup->id].generation == receiver->patch.generation;
}

static int session_check(struct mprom_receiver *receiver)
{
    return session_is_ours(receiver) ? 0 : patch_refuse(receiver, -MPROM_EINVAL, "the update was ended meanwhile");
}

static int keep(struct mprom_receiver *receiver)
{
    struct mprom_receiver_patch *patch = &receiver->patch;
    int err = session_check(receiver);
    if (err == 0) {
        err = mprom_rom_update_keep(receiver->setup.rom, patch->pos, patch->count);
    }
    if (err == 0) {
        patch->pos += patch->count;
        patch->state = PATCH_OPERATION;
    }
    return err;
}

/* Takes some of the bytes, at least one if there are any and the operation needs some. */
static int64_t take_some(struct mprom_receiver *receiver, const uint8_t *bytes, size_t size)
{
    struct mprom_receiver_patch *patch = &receiver->patch;
    if (patch->state == PATCH_COPY) {
        return copy(receiver);
    }
    if (patch->state == PATCH_KEEP) {
        return keep(receiver);
    }
    if (size == 0) {
        return 0;
    }
    if (patch->state == PATCH_LITERAL) {
        uint32_t n = min(patch->count, block_room(patch));
        n = n < size ? n : (uint32_t)size;
        memcpy(receiver->setup.block + patch->fill, bytes, n);
        patch_advance(patch, n);
        return n;
    }
    if (patch->pos == receiver->setup.size) {
        return mprom_patch_fail(receiver, "the patch goes on behind the end of the image");
    }
    int err = take_number(receiver, *bytes);
    return err ? err : 1;
}

int64_t mprom_patch_take(struct mprom_receiver *receiver, const uint8_t *bytes, size_t size)
{
    const struct mprom_receiver_patch *patch = &receiver->patch;
    size_t taken = 0;
    while (!mprom_patch_is_due(receiver) &&
           (taken < size || patch->state == PATCH_COPY || patch->state == PATCH_KEEP)) {
        int64_t some = take_some(receiver, bytes + taken, size - taken);
        if (some < 0) {
            return some;
        }
        taken += (size_t)some;
    }
    return (int64_t)taken;
}

static int session_open(struct mprom_receiver *receiver)
{
    const struct mprom_receiver_setup *setup = &receiver->setup;
    int result = setup->mode == MPROM_WIRE_WHOLE ? mprom_rom_prepare(setup->rom, setup->id, 0, setup->size)
                                                 : mprom_rom_update_begin(setup->rom, setup->id, setup->size);
    if (result < 0) {
        return result;
    }
    receiver->patch.is_open = true;
    receiver->patch.generation = setup->rom->states[setup->id].generation;
    return 0;
}

int mprom_patch_write(struct mprom_receiver *receiver)
{
    struct mprom_receiver_patch *patch = &receiver->patch;
    const struct mprom_receiver_setup *setup = &receiver->setup;
    int err = patch->is_open ? session_check(receiver) : session_open(receiver);
    if (err) {
        return err;
    }
    err = setup->mode == MPROM_WIRE_WHOLE
              ? mprom_rom_write(setup->rom, setup->id, patch->pos - patch->fill, setup->block, patch->fill)
              : mprom_rom_update_write(setup->rom, setup->block, patch->fill);
    patch->fill = 0;
    return err;
}

int mprom_patch_commit(struct mprom_receiver *receiver)
{
    const struct mprom_receiver_setup *setup = &receiver->setup;
    /* It is not open yet if there is nothing to write, which opening it refuses. */
    int err = receiver->patch.is_open ? session_check(receiver) : session_open(receiver);
    if (err) {
        return err;
    }
    return setup->mode == MPROM_WIRE_WHOLE ? mprom_rom_complete(setup->rom, setup->id)
                                           : mprom_rom_update_commit(setup->rom);
}

void mprom_patch_abort(struct mprom_receiver *receiver)
{
    if (session_is_ours(receiver)) {
        mprom_rom_update_abort(receiver->setup.rom);
    }
    receiver->patch.is_open = false;
}
