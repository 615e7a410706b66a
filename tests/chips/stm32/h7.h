/* An STM32H7's flash on the test bus: controller, caches, what the chip says about itself, cells in memory. */
#ifndef MPROM_TESTS_H7_H
#define MPROM_TESTS_H7_H

#include "chips/stm32/driver/flash_h7.h"
#include "chips/stm32/model/flash_h7_model.h"
#include "chips/stm32/model/peripherals.h"
#include "tests/chips/bus.h"

struct h7 {
    struct flash_h7_model model;
    struct cortex_m7_model m7;
    struct constant_model device;
    struct constant_model size;
    struct cells cells;
    struct mprom_flash_h7 driver;
};

/* A part, reset, with its caches on, without the driver. */
void h7_open(struct h7 *h7, const char *part);

/* The same with the driver on it. */
void h7_open_driver(struct h7 *h7, const char *part);

/* Makes the word at an offset one that error correction gives up, as a power failure does. */
void h7_spoil(struct h7 *h7, uint32_t off);

void h7_close(struct h7 *h7);

#endif
