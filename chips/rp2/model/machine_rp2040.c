/* What an RP2040 has besides what both series have: SSI, XIP_CTRL, the tick in its watchdog, SYSCFG and TBMAN. */
#include "chips/rp2/model/machine_series.h"
#include "chips/rp2/model/rom_image.h"
#include "chips/rp2/model/ssi_model.h"
#include "chips/rp2/model/xip_rp2040_model.h"

enum {
    XIP_PLACES = 4,
    XIP_NEXT = 0x01000000, /* not allocating, not cached, neither */
    PAGE = 0x1000,
};

static struct {
    struct rp2040_ssi_model ssi;
    struct rp2040_xip_model xip;
    struct rp2_system_model system;
} rp2040;

static struct rp2_rom_image rom(void)
{
    return (struct rp2_rom_image){rp2040_rom_bytes, rp2040_rom_size};
}

static void open_rp2040(struct rp2_machine *machine)
{
    rp2040_ssi_model_open(&rp2040.ssi, &machine->pins, &machine->chip, &machine->bus);
    rp2040_xip_model_open(&rp2040.xip, &rp2040.ssi.reader, &machine->bus);
    rp2_system_model_open(&rp2040.system, &machine->bus);
    rp2040.ssi.clock_hz = &machine->clocks.sys_hz;
    rp2_timer_model_open(&machine->timer, &machine->resets, rp2_watchdog_model_ticks, &machine->watchdog,
                         &machine->bus);
    struct model *const models[] = {&rp2040.ssi.model,     &rp2040.xip.model,     &machine->watchdog.vreg,
                                    &machine->timer.model, &rp2040.system.syscfg, &rp2040.system.tbman};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        soc_add_model(&machine->soc, models[i]);
    }
    soc_add_window(&machine->soc, &rp2040.xip.window.window);
    rp2_machine_alias_registers(machine, rp2040.xip.model.base, PAGE);
    rp2_machine_alias_registers(machine, rp2040.ssi.model.base, PAGE);
    for (uint32_t i = 1; i < XIP_PLACES; i++) {
        soc_add_alias(&machine->soc, &(struct soc_alias){.base = RP2_XIP_BASE + i * XIP_NEXT,
                                                         .size = rp2040.xip.window.window.size,
                                                         .target = RP2_XIP_BASE,
                                                         .kind = SOC_ALIAS_SAME});
    }
}

static void reset(struct rp2_machine *machine)
{
    (void)machine;
    rp2040_ssi_model_reset(&rp2040.ssi);
    rp2040_xip_model_reset(&rp2040.xip);
}

const struct rp2_machine_series rp2040_machine_series = {
    .series = &rp2040_series,
    .name = "rp2040",
    .store = "bootrom",
    .cpu = CORTEX_M0PLUS,
    .interrupts = 26,
    .rom_size = 16 << 10,
    .ram_size = 264 << 10, /* six banks, one behind the other */
    .apb_size = 0x70000,
    .rom = rom,
    .open = open_rp2040,
    .reset = reset,
};
