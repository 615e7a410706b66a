/* Collecting a directory of the PC: what is found, what is left out, what is refused. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "romfs/build_parse.h"
#include "romfs/build_scratch.h"
#include "romfs/tree.h"

static const struct mprom_romfs_tree_options plain;

/* What happens right behind the next fstat() of a plain file. */
static void (*behind_fstat)(void);

/* Stands in for the C library's, so that a file can change at a certain moment. */
int fstat(int fd, struct stat *st)
{
    int result = fstatat(fd, "", st, AT_EMPTY_PATH);
    void (*then)(void) = behind_fstat;
    if (result == 0 && S_ISREG(st->st_mode) && then != NULL) {
        behind_fstat = NULL;
        then();
    }
    return result;
}

static struct mprom_romfs_tree *scan(const struct mprom_romfs_tree_options *options)
{
    struct mprom_romfs_tree *tree = mprom_romfs_tree_new(options);
    assert_non_null(tree);
    int err = mprom_romfs_tree_scan(tree, ".");
    if (err != 0) {
        print_error("%s\n", mprom_romfs_tree_error(tree));
    }
    assert_int_equal(err, 0);
    return tree;
}

static const struct mprom_romfs_tree_entry *find(const struct mprom_romfs_tree *tree, const char *path)
{
    size_t count;
    const struct mprom_romfs_tree_entry *entries = mprom_romfs_tree_entries(tree, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].path, path) == 0) {
            return &entries[i];
        }
    }
    return NULL;
}

static size_t count_of(const struct mprom_romfs_tree *tree)
{
    size_t count;
    mprom_romfs_tree_entries(tree, &count);
    return count;
}

static void holds(const struct mprom_romfs_tree *tree, const char *path, const char *text)
{
    const struct mprom_romfs_tree_entry *entry = find(tree, path);
    assert_non_null(entry);
    assert_false(entry->is_dir);
    assert_int_equal(entry->size, strlen(text));
    assert_non_null(entry->data);
    assert_memory_equal(entry->data, text, entry->size);
}

/* The scan fails with err and a sentence that ends so. */
static void refuses(int err, const char *sentence)
{
    struct mprom_romfs_tree *tree = mprom_romfs_tree_new(&plain);
    assert_non_null(tree);
    assert_int_equal(mprom_romfs_tree_scan(tree, "."), err);
    assert_string_equal(mprom_romfs_tree_error(tree), sentence);
    mprom_romfs_tree_free(tree);
}

static void test_everything_in_order(void **state)
{
    (void)state;
    static const char *const sorted[] = {"a", "a/x", "a/y", "a/y/z", "a-b", "a.b", "ab", "empty", "gr\xc3\xbcn"};
    scratch_file("ab", "4");
    scratch_file("a.b", "3");
    scratch_file("a-b", "2");
    scratch_dir("a");
    scratch_dir("a/y");
    scratch_file("a/y/z", "1");
    scratch_file("a/x", "");
    scratch_dir("empty");
    scratch_file("gr\xc3\xbcn", "5");
    struct mprom_romfs_tree *tree = scan(&plain);
    size_t count;
    const struct mprom_romfs_tree_entry *entries = mprom_romfs_tree_entries(tree, &count);
    assert_int_equal(count, sizeof sorted / sizeof sorted[0]);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(entries[i].path, sorted[i]);
        struct stat st;
        assert_int_equal(stat(entries[i].host_path, &st), 0);
        assert_int_equal(entries[i].is_dir, S_ISDIR(st.st_mode));
        assert_int_equal(entries[i].mtime, 0);
    }
    holds(tree, "a/x", "");
    holds(tree, "a/y/z", "1");
    holds(tree, "gr\xc3\xbcn", "5");
    mprom_romfs_tree_free(tree);
}

