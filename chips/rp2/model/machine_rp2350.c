/* What an RP2350 has besides what both series have: QMI, XIP_CTRL and its maintenance, BOOTRAM, TICKS. */
#include "chips/rp2/model/machine_series.h"
#include "chips/rp2/model/qmi_model.h"
#include "chips/rp2/model/rom_image.h"
#include "chips/rp2/model/xip_rp2350_model.h"

/* The window again: not cached, and neither cached nor translated. */
static const uint32_t xip_places[] = {0x14000000, 0x1C000000};

static struct {
    struct rp2350_qmi_model qmi;
    struct rp2350_xip_model xip;
    struct rp2350_bootram_model bootram;
    struct rp2350_ticks_model ticks;
} rp2350;

static struct rp2_rom_image rom(void)
{
    return (struct rp2_rom_image){rp2350_rom_bytes, rp2350_rom_size};
}

static void open_rp2350(struct rp2_machine *machine)
{
    rp2350_qmi_model_open(&rp2350.qmi, &machine->pins, &machine->chip, &machine->bus);
    rp2350_xip_model_open(&rp2350.xip, &rp2350.qmi.reader, &machine->bus);
    rp2350_bootram_model_open(&rp2350.bootram, &machine->bus);
    rp2350_ticks_model_open(&rp2350.ticks, &machine->clocks, &machine->bus);
    rp2350.qmi.clock_hz = &machine->clocks.sys_hz;
    rp2_timer_model_open(&machine->timer, &machine->resets, rp2350_tick_is_microsecond,
                         &rp2350.ticks.ticks[RP2350_TICK_TIMER0], &machine->bus);
    machine->watchdog.ticks = rp2350_tick_is_microsecond;
    machine->watchdog.tick_ctx = &rp2350.ticks.ticks[RP2350_TICK_WATCHDOG];
    struct model *const models[] = {&rp2350.qmi.model,     &rp2350.xip.model,   &rp2350.xip.maintenance,
                                    &machine->timer.model, &rp2350.ticks.model, &rp2350.bootram.model};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        soc_add_model(&machine->soc, models[i]);
    }
    soc_add_window(&machine->soc, &rp2350.xip.window.window);

    for (size_t i = 0; i < sizeof xip_places / sizeof xip_places[0]; i++) {
        soc_add_alias(&machine->soc, &(struct soc_alias){.base = xip_places[i],
                                                         .size = rp2350.xip.window.window.size,
                                                         .target = RP2_XIP_BASE,
                                                         .kind = SOC_ALIAS_SAME});
    }
}

static void reset(struct rp2_machine *machine)
{
    (void)machine;
    rp2350_qmi_model_reset(&rp2350.qmi);
    rp2350_xip_model_reset(&rp2350.xip);
    rp2350_bootram_model_reset(&rp2350.bootram);
    rp2350_ticks_model_reset(&rp2350.ticks);
}

const struct rp2_machine_series rp2350_machine_series = {
    .series = &rp2350_series,
    .name = "rp2350",
    .store = "bootrom_rp2350",
    .cpu = CORTEX_M33,
    .interrupts = 52,
    .rom_size = 32 << 10,
    .ram_size = 520 << 10, /* ten banks, one behind the other */
    .apb_size = 0x140000,
    .has_quad = true,
    .rom = rom,
    .open = open_rp2350,
    .reset = reset,
};
