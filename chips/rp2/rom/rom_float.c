#include "chips/rp2/rom/rom_float.h"

#include <stdbool.h>

enum {
    F_EXPONENT_POS = 23,
    F_BIAS = 127,
    D_EXPONENT_POS = 52,
    D_BIAS = 1023,
    D_EXPONENT_MAX = 0x7FF,
    D_SIGN_POS = 63,
    BITS_64 = 64,
};

union f_bits {
    float value;
    uint32_t bits;
};

union d_bits {
    double value;
    uint64_t bits;
};

static bool is_negative(double a)
{
    return (union d_bits){.value = a}.bits >> D_SIGN_POS;
}

/* The magnitude of a times 2^e, away from zero if `up`; as large as it goes if it is too large. */
static uint64_t magnitude(double a, int32_t e, bool up)
{
    uint64_t bits = (union d_bits){.value = a}.bits;
    uint64_t mantissa = bits & (((uint64_t)1 << D_EXPONENT_POS) - 1);
    int32_t exponent = (int32_t)(bits >> D_EXPONENT_POS) & D_EXPONENT_MAX;
    mantissa |= (uint64_t)(exponent != 0) << D_EXPONENT_POS;
    int32_t shift = exponent + (exponent == 0) - D_BIAS - D_EXPONENT_POS + e;
    if (mantissa == 0) {
        return 0;
    }
    if (shift >= 0) {
        bool fits = shift < BITS_64 - D_EXPONENT_POS && mantissa << shift >> shift == mantissa;
        return fits ? mantissa << shift : UINT64_MAX;
    }
    if (shift <= -BITS_64) {
        return up;
    }
    uint64_t whole = mantissa >> -shift;
    return whole << -shift == mantissa ? whole : whole + up;
}

static uint64_t to_unsigned(double a, int32_t e, uint64_t max)
{
    uint64_t whole = is_negative(a) ? 0 : magnitude(a, e, false);
    return whole < max ? whole : max;
}

static int64_t to_signed(double a, int32_t e, int64_t max)
{
    uint64_t whole = magnitude(a, e, is_negative(a));
    if (is_negative(a)) {
        return whole > (uint64_t)max ? -max - 1 : -(int64_t)whole;
    }
    return whole < (uint64_t)max ? (int64_t)whole : max;
}

/* Two to the power of e, as far as that is a number. */
static float f_power(int32_t e)
{
    int32_t clipped = e < 1 - F_BIAS ? 1 - F_BIAS : e > F_BIAS ? F_BIAS : e;
    return (union f_bits){.bits = (uint32_t)(clipped + F_BIAS) << F_EXPONENT_POS}.value;
}

static double d_power(int32_t e)
{
    int32_t clipped = e < 1 - D_BIAS ? 1 - D_BIAS : e > D_BIAS ? D_BIAS : e;
    return (union d_bits){.bits = (uint64_t)(clipped + D_BIAS) << D_EXPONENT_POS}.value;
}

/* A first guess, right to some bits: half the exponent. */
static float f_root_guess(float a)
{
    uint32_t bits = (union f_bits){.value = a}.bits;
    return (union f_bits){.bits = (bits >> 1) + ((uint32_t)F_BIAS << (F_EXPONENT_POS - 1))}.value;
}

static double d_root_guess(double a)
{
    uint64_t bits = (union d_bits){.value = a}.bits;
    return (union d_bits){.bits = (bits >> 1) + ((uint64_t)D_BIAS << (D_EXPONENT_POS - 1))}.value;
}

/* Defines the body of a function of each precision. */
#define ROM_FLOAT(p, result, name, arguments, value)                                                                 \
    result mprom_rp2_rom_##name arguments                                                                            \
    {                                                                                                                \
        return value;                                                                                                \
    }
#define ROM_FLOAT_ALL(p, type, other, steps)                                                                         \
    ROM_FLOAT(p, type, p##add, (type a, type b), a + b)                                                              \
    ROM_FLOAT(p, type, p##sub, (type a, type b), a - b)                                                              \
    ROM_FLOAT(p, type, p##mul, (type a, type b), a *b)                                                               \
    ROM_FLOAT(p, type, p##div, (type a, type b), a / b)                                                              \
    ROM_FLOAT(p, int32_t, p##_to_int, (type a), (int32_t)to_signed((double)a, 0, INT32_MAX))                         \
    ROM_FLOAT(p, int32_t, p##_to_fix, (type a, int32_t e), (int32_t)to_signed((double)a, e, INT32_MAX))              \
    ROM_FLOAT(p, uint32_t, p##_to_uint, (type a), (uint32_t)to_unsigned((double)a, 0, UINT32_MAX))                   \
    ROM_FLOAT(p, uint32_t, p##_to_ufix, (type a, int32_t e), (uint32_t)to_unsigned((double)a, e, UINT32_MAX))        \
    ROM_FLOAT(p, int64_t, p##_to_int64, (type a), to_signed((double)a, 0, INT64_MAX))                                \
    ROM_FLOAT(p, int64_t, p##_to_fix64, (type a, int32_t e), to_signed((double)a, e, INT64_MAX))                     \
    ROM_FLOAT(p, uint64_t, p##_to_uint64, (type a), to_unsigned((double)a, 0, UINT64_MAX))                           \
    ROM_FLOAT(p, uint64_t, p##_to_ufix64, (type a, int32_t e), to_unsigned((double)a, e, UINT64_MAX))                \
    ROM_FLOAT(p, type, int_to_##p, (int32_t a), (type)a)                                                             \
    ROM_FLOAT(p, type, uint_to_##p, (uint32_t a), (type)a)                                                           \
    ROM_FLOAT(p, type, int64_to_##p, (int64_t a), (type)a)                                                           \
    ROM_FLOAT(p, type, uint64_to_##p, (uint64_t a), (type)a)                                                         \
    ROM_FLOAT(p, type, fix_to_##p, (int32_t a, int32_t e), (type)a *p##_power(-e))                                   \
    ROM_FLOAT(p, type, ufix_to_##p, (uint32_t a, int32_t e), (type)a *p##_power(-e))                                 \
    ROM_FLOAT(p, type, fix64_to_##p, (int64_t a, int32_t e), (type)a *p##_power(-e))                                 \
    ROM_FLOAT(p, type, ufix64_to_##p, (uint64_t a, int32_t e), (type)a *p##_power(-e))                               \
    ROM_FLOAT(p, other, p##_to_other, (type a), (other)a)                                                            \
    /* Each step doubles the bits that are right. */                                                                 \
    type mprom_rp2_rom_##p##sqrt(type a)                                                                             \
    {                                                                                                                \
        if (!(a > 0) || a + a == a) {                                                                                \
            return a < 0 ? (type)(0 / (type)0) : a; /* not a number; or 0, infinite */                               \
        }                                                                                                            \
        type root = p##_root_guess(a);                                                                               \
        for (uint32_t i = 0; i < (steps); i++) {                                                                     \
            root = (root + a / root) / 2;                                                                            \
        }                                                                                                            \
        return root;                                                                                                 \
    }

ROM_FLOAT_ALL(f, float, double, 4)
ROM_FLOAT_ALL(d, double, float, 5)