static void test_times_only_when_asked_for(void **state)
{
    (void)state;
    scratch_file("f", "f");
    scratch_dir("d");
    struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1752537600}};
    assert_int_equal(utimensat(AT_FDCWD, "f", times, 0), 0);
    struct mprom_romfs_tree_options options = {.times = true};
    struct mprom_romfs_tree *tree = scan(&options);
    assert_int_equal(find(tree, "f")->mtime, 1752537600);
    assert_int_equal(find(tree, "d")->mtime, 0);
    mprom_romfs_tree_free(tree);
}

static void test_left_out_by_default(void **state)
{
    (void)state;
    static const char *const out[] = {"#c#",         ".#c",   ".DS_Store", ".c.swp", ".git", ".mprom-12-0.tmp",
                                      "__pycache__", "c.pyc", "c~",        "d/c.pyc"};
    static const char *const in[] = {"#c",   ".c.swo1", "gitignore", "__pycache", "a.py",
                                     "c.py", "c.pyco",  "d/~c",      "swp",       "#"};
    scratch_dir("d");
    scratch_dir(".git");
    scratch_file(".git/config", "x");
    scratch_dir("__pycache__");
    scratch_file("__pycache__/c.pyc", "x");
    assert_int_equal(symlink("user@host.1:2", ".#c"), 0); /* as emacs does it */
    for (size_t i = 0; i < sizeof out / sizeof out[0]; i++) {
        if (access(out[i], F_OK) != 0 && strcmp(out[i], ".#c") != 0) {
            scratch_file(out[i], "out");
        }
    }
    for (size_t i = 0; i < sizeof in / sizeof in[0]; i++) {
        scratch_file(in[i], "in");
    }
    struct mprom_romfs_tree *tree = scan(&plain);
    size_t count;
    const struct mprom_romfs_tree_left_out *left_out = mprom_romfs_tree_left_out(tree, &count);
    assert_int_equal(count, sizeof out / sizeof out[0]);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(left_out[i].path, out[i]);
    }
    assert_int_equal(count_of(tree), sizeof in / sizeof in[0] + 1);
    for (size_t i = 0; i < sizeof in / sizeof in[0]; i++) {
        holds(tree, in[i], "in");
    }
    mprom_romfs_tree_free(tree);

    assert_int_equal(unlink(".#c"), 0);
    struct mprom_romfs_tree_options options = {.keep_all = true};
    tree = scan(&options);
    left_out = mprom_romfs_tree_left_out(tree, &count);
    assert_int_equal(count, 1); /* an image, if half of one */
    assert_string_equal(left_out[0].path, ".mprom-12-0.tmp");
    holds(tree, ".git/config", "x");
    holds(tree, "c~", "out");
    mprom_romfs_tree_free(tree);
}

static void test_left_out_by_option(void **state)
{
    (void)state;
    static const char *const excludes[] = {"*.log", "docs/*.md", "build"};
    struct mprom_romfs_tree_options options = {.excludes = excludes, .exclude_count = 3};
    scratch_dir("docs");
    scratch_dir("src");
    scratch_dir("src/build");
    scratch_file("src/build/x", "out");
    scratch_file("src/y.log", "out");
    scratch_file("docs/a.md", "out");
    scratch_file("src/a.md", "in");
    scratch_file("a.md", "in");
    struct mprom_romfs_tree *tree = scan(&options);
    size_t count;
    const struct mprom_romfs_tree_left_out *left_out = mprom_romfs_tree_left_out(tree, &count);
    assert_int_equal(count, 3);
    assert_string_equal(left_out[0].path, "docs/a.md");
    assert_string_equal(left_out[1].path, "src/build");
    assert_string_equal(left_out[2].path, "src/y.log");
    assert_int_equal(count_of(tree), 4);
    holds(tree, "src/a.md", "in");
    holds(tree, "a.md", "in");
    mprom_romfs_tree_free(tree);
}

