/*
 * Random trees with random options: what was added is what a reader finds, whatever the order of adding.
 *
 * A round is a seed; a sample starts with MPROM_SEED, so the first round repeats one alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mprom/romfs_build.h"
#include "romfs/build_parse.h"
#include "romfs/build_scratch.h"
#include "support/sample.h"

enum {
    ROUND_COUNT = 400,
    ROUND_COUNT_ALL = 20000,
    FILES_MAX = 120,
    POOL_SIZE = 70000,
    NAMES_COUNT = 12
};

static const char *const names[NAMES_COUNT] = {
    "a", "b", "ab", "main.py", "lib", "data.bin", "\xc3\xa4", "x-y", "x.y", "x", "a rather long name, with blanks",
    "Z",
};

struct file {
    char path[PARSE_PATH_SIZE];
    const uint8_t *data;
    size_t size;
    uint64_t mtime;
};

struct round {
    uint32_t seed;
    struct mprom_romfs_build_options options;
    struct mprom_romfs_build_align align;
    size_t count;
    struct file files[FILES_MAX];
};

static void random_path(struct round *round, char *path)
{
    uint32_t depth = scratch_next(&round->seed) % 5;
    size_t at = 0;
    for (uint32_t i = 0; i <= depth; i++) {
        const char *name = names[scratch_next(&round->seed) % NAMES_COUNT];
        at += (size_t)snprintf(path + at, PARSE_PATH_SIZE - at, "%s%s", i > 0 ? "/" : "", name);
    }
}

/* Whether a path can be added beside those that are there: no file twice, and none where a directory is needed. */
static bool fits(const struct round *round, const char *path)
{
    for (size_t i = 0; i < round->count; i++) {
        const char *other = round->files[i].path;
        size_t size = strlen(path);
        size_t other_size = strlen(other);
        size_t common = size < other_size ? size : other_size;
        if (memcmp(path, other, common) == 0 && (path[common] == '\0' || path[common] == '/') &&
            (other[common] == '\0' || other[common] == '/')) {
            return false;
        }
    }
    return true;
}

static void random_contents(struct round *round, struct file *file, const uint8_t *pool)
{
    /* Few starts and few sizes make equal contents, and contents that only start alike, frequent. */
    uint32_t kind = scratch_next(&round->seed) % 8;
    uint32_t limit = kind == 0 ? 1 : kind == 1 ? 65000 : kind < 4 ? 300 : 8;
    file->data = pool + scratch_next(&round->seed) % 3;
    file->size = scratch_next(&round->seed) % limit;
    file->mtime = kind == 5 ? scratch_next(&round->seed) : 0;
}

static void random_files(struct round *round, uint32_t wanted, const uint8_t *pool)
{
    for (uint32_t i = 0; i < wanted && round->count < FILES_MAX; i++) {
        struct file *file = &round->files[round->count];
        random_path(round, file->path);
        if (fits(round, file->path)) {
            random_contents(round, file, pool);
            round->count++;
        }
    }
}

/* A few files with other contents, a few less, a few more. */
static void random_edit(struct round *round, const uint8_t *pool)
{
    for (size_t i = 0; i < round->count;) {
        uint32_t kind = scratch_next(&round->seed) % 16;
        if (kind == 0) {
            round->files[i] = round->files[--round->count];
            continue;
        }
        if (kind == 1) {
            random_contents(round, &round->files[i], pool);
        } else if (kind == 2) {
            round->files[i].size += scratch_next(&round->seed) % 6;
        } else if (kind == 3 && round->files[i].size > 6) {
            round->files[i].size -= scratch_next(&round->seed) % 6;
        }
        i++;
    }
    random_files(round, scratch_next(&round->seed) % 4, pool);
}

static void random_round(struct round *round, uint32_t seed, const uint8_t *pool)
{
    memset(round, 0, sizeof *round);
    round->seed = seed;
    uint32_t parts = scratch_next(&round->seed) % 16;
    round->align = (struct mprom_romfs_build_align){"*.py", 1U << scratch_next(&round->seed) % 10};
    round->options = (struct mprom_romfs_build_options){
        .no_info = parts == 1,
        .no_index = parts == 2,
        .no_seal = parts == 3,
        .align = 1U << scratch_next(&round->seed) % 6,
        .aligns = &round->align,
        .align_count = parts % 2,
        .label = parts > 8 ? "a label" : NULL,
    };
    random_files(round, scratch_next(&round->seed) % FILES_MAX, pool);
}

