/*
 * Fuzz target: the index. The input says what a tree holds, then what is done to the slots of its index. Lookups then
 * find what a scan finds, or the check names the index at fault; and even then what they find has the wanted name,
 * and lies in the directory that was searched.
 *
 *     flags       1: the image ends in a seal
 *     then        a directory to go into, out of one, a file, or something else, until kind 7
 *     then        edits of the slots
 *
 * The image and the index that belongs to it are written from docs/format.md by this file.
 */
#include "romfs/index.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/input.h"
#include "mprom/romfs_check.h"
#include "rom/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    ROOM = 12000,
    HEADER_SIZE = 5, /* for payloads of 128 to 16383 bytes */
    FILLER_SIZE = 128,
    ENTRIES_MAX = 48,
    SLOTS_MAX = 64,
    LEVELS = 16,
    NAME_SIZE_MAX = 15,
};

struct entry {
    uint32_t off;
    uint32_t dir; /* the entry that it is in; itself for the root, which stands first */
    bool is_dir;
    uint32_t data_off;
    uint32_t end_off;
    uint32_t name_size;
    char name[NAME_SIZE_MAX];
};

struct slot {
    uint32_t hash;
    uint32_t off;
};

struct image {
    uint32_t size;
    uint8_t bytes[ROOM];
    uint32_t entry_count;
    struct entry entries[ENTRIES_MAX];
    uint32_t slot_count;
    struct slot slots[SLOTS_MAX];
    bool odd; /* something in it stops a scan */
};

static void put(struct image *image, const void *bytes, size_t size)
{
    REQUIRE(size <= ROOM - image->size);
    if (size > 0) {
        memcpy(image->bytes + image->size, bytes, size);
    }
    image->size += (uint32_t)size;
}

static void put_byte(struct image *image, uint32_t byte)
{
    uint8_t b = (uint8_t)byte;
    put(image, &b, 1);
}

/* A length of two bytes, padded if need be. */
static void set_length(struct image *image, uint32_t off, uint32_t length)
{
    image->bytes[off] = (uint8_t)(0x80 | length >> 7);
    image->bytes[off + 1] = length & 0x7F;
}

static void put_le32(struct image *image, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        put_byte(image, value >> 8 * i);
    }
}

/* FNV-1a from 0x811c9dc5 XOR the offset of the directory. */
static uint32_t hash_name(uint32_t dir_off, const char *name, uint32_t size)
{
    uint32_t state = 0x811C9DC5 ^ dir_off;
    for (uint32_t i = 0; i < size; i++) {
        state = (state ^ (uint8_t)name[i]) * 0x01000193;
    }
    return state;
}

/* Starts a directory or a file in the directory `dir`, with a name from the input. Its length is set at its end. */
static uint32_t put_entry(struct image *image, struct input *input, uint32_t dir, bool is_dir)
{
    static const char *const names[] = {"a", "b", "liquid", "costarring", "main.py", "x", "n", "\xc3\xa4"};
    struct entry *entry = &image->entries[image->entry_count];
    uint32_t how = input_byte(input);
    *entry = (struct entry){.off = image->size, .dir = dir, .is_dir = is_dir};
    if (how < 128) {
        const char *name = names[how % (sizeof names / sizeof names[0])];
        entry->name_size = (uint32_t)strlen(name);
        memcpy(entry->name, name, entry->name_size);
    } else {
        entry->name_size = (uint32_t)input_bytes(input, entry->name, how % (NAME_SIZE_MAX + 1));
    }
    put_byte(image, is_dir ? 4 : 5);
    put(image, "\x80\0", 2);
    put_byte(image, entry->name_size);
    put(image, entry->name, entry->name_size);
    entry->data_off = image->size;
    return image->entry_count++;
}

static void end_entry(struct image *image, uint32_t i)
{
    struct entry *entry = &image->entries[i];
    entry->end_off = image->size;
    set_length(image, entry->off + 1, image->size - entry->off - 3);
}

static void put_file(struct image *image, struct input *input, uint32_t dir, uint32_t how)
{
    static const char contents[] = "abcdefgh";
    uint32_t i = put_entry(image, input, dir, false);
    if (how & 0x80) { /* a file without contents */
        image->odd = true;
    } else {
        put_byte(image, 2);
        put_byte(image, how >> 4 & 7);
        image->entries[i].data_off = image->size;
        put(image, contents, how >> 4 & 7);
    }
    end_entry(image, i);
}

/* Records that are no entries: padding, an unknown kind, and rarely one that stops a scan. */
static void put_other(struct image *image, uint32_t how)
{
    image->odd = image->odd || how >> 4 == 15;
    put_byte(image, how >> 4 == 15 ? 0 : how & 0x10 ? 1 : 0x7F);
    put_byte(image, how >> 5 & 3);
    put(image, "\4\1\0", how >> 5 & 3);
}

