#include "peripherals.h"

#include <string.h>

#include "arch/mmio.h"

struct peripherals rig;

static bool line_ready(void *ctx)
{
    (void)ctx;
    return *rig.line != '\0';
}

static int line_read(void *ctx)
{
    (void)ctx;
    return *rig.line++;
}

static void line_write(void *ctx, const char *bytes, size_t size)
{
    (void)ctx;
    strncat(rig.sent, bytes, size);
}

void line_lost(void *ctx)
{
    (void)ctx;
    rig.lost++;
}

static void line_set_baud(void *ctx, uint32_t baud)
{
    (void)ctx;
    rig.baud = baud;
}

static void note_interrupt(void *ctx, uint32_t number)
{
    (void)ctx;
    rig.interrupts |= 1u << number;
}

/* DMA reaches a little RAM. */
static bool ram_write(void *ctx, uint32_t address, const void *src, uint32_t size)
{
    (void)ctx;
    bool is_there = address - RAM < RAM_SIZE && size <= RAM_SIZE - (address - RAM);
    if (is_there) {
        memcpy(rig.ram + (address - RAM), src, size);
    }
    return is_there;
}

static void start_cpu(void *ctx)
{
    (void)ctx;
    rig.started++;
}

void open_rig(void)
{
    memset(&rig, 0, sizeof rig);
    bus_open();
    bus.side.irq = note_interrupt;
    bus.side.write = ram_write;
    rig.line = "";
    rig.console = (struct model_console){
        .ready = line_ready, .read = line_read, .write = line_write, .set_baud = line_set_baud, .byte_ns = BYTE_NS};
    rp2_resets_model_open(&rig.resets, &rp2040_series, &bus.side);
    rp2_clocks_model_open(&rig.clocks, &rig.resets, &bus.side);
    rp2_watchdog_model_open(&rig.watchdog, &rig.clocks, &bus.side);
    rp2_timer_model_open(&rig.timer, &rig.resets, rp2_watchdog_model_ticks, &rig.watchdog, &bus.side);
    rp2_gpio_model_open(&rig.gpio, &rig.resets, &bus.side);
    rp2_dma_model_open(&rig.dma, &rig.resets, &bus.side);
    rp2_uart_model_open(&rig.uart, &rig.resets, &rig.clocks, &rig.gpio, &rig.dma, &bus.side);
    rp2_sio_model_open(&rig.sio, &rp2040_series, &bus.side);
    rig.sio.start_cpu = start_cpu;
    rig.uart.console = &rig.console;
    rig.uart.tx = 0;
    rig.uart.rx = 1;
    struct model *const models[] = {&rig.resets.model,   &rig.clocks.clocks, &rig.clocks.xosc,   &rig.clocks.pll,
                                    &rig.watchdog.model, &rig.watchdog.psm,  &rig.watchdog.vreg, &rig.timer.model,
                                    &rig.dma.model,      &rig.gpio.io,       &rig.gpio.pads,     &rig.uart.model,
                                    &rig.sio.model};
    memcpy(bus.models, models, sizeof models);
}

void poke(uint32_t address, uint32_t value)
{
    mprom_mmio_write32(address, value);
}

uint32_t peek(uint32_t address)
{
    return mprom_mmio_read32(address);
}

void release_all(void)
{
    poke(RESETS, 0);
}

void crystal_start(void)
{
    release_all();
    poke(XOSC_STARTUP, 47);
    poke(XOSC_CTRL, 0x00FABAA0);
    bus_pass(2 * MS);
    poke(REF_CTRL, 2);
    poke(TICK, 12 | 0x200);
}

void pll_power(uint32_t fbdiv)
{
    crystal_start();
    poke(PLL_CS, 1);
    poke(PLL_FBDIV, fbdiv);
    poke(PLL_PWR, 0x0C);
}

void pll_start(void)
{
    pll_power(125);
    bus_pass(MS);
    poke(PLL_PRIM, 0x00062000);
    poke(PLL_PWR, 0x04);
    poke(SYS_CTRL, 1);
    poke(PERI_CTRL, 0x800);
}

void uart_set_up(uint32_t ibrd, uint32_t fbrd)
{
    poke(GPIO0_CTRL, 2);
    poke(GPIO0_CTRL + 8, 2);
    poke(IBRD, ibrd);
    poke(FBRD, fbrd);
    poke(LCR_H, 0x70);
    poke(CR, 0x301);
    poke(IMSC, 0x50);
}

void uart_start(void)
{
    pll_start();
    uart_set_up(67, 52);
}