static uint8_t *build_round(struct round *round, size_t *size)
{
    struct mprom_romfs_build *build = mprom_romfs_build_new(&round->options);
    assert_non_null(build);
    for (size_t i = round->count; i > 1; i--) { /* shuffle */
        size_t other = scratch_next(&round->seed) % i;
        struct file swap = round->files[i - 1];
        round->files[i - 1] = round->files[other];
        round->files[other] = swap;
    }
    for (size_t i = 0; i < round->count; i++) {
        const struct file *file = &round->files[i];
        assert_int_equal(mprom_romfs_build_add_file(build, file->path, file->data, file->size, file->mtime), 0);
    }
    uint8_t *bytes;
    struct mprom_romfs_build_summary summary;
    assert_int_equal(mprom_romfs_build_write_memory(build, &bytes, size, &summary), 0);
    assert_int_equal(summary.file_count, round->count);
    mprom_romfs_build_free(build);
    return bytes;
}

static uint32_t wanted_align(const struct round *round, const char *path)
{
    const char *dot = strrchr(path, '.');
    bool matches = round->options.align_count > 0 && dot != NULL && strcmp(dot, ".py") == 0;
    return matches ? round->align.align : round->options.align;
}

/* Against the tests' own parser. */
static void check_parsed(const struct round *round, const uint8_t *bytes, size_t size)
{
    struct parse_image image;
    if (round->options.base != NULL) {
        parse_image_with_base(&image, bytes, size);
    } else {
        parse_image(&image, bytes, size);
    }
    size_t file_count = 0;
    for (size_t i = 0; i < image.count; i++) {
        file_count += !image.entries[i].is_dir;
    }
    assert_int_equal(file_count, round->count);
    for (size_t i = 0; i < round->count; i++) {
        const struct file *file = &round->files[i];
        const struct parse_entry *entry = parse_find(&image, file->path);
        assert_non_null(entry);
        assert_int_equal(entry->size, file->size);
        assert_int_equal(entry->mtime, file->mtime);
        assert_memory_equal(bytes + entry->data_off, file->data, file->size);
        if (file->size > 0) {
            assert_int_equal(entry->data_off % wanted_align(round, file->path), 0);
        }
    }
    parse_free(&image);
}

/* Against mprom's reader, which uses the index. */
static void check_read(const struct round *round, const uint8_t *bytes, size_t size)
{
    struct mprom_romfs fs;
    assert_int_equal(mprom_romfs_open(&fs, bytes, size), 0);
    assert_int_equal(fs.size, size);
    assert_int_equal(fs.index_count > 0, !round->options.no_index && round->count > 0);
    for (size_t i = 0; i < round->count; i++) {
        const struct file *file = &round->files[i];
        struct mprom_romfs_entry entry;
        assert_int_equal(mprom_romfs_lookup(&fs, NULL, file->path, strlen(file->path), &entry), 0);
        assert_false(entry.is_dir);
        assert_int_equal(entry.size, file->size);
        assert_memory_equal(entry.data, file->data, file->size);
    }
    struct mprom_romfs_info info;
    assert_int_equal(mprom_romfs_info_read(&fs, &info), round->options.no_info ? 0 : 1);
    if (!round->options.no_info) {
        assert_int_equal(info.sealed, !round->options.no_seal);
        assert_int_equal(info.label_size, round->options.label != NULL ? 7 : 0);
        assert_int_equal(info.builder_size > 6 ? memcmp(info.builder, "mprom ", 6) : 1, 0);
    }
    uint32_t crc = 0;
    assert_int_equal(mprom_romfs_seal_read(&fs, &crc), round->options.no_seal ? 0 : 1);
    if (!round->options.no_seal) {
        assert_int_equal(crc, parse_crc32(bytes, size - 4));
    }
}

static uint32_t last_seed;

