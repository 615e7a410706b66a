/* Contents that are read from the PC's files while the image is written. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "mprom/romfs_build.h"
#include "romfs/build_parse.h"
#include "romfs/build_scratch.h"

enum {
    LARGE_SIZE = 3 << 20
};

static const struct mprom_romfs_build_options plain;

static void add_host(struct mprom_romfs_build *build, const char *path, const char *host_path, uint64_t size)
{
    assert_int_equal(mprom_romfs_build_add_host_file(build, path, host_path, size, 0), 0);
}

/* Counts, and does something to the world when the first bytes come. */
struct sink {
    uint64_t size;
    void (*meanwhile)(void);
    int result;
};

static int count_sink(void *ctx, const void *data, size_t size)
{
    struct sink *sink = ctx;
    assert_non_null(data);
    assert_true(size > 0);
    if (sink->size == 0 && sink->meanwhile != NULL) {
        sink->meanwhile();
    }
    sink->size += size;
    return sink->result;
}

static int discard_sink(void *ctx, const void *data, size_t size)
{
    (void)ctx;
    (void)data;
    (void)size;
    return 0;
}

/* The build of one large file fails with EIO and this sentence. */
static void fails(void (*meanwhile)(void), const char *sentence)
{
    struct mprom_romfs_build *build = mprom_romfs_build_new(&plain);
    add_host(build, "dir/large", "large", LARGE_SIZE);
    struct sink sink = {.meanwhile = meanwhile};
    assert_int_equal(mprom_romfs_build_write(build, count_sink, &sink, NULL), -MPROM_EIO);
    assert_string_equal(mprom_romfs_build_error(build), sentence);
    mprom_romfs_build_free(build);
}

static void test_same_bytes_as_from_memory(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 1000, 65536, 262144, 262145, LARGE_SIZE};
    struct mprom_romfs_build *from_host = mprom_romfs_build_new(&plain);
    struct mprom_romfs_build *from_memory = mprom_romfs_build_new(&plain);
    uint8_t *data[7];
    for (unsigned i = 0; i < 7; i++) {
        char path[2] = {(char)('a' + i), '\0'};
        scratch_random(path, sizes[i], i + 1);
        data[i] = scratch_bytes(sizes[i], i + 1);
        add_host(from_host, path, path, sizes[i]);
        assert_int_equal(mprom_romfs_build_add_file(from_memory, path, data[i], sizes[i], 0), 0);
    }
    uint8_t *images[2];
    size_t image_sizes[2];
    assert_int_equal(mprom_romfs_build_write_memory(from_host, &images[0], &image_sizes[0], NULL), 0);
    assert_int_equal(mprom_romfs_build_write_memory(from_memory, &images[1], &image_sizes[1], NULL), 0);
    assert_int_equal(image_sizes[0], image_sizes[1]);
    assert_memory_equal(images[0], images[1], image_sizes[0]);
    struct parse_image image;
    parse_image(&image, images[0], image_sizes[0]);
    parse_free(&image);
    for (unsigned i = 0; i < 7; i++) {
        free(data[i]);
    }
    free(images[0]);
    free(images[1]);
    mprom_romfs_build_free(from_host);
    mprom_romfs_build_free(from_memory);
}

/* Appends to a buffer that is large enough. */
static int append_sink(void *ctx, const void *data, size_t size)
{
    uint8_t **end = ctx;
    memcpy(*end, data, size);
    *end += size;
    return 0;
}

