/*
 * A stand-in for the header of this name in Espressif's ESP8266 NONOS SDK, which MicroPython's tree does not hold: what
 * flash_esp8266.c and the port's ets_alt_task.h need of it, and no more.
 */
#ifndef MPROM_TESTS_FAKES_ESP8266_USER_INTERFACE_H
#define MPROM_TESTS_FAKES_ESP8266_USER_INTERFACE_H

#include <stdbool.h>
#include <stdint.h>

typedef uint16_t uint16;
typedef uint32_t uint32;

typedef enum {
    SPI_FLASH_RESULT_OK,
    SPI_FLASH_RESULT_ERR,
    SPI_FLASH_RESULT_TIMEOUT
} SpiFlashOpResult;

SpiFlashOpResult spi_flash_erase_sector(uint16 sec);
SpiFlashOpResult spi_flash_write(uint32 des_addr, uint32 *src_addr, uint32 size);

#endif
