/* What a board's firmware would refuse, found before anything is sent (L1); who made the image does not matter here.
 */
#include "client/board/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

static struct mprom_client_error error;

static int check(const struct mprom_client_board *board, const uint8_t *image, size_t size)
{
    struct mprom_romfs fs;
    assert_int_equal(mprom_romfs_open(&fs, image, size), 0);
    return mprom_limits_check(board, "port", 0, &fs, &error);
}

/* /a/b/c: three directories in one another */
static const uint8_t deep[] = {0xD2, 0xCD, 0x31, 12, 4, 10, 1, 'a', 4, 6, 1, 'b', 4, 2, 1, 'c'};

static void depth_is_the_boards(void **state)
{
    (void)state;
    struct mprom_client_board board = {.is_mprom = true, .depth_max = 2, .path_max = 255};
    assert_int_equal(check(&board, deep, sizeof deep), -MPROM_EINVAL);
    assert_string_equal(error.text,
                        "port: a/b/c: this board takes directories up to 2 deep; nothing was sent. Move it "
                        "up, or leave it out with --exclude");
    board.depth_max = 3;
    assert_int_equal(check(&board, deep, sizeof deep), 0);
    board.depth_max = UINT32_MAX;
    assert_int_equal(check(&board, deep, sizeof deep), 0);
    board = (struct mprom_client_board){.path_max = 511};
    assert_int_equal(check(&board, deep, sizeof deep), 0);
}

static void structure(void **state)
{
    (void)state;
    static const uint8_t no_data[] = {0xD2, 0xCD, 0x31, 4, 5, 2, 1, 'a'};
    struct mprom_client_board board = {.is_mprom = true, .depth_max = 32, .path_max = 255};
    assert_int_equal(check(&board, no_data, sizeof no_data), -MPROM_EINVAL);
    assert_non_null(strstr(error.text, "offset 4, a: a file without a data record: the board would refuse"));
    board = (struct mprom_client_board){.path_max = 511};
    assert_int_equal(check(&board, no_data, sizeof no_data), 0);
}

/* Firmware from before it said its limits refuses what others make. */
static void odd_size(void **state)
{
    (void)state;
    static const uint8_t odd[] = {0xD2, 0xCD, 0x31, 7, 5, 5, 1, 'a', 2, 1, 'x'};
    struct mprom_client_board board = {.is_mprom = true, .depth_max = 32, .path_max = 255, .needs_even_size = true};
    assert_int_equal(check(&board, odd, sizeof odd), -MPROM_EINVAL);
    assert_non_null(strstr(error.text, "the image has 11 bytes, and this board's firmware takes only"));
}

static void paths_of_modules(void **state)
{
    (void)state;
    static uint8_t image[] = {0xD2, 0xCD, 0x31, 11, 5, 9, 5, 'a', '.', 'm', 'p', 'y', 2, 0, 1, 0};
    struct mprom_client_board board = {.path_max = 9, .segment_count = 2};
    image[11] = 'x';
    assert_int_equal(check(&board, image, sizeof image), 0); /* a.mpx: no module */
    image[11] = 'y';
    assert_int_equal(check(&board, image, sizeof image), -MPROM_EINVAL);
    assert_non_null(strstr(error.text, "a.mpy: its path has 10 bytes with /rom/ before it"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_is_the_boards),
        cmocka_unit_test(structure),
        cmocka_unit_test(odd_size),
        cmocka_unit_test(paths_of_modules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
