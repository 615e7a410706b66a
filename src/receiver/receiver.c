/* The conversation: frames are read and confirmed, damaged ones asked for again (docs/transfer.md). */
#include "mprom/receiver.h"

#include <string.h>

#include "receiver/patch.h"

enum {
    QUIET_MS = 300,
    NUMBER_SIZE_MAX = 12, /* both words and ten digits */
};

/* For a function whose locals would lie below a deep call of its caller, were it inlined (scripts/stack-report). */
#define RECEIVER_OWN_FRAME __attribute__((noinline))

/* read_frame() has read a frame that is damaged. */
enum {
    FRAME_DAMAGED = 1
};

static void say(const struct mprom_receiver *receiver, enum mprom_wire_word word)
{
    const char byte = (char)word;
    receiver->setup.io->write(receiver->setup.io->ctx, &byte, 1);
}

static int read_some(struct mprom_receiver *receiver, uint8_t *dst, size_t size, uint32_t timeout_ms)
{
    int count = receiver->setup.io->read(receiver->setup.io->ctx, dst, size, timeout_ms);
    receiver->is_cut = count < 0;
    return count;
}

static int read_all(struct mprom_receiver *receiver, uint8_t *dst, size_t size)
{
    while (size > 0) {
        int count = read_some(receiver, dst, size, MPROM_RECEIVER_FOREVER);
        if (count < 0) {
            return count;
        }
        dst += count;
        size -= (size_t)count;
    }
    return 0;
}

/* What is on the way must not arrive at a prompt. */
static int drain(struct mprom_receiver *receiver)
{
    int count;
    do {
        count = read_some(receiver, receiver->made, sizeof receiver->made, QUIET_MS);
    } while (count > 0);
    return count;
}

/* Where a payload goes: behind what the last one has left. */
static uint8_t *payload_of(const struct mprom_receiver *receiver)
{
    return receiver->setup.payload + receiver->kept_size;
}

/* Each piece that is read makes room for another on the way. */
static int read_payload(struct mprom_receiver *receiver, uint32_t size)
{
    uint8_t *dst = payload_of(receiver);
    int err = 0;
    while (size > 0 && err == 0) {
        uint32_t piece = size < receiver->setup.piece ? size : receiver->setup.piece;
        err = read_all(receiver, dst, piece);
        if (err == 0) {
            say(receiver, MPROM_WIRE_ROOM);
        }
        dst += piece;
        size -= piece;
    }
    return err;
}

/* Reads a frame, its payload without escapes. Returns 0, FRAME_DAMAGED, or what io->read() returned. */
static int read_frame(struct mprom_receiver *receiver, struct mprom_wire_header *frame, size_t *size)
{
    int err = read_all(receiver, (uint8_t *)receiver->header, sizeof receiver->header);
    if (err) {
        return err;
    }
    if (!mprom_wire_header_read(frame, receiver->header) || frame->wire_size > receiver->setup.room) {
        return FRAME_DAMAGED;
    }
    err = read_payload(receiver, frame->wire_size);
    if (err) {
        return err;
    }
    *size = mprom_wire_unescape(payload_of(receiver), frame->wire_size);
    return mprom_wire_is_sound(frame, receiver->number, receiver->header, payload_of(receiver), *size)
               ? 0
               : FRAME_DAMAGED;
}

