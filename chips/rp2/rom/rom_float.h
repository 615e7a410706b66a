/*
 * Floating point for programs that take it from the boot ROM: what the tables SF and SD of rom.S hold, in single (f) and
 * double precision (d). Arithmetic is the compiler's. Conversions to integers round down and saturate; a fixed-point number
 * has e bits behind its point.
 */
#ifndef MPROM_RP2_ROM_FLOAT_H
#define MPROM_RP2_ROM_FLOAT_H

#include <stdint.h>

#define ROM_FLOAT_DECLARE(p, type, other)                                                                            \
    type mprom_rp2_rom_##p##add(type a, type b);                                                                     \
    type mprom_rp2_rom_##p##sub(type a, type b);                                                                     \
    type mprom_rp2_rom_##p##mul(type a, type b);                                                                     \
    type mprom_rp2_rom_##p##div(type a, type b);                                                                     \
    type mprom_rp2_rom_##p##sqrt(type a);                                                                            \
    int32_t mprom_rp2_rom_##p##_to_int(type a);                                                                      \
    int32_t mprom_rp2_rom_##p##_to_fix(type a, int32_t e);                                                           \
    uint32_t mprom_rp2_rom_##p##_to_uint(type a);                                                                    \
    uint32_t mprom_rp2_rom_##p##_to_ufix(type a, int32_t e);                                                         \
    int64_t mprom_rp2_rom_##p##_to_int64(type a);                                                                    \
    int64_t mprom_rp2_rom_##p##_to_fix64(type a, int32_t e);                                                         \
    uint64_t mprom_rp2_rom_##p##_to_uint64(type a);                                                                  \
    uint64_t mprom_rp2_rom_##p##_to_ufix64(type a, int32_t e);                                                       \
    type mprom_rp2_rom_int_to_##p(int32_t a);                                                                        \
    type mprom_rp2_rom_fix_to_##p(int32_t a, int32_t e);                                                             \
    type mprom_rp2_rom_uint_to_##p(uint32_t a);                                                                      \
    type mprom_rp2_rom_ufix_to_##p(uint32_t a, int32_t e);                                                           \
    type mprom_rp2_rom_int64_to_##p(int64_t a);                                                                      \
    type mprom_rp2_rom_fix64_to_##p(int64_t a, int32_t e);                                                           \
    type mprom_rp2_rom_uint64_to_##p(uint64_t a);                                                                    \
    type mprom_rp2_rom_ufix64_to_##p(uint64_t a, int32_t e);                                                         \
    other mprom_rp2_rom_##p##_to_other(type a)

ROM_FLOAT_DECLARE(f, float, double);
ROM_FLOAT_DECLARE(d, double, float);

#endif