static void test_pieces_make_the_same_image(void **state)
{
    (void)state;
    scratch_random("host", LARGE_SIZE, 1);
    uint8_t *large = scratch_bytes(LARGE_SIZE, 2);
    uint8_t *collected = malloc(3 * LARGE_SIZE);
    assert_non_null(collected);
    uint8_t *end = collected;
    uint8_t *whole;
    size_t size;
    for (int pass = 0; pass < 2; pass++) {
        struct mprom_romfs_build *build = mprom_romfs_build_new(&plain);
        add_host(build, "a", "host", LARGE_SIZE);
        assert_int_equal(mprom_romfs_build_add_file(build, "b", large, LARGE_SIZE, 0), 0);
        assert_int_equal(mprom_romfs_build_add_file(build, "c", "small", 5, 0), 0);
        struct mprom_romfs_build_summary summary;
        if (pass == 0) {
            assert_int_equal(mprom_romfs_build_write(build, append_sink, &end, &summary), 0);
            assert_int_equal(summary.image_size, end - collected);
        } else {
            assert_int_equal(mprom_romfs_build_write_memory(build, &whole, &size, &summary), 0);
        }
        mprom_romfs_build_free(build);
    }
    assert_int_equal(size, end - collected);
    assert_memory_equal(whole, collected, size);
    struct parse_image image;
    parse_image(&image, collected, size);
    parse_free(&image);
    free(whole);
    free(collected);
    free(large);
}

static void test_equal_host_files_are_stored_once(void **state)
{
    (void)state;
    uint8_t *data = scratch_bytes(LARGE_SIZE, 1);
    scratch_random("one", LARGE_SIZE, 1);
    scratch_random("same", LARGE_SIZE, 1);
    scratch_random("other", LARGE_SIZE, 2);
    struct mprom_romfs_build *build = mprom_romfs_build_new(&plain);
    add_host(build, "one", "one", LARGE_SIZE);
    add_host(build, "same", "same", LARGE_SIZE);
    add_host(build, "other", "other", LARGE_SIZE);
    assert_int_equal(mprom_romfs_build_add_file(build, "memory", data, LARGE_SIZE, 0), 0);
    uint8_t *bytes;
    size_t size;
    struct mprom_romfs_build_summary summary;
    assert_int_equal(mprom_romfs_build_write_memory(build, &bytes, &size, &summary), 0);
    assert_int_equal(summary.shared_count, 2);
    assert_int_equal(summary.shared_size, 2 * LARGE_SIZE);
    assert_in_range(size, 2 * LARGE_SIZE, 2 * LARGE_SIZE + 4096);
    struct parse_image image;
    parse_image(&image, bytes, size);
    static const char *const equal[] = {"memory", "one", "same"};
    for (size_t i = 0; i < 3; i++) {
        assert_memory_equal(bytes + parse_find(&image, equal[i])->data_off, data, LARGE_SIZE);
    }
    assert_memory_not_equal(bytes + parse_find(&image, "other")->data_off, data, LARGE_SIZE);
    parse_free(&image);
    free(bytes);
    free(data);
    mprom_romfs_build_free(build);
}

static void truncate_large(void)
{
    assert_int_equal(truncate("large", LARGE_SIZE / 2), 0);
}

/* Moves the time of modification. */
static void touch_large(time_t seconds, long nanoseconds)
{
    struct stat st;
    assert_int_equal(stat("large", &st), 0);
    struct timespec times[2] = {st.st_atim, st.st_mtim};
    times[1].tv_sec += seconds;
    times[1].tv_nsec = (times[1].tv_nsec + nanoseconds) % 1000000000;
    assert_int_equal(utimensat(AT_FDCWD, "large", times, 0), 0);
}

static void touch_seconds(void)
{
    touch_large(1, 0);
}

static void touch_nanoseconds(void)
{
    touch_large(0, 1000);
}