static void test_links_inside_are_followed(void **state)
{
    (void)state;
    scratch_dir("lib");
    scratch_dir("lib/deep");
    scratch_file("lib/deep/f", "text");
    scratch_dir("use");
    assert_int_equal(symlink("../lib/deep/f", "use/file"), 0);
    assert_int_equal(symlink("../lib", "use/dir"), 0);
    assert_int_equal(symlink("file", "use/twice"), 0);
    char *here = realpath("lib/deep/f", NULL);
    assert_non_null(here);
    assert_int_equal(symlink(here, "use/absolute"), 0);
    free(here);
    struct mprom_romfs_tree *tree = scan(&plain);
    holds(tree, "use/file", "text");
    holds(tree, "use/twice", "text");
    holds(tree, "use/absolute", "text");
    holds(tree, "use/dir/deep/f", "text");
    assert_true(find(tree, "use/dir")->is_dir);
    mprom_romfs_tree_free(tree);
}

static void test_links_that_lead_out_are_refused(void **state)
{
    (void)state;
    assert_int_equal(symlink("/etc/passwd", "out"), 0);
    refuses(-MPROM_EINVAL,
            "./out: a symbolic link that leads out of the tree, to /etc/passwd; copy what it points to, "
            "or exclude it");
    assert_int_equal(unlink("out"), 0);

    /* A directory beside the tree whose name starts like the tree's. */
    char *here = realpath(".", NULL);
    assert_non_null(here);
    char beside[4096];
    snprintf(beside, sizeof beside, "%s-beside", here);
    assert_int_equal(mkdir(beside, 0777), 0);
    assert_int_equal(symlink(beside, "out"), 0);
    struct mprom_romfs_tree *tree = mprom_romfs_tree_new(&plain);
    assert_int_equal(mprom_romfs_tree_scan(tree, "."), -MPROM_EINVAL);
    mprom_romfs_tree_free(tree);
    assert_int_equal(rmdir(beside), 0);
    free(here);
}

static void test_links_to_nothing_are_refused(void **state)
{
    (void)state;
    assert_int_equal(symlink("nowhere", "dangling"), 0);
    refuses(-MPROM_EINVAL, "./dangling: a symbolic link that leads to nothing");
    assert_int_equal(unlink("dangling"), 0);
    assert_int_equal(symlink("me", "me"), 0);
    refuses(-MPROM_EINVAL, "./me: a symbolic link that leads to itself");
}

static void test_circles_are_refused(void **state)
{
    (void)state;
    scratch_dir("a");
    scratch_dir("a/b");
    assert_int_equal(symlink("../..", "a/b/up"), 0);
    refuses(-MPROM_EINVAL, "./a/b/up: a symbolic link to a directory that it lies in");
    assert_int_equal(unlink("a/b/up"), 0);
    assert_int_equal(symlink(".", "a/self"), 0);
    refuses(-MPROM_EINVAL, "./a/self: a symbolic link to a directory that it lies in");
    assert_int_equal(unlink("a/self"), 0);
    /* A circle of two links, neither of which leads back by itself. */
    scratch_dir("c");
    assert_int_equal(symlink("../c", "a/c"), 0);
    assert_int_equal(symlink("../a", "c/a"), 0);
    struct mprom_romfs_tree *tree = mprom_romfs_tree_new(&plain);
    assert_int_equal(mprom_romfs_tree_scan(tree, "."), -MPROM_EINVAL);
    assert_non_null(strstr(mprom_romfs_tree_error(tree), "a symbolic link to a directory that it lies in"));
    mprom_romfs_tree_free(tree);
}

static void test_special_files_are_refused(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("pipe", 0666), 0);
    refuses(-MPROM_EINVAL, "./pipe: a named pipe, which an image cannot hold");
    assert_int_equal(unlink("pipe"), 0);

    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    refuses(-MPROM_EINVAL, "./socket: a socket, which an image cannot hold");
}

static void test_names_that_are_no_utf8_are_refused(void **state)
{
    (void)state;
    scratch_dir("d");
    scratch_file("d/caf\xe9", "x");
    refuses(-MPROM_EINVAL, "./d/caf\\xe9: the name is not UTF-8");
    /* Not if it is left out anyway. */
    static const char *const excludes[] = {"caf*"};
    struct mprom_romfs_tree_options options = {.excludes = excludes, .exclude_count = 1};
    struct mprom_romfs_tree *tree = scan(&options);
    assert_int_equal(count_of(tree), 1);
    mprom_romfs_tree_free(tree);
}

