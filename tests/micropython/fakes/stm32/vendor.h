/*
 * Stand-in for ST's device headers and HAL, which MicroPython's source package does not have: as much as the headers of
 * its stm32 port need to be compiled for a Cortex-M with mprom's flash layer. The numbers mean nothing.
 */
#ifndef MPROM_TESTS_FAKES_STM32_VENDOR_H
#define MPROM_TESTS_FAKES_STM32_VENDOR_H

#include <stdint.h>

#define __NVIC_PRIO_BITS 4
#define FLASH_NB_32BITWORD_IN_FLASHWORD 8
#define NVIC_PRIORITYGROUP_4 3

typedef enum {
    SysTick_IRQn = -1
} IRQn_Type;

#ifdef STM32F4
#include "core_cm4.h"
#else
#include "core_cm7.h"
#endif

typedef enum {
    HAL_OK,
    HAL_ERROR,
    HAL_BUSY,
    HAL_TIMEOUT
} HAL_StatusTypeDef;
typedef struct {
    uint32_t unused;
} GPIO_TypeDef;

enum {
    GPIO_MODE_IT_RISING,
    GPIO_MODE_IT_FALLING
};

#endif
