/* Which .mpy files are refused: by the rules of MicroPython's own loader. */
#include "client/board/mpy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

enum {
    MPY_OFF = 20
};

/* lib/a.mpy */
static uint8_t image[] = {0xD2, 0xCD, 0x31, 20,  4,   18,  3, 'l', 'i', 'b', 5, 12,
                          5,    'a',  '.',  'm', 'p', 'y', 2, 4,   'M', 0,   0, 0};

static struct mprom_client_error error;

/* version, sub-version, architecture, bits of small ints */
static int check(const struct mprom_client_board *board, unsigned version, unsigned sub_version, unsigned arch,
                 unsigned bits)
{
    struct mprom_romfs fs;
    image[MPY_OFF + 1] = (uint8_t)version;
    image[MPY_OFF + 2] = (uint8_t)(arch << 2 | sub_version);
    image[MPY_OFF + 3] = (uint8_t)bits;
    assert_int_equal(mprom_romfs_open(&fs, image, sizeof image), 0);
    return mprom_mpy_check(board, "port", &fs, &error);
}

static void bytecode(void **state)
{
    (void)state;
    const struct mprom_client_board board = {
        .mpy_version = 6, .mpy_sub_version = 3, .mpy_arch = 7, .small_int_bits = 31};
    assert_int_equal(check(&board, 6, 0, 0, 31), 0);
    assert_int_equal(check(&board, 6, 2, 0, 30), 0); /* the sub-version is of native code only */
    assert_int_equal(check(&board, 5, 0, 0, 31), -MPROM_EINVAL);
    assert_int_equal(check(&board, 6, 0, 0, 32), -MPROM_EINVAL);
    assert_non_null(strstr(error.text, "cannot load lib/a.mpy: that is mpy 6, bytecode, small ints of 32 bits"));
    const struct mprom_client_board silent = {.mpy_version = 6};
    assert_int_equal(check(&silent, 6, 0, 0, 63), 0);
}

static void native_code(void **state)
{
    (void)state;
    const struct mprom_client_board thumb = {
        .mpy_version = 6, .mpy_sub_version = 3, .mpy_arch = 7, .small_int_bits = 31};
    for (unsigned arch = 1; arch < 16; arch++) {
        assert_int_equal(check(&thumb, 6, 3, arch, 31), arch >= 4 && arch <= 7 ? 0 : -MPROM_EINVAL);
        assert_int_equal(check(&thumb, 6, 2, arch, 31), -MPROM_EINVAL);
    }
    const struct mprom_client_board xtensa = {
        .mpy_version = 6, .mpy_sub_version = 3, .mpy_arch = 10, .small_int_bits = 31};
    for (unsigned arch = 1; arch < 16; arch++) {
        assert_int_equal(check(&xtensa, 6, 3, arch, 31), arch == 10 ? 0 : -MPROM_EINVAL);
    }
    const struct mprom_client_board riscv = {
        .mpy_version = 6, .mpy_sub_version = 3, .mpy_arch = 11, .small_int_bits = 31};
    assert_int_equal(check(&riscv, 6, 3, 11 | 16, 31), 0); /* with flags of the architecture */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bytecode), cmocka_unit_test(native_code)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
