/*
 * The parts of a Cortex-M that Unicorn leaves out and that polled firmware uses: what kind of CPU it is, interrupts
 * that only wake it, reset on request, access to the FPU. A chip model like any other.
 */
#ifndef MPROM_EMULATOR_CORTEX_M_H
#define MPROM_EMULATOR_CORTEX_M_H

#include "emulator/model/model.h"

enum cortex_m_kind {
    CORTEX_M0,
    CORTEX_M0PLUS,
    CORTEX_M3,
    CORTEX_M4,
    CORTEX_M7,
    CORTEX_M33,
    CORTEX_M_KINDS
};

enum {
    CORTEX_M_INTERRUPTS_MAX = 480
};

struct cortex_m_facts {
    const char *name;        /* as compilers call it: "cortex-m4" */
    uint32_t cpuid;          /* of the revision that chips of the families here have */
    uint32_t interrupts_max; /* lines that a chip may give it */
    bool has_vtor;           /* else the vector table stays where the chip has it */
    bool has_cpacr;          /* the register that gives access to a coprocessor, the FPU */
    uint32_t ccr;            /* CCR after a reset */
    bool ccr_is_fixed;       /* and it can only be read */
};

/* By kind. */
extern const struct cortex_m_facts cortex_m_facts[CORTEX_M_KINDS];

struct cortex_m {
    struct model model;
    const struct model_bus *bus;
    enum cortex_m_kind kind;
    uint32_t cpuid;
    uint32_t interrupts; /* lines that there are */
    uint32_t enabled[CORTEX_M_INTERRUPTS_MAX / 32];
    uint32_t pending[CORTEX_M_INTERRUPTS_MAX / 32];
    uint32_t vtor;
    uint32_t scr;
    uint32_t ccr;
    uint32_t cpacr;
    bool reset_requested;
};

/* A CPU of that kind with so many interrupts, at most interrupts_max; cpuid 0 is the kind's own. As after a reset. */
void cortex_m_open(struct cortex_m *core, enum cortex_m_kind kind, uint32_t cpuid, uint32_t interrupts,
                   const struct model_bus *bus);

void cortex_m_reset(struct cortex_m *core);

/* The line of an interrupt is high: it stays pending until software clears that. One that is not there is reported. */
void cortex_m_pend(struct cortex_m *core, uint32_t number);

/* Whether any interrupt is enabled, and whether one of these is pending. */
bool cortex_m_any_enabled(const struct cortex_m *core);
bool cortex_m_any_pending(const struct cortex_m *core);

#endif
