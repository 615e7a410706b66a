/*
 * A system on chip, as a chip family describes it to the machine: CPUs, memories, windows, models and aliases.
 *
 * The tables are bounded. One entry too many, or one that does not fit the others, is no silent cut: soc_check() says
 * what is wrong, and machine_open() gives that sentence back.
 */
#ifndef MPROM_EMULATOR_SOC_H
#define MPROM_EMULATOR_SOC_H

#include "emulator/model/cortex_m.h"
#include "emulator/model/model.h"

enum {
    SOC_CPUS_MAX = 2,
    SOC_MEMORIES_MAX = 8,
    SOC_WINDOWS_MAX = 8,
    SOC_MODELS_MAX = 64,
    SOC_ALIASES_MAX = 16,
    SOC_PAGE_SIZE = 4096, /* memories, windows and their aliases are of whole pages */
    SOC_ERROR_SIZE = 160,
};

/* How a CPU starts. */
struct soc_start {
    uint32_t sp;
    uint32_t pc; /* with bit 0 set, as in a vector table */
};

/* The first CPU runs the program. Another one is described for what asks about it, and stays off: soc_start_cpu(). */
struct soc_cpu {
    enum cortex_m_kind kind;
    uint32_t cpuid;      /* 0: that of the kind, cortex_m_facts */
    uint32_t interrupts; /* lines that the chip gives it */
    uint32_t vectors;    /* address of the vector table that it starts from, in a memory or window */
    /*
     * In place of the vector table, if not NULL: does what the chip's boot ROM does and says where the program
     * starts. Returns NULL, or in one sentence why no program starts, which is a violation. ctx is the SoC's.
     */
    const char *(*boot)(void *ctx, struct soc_start *start);
};

enum {
    SOC_EXECUTE = 1, /* the CPU can run code there */
    SOC_DMA = 2,     /* the models' bus reaches it */
};

/* RAM, which holds rubbish after power-up, or a ROM. */
struct soc_memory {
    uint32_t base;
    uint32_t size;
    uint32_t flags;
    const uint8_t *rom; /* the size bytes of a ROM, which must live as long; NULL for RAM */
};

/* What a second place in the address space does. */
enum soc_alias_kind {
    SOC_ALIAS_SAME,  /* reads and writes as the first one does */
    SOC_ALIAS_SET,   /* a word that is written sets bits of the register, */
    SOC_ALIAS_CLEAR, /* clears them, */
    SOC_ALIAS_XOR,   /* inverts them; reads are as at the first place */
};

/*
 * What lies at target and behind it lies at base too: a part of one memory or window, or a block of models. Only
 * registers may be set, cleared and inverted. A model that lies at an address itself comes before any alias.
 */
struct soc_alias {
    uint32_t base;
    uint32_t size;
    uint32_t target;
    enum soc_alias_kind kind;
};

struct soc {
    const char *name;         /* of the board */
    const uint32_t *clock_hz; /* of the CPU; stores to registers may change it */
    const uint64_t *flash_ns; /* counts what programs and erases of the segments' flash take; NULL if nobody does */
    struct model_bus *bus;    /* the models' own; the machine puts its functions in */

    /* Registers and latches are as after a reset; flash stays. */
    void (*reset)(void *ctx);
    /* The CPU is idle for up to this long; returns earlier if the console has input. */
    void (*idle)(void *ctx, uint32_t timeout_ms);
    /*
     * May be NULL. Called after each millisecond of the board's time and whenever the CPU was idle; returns whether
     * the reset button was pressed, which ends machine_run() with MACHINE_RESET.
     */
    bool (*poll)(void *ctx);
    /*
     * May be NULL: at once. Whether RAM may be used, after power-up; a load or store before that is a violation. Asked
     * after each store to a register until it says yes.
     */
    bool (*memory_is_ready)(void *ctx);
    /*
     * May be NULL. Whether a model resets the chip, as a watchdog does: asked after each access to a register. Ends
     * machine_run() with MACHINE_RESET.
     */
    bool (*wants_reset)(void *ctx);
    void *ctx;

    /* Filled in by soc_add_...(). */
    struct soc_cpu cpus[SOC_CPUS_MAX];
    uint32_t cpu_count;
    struct soc_memory memories[SOC_MEMORIES_MAX];
    uint32_t memory_count;
    const struct model_window *windows[SOC_WINDOWS_MAX];
    uint32_t window_count;
    struct model *models[SOC_MODELS_MAX];
    uint32_t model_count;
    struct soc_alias aliases[SOC_ALIASES_MAX];
    uint32_t alias_count;
    char error[SOC_ERROR_SIZE]; /* the first thing that was wrong; empty if nothing was */
};

/*
 * Add to a table. What does not fit into it is left out and makes soc_check() fail. Windows and models must live as
 * long as the SoC. Where two models have an address, the one that was added first has it.
 */
void soc_add_cpu(struct soc *soc, const struct soc_cpu *cpu);
void soc_add_memory(struct soc *soc, const struct soc_memory *memory);
void soc_add_window(struct soc *soc, const struct model_window *window);
void soc_add_model(struct soc *soc, struct model *model);
void soc_add_alias(struct soc *soc, const struct soc_alias *alias);

/* Returns NULL, or what is wrong with the description, in one sentence that lives as long as the SoC. */
const char *soc_check(struct soc *soc);

/*
 * For models: the program starts a CPU, counted from 0. None but the first runs in this machine, so that is a
 * violation.
 */
void soc_start_cpu(const struct soc *soc, uint32_t number);

/* The window that holds an address, or NULL. Aliases are not looked at. */
const struct model_window *soc_window_at(const struct soc *soc, uint32_t address);

#endif
