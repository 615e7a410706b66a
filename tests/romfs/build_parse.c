#include "romfs/build_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mprom/romfs_check.h"

struct span {
    const uint8_t *pos;
    const uint8_t *end;
};

static uint64_t take_varuint(struct span *span)
{
    uint64_t value = 0;
    for (;;) {
        assert_true(span->pos < span->end);
        assert_true(value >> 57 == 0);
        value = value << 7 | (*span->pos & 0x7f);
        if ((*span->pos++ & 0x80) == 0) {
            return value;
        }
    }
}

static struct span take_span(struct span *span, uint64_t size)
{
    assert_true(size <= (uint64_t)(span->end - span->pos));
    struct span taken = {span->pos, span->pos + size};
    span->pos += size;
    return taken;
}

static struct span take_record(struct span *span, uint32_t *kind)
{
    uint64_t value = take_varuint(span);
    assert_int_not_equal(value, 0);
    assert_true(value <= UINT32_MAX);
    *kind = (uint32_t)value;
    uint64_t size = take_varuint(span);
    return take_span(span, size);
}

static uint32_t offset_of(const struct parse_image *image, const uint8_t *pos)
{
    return (uint32_t)(pos - image->bytes);
}

static void parse_file_record(struct parse_image *image, struct parse_entry *entry, uint32_t kind, struct span body,
                              bool *has_data)
{
    switch (kind) {
    case 1:
        break;
    case 2:
        assert_false(*has_data);
        *has_data = true;
        entry->data_off = offset_of(image, body.pos);
        entry->size = (uint32_t)(body.end - body.pos);
        break;
    case 3:
        assert_false(*has_data);
        *has_data = true;
        entry->is_pointer = true;
        entry->size = (uint32_t)take_varuint(&body);
        entry->data_off = (uint32_t)take_varuint(&body) + image->header_size;
        if (image->has_base && body.end - body.pos == 1) {
            body.pos++; /* fills a gap that is too small for a padding record */
        }
        assert_ptr_equal(body.pos, body.end);
        assert_true(entry->data_off <= image->size && entry->size <= image->size - entry->data_off);
        break;
    case 0x6d7004:
        entry->mtime = take_varuint(&body);
        assert_ptr_equal(body.pos, body.end);
        break;
    default:
        fail_msg("record of kind 0x%x in a file", kind);
    }
}

static void parse_dir(struct parse_image *image, struct span body, const char *path, uint32_t off, int depth);

/* A directory or file; body is behind its head. */
static void parse_entry(struct parse_image *image, struct span body, const char *parent, uint32_t parent_off,
                        uint32_t off, bool is_dir, int depth)
{
    uint64_t name_size = take_varuint(&body);
    struct span name = take_span(&body, name_size);
    assert_true(image->count < PARSE_ENTRIES_MAX);
    struct parse_entry *entry = &image->entries[image->count++];
    *entry = (struct parse_entry){.is_dir = is_dir, .off = off, .parent_off = parent_off};
    size_t at = strlen(parent);
    assert_true(at + 1 + name_size < sizeof entry->path);
    memcpy(entry->path, parent, at);
    if (at > 0) {
        entry->path[at++] = '/';
    }
    memcpy(entry->path + at, name.pos, name_size);
    if (is_dir) {
        parse_dir(image, body, entry->path, off, depth + 1);
        return;
    }
    bool has_data = false;
    while (body.pos < body.end) {
        uint32_t kind;
        struct span record = take_record(&body, &kind);
        parse_file_record(image, entry, kind, record, &has_data);
    }
    assert_true(has_data);
}

