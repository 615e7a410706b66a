/*
 * What the PC asks before and after it writes a segment, answered without a program of its own (docs/transfer.md):
 * romfs.describe(), romfs.digests(), romfs.digest(), romfs.crc().
 *
 * Answers are lines for src/client/repl/answer.h. Everything is read through mprom_rom_read(), so a word of flash that
 * cannot be read is an error and no fault.
 */
#include "py/gc.h"
#include "py/mphal.h"
#include "py/persistentcode.h"
#include "py/runtime.h"
#include "py/stream.h"

/* Wants the configuration before it. */
#include "extmod/modplatform.h"

#include "micropython/rom_binding.h"
#include "micropython/romfs/mod_romfs.h"
#include "mprom/digest.h"
#include "mprom/rom_slot.h"
#include "src/romfs/varuint.h"

enum {
    LINK_VERSION = 2,
    LINK_PIECE_SIZE = 512, /* read at a time, whole stripes of a digest; between pieces, Ctrl-C is looked at */
    LINK_HEAD_SIZE = 96,   /* of an image at most: its length and what its builder wrote of it */
    LINK_SEAL_SIZE = 10,
    LINK_ID_MAX = 32, /* bytes of the board's unique id that the PC takes */
    LINK_MAGIC_SIZE = 3,
    LINK_SLOTS_MAX = 32,                        /* that the PC knows of */
    LINK_PATH_MAX = MICROPY_ALLOC_PATH_MAX - 1, /* bytes of the longest path that can be imported from */
};

static void link_line(const mp_print_t *out, uint32_t number, const char *word)
{
    mp_printf(out, "\nmprom:%u %s", (unsigned)number, word);
}

static void link_hex(const mp_print_t *out, const uint8_t *bytes, uint32_t size)
{
    char text[2 * LINK_HEAD_SIZE + 1];
    static const char digits[] = "0123456789abcdef";
    for (uint32_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * size] = '\0';
    mp_printf(out, "%s\n", size > 0 ? text : "-");
}

/* Bits of the largest number that Python calls sys.maxsize. */
static unsigned link_word_bits(void)
{
    unsigned bits = 0;
    for (uintmax_t most = (uintmax_t)MP_SSIZE_MAX; most > 0; most >>= 1) {
        bits++;
    }
    return bits;
}

static unsigned link_free_memory(void)
{
    gc_info_t memory;
    gc_collect();
    gc_info(&memory);
    return (unsigned)memory.free;
}

static void link_describe_board(const mp_print_t *out, uint32_t number)
{
    const uint8_t *board_id = NULL;
    size_t board_id_size = mprom_rom_binding_board_id(&board_id);
    int has_ioctl = mprom_rom_binding_has_ioctl();
    link_line(out, number, "link");
    mp_printf(out, " %d %u %u %d %d ", LINK_VERSION, (unsigned)mprom_rom_binding_console_room(),
              (unsigned)mprom_rom_binding_console_baud_max(), MPROM_ROM_LEVELS, LINK_PATH_MAX);
    link_hex(out, board_id, (uint32_t)MIN(board_id_size, (size_t)LINK_ID_MAX));
    link_line(out, number, "python");
    mp_printf(out, " %s %u %u %u %s %s\n", MICROPY_VERSION_STRING, (unsigned)MPY_FILE_HEADER_INT, link_word_bits(),
              link_free_memory(), MICROPY_PY_SYS_PLATFORM, MICROPY_BANNER_MACHINE);
    link_line(out, number, "able");
    mp_printf(out, " %d %d %d %d %d %d\n", MICROPY_PY_BINASCII ? MICROPY_PY_BINASCII_CRC32 : 0, MICROPY_PY_BINASCII,
              MICROPY_PY_DEFLATE, has_ioctl, has_ioctl, MICROPY_PY_HASHLIB && MICROPY_PY_HASHLIB_SHA256);
    link_line(out, number, "segments");
    mp_printf(out, " %u\n", (unsigned)mprom_rom_binding()->segment_count);
}

/* Returns false if the flash cannot be read there, as power failure leaves it. */
static bool link_read(uint32_t id, uint32_t off, uint8_t *bytes, uint32_t size)
{
    int err = mprom_rom_read(mprom_rom_binding(), id, off, bytes, size);
    if (err && err != -MPROM_EBADMSG) {
        mprom_rom_binding_raise(err);
    }
    return err == 0;
}

/* Takes a number off bytes, from *pos on. Returns false if it does not end there. */
static bool link_varuint(const uint8_t *bytes, uint32_t size, uint32_t *pos, uint32_t *value)
{
    *value = 0;
    while (*pos < size && mprom_romfs_varuint_push(value, bytes[*pos])) {
        if (bytes[(*pos)++] < 0x80) {
            return true;
        }
    }
    return false;
}

