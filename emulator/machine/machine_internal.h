/* What the sources of the machine share. */
#ifndef MPROM_EMULATOR_MACHINE_INTERNAL_H
#define MPROM_EMULATOR_MACHINE_INTERNAL_H

#include <unicorn/unicorn.h>

#include "emulator/machine/cortex_m.h"
#include "emulator/machine/elf.h"
#include "emulator/machine/machine.h"
#include "emulator/machine/view.h"

enum {
    PAGE_SIZE = 4096,
    FAULT_SIZE = 320,
    MACHINE_PAGES_MAX = 64,
};

static const uint64_t PS_PER_NS = 1000;

/* What a callback for registers is told: whose they are, and where. */
struct page {
    struct machine *machine;
    uint32_t base;
};

struct machine {
    struct machine_board *board;
    const struct elf *elf;
    uc_engine *uc;
    struct cortex_m core;
    struct model_report report;
    uint8_t *memories[MACHINE_MEMORIES_MAX];
    uint64_t now_ps;
    uint64_t asleep_ps;
    uint64_t polled_ps;                   /* when the board was asked for its reset button */
    uint64_t seen_ns[MACHINE_MODELS_MAX]; /* by each model */
    uint64_t byte_ps;                     /* of an instruction's byte: two bytes a cycle */
    uint64_t real_start_ns;
    uint32_t block; /* where the running block starts */
    struct view views[MACHINE_WINDOWS_MAX];
    uint32_t view_count;
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

/* machine_fault.c */

/*
 * The first violation counts: what follows may be its consequence. Where it happened is known to the block: Unicorn
 * keeps the CPU's PC up to date no better.
 */
void machine_violate(struct machine *machine, const char *text, uint32_t pc);

/* As struct model_report has it. */
void machine_report(void *ctx, const char *text);

/* Adds where it happened to what happened. */
void machine_locate_fault(struct machine *machine);

/* machine_time.c */

/* Brings the models up to the present. */
void machine_sync(struct machine *machine);

/* Instructions take as long as they do at the board's present clock. */
void machine_take_clock(struct machine *machine);

/* Asks the board for its reset button, and stops the machine if it was pressed. */
void machine_poll(struct machine *machine);

/* The same if a millisecond has passed since. */
static inline void machine_poll_by_time(struct machine *machine)
{
    if (machine->now_ps - machine->polled_ps >= 1000000 * PS_PER_NS) {
        machine_poll(machine);
    }
}

/* Waits if simulated time has run ahead of real time. */
void machine_pace(struct machine *machine);

/* The CPU has stopped at WFI. It goes on when an interrupt that is enabled pends, whether it would be taken or not.
 */
void machine_wait_for_interrupt(struct machine *machine);

/* machine_flash.c */

/* What lies between two offsets was replaced, or all that stores changed since the last call. */
void machine_forget_code(struct machine *machine, struct view *view, uint32_t start, uint32_t end);
void machine_forget_dirty_code(struct machine *machine);

/* Asks the models of the windows whether they want to see loads and fetches. */
void machine_guard(struct machine *machine);

/* The callbacks for blocks, for memory, and for what goes wrong. Returns false if Unicorn does not take them. */
bool machine_add_hooks(struct machine *machine);

/* Where the CPU has stopped. */
uint32_t machine_stopped_pc(struct machine *machine);

/* machine_registers.c */

/* Maps a page of registers, or those of all models. Returns false if Unicorn cannot, or for too many. */
bool machine_map_page(struct machine *machine, uint32_t base);
bool machine_map_registers(struct machine *machine);

#endif