/* What is on the way is thrown away; then the client goes on with the frame that is due. */
static int rewind_client(struct mprom_receiver *receiver)
{
    char text[NUMBER_SIZE_MAX];
    char *digit = text + sizeof text;
    uint32_t number = receiver->number;
    say(receiver, MPROM_WIRE_DAMAGED);
    int err = drain(receiver);
    if (err) {
        return err;
    }
    *--digit = MPROM_WIRE_FROM_END;
    do {
        *--digit = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    *--digit = MPROM_WIRE_FROM;
    receiver->setup.io->write(receiver->setup.io->ctx, digit, (size_t)(text + sizeof text - digit));
    return 0;
}

/* The frame is whole. Frame 0 is a greeting: what is in it only shows whether the console is clean. */
static int open_frame(struct mprom_receiver *receiver, const struct mprom_wire_header *frame, size_t size)
{
    const struct mprom_receiver_setup *setup = &receiver->setup;
    bool is_greeting = receiver->number == 0;
    if (frame->made_off != receiver->patch_off || frame->made_size > (is_greeting ? 0 : setup->chunk)) {
        return mprom_patch_fail(receiver, "the frame is not the next part of the patch");
    }
    receiver->patch_off += frame->made_size;
    if (is_greeting) {
        return 0;
    }
    if (setup->is_packed) {
        receiver->packed = setup->payload;
        receiver->packed_end = payload_of(receiver) + size;
        receiver->packed_makes = frame->made_size;
        return 0;
    }
    receiver->bytes = setup->payload;
    receiver->bytes_size = size;
    return size == frame->made_size ? 0 : mprom_patch_fail(receiver, "the frame is not as long as it says");
}

/* Receives a frame; the client sends it again until it is whole. */
static RECEIVER_OWN_FRAME int next_frame(struct mprom_receiver *receiver)
{
    struct mprom_wire_header frame;
    size_t size;
    int err = read_frame(receiver, &frame, &size);
    while (err == FRAME_DAMAGED) {
        err = rewind_client(receiver);
        if (err == 0) {
            err = read_frame(receiver, &frame, &size);
        }
    }
    return err ? err : open_frame(receiver, &frame, size);
}

static int inflate_some(struct mprom_receiver *receiver)
{
    const struct mprom_receiver_io *io = receiver->setup.io;
    size_t size = receiver->packed_makes;
    size = size < sizeof receiver->made ? size : sizeof receiver->made;
    if (io->inflate(io->ctx, &receiver->packed, receiver->packed_end, receiver->made, size)) {
        return mprom_patch_fail(receiver, "the frame cannot be inflated");
    }
    receiver->packed_makes -= (uint32_t)size;
    receiver->bytes = receiver->made;
    receiver->bytes_size = size;
    return 0;
}

/* Makes the image of the frame that is there, until the block is due or the frame is used up. */
static RECEIVER_OWN_FRAME int fill_block(struct mprom_receiver *receiver)
{
    for (;;) {
        int64_t taken = mprom_patch_take(receiver, receiver->bytes, receiver->bytes_size);
        if (taken < 0) {
            return (int)taken;
        }
        receiver->bytes += taken;
        receiver->bytes_size -= (size_t)taken;
        if (mprom_patch_is_due(receiver) || receiver->packed_makes == 0) {
            return 0;
        }
        int err = inflate_some(receiver);
        if (err) {
            return err;
        }
    }
}

/* The frame is used up; what its deflate stream has left waits for the next one. */
static RECEIVER_OWN_FRAME int close_frame(struct mprom_receiver *receiver)
{
    size_t size = (size_t)(receiver->packed_end - receiver->packed);
    if (size > MPROM_RECEIVER_KEPT_SIZE) {
        return mprom_patch_fail(receiver, "the frame leaves more than can be kept");
    }
    memmove(receiver->setup.payload, receiver->packed, size);
    receiver->kept_size = (uint32_t)size;
    receiver->number++;
    if (receiver->setup.io->next != NULL) {
        receiver->setup.io->next(receiver->setup.io->ctx);
    }
    say(receiver, MPROM_WIRE_WRITTEN);
    return 0;
}

/* The system's turn, before flash is busy for a while. */
static RECEIVER_OWN_FRAME void let_poll(const struct mprom_receiver *receiver)
{
    if (receiver->setup.io->poll != NULL) {
        receiver->setup.io->poll(receiver->setup.io->ctx);
    }
}

static int write_frame(struct mprom_receiver *receiver)
{
    int err = fill_block(receiver);
    while (err == 0 && mprom_patch_is_due(receiver)) {
        let_poll(receiver);
        err = mprom_patch_write(receiver);
        if (err == 0) {
            err = fill_block(receiver);
        }
    }
    return err ? err : close_frame(receiver);
}

/* The reason survives whatever runs while the line grows quiet. */
static RECEIVER_OWN_FRAME int refuse(struct mprom_receiver *receiver, int err)
{
    struct mprom_rom_error why = receiver->setup.rom->error;
    int cut = drain(receiver);
    if (cut) {
        return cut;
    }
    say(receiver, MPROM_WIRE_REFUSED);
    receiver->setup.rom->error = why;
    return err;
}

void mprom_receiver_init(struct mprom_receiver *receiver, const struct mprom_receiver_setup *setup)
{
    memset(receiver, 0, sizeof *receiver);
    receiver->setup = *setup;
    receiver->packed = receiver->packed_end = setup->payload;
    receiver->bytes = receiver->made;
    mprom_patch_init(receiver);
}

int mprom_receiver_run(struct mprom_receiver *receiver)
{
    int err = 0;
    do {
        err = next_frame(receiver);
        if (err == 0) {
            err = write_frame(receiver);
        }
    } while (err == 0 && (receiver->number == 0 || !mprom_patch_is_done(receiver)));
    if (err == 0) {
        err = mprom_patch_commit(receiver);
    }
    if (err == 0) {
        say(receiver, MPROM_WIRE_DONE);
        return 0;
    }
    mprom_patch_abort(receiver);
    return receiver->is_cut ? err : refuse(receiver, err);
}

void mprom_receiver_abort(struct mprom_receiver *receiver)
{
    mprom_patch_abort(receiver);
}
