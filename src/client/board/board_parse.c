/* The lines of a board's description, and the first and last bytes of its images. */
#include "client/board/board.h"
#include "client/link/failure.h"
#include "mprom/romfs.h"
#include "romfs/varuint.h"

#include <stdlib.h>
#include <string.h>

enum {
    LINK_VERSION_MIN = 2,
    ID_MIN = 4,         /* bytes of an id that may be unique */
    DEPTH_MAX_OLD = 32, /* of mprom's firmware from before it said its limits */
    PATH_MAX_OLD = 255,
    PATH_MAX_STOCK = 511,          /* MICROPY_ALLOC_PATH_MAX unless a port lowers it, less one */
    SEGMENT_SIZE_MAX = INT32_MAX,  /* so that a block more than a segment can still be counted */
    IMAGE_DESCRIBE_MAX = 64 << 20, /* bytes of the largest image whose label is looked for */
    SURE_BLOCK_SIZE = 4096,        /* no flash with blocks of this size or smaller has others */
};

static bool board_take_text(char *dst, size_t room, struct mprom_answer_line *line)
{
    const char *word;
    size_t size = mprom_answer_word(line, &word);
    mprom_failure_printable(dst, room, word, size, false);
    return size > 0;
}

static bool board_id_is_of_use(const char *id, size_t size)
{
    bool is_hex = true, differs = false;
    for (size_t i = 0; i < size; i++) {
        is_hex &= id[i] != '\0' && strchr("0123456789abcdef", id[i]) != NULL;
        differs |= (id[i] != '0' && id[i] != 'f') || id[i] != id[0];
    }
    return is_hex && differs && size % 2 == 0 && size >= 2 * ID_MIN;
}

/*
 * ID: the board's unique id, hexadecimal, or - if it has none. What cannot be unique counts as none: too few bytes,
 * or only 00 or ff, as memory reads that nobody wrote an id to.
 */
void mprom_board_take_id(struct mprom_client_board *board, struct mprom_answer_line *line)
{
    const char *id;
    size_t size = mprom_answer_word(line, &id);
    board->id[0] = '\0';
    if (size < sizeof(board->id) && board_id_is_of_use(id, size)) {
        memcpy(board->id, id, size);
        board->id[size] = '\0';
    }
}

/* link VERSION ROOM BAUD_MAX [DEPTH_MAX PATH_MAX [ID]]…: of firmware that describes itself; later versions may say
 * more, versions before LINK_VERSION_MIN were never published */
bool mprom_board_parse_link(struct mprom_client_board *board, struct mprom_answer_line *line)
{
    int64_t version, room, baud_max, depth_max, path_max;
    if (!mprom_answer_number(line, LINK_VERSION_MIN, UINT32_MAX, &version) ||
        !mprom_answer_number(line, 0, UINT32_MAX, &room) || !mprom_answer_number(line, 0, UINT32_MAX, &baud_max)) {
        return false;
    }
    board->link_version = (uint32_t)version;
    board->console_room = (uint32_t)room;
    board->console_baud_max = (uint32_t)baud_max;
    /* What makes no sense counts as not said. */
    bool says_limits =
        mprom_answer_number(line, 1, UINT32_MAX, &depth_max) && mprom_answer_number(line, 1, UINT32_MAX, &path_max);
    board->depth_max = says_limits ? (uint32_t)depth_max : 0;
    board->path_max = says_limits ? (uint32_t)path_max : 0;
    board->id[0] = '\0';
    if (says_limits) {
        mprom_board_take_id(board, line);
    }
    return true;
}

void mprom_board_fill_limits(struct mprom_client_board *board)
{
    if (board->path_max > 0) {
        return;
    }
    board->depth_max = board->is_mprom ? DEPTH_MAX_OLD : 0;
    board->path_max = board->is_mprom ? PATH_MAX_OLD : PATH_MAX_STOCK;
    board->needs_even_size = board->is_mprom;
}

/* python VERSION MPY WORD_BITS FREE PLATFORM MACHINE… */
bool mprom_board_parse_python(struct mprom_client_board *board, struct mprom_answer_line *line)
{
    int64_t mpy, bits, free_memory;
    bool good = board_take_text(board->version, sizeof(board->version), line) &&
                mprom_answer_number(line, 0, UINT32_MAX, &mpy) && mprom_answer_number(line, 0, 64, &bits) &&
                mprom_answer_number(line, 0, UINT32_MAX, &free_memory) &&
                board_take_text(board->platform, sizeof(board->platform), line);
    if (good) {
        board->mpy_version = (uint8_t)(mpy & 0xFF);
        board->mpy_sub_version = mpy >> 8 & 3;
        board->mpy_arch = mpy >> 10 & 0x3F; /* above: flags of the architecture, from 1.26 on */
        board->small_int_bits = (uint8_t)bits;
        board->free_memory = (uint32_t)free_memory;
        mprom_failure_printable(board->machine, sizeof(board->machine), line->text, line->size, false);
    }
    return good;
}

enum {
    MPROM_WITH_MODULE = 1,
    MPROM_WITHOUT_MODULE = 2
};

