/* What the boot ROM offers of floating point, on the PC: conversions round down and saturate, roots are right. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chips/rp2/rom/rom_float.h"

static void conversions_round_down_and_saturate(void **state)
{
    (void)state;
    static const struct {
        double a;
        int32_t e;
        int64_t i32, i64;
        uint64_t u32, u64;
    } cases[] = {
        {0.0, 0, 0, 0, 0, 0},
        {-0.0, 5, 0, 0, 0, 0},
        {1.5, 0, 1, 1, 1, 1},
        {-1.5, 0, -2, -2, 0, 0},
        {-2.0, 0, -2, -2, 0, 0},
        {1e-30, 0, 0, 0, 0, 0},
        {-1e-30, 0, -1, -1, 0, 0},
        {1.5, 4, 24, 24, 24, 24},
        {-1.5, -1, -1, -1, 0, 0},
        {1024.0, -10, 1, 1, 1, 1},
        {2147483648.0, 0, INT32_MAX, 2147483648, 2147483648, 2147483648},
        {-2147483648.0, 0, INT32_MIN, INT32_MIN, 0, 0},
        {4294967296.0, 0, INT32_MAX, 4294967296, UINT32_MAX, 4294967296},
        {9223372036854775808.0, 0, INT32_MAX, INT64_MAX, UINT32_MAX, 9223372036854775808u},
        {-9223372036854775808.0, 0, INT32_MIN, INT64_MIN, 0, 0},
        {18446744073709551616.0, 0, INT32_MAX, INT64_MAX, UINT32_MAX, UINT64_MAX},
        {1e30, 0, INT32_MAX, INT64_MAX, UINT32_MAX, UINT64_MAX},
        {-1e30, 0, INT32_MIN, INT64_MIN, 0, 0},
        {INFINITY, -3, INT32_MAX, INT64_MAX, UINT32_MAX, UINT64_MAX},
        {-INFINITY, 0, INT32_MIN, INT64_MIN, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double a = cases[i].a;
        int32_t e = cases[i].e;
        assert_true(mprom_rp2_rom_d_to_fix(a, e) == cases[i].i32 &&
                    mprom_rp2_rom_f_to_fix((float)a, e) == cases[i].i32);
        assert_true(mprom_rp2_rom_d_to_fix64(a, e) == cases[i].i64 &&
                    mprom_rp2_rom_f_to_fix64((float)a, e) == cases[i].i64);
        assert_true(mprom_rp2_rom_d_to_ufix(a, e) == cases[i].u32 &&
                    mprom_rp2_rom_f_to_ufix((float)a, e) == cases[i].u32);
        assert_true(mprom_rp2_rom_d_to_ufix64(a, e) == cases[i].u64 &&
                    mprom_rp2_rom_f_to_ufix64((float)a, e) == cases[i].u64);
        if (e == 0) {
            assert_true(mprom_rp2_rom_d_to_int(a) == cases[i].i32 &&
                        mprom_rp2_rom_f_to_int64((float)a) == cases[i].i64);
            assert_true(mprom_rp2_rom_f_to_uint((float)a) == cases[i].u32 &&
                        mprom_rp2_rom_d_to_uint64(a) == cases[i].u64);
        }
    }
}

/* As the C library has it, for numbers of any size; a float's within the last bit. */
static void numbers_are_those_of_the_library(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < 100000; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        uint64_t bits = random & INT64_MAX;
        double d;
        memcpy(&d, &bits, sizeof d);
        uint32_t f_bits = (uint32_t)(bits >> 20) & INT32_MAX;
        float f;
        memcpy(&f, &f_bits, sizeof f);
        if (isfinite(d) && isnormal(d)) {
            assert_true(fabs(mprom_rp2_rom_dsqrt(d) / sqrt(d) - 1) < 4e-16);
        }
        if (isfinite(f) && isnormal(f)) {
            assert_true(fabsf(mprom_rp2_rom_fsqrt(f) / sqrtf(f) - 1) < 2e-7f);
        }
        double scaled = (double)(int64_t)random * 0x1p-40;
        assert_true(mprom_rp2_rom_d_to_int(scaled) == (int32_t)floor(scaled));
        assert_true(mprom_rp2_rom_d_to_fix64(scaled, 8) == (int64_t)floor(scaled * 256));
    }
}

static void arithmetic_and_the_way_back(void **state)
{
    (void)state;
    assert_true(mprom_rp2_rom_fadd(1.5f, 2.25f) == 3.75f && mprom_rp2_rom_dsub(1.5, 2.25) == -0.75);
    assert_true(mprom_rp2_rom_fmul(1.5f, 2.5f) == 3.75f && mprom_rp2_rom_ddiv(1.0, 4.0) == 0.25);
    assert_true(mprom_rp2_rom_int_to_f(-7) == -7.0f && mprom_rp2_rom_uint64_to_d(UINT64_MAX) == 0x1p64);
    assert_true(mprom_rp2_rom_fix_to_f(-24, 4) == -1.5f && mprom_rp2_rom_ufix64_to_d(24, -4) == 384.0);
    assert_true(mprom_rp2_rom_f_to_other(0.1f) == (double)0.1f && mprom_rp2_rom_d_to_other(0.1) == 0.1f);
    assert_true(isnan(mprom_rp2_rom_fsqrt(-1.0f)) && isnan(mprom_rp2_rom_dsqrt(-1.0)));
    assert_true(mprom_rp2_rom_fsqrt(0.0f) == 0.0f && isinf(mprom_rp2_rom_dsqrt(INFINITY)));
    assert_true(mprom_rp2_rom_fsqrt(4.0f) == 2.0f && mprom_rp2_rom_dsqrt(1e-300) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions_round_down_and_saturate),
        cmocka_unit_test(numbers_are_those_of_the_library),
        cmocka_unit_test(arithmetic_and_the_way_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
