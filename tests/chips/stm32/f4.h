/* An STM32F4's flash on the test bus: controller, what the chip says about itself, cells in memory. */
#ifndef MPROM_TESTS_F4_H
#define MPROM_TESTS_F4_H

#include "chips/stm32/driver/flash_f4.h"
#include "chips/stm32/model/flash_f4_model.h"
#include "chips/stm32/model/peripherals.h"
#include "tests/chips/bus.h"

struct f4 {
    struct flash_f4_model model;
    struct constant_model device;
    struct constant_model size;
    struct cells cells;
    struct mprom_flash_f4 driver;
};

/* A part with these option bytes (0: as from the factory), reset, without the driver. */
void f4_open(struct f4 *f4, const char *part, uint32_t optcr);

/* The same with the driver on it. */
void f4_open_driver(struct f4 *f4, const char *part, uint32_t optcr);

void f4_close(struct f4 *f4);

#endif