static void test_what_cannot_be_opened(void **state)
{
    (void)state;
    struct mprom_romfs_tree *tree = mprom_romfs_tree_new(&plain);
    assert_int_equal(mprom_romfs_tree_scan(tree, "nowhere/"), -MPROM_ENOENT);
    assert_string_equal(mprom_romfs_tree_error(tree), "nowhere: No such file or directory");
    mprom_romfs_tree_free(tree);
    scratch_file("file", "x");
    tree = mprom_romfs_tree_new(&plain);
    assert_int_equal(mprom_romfs_tree_scan(tree, "file"), -MPROM_ENOTDIR);
    mprom_romfs_tree_free(tree);
}

static void test_unreadable_file_is_named(void **state)
{
    (void)state;
    scratch_file("secret", "x");
    assert_int_equal(chmod("secret", 0), 0);
    assert_int_equal(chmod(".", 0755), 0);
    uid_t user = geteuid();
    if (user == 0) {
        assert_int_equal(seteuid(65534), 0); /* root may read everything */
    }
    refuses(-EACCES, "./secret: Permission denied");
    assert_int_equal(seteuid(user), 0);
}

/* Sizes around those at which a file is read in one piece, in two, and not at all. */
static void test_sizes(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 1 << 20, (1 << 20) + 1, 3 << 20};
    char path[16];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        snprintf(path, sizeof path, "f%zu", i);
        scratch_random(path, sizes[i], (unsigned)i + 1);
    }
    struct mprom_romfs_tree *tree = scan(&plain);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        snprintf(path, sizeof path, "f%zu", i);
        const struct mprom_romfs_tree_entry *entry = find(tree, path);
        assert_int_equal(entry->size, sizes[i]);
        assert_int_equal(entry->data != NULL, sizes[i] <= 1 << 20);
        uint8_t *wanted = scratch_bytes(sizes[i], (unsigned)i + 1);
        if (entry->data != NULL) {
            assert_memory_equal(entry->data, wanted, sizes[i]);
        }
        free(wanted);
    }
    mprom_romfs_tree_free(tree);
}

static void cut_short(void)
{
    assert_int_equal(truncate("large", 70000), 0);
}

static void test_file_cut_short_while_it_is_read(void **state)
{
    (void)state;
    scratch_random("large", 100000, 1);
    behind_fstat = cut_short;
    refuses(-MPROM_EIO, "./large: changed while it was read");
    assert_null(behind_fstat);
}

/* Files that are small each, but together more than is kept in memory. */
static void test_memory_is_bounded(void **state)
{
    (void)state;
    enum {
        FILE_COUNT = 200,
        FILE_SIZE = 1 << 20
    };
    char path[16];
    for (int i = 0; i < FILE_COUNT; i++) {
        snprintf(path, sizeof path, "f%d", i);
        scratch_file(path, "");
        assert_int_equal(truncate(path, FILE_SIZE), 0);
    }
    struct mprom_romfs_tree *tree = scan(&plain);
    size_t count;
    const struct mprom_romfs_tree_entry *entries = mprom_romfs_tree_entries(tree, &count);
    assert_int_equal(count, FILE_COUNT);
    size_t kept_count = 0;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(entries[i].size, FILE_SIZE);
        kept_count += entries[i].data != NULL;
    }
    assert_in_range(kept_count, 60, 70);
    mprom_romfs_tree_free(tree);
}

