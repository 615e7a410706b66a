/*
 * What mprom-machine knows of SIM: no CPU and no memories, because the firmware is compiled for the PC (mprom-sim). So
 * there is nothing to run here, and no chip to model.
 */
#include "chips/kit/model/kit_segments.h"
#include "chips/sim/board.h"
#include "chips/sim/driver/sim_flash.h"
#include "emulator/machine/target.h"

static struct {
    const struct mprom_sim_board *facts;
    struct machine_segment segments[MPROM_KIT_SEGMENTS_MAX];
    struct soc soc;
    struct mprom_sim_flash flash;
} sim;

static struct soc *sim_machine_open(const void *facts, const struct model_console *console,
                                    struct machine_flash *flash)
{
    (void)console;
    sim.facts = facts;
    sim.soc = (struct soc){.name = sim.facts->name};
    const struct mprom_kit_segment *last = &sim.facts->rom.segments[sim.facts->rom.segment_count - 1];
    if (mprom_sim_flash_shape(&sim.flash, last->off + last->size, NULL)) {
        return NULL;
    }
    *flash = (struct machine_flash){.geometry = &sim.flash.geometry, .cells = &sim.flash.cells};
    return &sim.soc;
}

static void sim_machine_describe(struct machine_description *description)
{
    *description = (struct machine_description){
        .part = "PC", .series = "host", .store = "cells", .console = "terminal", .console_waits = true};
    kit_segments_describe(&sim.facts->rom, &sim.flash.geometry, sim.segments, description);
}

const struct machine_family sim_machine_family = {
    .name = "sim", .open = sim_machine_open, .describe = sim_machine_describe, .program = "mprom-sim"};
