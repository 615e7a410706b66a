/*
 * How the driver runs code that it knows by its address only: functions of the boot ROM, and boot2's copy in RAM. On the
 * PC a test plays both, as it does for arch/mmio.h.
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

/* What the boot ROM knows a place in RAM by. */
MPROM_MMIO_INLINE uint32_t mprom_rp2_address(const void *place)
{
    return (uint32_t)place;
}

#else

uint32_t mprom_rp2_call(uint32_t function, uint32_t a, uint32_t b, uint32_t c, uint32_t d);
void mprom_rp2_run(const uint32_t *code);
uint32_t mprom_rp2_address(const void *place);

#endif

#endif
