#include "chips/stm32/port/pll_f7.h"

#include "arch/mmio.h"
#include "chips/stm32/regs/stm32f4_regs.h"
#include "chips/stm32/regs/stm32f7_regs.h"

enum {
    MHZ = 1000000,
    HSI_HZ = 16 * MHZ,
    PLL_INPUT_HZ = MHZ,           /* 1 to 2 MHz are allowed; this one has a whole divisor for every crystal */
    NORMAL_HZ_MAX = 180 * MHZ,    /* above, the core needs over-drive */
    HZ_PER_WAIT_STATE = 30 * MHZ, /* of the flash, at 2.7 V to 3.6 V */
    USB_MHZ = 48,                 /* which nobody uses here, but Q must be something */
    POLLS_MAX = 100000,           /* each takes four cycles at least: 25 ms, where a crystal typically needs 2 */
};

static bool wait_bits(uint32_t address, uint32_t mask, uint32_t wanted)
{
    for (uint32_t polls = 0; polls < POLLS_MAX; polls++) {
        if ((mprom_mmio_read32(address) & mask) == wanted) {
            return true;
        }
    }
    return false;
}

static void bits_set(uint32_t address, uint32_t bits)
{
    mprom_mmio_write32(address, mprom_mmio_read32(address) | bits);
}

/* Sets a bit that turns something on, and waits for the one that says that it is ready. */
static bool turn_on(uint32_t address, uint32_t bit, uint32_t ready_address, uint32_t ready)
{
    bits_set(address, bit);
    return wait_bits(ready_address, ready, ready);
}

/* P is 2, so the VCO runs at twice the clock. */
static uint32_t pll_setting(const struct mprom_stm32_board *board)
{
    uint32_t input_hz = board->hse_hz != 0 ? board->hse_hz : HSI_HZ;
    uint32_t vco_mhz = board->clock_hz / MHZ * 2;
    uint32_t reserved = mprom_mmio_read32(RCC_PLLCFGR) & RCC_PLLCFGR_OTHERS;
    return reserved | input_hz / PLL_INPUT_HZ | vco_mhz << RCC_PLLCFGR_N_POS |
           (board->hse_hz != 0 ? RCC_PLLCFGR_HSE : 0) | (vco_mhz + USB_MHZ - 1) / USB_MHZ << RCC_PLLCFGR_Q_POS;
}

static bool start(const struct mprom_stm32_board *board)
{
    if (board->hse_hz != 0 && !turn_on(RCC_CR, RCC_CR_HSEON, RCC_CR, RCC_CR_HSERDY)) {
        return false;
    }
    mprom_mmio_write32(RCC_PLLCFGR, pll_setting(board));
    bits_set(RCC_CR, RCC_CR_PLLON);
    if (board->clock_hz > NORMAL_HZ_MAX && (!turn_on(PWR_CR1, PWR_CR1_ODEN, PWR_CSR1, PWR_CSR1_ODRDY) ||
                                            !turn_on(PWR_CR1, PWR_CR1_ODSWEN, PWR_CSR1, PWR_CSR1_ODSWRDY))) {
        return false;
    }
    uint32_t wait_states = (board->clock_hz - 1) / HZ_PER_WAIT_STATE;
    bits_set(FLASH_ACR, wait_states);
    if (!wait_bits(FLASH_ACR, FLASH_ACR_LATENCY, wait_states)) {
        return false;
    }
    mprom_mmio_write32(RCC_CFGR, RCC_CFGR_PPRE1_4 | RCC_CFGR_PPRE2_2);
    if (!wait_bits(RCC_CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY)) {
        return false;
    }
    bits_set(RCC_CFGR, RCC_CFGR_SW_PLL);
    return wait_bits(RCC_CFGR, RCC_CFGR_SWS, RCC_CFGR_SWS_PLL);
}

static void undo(void)
{
    mprom_mmio_write32(RCC_CFGR, 0);
    mprom_mmio_write32(PWR_CR1, mprom_mmio_read32(PWR_CR1) & ~(PWR_CR1_ODSWEN | PWR_CR1_ODEN));
    mprom_mmio_write32(RCC_CR, mprom_mmio_read32(RCC_CR) & ~(RCC_CR_PLLON | RCC_CR_HSEON));
    mprom_mmio_write32(FLASH_ACR, mprom_mmio_read32(FLASH_ACR) & ~FLASH_ACR_LATENCY);
}

/* The order for over-drive is that of ST's HAL and U-Boot. The voltage is the highest after a reset. */
bool mprom_pll_f7_start(const struct mprom_stm32_board *board, struct mprom_stm32_clocks *clocks)
{
    bits_set(RCC_APB1ENR, RCC_APB1ENR_PWREN);
    if (!start(board)) {
        undo();
        return false;
    }
    *clocks = (struct mprom_stm32_clocks){
        .cpu_hz = board->clock_hz,
        .apb1_hz = board->clock_hz / 4,
        .apb2_hz = board->clock_hz / 2,
        .timer_hz = board->clock_hz / 2, /* timers run at twice the rate of a bus that is divided */
    };
    return true;
}