static void test_changes_are_noticed(void **state)
{
    (void)state;
    fails(NULL, "dir/large: cannot open large: No such file or directory");
    scratch_random("large", LARGE_SIZE, 1);
    fails(truncate_large, "dir/large: large changed while the image was built");
    fails(NULL, "dir/large: large changed while the image was built"); /* half the size from the start */
    assert_int_equal(truncate("large", LARGE_SIZE + 1), 0);
    fails(NULL, "dir/large: large changed while the image was built");
    assert_int_equal(truncate("large", LARGE_SIZE), 0);
    fails(touch_seconds, "dir/large: large changed while the image was built");
    fails(touch_nanoseconds, "dir/large: large changed while the image was built");
    assert_int_equal(unlink("large"), 0);
    assert_int_equal(mkfifo("large", 0666), 0);
    fails(NULL, "dir/large: large changed while the image was built");
    assert_int_equal(unlink("large"), 0);
    scratch_dir("large");
    fails(NULL, "dir/large: large changed while the image was built");
}

static void test_empty_file_that_became_a_pipe(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("pipe", 0666), 0);
    struct mprom_romfs_build *build = mprom_romfs_build_new(&plain);
    add_host(build, "empty", "pipe", 0);
    assert_int_equal(mprom_romfs_build_write(build, discard_sink, NULL, NULL), -MPROM_EIO);
    mprom_romfs_build_free(build);
}

static void test_sink_ends_the_build(void **state)
{
    (void)state;
    scratch_random("large", LARGE_SIZE, 1);
    struct mprom_romfs_build *build = mprom_romfs_build_new(&plain);
    add_host(build, "a", "large", LARGE_SIZE);
    struct sink sink = {.result = -ENOSPC};
    assert_int_equal(mprom_romfs_build_write(build, count_sink, &sink, NULL), -ENOSPC);
    assert_in_range(sink.size, 1, LARGE_SIZE / 2); /* it was called once, and not again */
    mprom_romfs_build_free(build);
}

static long max_rss_kib(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

static void sparse_file(const char *path, off_t size, char last)
{
    int fd = open(path, O_CREAT | O_WRONLY | O_EXCL, 0666);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, size), 0);
    assert_int_equal(pwrite(fd, &last, 1, size - 1), 1);
    assert_int_equal(close(fd), 0);
}

/* 300 MiB of files, two of which differ in the last byte only, need next to no memory. */
static void test_memory_does_not_grow_with_the_tree(void **state)
{
    (void)state;
    enum {
        FILE_SIZE = 100 << 20,
        ALLOWED_KIB = 100 << 10
    };
    sparse_file("a", FILE_SIZE, 1);
    sparse_file("b", FILE_SIZE, 2);
    sparse_file("c", FILE_SIZE, 2);
    sparse_file("d", FILE_SIZE - 1, 2);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        long before = max_rss_kib();
        struct mprom_romfs_build *build = mprom_romfs_build_new(&plain);
        struct mprom_romfs_build_summary summary = {0};
        int err = mprom_romfs_build_add_host_file(build, "a", "a", FILE_SIZE, 0);
        err |= mprom_romfs_build_add_host_file(build, "b", "b", FILE_SIZE, 0);
        err |= mprom_romfs_build_add_host_file(build, "c", "c", FILE_SIZE, 0);
        err |= mprom_romfs_build_add_host_file(build, "d", "d", FILE_SIZE - 1, 0);
        err |= mprom_romfs_build_write(build, discard_sink, NULL, &summary);
        mprom_romfs_build_free(build);
        _exit(err != 0                                  ? 1
              : summary.shared_count != 1               ? 2
              : summary.image_size < 3U * FILE_SIZE - 1 ? 3
              : max_rss_kib() - before > ALLOWED_KIB    ? 4
                                                        : 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

#define SCRATCH_TEST(test) cmocka_unit_test_setup_teardown(test, scratch_enter, scratch_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(test_same_bytes_as_from_memory),          SCRATCH_TEST(test_pieces_make_the_same_image),
        SCRATCH_TEST(test_equal_host_files_are_stored_once),   SCRATCH_TEST(test_changes_are_noticed),
        SCRATCH_TEST(test_empty_file_that_became_a_pipe),      SCRATCH_TEST(test_sink_ends_the_build),
        SCRATCH_TEST(test_memory_does_not_grow_with_the_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
