/* What a chip of this family has beside its flash, as far as boot ROM and firmware use it, strictly. */
#ifndef MPROM_RP2_PERIPHERALS_H
#define MPROM_RP2_PERIPHERALS_H

#include "chips/rp2/model/dma_model.h"
#include "chips/rp2/model/resets_model.h"
#include "emulator/model/console.h"

enum {
    RP2_GPIOS = 30,
    RP2_UART_FIFO = 32,
    RP2_SCRATCHES = 8,
    RP2_WAKES = 2,
    RP2350_TICKS = 6,
    RP2350_TICK_TIMER0 = 2,
    RP2350_TICK_WATCHDOG = 4,
    RP2350_BOOTRAM_WORDS = 256,
};

/* CLOCKS, XOSC and PLL_SYS. */
struct rp2_clocks_model {
    struct model clocks;
    struct model xosc;
    struct model pll;
    const struct model_bus *bus;
    struct rp2_resets_model *resets;
    uint32_t crystal_hz; /* the board's */
    uint32_t ref_ctrl;
    uint32_t sys_ctrl;
    uint32_t peri_ctrl;
    uint32_t wake[RP2_WAKES];
    bool xosc_runs;
    uint32_t xosc_startup;
    uint64_t xosc_starts_ns; /* until it is stable */
    uint32_t pll_cs;
    uint32_t pll_pwr;
    uint32_t pll_fbdiv;
    uint32_t pll_prim;
    uint64_t pll_locks_ns;
    uint32_t ref_hz;
    uint32_t sys_hz;
};

/* WATCHDOG, on an RP2040 with its tick; PSM and CHIP_RESET as far as a reset goes through them. */
struct rp2_watchdog_model {
    struct model model;
    struct model psm;
    struct model vreg;
    const struct model_bus *bus;
    const struct rp2_clocks_model *clocks;
    bool (*ticks)(
        const void *ctx); /* whether its tick is a microsecond; its own on an RP2040, set by the owner on others */
    const void *tick_ctx;
    uint32_t wdsel;
    uint32_t ctrl;
    uint64_t left_ns;
    uint32_t reason;
    uint32_t scratch[RP2_SCRATCHES];
    uint32_t tick;
    bool fired; /* the chip is to be reset */
};

struct rp2_timer_model {
    struct model model;
    const struct model_bus *bus;
    struct rp2_resets_model *resets;
    bool (*ticks)(const void *ctx); /* whether a tick is a microsecond */
    const void *tick_ctx;
    uint64_t counted_ns;
    uint32_t alarm;
    bool is_armed;
    bool fired;
    bool interrupts;
    bool polled; /* the program looks at nothing but the alarm */
};

struct rp2_gpio_model {
    struct model io;
    struct model pads;
    const struct model_bus *bus;
    struct rp2_resets_model *resets;
    uint32_t ctrl[RP2_GPIOS];
    uint32_t pad[RP2_GPIOS];
};

struct rp2_uart_model {
    struct model model;
    const struct model_bus *bus;
    struct rp2_resets_model *resets;
    const struct rp2_clocks_model *clocks;
    const struct rp2_gpio_model *gpio;
    struct rp2_dma_model *dma;
    const struct model_console *console;
    uint8_t tx; /* the board's pins */
    uint8_t rx;
    uint32_t ibrd; /* as written; they count from the next write of LCR_H on */
    uint32_t fbrd;
    uint32_t lcr_h;
    uint32_t cr;
    uint32_t imsc;
    uint32_t dmacr;
    uint32_t baud;
    uint8_t fifo[RP2_UART_FIFO];
    uint32_t count;
    uint32_t sending; /* bytes that have not left */
    uint64_t now_ns;
    uint64_t look_ns;
    uint64_t arrives_ns; /* when the byte that is on the line has come; 0: none is */
    uint64_t leaves_ns;
};

/* SIO of the first CPU: which one it is, the BOOTSEL button, and the way to the other one. */
struct rp2_sio_model {
    struct model model;
    const struct model_bus *bus;
    bool boot_button;  /* held */
    uint32_t high_pin; /* chip select in GPIO_HI_IN */
    /* The program starts the other CPU; set by the owner. NULL: nobody is told. */
    void (*start_cpu)(void *ctx);
    void *ctx;
};

/* Of an RP2040: SYSCFG, which says what is an NMI: nothing; TBMAN, which says that this is a chip. */
struct rp2_system_model {
    struct model syscfg;
    struct model tbman;
    const struct model_bus *bus;
};

/* TICKS of an RP2350, each of them divides clk_ref. */
struct rp2350_tick {
    const struct rp2_clocks_model *clocks;
    uint32_t cycles;
    bool runs;
};

struct rp2350_ticks_model {
    struct model model;
    const struct model_bus *bus;
    struct rp2350_tick ticks[RP2350_TICKS];
};

struct rp2350_bootram_model {
    struct model model;
    const struct model_bus *bus;
    uint32_t words[RP2350_BOOTRAM_WORDS];
};

void rp2_clocks_model_open(struct rp2_clocks_model *clocks, struct rp2_resets_model *resets,
                           const struct model_bus *bus);
void rp2_watchdog_model_open(struct rp2_watchdog_model *watchdog, const struct rp2_clocks_model *clocks,
                             const struct model_bus *bus);
void rp2_timer_model_open(struct rp2_timer_model *timer, struct rp2_resets_model *resets,
                          bool (*ticks)(const void *ctx), const void *tick_ctx, const struct model_bus *bus);
void rp2_gpio_model_open(struct rp2_gpio_model *gpio, struct rp2_resets_model *resets, const struct model_bus *bus);
/* console, tx and rx are the owner's to set. */
void rp2_uart_model_open(struct rp2_uart_model *uart, struct rp2_resets_model *resets,
                         const struct rp2_clocks_model *clocks, const struct rp2_gpio_model *gpio,
                         struct rp2_dma_model *dma, const struct model_bus *bus);
void rp2_system_model_open(struct rp2_system_model *system, const struct model_bus *bus);
void rp2350_ticks_model_open(struct rp2350_ticks_model *ticks, const struct rp2_clocks_model *clocks,
                             const struct model_bus *bus);
void rp2350_bootram_model_open(struct rp2350_bootram_model *bootram, const struct model_bus *bus);
void rp2_sio_model_open(struct rp2_sio_model *sio, const struct rp2_series *series, const struct model_bus *bus);

/* As after a reset. What RESETS holds is cleared by that; SCRATCH and REASON of the watchdog stay. */
void rp2_clocks_model_reset(struct rp2_clocks_model *clocks);
void rp2_watchdog_model_reset(struct rp2_watchdog_model *watchdog);
void rp2350_ticks_model_reset(struct rp2350_ticks_model *ticks);
void rp2350_bootram_model_reset(struct rp2350_bootram_model *bootram);

/* Whether a tick of this watchdog, of an RP2040, is a microsecond. */
bool rp2_watchdog_model_ticks(const void *ctx);

/* The same of one tick of an RP2350. */
bool rp2350_tick_is_microsecond(const void *ctx);

#endif