/* able CRC32 BASE64 DEFLATE ROM_IOCTL MPROM SHA256; MPROM: what rom_ioctl() answers of mprom, 0 if it is not ours */
bool mprom_board_parse_able(struct mprom_client_board *board, struct mprom_answer_line *line)
{
    int64_t flags[6];
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (!mprom_answer_number(line, 0, i == 4 ? MPROM_WITHOUT_MODULE : 1, &flags[i])) {
            return false;
        }
    }
    board->has_crc32 = flags[0] != 0;
    board->has_base64 = flags[1] != 0;
    board->has_deflate = flags[2] != 0;
    board->has_romfs = flags[3] != 0;
    board->is_mprom = flags[4] != 0;
    board->has_module = flags[4] == MPROM_WITH_MODULE;
    board->has_sha256 = flags[5] != 0;
    return mprom_answer_end(line);
}

static bool board_take_segment(struct mprom_client_board *board, struct mprom_answer_line *line,
                               struct mprom_client_segment **segment)
{
    int64_t id;
    if (!mprom_answer_number(line, 0, (int64_t)board->segment_count - 1, &id)) {
        return false;
    }
    *segment = &board->segments[id];
    return true;
}

static bool board_take_shape(struct mprom_answer_line *line, enum mprom_client_shape *shape, bool *erases_by_write)
{
    static const char *const words[] = {
        [MPROM_CLIENT_SHAPE_NONE] = "none",
        [MPROM_CLIENT_SHAPE_VIEW] = "view",
        [MPROM_CLIENT_SHAPE_DEVICE] = "device",
    };
    *erases_by_write = mprom_answer_is(line, "samd");
    if (*erases_by_write) {
        *shape = MPROM_CLIENT_SHAPE_DEVICE;
        return true;
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (words[i] && mprom_answer_is(line, words[i])) {
            *shape = (enum mprom_client_shape)i;
            return true;
        }
    }
    return false;
}

/*
 * Whether a view can be erased in ranges of such blocks, and nothing else is erased with one. Ports of MicroPython
 * say the largest sector of their chip, of a segment that may be smaller, or begin in the middle of that (skew).
 */
static bool board_view_has_blocks(int64_t size, int64_t block_size, int64_t skew)
{
    return block_size > 0 && block_size <= size && (skew == 0 || (skew < 0 && block_size <= SURE_BLOCK_SIZE));
}

/* segment ID none|view|device|samd SIZE BLOCK_SIZE [SKEW]: the address modulo BLOCK_SIZE, -1 if that is not known */
bool mprom_board_parse_segment(struct mprom_client_board *board, struct mprom_answer_line *line)
{
    struct mprom_client_segment *segment;
    enum mprom_client_shape shape;
    bool erases_by_write;
    int64_t size, block_size, skew = 0;
    if (!board_take_segment(board, line, &segment) || !board_take_shape(line, &shape, &erases_by_write) ||
        !mprom_answer_number(line, 0, SEGMENT_SIZE_MAX, &size) ||
        !mprom_answer_number(line, INT32_MIN, UINT32_MAX, &block_size)) {
        return false;
    }
    if (!mprom_answer_end(line) && !mprom_answer_number(line, -1, UINT32_MAX, &skew)) {
        return false;
    }
    if (shape == MPROM_CLIENT_SHAPE_VIEW && board_view_has_blocks(size, block_size, skew)) {
        shape = MPROM_CLIENT_SHAPE_BLOCKS;
    } else if (shape == MPROM_CLIENT_SHAPE_VIEW) {
        block_size = 0;
    }
    if (block_size > size || (shape == MPROM_CLIENT_SHAPE_DEVICE && block_size <= 0)) {
        return false;
    }
    *segment = (struct mprom_client_segment){
        .shape = shape,
        .erases_by_write = erases_by_write,
        .size = (uint32_t)size,
        .block_size = block_size > 0 ? (uint32_t)block_size : 0,
    };
    return mprom_answer_end(line);
}

static bool board_take_run(struct mprom_answer_line *line, struct mprom_client_run *run)
{
    int64_t size, count;
    if (!mprom_answer_number(line, 1, SEGMENT_SIZE_MAX, &size) ||
        !mprom_answer_number(line, 1, SEGMENT_SIZE_MAX / size, &count)) {
        return false;
    }
    *run = (struct mprom_client_run){(uint32_t)size, (uint32_t)count};
    return true;
}

/*
 * erase ID SIZE COUNT ...: blocks that differ in size, from the start of the segment. Blocks that this client cannot
 * make use of count as one: then nothing of the segment stays.
 */