/* Bytes from the start of an image that say what it is: its header and the first record. */
static uint32_t link_head_size(const uint8_t *head, uint32_t size, uint32_t *image_size)
{
    uint32_t pos = LINK_MAGIC_SIZE;
    uint32_t payload_size, kind, record_size;
    if (!link_varuint(head, size, &pos, &payload_size) || payload_size > UINT32_MAX - pos) {
        *image_size = 0;
        return pos;
    }
    *image_size = pos + payload_size;
    if (!link_varuint(head, size, &pos, &kind) || !link_varuint(head, size, &pos, &record_size)) {
        return pos;
    }
    return record_size < size - pos ? pos + record_size : size;
}

/* The lines `head` and `seal`: of what is no image both say nothing. */
static void link_describe_image(const mp_print_t *out, uint32_t number, uint32_t id,
                                const struct mprom_rom_image *image)
{
    uint8_t head[LINK_HEAD_SIZE];
    uint8_t seal[LINK_SEAL_SIZE];
    uint32_t room = mprom_rom_segment_size(mprom_rom_binding(), id);
    uint32_t head_size = 0, seal_size = 0, image_size = 0;
    if (image->state != MPROM_ROM_IMAGE_NONE && link_read(id, 0, head, MIN(room, sizeof head))) {
        head_size = link_head_size(head, MIN(room, sizeof head), &image_size);
    }
    /* What looks like one in an image without a seal is part of a file. */
    if (image->state != MPROM_ROM_IMAGE_UNSEALED && image_size <= room && image_size > sizeof seal &&
        link_read(id, image_size - (uint32_t)sizeof seal, seal, sizeof seal)) {
        seal_size = sizeof seal;
    }
    link_line(out, number, "head");
    mp_printf(out, " %u ", (unsigned)id);
    link_hex(out, head, head_size);
    link_line(out, number, "seal");
    mp_printf(out, " %u ", (unsigned)id);
    link_hex(out, seal, seal_size);
}

static void link_describe_slot(const mp_print_t *out, uint32_t number, uint32_t id,
                               const struct mprom_rom_image *image)
{
    struct mprom_rom *rom = mprom_rom_binding();
    struct mprom_rom_slot slot;
    bool chosen = rom->states[id].chosen;
    const char *comma = "";
    link_line(out, number, "slot");
    mp_printf(out, " %u %u %d %s ", (unsigned)id, rom->segments[id].group, chosen, rom->segments[id].name);
    if (image->long_size != 0) {
        mp_printf(out, "%u bytes of other firmware, longer than the segment", (unsigned)image->long_size);
        comma = ", ";
    } else if (image->state == MPROM_ROM_IMAGE_DAMAGED) {
        mp_print_str(out, "damaged");
        comma = ", ";
    }
    if (chosen) {
        mp_printf(out, "%sstarted from", comma);
        comma = ", ";
    }
    if (mprom_rom_slot_read(rom, id, &slot) == 0 && slot.valid) {
        mp_printf(out, "%s%s", comma, mprom_rom_slot_state_text(slot.state));
    }
    mp_print_str(out, "\n");
}

static void link_describe_segment(const mp_print_t *out, uint32_t number, uint32_t id)
{
    struct mprom_rom *rom = mprom_rom_binding();
    struct mprom_rom_image image;
    bool has_view = mprom_rom_segment_map(rom, id) != NULL;
    mprom_mod_romfs_verify_image(id, MPROM_ROM_VERIFY_START, &image);
    link_line(out, number, "segment");
    mp_printf(out, " %u %s %u %u\n", (unsigned)id, has_view ? "view" : "none",
              has_view ? (unsigned)mprom_rom_segment_size(rom, id) : 0,
              has_view ? (unsigned)mprom_rom_segment_block_size(rom, id) : 0);
    if (has_view) {
        link_describe_image(out, number, id, &image);
        link_describe_slot(out, number, id, &image);
    }
    mp_event_handle_nowait();
}

/* The line `erase`, where blocks differ in size: a client that does not know it finds nothing behind the segments. */
static void link_describe_blocks(const mp_print_t *out, uint32_t number, uint32_t id)
{
    const struct mprom_rom *rom = mprom_rom_binding();
    uint32_t end = mprom_rom_segment_size(rom, id);
    uint32_t block_size;
    uint32_t count = mprom_rom_segment_blocks(rom, id, 0, &block_size);
    if (mprom_rom_segment_map(rom, id) == NULL || count * block_size == end) {
        return;
    }
    link_line(out, number, "erase");
    mp_printf(out, " %u", (unsigned)id);
    for (uint32_t off = 0; off < end; off += count * block_size) {
        count = mprom_rom_segment_blocks(rom, id, off, &block_size);
        mp_printf(out, " %u %u", (unsigned)block_size, (unsigned)count);
    }
    mp_print_str(out, "\n");
}

/*
 * describe(number [, id [, stream]]): prints what the board is and what its segments hold, or about one segment if id
 * is not None; to the console, or to a stream.
 */
