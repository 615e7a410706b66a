/*
 * The clocks of an F7: oscillators, PLL and prescalers, which are registers of RCC; the core's voltage, in PWR; the
 * wait states of the flash, which must be enough. What would make the CPU or a bus run faster than it can, or stop,
 * is a violation.
 *
 * Sources: README.md.
 */
#ifndef MPROM_STM32_CLOCK_MODEL_H
#define MPROM_STM32_CLOCK_MODEL_H

#include "chips/stm32/model/peripherals.h"

struct clock_model {
    struct model pwr;
    const struct model_bus *bus;
    struct rcc_model *rcc;     /* whose clocks these are */
    const uint32_t *flash_acr; /* with the wait states */
    uint32_t hse_hz;           /* of the board's crystal; 0 for none */
    uint32_t cr;               /* of RCC, without what tells that something is ready */
    uint32_t pllcfgr;
    uint32_t cfgr;
    uint32_t pwr_cr1;
    uint64_t hse_ns; /* until it is ready, if it is on */
    uint64_t pll_ns;
    uint64_t drive_ns;
    uint64_t switch_ns;
    bool polled; /* the last access asked whether something is ready */

    /* For tests: these never get ready. */
    bool hse_is_dead;
    bool pll_is_dead;
    bool drive_is_dead;
};

/* Makes them the clocks of rcc. */
void clock_model_open(struct clock_model *clock, uint32_t hse_hz, const uint32_t *flash_acr, struct rcc_model *rcc,
                      const struct model_bus *bus);
void clock_model_reset(struct clock_model *clock);

/* Whether RCC's register at an offset is one of these; reading and writing it, all four bytes. */
bool clock_model_has(uint32_t off);
uint32_t clock_model_read(struct clock_model *clock, uint32_t off);
void clock_model_write(struct clock_model *clock, uint32_t off, uint32_t value);

/* To be called when the flash's wait states change: ctx is the model. */
void clock_model_check(void *ctx);

/* As in struct model, for RCC's. */
void clock_model_tick(struct clock_model *clock, uint64_t ns);
uint64_t clock_model_busy_ns(const struct clock_model *clock);

#endif
