/* Where our boot ROM says what a program asked of it that a real one would do without a word. */
#ifndef MPROM_RP2_ROM_REPORT_MODEL_H
#define MPROM_RP2_ROM_REPORT_MODEL_H

#include "emulator/model/model.h"

struct rp2_rom_report_model {
    struct model model;
    const struct model_bus *bus;
};

void rp2_rom_report_model_open(struct rp2_rom_report_model *report, const struct model_bus *bus);

#endif