static mp_obj_t mod_romfs_describe(size_t n_args, const mp_obj_t *args)
{
    uint32_t number = mprom_rom_binding_number(args[0]);
    const mp_print_t *out = &mp_plat_print;
    mp_print_t to_stream;
    if (n_args == 3) {
        mp_get_stream_raise(args[2], MP_STREAM_OP_WRITE);
        to_stream = (mp_print_t){MP_OBJ_TO_PTR(args[2]), mp_stream_write_adaptor};
        out = &to_stream;
    }
    if (n_args >= 2 && args[1] != mp_const_none) {
        link_describe_segment(out, number, mprom_mod_romfs_id(args[1]));
        link_describe_blocks(out, number, mprom_mod_romfs_id(args[1]));
        return mp_const_none;
    }
    link_describe_board(out, number);
    for (uint32_t id = 0; id < MIN(mprom_rom_binding()->segment_count, LINK_SLOTS_MAX); id++) {
        link_describe_segment(out, number, id);
    }
    for (uint32_t id = 0; id < MIN(mprom_rom_binding()->segment_count, LINK_SLOTS_MAX); id++) {
        link_describe_blocks(out, number, id);
    }
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(mprom_mod_romfs_describe_obj, 1, 3, mod_romfs_describe);

/* Reads the next piece of a range. Returns its size. */
static uint32_t link_piece(uint32_t id, uint32_t off, uint8_t *piece, uint32_t size)
{
    size = MIN(size, LINK_PIECE_SIZE);
    int err = mprom_rom_read(mprom_rom_binding(), id, off, piece, size);
    if (err) {
        mprom_rom_binding_raise(err);
    }
    mp_event_handle_nowait();
    return size;
}

static uint32_t link_crc(uint32_t id, uint32_t off, uint32_t size)
{
    uint8_t piece[LINK_PIECE_SIZE];
    uint32_t crc = 0;
    for (uint32_t part; size > 0; off += part, size -= part) {
        part = link_piece(id, off, piece, size);
        crc = mprom_romfs_crc32(crc, piece, part);
    }
    return crc;
}

static uint32_t link_digest(uint32_t id, uint32_t off, uint32_t size)
{
    uint8_t piece[LINK_PIECE_SIZE];
    struct mprom_digest digest;
    mprom_digest_begin(&digest);
    for (uint32_t part; size > 0; off += part, size -= part) {
        part = link_piece(id, off, piece, size);
        mprom_digest_add(&digest, piece, part);
    }
    return mprom_digest_end(&digest);
}

static void link_check_range(uint32_t id, uint32_t off, uint32_t size)
{
    uint32_t room = mprom_rom_segment_size(mprom_rom_binding(), id);
    if (off > room || size > room - off) {
        mprom_rom_binding_raise_at(-MPROM_EINVAL, id, off, "the range is not inside of the segment");
    }
}

typedef uint32_t link_sum(uint32_t id, uint32_t off, uint32_t size);

static mp_obj_t link_sum_of(link_sum *sum, mp_obj_t id_in, mp_obj_t off_in, mp_obj_t size_in)
{
    uint32_t id = mprom_mod_romfs_id(id_in);
    uint32_t off = mprom_rom_binding_number(off_in);
    uint32_t size = mprom_rom_binding_number(size_in);
    link_check_range(id, off, size);
    return mp_obj_new_int_from_uint(sum(id, off, size));
}

/* crc(id, off, size) -> CRC-32 of these bytes, which is what a seal says of an image */
static mp_obj_t mod_romfs_crc(mp_obj_t id, mp_obj_t off, mp_obj_t size)
{
    return link_sum_of(link_crc, id, off, size);
}
MP_DEFINE_CONST_FUN_OBJ_3(mprom_mod_romfs_crc_obj, mod_romfs_crc);

/* digest(id, off, size) -> digest (mprom/digest.h) of these bytes */
static mp_obj_t mod_romfs_digest(mp_obj_t id, mp_obj_t off, mp_obj_t size)
{
    return link_sum_of(link_digest, id, off, size);
}
MP_DEFINE_CONST_FUN_OBJ_3(mprom_mod_romfs_digest_obj, mod_romfs_digest);

/*
 * digests(number, id, off, end, block): prints the digest of each block of a range. What power failure left
 * unreadable is erased first, as vfs.rom_ioctl(2, id) does, so that an update that was cut off can go on.
 */
static mp_obj_t mod_romfs_digests(size_t n_args, const mp_obj_t *args)
{
    (void)n_args;
    uint32_t number = mprom_rom_binding_number(args[0]);
    uint32_t id = mprom_mod_romfs_id(args[1]);
    uint32_t off = mprom_rom_binding_number(args[2]);
    uint32_t end = mprom_rom_binding_number(args[3]);
    uint32_t block = mprom_rom_binding_number(args[4]);
    if (off > end || block == 0) {
        mprom_rom_binding_raise_at(-MPROM_EINVAL, id, off, "this is no range of blocks");
    }
    link_check_range(id, off, end - off);
    int err = mprom_rom_make_readable(mprom_rom_binding(), id);
    if (err < 0) {
        mprom_rom_binding_raise(err);
    }
    link_line(&mp_plat_print, number, "blocks ");
    for (uint32_t part; off < end; off += part) {
        part = MIN(block, end - off);
        mp_printf(&mp_plat_print, "%08x", (unsigned)link_digest(id, off, part));
    }
    mp_print_str(&mp_plat_print, "\n");
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(mprom_mod_romfs_digests_obj, 5, 5, mod_romfs_digests);
