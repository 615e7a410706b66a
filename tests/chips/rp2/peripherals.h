/* What an RP2040 has beside its flash, on the test bus, with a line for the UART and a little RAM for DMA. */
#ifndef MPROM_TESTS_RP2_PERIPHERALS_H
#define MPROM_TESTS_RP2_PERIPHERALS_H

#include "chips/rp2/model/peripherals.h"
#include "tests/chips/bus.h"

enum {
    RESETS = 0x4000C000,
    REF_CTRL = 0x40008030,
    SYS_CTRL = 0x4000803C,
    PERI_CTRL = 0x40008048,
    XOSC_CTRL = 0x40024000,
    XOSC_STATUS = 0x40024004,
    XOSC_STARTUP = 0x4002400C,
    PLL_CS = 0x40028000,
    PLL_PWR = 0x40028004,
    PLL_FBDIV = 0x40028008,
    PLL_PRIM = 0x4002800C,
    PSM_WDSEL = 0x40010008,
    WATCHDOG_CTRL = 0x40058000,
    WATCHDOG_LOAD = 0x40058004,
    WATCHDOG_REASON = 0x40058008,
    SCRATCH7 = 0x40058028,
    TICK = 0x4005802C,
    ALARM0 = 0x40054010,
    ARMED = 0x40054020,
    TIMERAWL = 0x40054028,
    INTR = 0x40054034,
    INTE = 0x40054038,
    DR = 0x40034000,
    FR = 0x40034018,
    IBRD = 0x40034024,
    FBRD = 0x40034028,
    LCR_H = 0x4003402C,
    CR = 0x40034030,
    IMSC = 0x40034038,
    GPIO0_CTRL = 0x40014004,
    PAD_GPIO0 = 0x4001C004,
    PAD_GPIO1 = 0x4001C008,
    DMACR = 0x40034048,
    DMA_READ = 0x50000000,
    DMA_WRITE = 0x50000004,
    DMA_COUNT = 0x50000008,
    DMA_CTRL = 0x5000000C,
    DMA_AL1_CTRL = 0x50000010,
    SNIFF_DATA = 0x50000438,
    DMA_INTR = 0x50000400,
    DMA_INTE0 = 0x50000404,
    NEXT = 0x40,
    RAM = 0x20000000,
    RAM_SIZE = 64,
    RING_SIZE = 16,
    BYTE_NS = 86806,
    MS = 1000000,
    WDSEL_ALL = 0x1FFFC,
};
#define SIO 0xD0000000u

struct peripherals {
    struct rp2_resets_model resets;
    struct rp2_clocks_model clocks;
    struct rp2_watchdog_model watchdog;
    struct rp2_timer_model timer;
    struct rp2_gpio_model gpio;
    struct rp2_dma_model dma;
    struct rp2_uart_model uart;
    struct rp2_sio_model sio;
    int started; /* the other CPU */
    struct model_console console;
    uint32_t baud;
    uint32_t interrupts;
    char sent[64];
    const char *line; /* what the other end sends */
    int lost;
    uint8_t ram[RAM_SIZE];
};

/* The one rig. */
extern struct peripherals rig;

void open_rig(void);

void poke(uint32_t address, uint32_t value);
uint32_t peek(uint32_t address);

/* Nothing is held in reset. */
void release_all(void);

/* The crystal runs, and a tick is a microsecond. */
void crystal_start(void);

/* PLL_SYS is switched on by this multiple of the crystal. */
void pll_power(uint32_t fbdiv);

/* clk_sys and clk_peri have 125 MHz. */
void pll_start(void);

/* The UART at a rate, its pins connected; at 115200 of 125 MHz. */
void uart_set_up(uint32_t ibrd, uint32_t fbrd);
void uart_start(void);

/* The other end of the line, for a console that takes its time. */
void line_lost(void *ctx);

#endif
