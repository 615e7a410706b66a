/*
 * Stand-in for ST's HAL and for a board's configuration, for MicroPython's stm32 port on a PC: what its irq.h and qspi.h
 * and mprom's flash layer take from them. As on a Cortex-M0, which has no other way, irq.h masks all interrupts.
 */
#ifndef MPROM_TESTS_FAKES_STM32_HAL_H
#define MPROM_TESTS_FAKES_STM32_HAL_H

#include <stdint.h>

#define __CORTEX_M 0
#define FLASH_NB_32BITWORD_IN_FLASHWORD 8

typedef int RCC_ClkInitTypeDef;
void SystemInit(void);
void __WFI(void);

uint32_t __get_PRIMASK(void);
void __set_PRIMASK(uint32_t primask);
void __disable_irq(void);

#define MICROPY_HW_ROMFS_QSPI_SPIFLASH_OBJ (&spi_bdev.spiflash)
#define MICROPY_HW_ROMFS_XSPI_SPIBDEV_OBJ (&spi_bdev)
extern struct _spi_bdev_t spi_bdev;

#endif
