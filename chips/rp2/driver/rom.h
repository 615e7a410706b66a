/*
 * How the driver runs code that it knows by its address only: functions of the boot ROM, and boot2's copy in RAM. On the
 * PC a test plays both: it sets mprom_rp2_rom_pc.
 */
#ifndef MPROM_RP2_ROM_H
#define MPROM_RP2_ROM_H

#include <stdint.h>

#include "arch/mmio.h"

#ifdef __arm__

/* Calls a function of the boot ROM, which takes as many of the arguments as it has. */
MPROM_MMIO_INLINE uint32_t mprom_rp2_call(uint32_t function, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return ((uint32_t(*)(uint32_t, uint32_t, uint32_t, uint32_t))function)(a, b, c, d);
}

/* Runs Thumb code that lies in RAM. */
MPROM_MMIO_INLINE void mprom_rp2_run(const uint32_t *code)
{
    ((void (*)(void))((uint32_t)code | 1u))();
}

/* A place in the boot ROM. The compiler must not know how near it is to a null pointer. */
MPROM_MMIO_INLINE uint32_t mprom_rp2_rom_at(uint32_t address)
{
    __asm__("" : "+r"(address));
    return address;
}

/* What the boot ROM knows a place in RAM by. */
MPROM_MMIO_INLINE uint32_t mprom_rp2_address(const void *place)
{
    return (uint32_t)place;
}

#else

/* Who plays the boot ROM on the PC. */
struct mprom_rp2_rom_pc {
    uint32_t (*call)(uint32_t function, uint32_t a, uint32_t b, uint32_t c, uint32_t d);
    void (*run)(const uint32_t *code);
    uint32_t (*address)(const void *place);
};
extern struct mprom_rp2_rom_pc mprom_rp2_rom_pc;

#define mprom_rp2_call(function, a, b, c, d) mprom_rp2_rom_pc.call(function, a, b, c, d)
#define mprom_rp2_run(code) mprom_rp2_rom_pc.run(code)
#define mprom_rp2_rom_at(address) (address)
#define mprom_rp2_address(place) mprom_rp2_rom_pc.address(place)

#endif

#endif