/* Enough files for several threads; every one must be read, and the image must hold them all. */
static void test_many_files_into_an_image(void **state)
{
    (void)state;
    char path[64];
    char text[64];
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(path, sizeof path, "d%u", i % 7);
        if (i < 7) {
            scratch_dir(path);
        }
        snprintf(path, sizeof path, "d%u/f%u", i % 7, i);
        snprintf(text, sizeof text, "this is number %u", i);
        scratch_file(path, text);
    }
    scratch_random("d0/large", 2 << 20, 1);
    struct mprom_romfs_tree *tree = scan(&plain);
    assert_int_equal(count_of(tree), 1008);
    static const struct mprom_romfs_build_options options;
    struct mprom_romfs_build *build = mprom_romfs_build_new(&options);
    size_t count;
    const struct mprom_romfs_tree_entry *entries = mprom_romfs_tree_entries(tree, &count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(mprom_romfs_tree_add(&entries[i], build), 0);
    }
    uint8_t *bytes;
    size_t size;
    assert_int_equal(mprom_romfs_build_write_memory(build, &bytes, &size, NULL), 0);
    struct parse_image image;
    parse_image(&image, bytes, size);
    assert_int_equal(image.count, 1008);
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(path, sizeof path, "d%u/f%u", i % 7, i);
        snprintf(text, sizeof text, "this is number %u", i);
        const struct parse_entry *entry = parse_find(&image, path);
        assert_non_null(entry);
        assert_int_equal(entry->size, strlen(text));
        assert_memory_equal(bytes + entry->data_off, text, entry->size);
    }
    uint8_t *wanted = scratch_bytes(2 << 20, 1);
    const struct parse_entry *large = parse_find(&image, "d0/large");
    assert_int_equal(large->size, 2 << 20);
    assert_memory_equal(bytes + large->data_off, wanted, 2 << 20);
    free(wanted);
    parse_free(&image);
    free(bytes);
    mprom_romfs_build_free(build);
    mprom_romfs_tree_free(tree);
}

/* Links can make a tree of any size without a circle. */
static void test_explosion_is_refused(void **state)
{
    (void)state;
    char path[32];
    char target[32];
    for (int i = 0; i < 24; i++) {
        snprintf(path, sizeof path, "d%02d", i);
        scratch_dir(path);
        snprintf(target, sizeof target, "../d%02d", i + 1);
        snprintf(path, sizeof path, "d%02d/l", i);
        assert_int_equal(symlink(target, path), 0);
        snprintf(path, sizeof path, "d%02d/r", i);
        assert_int_equal(symlink(target, path), 0);
    }
    scratch_dir("d24");
    refuses(-MPROM_EFBIG, ".: more than 10000 symbolic links");
}

static void test_too_many_entries_are_refused(void **state)
{
    (void)state;
    char path[32];
    scratch_dir("d");
    scratch_dir("links");
    for (int i = 0; i < 500; i++) {
        snprintf(path, sizeof path, "d/%d", i);
        scratch_file(path, "");
        snprintf(path, sizeof path, "links/%d", i);
        assert_int_equal(symlink("../d", path), 0);
    }
    refuses(-MPROM_EFBIG, ".: more than 250000 files and directories");
}

#define SCRATCH_TEST(test) cmocka_unit_test_setup_teardown(test, scratch_enter, scratch_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(test_everything_in_order),
        SCRATCH_TEST(test_times_only_when_asked_for),
        SCRATCH_TEST(test_left_out_by_default),
        SCRATCH_TEST(test_left_out_by_option),
        SCRATCH_TEST(test_links_inside_are_followed),
        SCRATCH_TEST(test_links_that_lead_out_are_refused),
        SCRATCH_TEST(test_links_to_nothing_are_refused),
        SCRATCH_TEST(test_circles_are_refused),
        SCRATCH_TEST(test_special_files_are_refused),
        SCRATCH_TEST(test_names_that_are_no_utf8_are_refused),
        SCRATCH_TEST(test_what_cannot_be_opened),
        SCRATCH_TEST(test_unreadable_file_is_named),
        SCRATCH_TEST(test_sizes),
        SCRATCH_TEST(test_file_cut_short_while_it_is_read),
        SCRATCH_TEST(test_memory_is_bounded),
        SCRATCH_TEST(test_many_files_into_an_image),
        SCRATCH_TEST(test_explosion_is_refused),
        SCRATCH_TEST(test_too_many_entries_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
