/* Paths below a target: what is not one plain name after the other never leaves it, or is refused. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/target.h"

static char folder[] = "/tmp/mprom-target-XXXXXX";
static int target_fd;

static int set_up(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(mkdir("target", 0777) | mkdir("outside", 0777) | mkdir("target/dir", 0777), 0);
    assert_int_equal(symlink("../outside", "target/link") | symlink("dir", "target/inner"), 0);
    int file = open("target/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    assert_true(file >= 0);
    close(file);
    target_fd = open("target", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return target_fd < 0;
}

static int tear_down(void **state)
{
    (void)state;
    close(target_fd);
    char command[100];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void assert_refused(const char *path, int error)
{
    for (int make = 0; make <= 1; make++) {
        errno = 0;
        assert_int_equal(target_open_dir(target_fd, path, strlen(path), make), -1);
        assert_int_equal(errno, error);
    }
}

/* That path, opened below the target, is the directory that `expected` names from the folder. */
static void assert_opens(const char *path, bool make, const char *expected)
{
    struct stat found;
    struct stat wanted;
    int fd = target_open_dir(target_fd, path, strlen(path), make);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &found) | stat(expected, &wanted), 0);
    assert_true(found.st_ino == wanted.st_ino && found.st_dev == wanted.st_dev);
    close(fd);
}

static void test_plain_names(void **state)
{
    (void)state;
    static const char *const bad[] = {"", ".", "..", "/", "a/", "/a", "a/b", "../x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(target_name_is_plain(bad[i]));
    }
    assert_true(target_name_is_plain("a"));
    assert_true(target_name_is_plain("..."));
    assert_true(target_name_is_plain(".hidden"));
}

static void test_refused(void **state)
{
    (void)state;
    assert_refused("..", EINVAL);
    assert_refused(".", EINVAL);
    assert_refused("dir/..", EINVAL);
    assert_refused("dir/../../outside", EINVAL);
    assert_refused("/", EINVAL);
    assert_refused("/tmp", EINVAL);
    assert_refused("dir//x", EINVAL);
    assert_refused("link", ENOTDIR);
    assert_refused("link/x", ENOTDIR);
    assert_refused("inner", ENOTDIR); /* also one that stays inside */
    assert_refused("file", ENOTDIR);
    assert_refused("file/x", ENOTDIR);
    assert_int_not_equal(access("outside/x", F_OK), 0);
}

static void test_opened(void **state)
{
    (void)state;
    assert_opens("", false, "target");
    assert_opens("dir", false, "target/dir");
    assert_int_equal(target_open_dir(target_fd, "new", 3, false), -1);
    assert_int_equal(errno, ENOENT);
    assert_opens("new/deep", true, "target/new/deep");
    assert_opens("new/deep", true, "target/new/deep");
}

static void test_split(void **state)
{
    (void)state;
    size_t size;
    assert_string_equal(target_split("a/b/c", &size), "c");
    assert_int_equal(size, 3);
    assert_string_equal(target_split("c", &size), "c");
    assert_int_equal(size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_names),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_opened),
        cmocka_unit_test(test_split),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
