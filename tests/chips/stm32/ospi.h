/* OCTOSPI's registers, written by hand: what the tests of its model have in common. */
#ifndef MPROM_TESTS_OSPI_H
#define MPROM_TESTS_OSPI_H

#include "serial.h"

/* Registers and fields, from the fact sheet's sections 16 and 17. */
enum {
    RCC_RSTR = 0x5802447C,
    RCC_ENR = 0x580244D4,
    GPIOD_MODER = 0x58020C00,
    CR = 0x52005000,
    DCR1 = CR + 0x008,
    DCR2 = CR + 0x00C,
    DCR4 = CR + 0x014,
    SR = CR + 0x020,
    FCR = CR + 0x024,
    DLR = CR + 0x040,
    AR = CR + 0x048,
    DR = CR + 0x050,
    CCR = CR + 0x100,
    TCR = CR + 0x108,
    IR = CR + 0x110,
    ABR = CR + 0x120,
    M_CR = 0x5200B400,
    P1CR = M_CR + 4,

    OSPI1 = 1 << 14, /* in RCC's registers */
    IOMNGR = 1 << 21,
    TCF = 2,
    FTF = 4,
    BUSY = 32,
    ABORT = 2,
    ENABLED = 0x00000301, /* FTHRES 4 bytes */
    OPCODE = 1,           /* CCR: on one lane */
    ADDRESS = 0x2100,     /* 24 bits on one lane */
    DATA = 1 << 24,       /* on one lane */
    FAST_READ = OPCODE | ADDRESS | DATA,
    SIZE_8M = 22 << 16,
};
/* FMODE */
static const uint32_t WRITES = ENABLED;
static const uint32_t READS = ENABLED | 1u << 28;
static const uint32_t POLLS = ENABLED | 2u << 28;
static const uint32_t MAPPED = ENABLED | 3u << 28;

void ospi_put(uint32_t address, uint32_t value);

/* From reset to where commands can be given. */
void ospi_start(void);

/* Waits until the flags of mask are as wanted, or gives up: what was refused never comes. */
void ospi_await(uint32_t mask, uint32_t wanted);

/* Waits for the end of a command. */
void ospi_finish(void);

void ospi_set_up(uint32_t control, uint32_t format, uint32_t dummy_clocks, uint32_t opcode);

/* 05h, without waiting for its byte; 06h; 20h with 06h; 02h with 06h, up to its data. */
void ospi_status_begin(void);
void ospi_write_enable(void);
void ospi_erase(void);
void ospi_program_begin(uint32_t size);

/* Enters memory-mapped mode and opens the window, or the other way round. */
void ospi_map(void);
void ospi_unmap(void);

#endif