static void put_tree(struct image *image, struct input *input)
{
    uint32_t open[LEVELS] = {0};
    uint32_t depth = 0;
    while (image->size < ROOM / 2 && image->entry_count < ENTRIES_MAX && input_left(input) > 0) {
        uint32_t how = input_byte(input);
        if (how % 8 == 7) {
            break;
        }
        if (how % 8 < 2 && depth < LEVELS - 1) {
            uint32_t i = put_entry(image, input, open[depth], true);
            open[++depth] = i;
        } else if (how % 8 == 2 && depth > 0) {
            end_entry(image, open[depth--]);
        } else if (how % 8 < 6) {
            put_file(image, input, open[depth], how);
        } else {
            put_other(image, how);
        }
    }
    while (depth > 0) {
        end_entry(image, open[depth--]);
    }
    image->entries[0].end_off = image->size;
}

static int slot_compare(const void *a, const void *b)
{
    const struct slot *x = a;
    const struct slot *y = b;
    if (x->hash != y->hash) {
        return x->hash < y->hash ? -1 : 1;
    }
    return (x->off > y->off) - (x->off < y->off);
}

static void make_slots(struct image *image)
{
    for (uint32_t i = 1; i < image->entry_count; i++) {
        const struct entry *entry = &image->entries[i];
        uint32_t hash = hash_name(image->entries[entry->dir].off, entry->name, entry->name_size);
        image->slots[image->slot_count++] = (struct slot){hash, entry->off};
    }
    qsort(image->slots, image->slot_count, sizeof image->slots[0], slot_compare);
}

/* One edit of the slots. */
static void edit_slots(struct image *image, struct input *input)
{
    uint32_t how = input_byte(input);
    struct slot *slot = &image->slots[image->slot_count > 0 ? input_byte(input) % image->slot_count : 0];
    const struct entry *entry = &image->entries[input_byte(input) % image->entry_count];
    const struct entry *dir = &image->entries[input_byte(input) % image->entry_count];
    switch (how % 8) {
    case 0: /* the hash of a name that is there, perhaps in another directory */
        slot->hash = hash_name(dir->off, entry->name, entry->name_size);
        break;
    case 1: /* the place of another entry, or of what lies in it */
        slot->off = entry->off + (how & 0x80 ? input_byte(input) : 0);
        break;
    case 2:
        slot->off = input_32(input);
        break;
    case 3:
        slot->hash = input_32(input);
        break;
    case 4:
        if (image->slot_count > 0) {
            *slot = image->slots[--image->slot_count];
        }
        break;
    case 5:
        if (image->slot_count < SLOTS_MAX) {
            image->slots[image->slot_count++] = (struct slot){slot->hash, entry->off};
        }
        break;
    case 6:
        qsort(image->slots, image->slot_count, sizeof image->slots[0], slot_compare);
        break;
    default: {
        struct slot was = *slot;
        *slot = image->slots[0];
        image->slots[0] = was;
        break;
    }
    }
}

static void put_index(struct image *image)
{
    uint32_t table_size = 8 * image->slot_count + 4;
    uint32_t fill = (0U - (image->size + 6)) % 4;
    put(image, "\x83\xb5\xe0\x02\x80\0", 6);
    set_length(image, image->size - 2, table_size + fill);
    put(image, "\0\0\0", fill);
    for (uint32_t i = 0; i < image->slot_count; i++) {
        put_le32(image, image->slots[i].hash);
        put_le32(image, image->slots[i].off);
    }
    put_le32(image, table_size);
}

/* Writes the image that the input describes. Returns whether its index is the one that belongs to it. */
static bool make_image(struct image *image, struct input *input)
{
    static const uint8_t filler[FILLER_SIZE];
    static struct slot exact[SLOTS_MAX];
    bool with_seal = (input_byte(input) & 1) != 0;
    memset(image, 0, sizeof *image);
    put(image, "\xd2\xcd\x31\0\0", HEADER_SIZE);
    image->entries[0] = (struct entry){.is_dir = true, .data_off = HEADER_SIZE};
    image->entry_count = 1;
    put(image, "\x01\x81\0", 3);
    put(image, filler, FILLER_SIZE);
    put_tree(image, input);
    make_slots(image);
    uint32_t exact_count = image->slot_count;
    memcpy(exact, image->slots, sizeof exact);
    while (input_left(input) > 0) {
        edit_slots(image, input);
    }
    bool same = exact_count == image->slot_count && memcmp(exact, image->slots, exact_count * sizeof *exact) == 0;
    put_index(image);
    set_length(image, 3, image->size + (with_seal ? 10 : 0) - HEADER_SIZE);
    if (with_seal) {
        put(image, "\x83\xb5\xe0\x03\x05\x01", 6);
        put_le32(image, mprom_romfs_crc32(0, image->bytes, image->size));
    }
    return same;
}