static void parse_top_record(struct parse_image *image, uint32_t kind, struct span body, uint32_t off)
{
    switch (kind) {
    case 0x6d7001:
        assert_int_equal(off, image->header_size);
        image->info_off = offset_of(image, body.pos);
        image->info_size = (uint32_t)(body.end - body.pos);
        break;
    case 0x6d7002:
        assert_int_equal(image->index_off, 0);
        image->index_off = offset_of(image, body.pos);
        image->index_size = (uint32_t)(body.end - body.pos);
        break;
    case 2:
        assert_true(image->has_base);
        break;
    case 0x6d7003:
        assert_int_equal(off, image->size - 10);
        image->sealed = true;
        break;
    default:
        fail_msg("record of kind 0x%x at the top level", kind);
    }
}

/* Entries of one directory, whose names must rise unless a base says where they are. */
static void parse_dir(struct parse_image *image, struct span body, const char *path, uint32_t dir_off, int depth)
{
    const struct parse_entry *before = NULL;
    assert_true(depth < PARSE_DEPTH_MAX);
    while (body.pos < body.end) {
        uint32_t kind;
        uint32_t off = offset_of(image, body.pos);
        struct span record = take_record(&body, &kind);
        if (kind == 4 || kind == 5) {
            const struct parse_entry *entry = &image->entries[image->count];
            assert_int_equal(image->index_off, 0);
            parse_entry(image, record, path, dir_off, off, kind == 4, depth);
            assert_true(image->has_base || before == NULL || strcmp(before->path, entry->path) < 0);
            before = entry;
        } else if (kind != 1) {
            assert_int_equal(depth, 0);
            parse_top_record(image, kind, record, off);
        }
    }
}

static uint32_t load_le32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t parse_crc32(const uint8_t *bytes, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (0xedb88320U & (0U - (crc & 1)));
        }
    }
    return ~crc;
}

static uint32_t index_hash(const struct parse_entry *entry)
{
    const char *slash = strrchr(entry->path, '/');
    uint32_t hash = 0x811c9dc5U ^ entry->parent_off;
    for (const char *c = slash != NULL ? slash + 1 : entry->path; *c != '\0'; c++) {
        hash = (hash ^ (uint8_t)*c) * 0x01000193U;
    }
    return hash;
}

static void check_index(const struct parse_image *image)
{
    uint32_t end = image->size - (image->sealed ? 10 : 0);
    assert_int_equal(image->index_off + image->index_size, end);
    uint32_t table_size = load_le32(image->bytes + end - 4);
    assert_int_equal(table_size, 8 * image->count + 4);
    uint32_t table_off = end - table_size;
    assert_int_equal(table_off % 4, 0);
    assert_in_range(table_off - image->index_off, 0, 3);
    for (uint32_t off = image->index_off; off < table_off; off++) {
        assert_int_equal(image->bytes[off], 0);
    }
    bool *seen = calloc(image->count, sizeof *seen);
    uint64_t before = 0;
    for (size_t slot = 0; slot < image->count; slot++) {
        uint32_t hash = load_le32(image->bytes + table_off + 8 * slot);
        uint32_t off = load_le32(image->bytes + table_off + 8 * slot + 4);
        uint64_t key = (uint64_t)hash << 32 | off;
        assert_true(slot == 0 || before < key);
        before = key;
        size_t i = 0;
        while (i < image->count && image->entries[i].off != off) {
            i++;
        }
        assert_true(i < image->count);
        assert_false(seen[i]);
        seen[i] = true;
        assert_int_equal(hash, index_hash(&image->entries[i]));
    }
    free(seen);
}

static void check_seal(const struct parse_image *image)
{
    static const uint8_t head[] = {0x83, 0xb5, 0xe0, 0x03, 0x05, 0x01};
    const uint8_t *seal = image->bytes + image->size - 10;
    assert_memory_equal(seal, head, sizeof head);
    assert_int_equal(load_le32(seal + 6), parse_crc32(image->bytes, image->size - 4));
}

static int print_fault(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path, uint32_t path_size)
{
    (void)ctx;
    print_error("at %u, in %.*s: %s\n", off, (int)path_size, path, mprom_romfs_fault_text(fault));
    return 0;
}

