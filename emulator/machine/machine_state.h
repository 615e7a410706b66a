/*
 * The state of a machine, which its sources share. Each of them uses only those before it: fault, time, windows, bus,
 * registers, machine.
 */
#ifndef MPROM_EMULATOR_MACHINE_STATE_H
#define MPROM_EMULATOR_MACHINE_STATE_H

#include <unicorn/unicorn.h>

#include "emulator/machine/elf.h"
#include "emulator/machine/machine.h"
#include "emulator/machine/region.h"
#include "emulator/model/cortex_m.h"

enum {
    FAULT_SIZE = 320,
    MACHINE_PAGES_MAX = 256,
    MACHINE_MODELS_MAX = SOC_MODELS_MAX + 1,
    MACHINE_REGIONS_MAX = SOC_WINDOWS_MAX + SOC_MEMORIES_MAX,
};

static const uint64_t PS_PER_NS = 1000;

/* What a callback for registers is told: whose they are, and where. */
struct page {
    struct machine *machine;
    uint32_t base;
};

struct machine {
    struct soc *soc;
    const struct elf *elf;
    uc_engine *uc;
    struct cortex_m core;
    struct model *models[MACHINE_MODELS_MAX]; /* the board's, then the core's */
    uint32_t model_count;
    uint64_t seen_ns[MACHINE_MODELS_MAX];       /* by each model */
    struct region regions[MACHINE_REGIONS_MAX]; /* windows, then memories */
    uint32_t window_count;
    uint32_t region_count;
    uint64_t now_ps;
    uint64_t asleep_ps;
    uint64_t polled_ps; /* when the board was asked for its reset button */
    uint64_t byte_ps;   /* of an instruction's byte: two bytes a cycle */
    uint64_t real_start_ns;
    uint32_t block; /* where the running block starts */
    bool is_dirty;  /* code of a region may run stale */
    bool is_closed; /* RAM may not be used yet */
    bool stop;
    bool realtime;
    bool allow_exit;
    bool exited;
    uint32_t exit_status;
    char fault[FAULT_SIZE];
    uint32_t fault_pc;
    uint32_t page_count;
    struct page pages[MACHINE_PAGES_MAX];
};

#endif