/* Whether the check, with the index, finds no fault. */
static bool is_sound(const uint8_t *bytes, uint32_t size)
{
    struct mprom_romfs_check_level levels[LEVELS];
    struct mprom_romfs_memory memory = {bytes, size};
    struct mprom_romfs_source source = mprom_romfs_source_memory(&memory);
    struct mprom_romfs_check check = {
        .source = &source, .flags = MPROM_ROMFS_CHECK_INDEX, .levels = levels, .level_count = LEVELS};
    return mprom_romfs_check(&check) == 0;
}

/* What a lookup in a directory may find at worst: an entry of that name in it or deeper down. */
static void check_found(const struct image *image, const uint8_t *bytes, const struct entry *dir, const char *name,
                        uint32_t name_size, const struct mprom_romfs_entry *found)
{
    REQUIRE(found->name_size == name_size && memcmp(found->name, name, name_size) == 0);
    REQUIRE(found->off >= dir->data_off && found->off < dir->end_off);
    REQUIRE(found->data >= bytes && found->size <= image->size && found->data + found->size <= bytes + image->size);
    mprom_romfs_crc32(0, found->data, found->size);
}

/* The first of that name in the directory; NULL if there is none. */
static const struct entry *find(const struct image *image, uint32_t dir, const char *name, uint32_t name_size)
{
    for (uint32_t i = 1; i < image->entry_count; i++) {
        const struct entry *entry = &image->entries[i];
        if (entry->dir == dir && entry->name_size == name_size && memcmp(entry->name, name, name_size) == 0) {
            return entry;
        }
    }
    return NULL;
}

/*
 * Whether the index, however damaged, must not change what a lookup finds: the slots are sorted, there are some with
 * the hash of the name, and none of them leads into the directory.
 */
static bool must_scan(const struct image *image, const struct entry *dir, const char *name, uint32_t name_size)
{
    uint32_t hash = hash_name(dir->off, name, name_size);
    uint32_t run = 0;
    for (uint32_t i = 0; i < image->slot_count; i++) {
        const struct slot *slot = &image->slots[i];
        if (i > 0 && slot->hash < image->slots[i - 1].hash) {
            return false;
        }
        if (slot->hash == hash && slot->off >= dir->data_off && slot->off < dir->end_off) {
            return false;
        }
        run += slot->hash == hash;
    }
    return run > 0;
}

/* Looks one name up in one directory, with the index and without. */
static void check_lookup(const struct image *image, const struct mprom_romfs *fs, uint32_t dir, const char *name,
                         uint32_t name_size, bool sound)
{
    const struct entry *at = &image->entries[dir];
    struct mprom_romfs_entry start = {
        .is_dir = true, .off = at->off, .data = fs->image + at->data_off, .size = at->end_off - at->data_off};
    struct mprom_romfs scan = *fs;
    struct mprom_romfs_entry found;
    struct mprom_romfs_entry scanned;
    if (name_size == 0 || memchr(name, '/', name_size) != NULL) {
        return;
    }
    scan.index_count = 0;
    int r = mprom_romfs_lookup(fs, &start, name, name_size, &found);
    int r_scanned = mprom_romfs_lookup(&scan, &start, name, name_size, &scanned);
    REQUIRE(r == 0 || r == -MPROM_ENOENT || r == -MPROM_EBADMSG);
    if (r == 0) {
        check_found(image, fs->image, at, name, name_size, &found);
    }
    if (sound || fs->index_count == 0 || must_scan(image, at, name, name_size)) {
        REQUIRE(r == r_scanned);
        REQUIRE(r != 0 || (found.off == scanned.off && found.data == scanned.data && found.size == scanned.size &&
                           found.is_dir == scanned.is_dir));
    }
    if (sound) {
        const struct entry *expected = find(image, dir, name, name_size);
        REQUIRE(r == (expected != NULL ? 0 : -MPROM_ENOENT));
        REQUIRE(r != 0 || (found.off == expected->off && found.data == fs->image + expected->data_off));
    }
}

static void check_image(const struct image *image, bool exact)
{
    uint8_t *bytes = malloc(image->size); /* so that the sanitizer sees a read behind it */
    struct mprom_romfs fs;
    REQUIRE(bytes != NULL);
    memcpy(bytes, image->bytes, image->size);
    bool sound = is_sound(bytes, image->size);
    REQUIRE(sound == (exact && !image->odd));
    REQUIRE(mprom_romfs_open(&fs, bytes, image->size) == 0);
    REQUIRE(!sound || fs.index_count == image->slot_count);
    for (uint32_t dir = 0; dir < image->entry_count; dir++) {
        for (uint32_t i = 0; image->entries[dir].is_dir && i < image->entry_count; i++) {
            check_lookup(image, &fs, dir, image->entries[i].name, image->entries[i].name_size, sound);
        }
    }
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct image image;
    struct input input = {data, data + size};
    bool exact = make_image(&image, &input);
    check_image(&image, exact);
    return 0;
}