/* The second opinion: the check that everybody else uses. */
static void check_with_library(const struct parse_image *image)
{
    struct mprom_romfs_memory memory = {image->bytes, image->size};
    struct mprom_romfs_source source = mprom_romfs_source_memory(&memory);
    struct mprom_romfs_check_level levels[PARSE_DEPTH_MAX];
    char path[PARSE_PATH_SIZE];
    uint32_t sort[PARSE_ENTRIES_MAX];
    struct mprom_romfs_check check = {
        .source = &source,
        .flags = MPROM_ROMFS_CHECK_NAMES | MPROM_ROMFS_CHECK_INDEX | MPROM_ROMFS_CHECK_TRAILING |
                 MPROM_ROMFS_CHECK_UNUSUAL,
        .levels = levels,
        .level_count = PARSE_DEPTH_MAX,
        .path = path,
        .path_room = sizeof path,
        .sort = sort,
        .sort_room = PARSE_ENTRIES_MAX,
        .on_fault = print_fault,
    };
    assert_int_equal(mprom_romfs_check(&check), 0);
    assert_int_equal(check.file_count + check.dir_count, image->count);
    assert_int_equal(check.has_seal, image->sealed);
    assert_int_equal(check.has_index, image->index_off != 0);
    assert_int_equal(check.has_info, image->info_off != 0);
}

static void parse_all(struct parse_image *image, const uint8_t *bytes, size_t size)
{
    image->entries = calloc(PARSE_ENTRIES_MAX + 1, sizeof *image->entries);
    assert_non_null(image->entries);
    assert_int_equal(size % 2, 0);
    assert_in_range(size, 4, UINT32_MAX);
    assert_memory_equal(bytes, "\xd2\xcd\x31", 3);
    struct span span = {bytes + 3, bytes + size};
    uint64_t payload_size = take_varuint(&span);
    assert_int_not_equal(bytes[3], 0x80); /* the length has no padding */
    assert_int_equal(payload_size, span.end - span.pos);
    image->header_size = offset_of(image, span.pos);
    parse_dir(image, span, "", 0, 0);
    if (image->index_off != 0) {
        check_index(image);
    }
    if (image->sealed) {
        check_seal(image);
    }
    check_with_library(image);
}

void parse_image(struct parse_image *image, const uint8_t *bytes, size_t size)
{
    *image = (struct parse_image){.bytes = bytes, .size = (uint32_t)size};
    parse_all(image, bytes, size);
}

void parse_image_with_base(struct parse_image *image, const uint8_t *bytes, size_t size)
{
    *image = (struct parse_image){.bytes = bytes, .size = (uint32_t)size, .has_base = true};
    parse_all(image, bytes, size);
}

void parse_free(struct parse_image *image)
{
    free(image->entries);
    image->entries = NULL;
}

const struct parse_entry *parse_find(const struct parse_image *image, const char *path)
{
    for (size_t i = 0; i < image->count; i++) {
        if (strcmp(image->entries[i].path, path) == 0) {
            return &image->entries[i];
        }
    }
    return NULL;
}

const uint8_t *parse_info(const struct parse_image *image, uint32_t wanted, uint32_t *size)
{
    struct span info = {image->bytes + image->info_off, image->bytes + image->info_off + image->info_size};
    while (info.pos < info.end) {
        uint64_t tag = take_varuint(&info);
        uint64_t value_size = take_varuint(&info);
        struct span value = take_span(&info, value_size);
        if (tag == wanted) {
            *size = (uint32_t)value_size;
            return value.pos;
        }
    }
    return NULL;
}

uint64_t parse_info_number(const struct parse_image *image, uint32_t tag)
{
    uint32_t size = 0;
    const uint8_t *value = parse_info(image, tag, &size);
    if (value == NULL) {
        fail_msg("tag %u is not in the info record", tag);
        return 0;
    }
    struct span span = {value, value + size};
    uint64_t number = take_varuint(&span);
    assert_ptr_equal(span.pos, span.end);
    return number;
}
