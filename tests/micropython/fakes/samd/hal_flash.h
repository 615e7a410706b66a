/* A stand-in for asf4's header of this name, which MicroPython's tree does not hold: what flash_samd.c needs of it. */
#ifndef MPROM_TESTS_FAKES_SAMD_HAL_FLASH_H
#define MPROM_TESTS_FAKES_SAMD_HAL_FLASH_H

#include <stdint.h>

/* Names that asf4 takes from the chip's headers, which it includes. */
#define CMCC_CTRL_CEN (0x1u << 0)
#define CMCC_SR_CSTS (0x1u << 0)
#define CMCC_MAINT0_INVALL (0x1u << 0)

struct flash_descriptor {
    void *hw;
};

int32_t flash_init(struct flash_descriptor *flash, void *const hw);
int32_t flash_append(struct flash_descriptor *flash, uint32_t dst_addr, uint8_t *buffer, uint32_t length);
int32_t flash_erase(struct flash_descriptor *flash, const uint32_t dst_addr, const uint32_t page_nums);
uint32_t flash_get_page_size(struct flash_descriptor *flash);
uint32_t flash_get_total_pages(struct flash_descriptor *flash);

#endif