static int print_seed(void **state)
{
    (void)state;
    print_message("the last round had the seed %u\n", last_seed);
    return 0;
}

static void test_random_trees(void **state)
{
    (void)state;
    struct sample sample = sample_open("build_random");
    uint32_t first = sample.seed;
    uint32_t last = first + (sample.all ? ROUND_COUNT_ALL : ROUND_COUNT) - 1;
    uint8_t *pool = scratch_bytes(POOL_SIZE, 99);
    struct round *round = malloc(sizeof *round);
    assert_non_null(round);
    for (uint32_t seed = first; seed != last + 1; seed++) {
        last_seed = seed;
        random_round(round, seed, pool);
        size_t sizes[2];
        uint8_t *images[2];
        images[0] = build_round(round, &sizes[0]);
        images[1] = build_round(round, &sizes[1]);
        assert_int_equal(sizes[0], sizes[1]);
        assert_memory_equal(images[0], images[1], sizes[0]);
        check_parsed(round, images[0], sizes[0]);
        check_read(round, images[0], sizes[0]);
        free(images[0]);
        free(images[1]);
    }
    free(round);
    free(pool);
}

/* L8: whatever has to fit does, if a plain image would. */
static void check_tight(struct round *round, const uint8_t *base, size_t base_size, size_t plain_size, size_t size)
{
    size_t tight_size;
    if (size <= plain_size) {
        return;
    }
    round->options.base = base;
    round->options.base_size = base_size;
    round->options.size_max = (uint32_t)(plain_size + scratch_next(&round->seed) % (size - plain_size));
    uint8_t *tight = build_round(round, &tight_size);
    assert_true(tight_size <= round->options.size_max);
    check_parsed(round, tight, tight_size);
    check_read(round, tight, tight_size);
    free(tight);
    round->options.size_max = 0;
}

/* Builds with a base, checks all that must hold, and returns the image. */
static uint8_t *check_with_base(struct round *round, const uint8_t *base, size_t base_size, size_t *size)
{
    size_t plain_size, again_size;
    round->options.base = NULL;
    uint8_t *plain = build_round(round, &plain_size);
    round->options.base = base;
    round->options.base_size = base_size;
    uint8_t *image = build_round(round, size);
    uint8_t *again = build_round(round, &again_size);
    assert_int_equal(*size, again_size);
    assert_memory_equal(image, again, *size);
    assert_true(*size <= plain_size + plain_size / 4 + 4096);
    check_parsed(round, image, *size);
    check_read(round, image, *size);
    free(again);
    free(plain);
    /* What has been laid out so stays so. */
    round->options.base = image;
    round->options.base_size = *size;
    again = build_round(round, &again_size);
    assert_int_equal(*size, again_size);
    assert_memory_equal(image, again, *size);
    free(again);
    check_tight(round, base, base_size, plain_size, *size);
    return image;
}

/* Edits, each laid out like the image before; now and then something has changed that. */
static void test_random_edits(void **state)
{
    (void)state;
    struct sample sample = sample_open("build_random");
    uint32_t last = sample.seed + (sample.all ? ROUND_COUNT_ALL : ROUND_COUNT) / 8U - 1;
    uint8_t *pool = scratch_bytes(POOL_SIZE, 99);
    struct round *round = malloc(sizeof *round);
    assert_non_null(round);
    for (uint32_t seed = sample.seed; seed != last + 1; seed++) {
        last_seed = seed;
        random_round(round, seed, pool);
        size_t base_size;
        uint8_t *base = build_round(round, &base_size);
        for (int i = 0; i < 6; i++) {
            random_edit(round, pool);
            for (uint32_t flips = scratch_next(&round->seed) % 8; flips < 3; flips++) {
                base[scratch_next(&round->seed) % base_size] ^= (uint8_t)(1 << scratch_next(&round->seed) % 8);
            }
            size_t size;
            uint8_t *image = check_with_base(round, base, base_size, &size);
            free(base);
            base = image;
            base_size = size;
        }
        free(base);
    }
    free(round);
    free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_random_trees, print_seed),
        cmocka_unit_test_teardown(test_random_edits, print_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
