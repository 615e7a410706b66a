/*
 * The flash functions of our boot ROM for an RP2040. They access registers in the order of the RP2040's own (facts.md), but are not its
 * code: chips/rp2/README.md says what is the same.
 */
#ifndef MPROM_RP2040_ROM_FLASH_H
#define MPROM_RP2040_ROM_FLASH_H

#include <stdint.h>

/* IF: resets pins and pads of the flash, and connects them to the SSI. */
void mprom_rp2040_rom_connect(void);

/* EX: brings the chip out of continuous read, and the SSI to commands of single bytes. */
void mprom_rp2040_rom_exit_xip(void);

/* RE: count bytes from off on, by cmd for whole blocks and 20h for sectors. Nothing is checked. */
void mprom_rp2040_rom_erase(uint32_t off, uint32_t count, uint32_t block, uint32_t cmd);

/* RP: whole pages of 256 bytes, count rounded up. Nothing is checked. */
void mprom_rp2040_rom_program(uint32_t off, const uint8_t *data, uint32_t count);

/* RE and RP as programs call them: they report what they would not check. */
void mprom_rp2040_rom_erase_checked(uint32_t off, uint32_t count, uint32_t block, uint32_t cmd);
void mprom_rp2040_rom_program_checked(uint32_t off, const uint8_t *data, uint32_t count);

/* FC: empties the cache, and gives chip select back to the SSI. */
void mprom_rp2040_rom_flush(void);

/* CX: the window reads by 03h, slowly. */
void mprom_rp2040_rom_enter_xip(void);

/* A frame of size bytes, both ways: tx NULL for zeros, rx NULL if nobody wants what comes. */
void mprom_rp2040_rom_exchange(const uint8_t *tx, uint8_t *rx, uint32_t size);

/* The same behind a command with three bytes of address. */
void mprom_rp2040_rom_command(uint32_t opcode, uint32_t off, const uint8_t *tx, uint8_t *rx, uint32_t size);

#endif
