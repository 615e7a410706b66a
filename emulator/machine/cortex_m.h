/*
 * The parts of a Cortex-M that Unicorn leaves out and that polled firmware uses: interrupts that only wake the CPU,
 * reset on request, access to the FPU. A chip model like any other (emulator/model/model.h).
 */
#ifndef MPROM_EMULATOR_CORTEX_M_H
#define MPROM_EMULATOR_CORTEX_M_H

#include "emulator/model/model.h"

enum {
    CORTEX_M_INTERRUPTS = 96
};

struct cortex_m {
    struct model model;
    const struct model_report *report;
    uint32_t enabled[CORTEX_M_INTERRUPTS / 32];
    uint32_t pending[CORTEX_M_INTERRUPTS / 32];
    uint32_t vtor;
    uint32_t scr;
    uint32_t ccr;
    uint32_t cpacr;
    bool reset_requested;
};

/* As after a reset. */
void cortex_m_reset(struct cortex_m *core, const struct model_report *report);

/* The line of an interrupt is high: it stays pending until software clears that. */
void cortex_m_pend(struct cortex_m *core, int number);

/* Whether any interrupt is enabled, and whether one of these is pending. */
bool cortex_m_any_enabled(const struct cortex_m *core);
bool cortex_m_any_pending(const struct cortex_m *core);

#endif
