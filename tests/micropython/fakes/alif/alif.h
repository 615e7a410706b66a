/*
 * Stand-in for Alif's device header, which MicroPython's source package does not have: as much as the headers of its alif
 * port and mprom's flash layer take from it.
 */
#ifndef MPROM_TESTS_FAKES_ALIF_ALIF_H
#define MPROM_TESTS_FAKES_ALIF_ALIF_H

#include <stdint.h>

#define MRAM_BASE 0x80000000
#define MRAM_SIZE 0x00580000
#define OSPI0_XIP_SIZE 0x20000000

#ifdef __arm__
#define __NVIC_PRIO_BITS 8
#define __FPU_PRESENT 1
#define __DSP_PRESENT 1
typedef enum {
    SysTick_IRQn = -1
} IRQn_Type;
#include "core_cm55.h"
#endif

#endif
