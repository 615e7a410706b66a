#include "arch/mmio.h"
#include "chips/rp2/driver/flash.h"
#include "chips/rp2/port/series.h"
#include "chips/rp2/regs/rp2040_regs.h"

static void start_ticks(uint32_t cycles)
{
    mprom_mmio_write32(WATCHDOG_TICK, cycles | WATCHDOG_TICK_ENABLE);
}

static int open_flash(const struct mprom_flash **flash, uint32_t clock_hz)
{
    static struct mprom_rp2_flash rp2;
    *flash = &rp2.flash;
    return mprom_rp2040_flash_open(&rp2, clock_hz);
}

const struct mprom_rp2_series mprom_rp2_series = {
    .clocks = CLOCKS_BASE,
    .io_bank0 = IO_BANK0_BASE,
    .pads_bank0 = PADS_BANK0_BASE,
    .pll_sys = PLL_SYS_BASE,
    .psm = PSM_BASE,
    .resets = RESETS_BASE,
    .timer = TIMER_BASE,
    .uart0 = UART0_BASE,
    .watchdog = WATCHDOG_BASE,
    .xosc = XOSC_BASE,
    .held_pll = RESETS_PLL_SYS,
    .held_timer = RESETS_TIMER,
    .held_console = RESETS_IO_BANK0 | RESETS_PADS_BANK0 | RESETS_UART0 | RESETS_DMA,
    .rosc_hz = 6500000,
    .pll_hz = 125000000,
    .postdiv1 = 6,
    .postdiv2 = 2,
    .wdsel_all = PSM_WDSEL_ALL,
    .timer_intr = TIMER_INTR_OFF,
    .timer_interrupt = TIMER_INTERRUPT,
    .dma_interrupt = DMA_INTERRUPT,
    .dma_ring = DMA_CTRL_EN | DMA_CTRL_INCR_WRITE | DMA_CTRL_RING_WRITES | DMA_TREQ_UART0_RX << DMA_CTRL_TREQ_POS,
    .dma_copy = DMA_CTRL_EN | DMA_CTRL_WORDS | DMA_CTRL_IRQ_QUIET | DMA_TREQ_NONE << DMA_CTRL_TREQ_POS,
    .dma_ring_size_pos = DMA_CTRL_RING_SIZE_POS,
    .dma_chain_to_pos = DMA_CTRL_CHAIN_TO_POS,
    .dma_unused = DMA_SNIFF_DATA,
    .start_ticks = start_ticks,
    .open_flash = open_flash,
};
