/*
 * The flash functions of our boot ROM for an RP2350. They access registers in the order of the RP2350's own (facts.md), but
 * are not its code: chips/rp2/README.md says what is the same.
 */
#ifndef MPROM_RP2350_ROM_FLASH_H
#define MPROM_RP2350_ROM_FLASH_H

#include <stdint.h>

/* How the window reads the chip; all of them leave the chip ready for commands. */
enum mprom_rp2350_rom_read {
    ROM_READ_03H,
    ROM_READ_0BH,
    ROM_READ_BBH,
    ROM_READ_EBH,
    ROM_READS,
};

/* IF: resets pins and pads of the flash, and connects them to the QMI. */
void mprom_rp2350_rom_connect(void);

/* EX: brings the chip out of continuous read and QPI. The window then reads by 03h, slowly. */
void mprom_rp2350_rom_exit_xip(void);

/* RE: count bytes from off on, by cmd for whole blocks and 20h for sectors. Nothing is checked. */
void mprom_rp2350_rom_erase(uint32_t off, uint32_t count, uint32_t block, uint32_t cmd);

/* RP: whole pages of 256 bytes, count rounded up. Nothing is checked. */
void mprom_rp2350_rom_program(uint32_t off, const uint8_t *data, uint32_t count);

/* FC: drops all lines of the cache. */
void mprom_rp2350_rom_flush(void);

/* XM: how the window reads, one of the four, and the divider of its clock. CX is XM for 03h and 12. */
void mprom_rp2350_rom_select_read(uint32_t read, uint32_t divider);
void mprom_rp2350_rom_enter_xip(void);

/* A command of one byte, then size bytes both ways: tx NULL for zeros, rx NULL if nobody wants what comes. */
void mprom_rp2350_rom_command(uint32_t opcode, const uint8_t *tx, uint8_t *rx, uint32_t size);

#endif