bool mprom_board_parse_erase(struct mprom_client_board *board, struct mprom_answer_line *line)
{
    struct mprom_client_segment *segment;
    struct mprom_client_run run;
    uint64_t end = 0;
    if (!board_take_segment(board, line, &segment) || segment->block_size == 0) {
        return false;
    }
    bool is_of_use = true;
    segment->run_count = 0;
    while (!mprom_answer_end(line)) {
        if (!board_take_run(line, &run)) {
            return false;
        }
        end += (uint64_t)run.size * run.count;
        is_of_use &= run.size % segment->block_size == 0 && segment->run_count < MPROM_CLIENT_RUNS_MAX;
        if (is_of_use) {
            segment->runs[segment->run_count++] = run;
        }
    }
    if (!is_of_use || end != segment->size) {
        segment->runs[0] = (struct mprom_client_run){segment->size, 1};
        segment->run_count = 1;
    }
    return true;
}

uint32_t mprom_board_image_size(const uint8_t *head, size_t size, uint32_t room)
{
    static const uint8_t magic[] = {0xD2, 0xCD, 0x31};
    uint32_t payload_size = 0;
    if (size < sizeof(magic) || memcmp(head, magic, sizeof(magic)) != 0) {
        return 0;
    }
    for (size_t i = sizeof(magic); i < size && mprom_romfs_varuint_push(&payload_size, head[i]); i++) {
        if (head[i] < 0x80) {
            uint32_t header_size = (uint32_t)i + 1;
            return header_size <= room && payload_size <= room - header_size ? header_size + payload_size : 0;
        }
    }
    return 0;
}

static void note_label(struct mprom_client_segment *segment, const struct mprom_romfs *fs)
{
    struct mprom_romfs_info info;
    if (mprom_romfs_info_read(fs, &info) == 1 && info.label) {
        mprom_failure_printable(segment->label, sizeof(segment->label), info.label, info.label_size, false);
    }
}

void mprom_board_note_image(struct mprom_client_segment *segment, const void *image, uint32_t size)
{
    struct mprom_romfs fs;
    segment->label[0] = segment->state[0] = '\0';
    segment->has_image = mprom_romfs_open(&fs, image, size) == 0;
    segment->image_size = segment->has_image ? fs.size : 0;
    segment->is_sealed = segment->has_image && mprom_romfs_seal_read(&fs, &segment->crc) == 1;
    if (segment->has_image) {
        note_label(segment, &fs);
    }
}

/* The label, from the info record at the start of an image. */
static void describe_label(struct mprom_client_segment *segment, const uint8_t *head, size_t head_size)
{
    uint32_t size = segment->image_size;
    struct mprom_romfs fs;
    /* The reader wants the whole image: what comes after the head is zeros, which it never has to look at. */
    uint8_t *image = size <= IMAGE_DESCRIBE_MAX ? calloc(1, size) : NULL;
    if (!image) {
        return;
    }
    memcpy(image, head, head_size < size ? head_size : size);
    if (mprom_romfs_open(&fs, image, size) == 0) {
        note_label(segment, &fs);
    }
    free(image);
}

/* head ID HEX: the segment's first bytes */
bool mprom_board_parse_head(struct mprom_client_board *board, struct mprom_answer_line *line)
{
    uint8_t head[256];
    size_t head_size;
    struct mprom_client_segment *segment;
    if (!board_take_segment(board, line, &segment) || !mprom_answer_hex(line, head, sizeof(head), &head_size)) {
        return false;
    }
    segment->image_size = mprom_board_image_size(head, head_size, segment->size);
    segment->has_image = segment->image_size > 0;
    segment->is_sealed = false;
    if (segment->has_image) {
        describe_label(segment, head, head_size);
    }
    return mprom_answer_end(line);
}

/* seal ID HEX: the seal of the image, no bytes if it has none */
bool mprom_board_parse_seal(struct mprom_client_board *board, struct mprom_answer_line *line)
{
    static const uint8_t start[] = {0x83, 0xB5, 0xE0, 0x03, 5, 1};
    uint8_t seal[MPROM_ROMFS_SEAL_SIZE];
    size_t seal_size;
    struct mprom_client_segment *segment;
    if (!board_take_segment(board, line, &segment) || !mprom_answer_hex(line, seal, sizeof(seal), &seal_size)) {
        return false;
    }
    segment->is_sealed =
        segment->image_size > sizeof(seal) && seal_size == sizeof(seal) && memcmp(seal, start, sizeof(start)) == 0;
    if (segment->is_sealed) {
        const uint8_t *value = seal + sizeof(start);
        segment->crc =
            (uint32_t)value[0] | (uint32_t)value[1] << 8 | (uint32_t)value[2] << 16 | (uint32_t)value[3] << 24;
    }
    return mprom_answer_end(line);
}

/* slot ID GROUP CHOSEN NAME STATE… */
bool mprom_board_parse_slot(struct mprom_client_board *board, struct mprom_answer_line *line)
{
    struct mprom_client_segment *segment;
    int64_t group, chosen;
    if (!board_take_segment(board, line, &segment) || !mprom_answer_number(line, 0, UINT8_MAX, &group) ||
        !mprom_answer_number(line, 0, 1, &chosen) || !board_take_text(segment->name, sizeof(segment->name), line)) {
        return false;
    }
    segment->group = (uint32_t)group;
    segment->is_running = chosen != 0;
    mprom_failure_printable(segment->state, sizeof(segment->state), line->text, line->size, false);
    return true;
}
