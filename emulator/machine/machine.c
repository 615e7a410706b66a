/* The machine's life: made, powered up, run until something ends it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/host/host.h"
#include "emulator/machine/machine_fault.h"
#include "emulator/machine/machine_registers.h"
#include "emulator/machine/machine_time.h"
#include "emulator/machine/machine_windows.h"

const char *machine_fault(const struct machine *machine)
{
    return machine->fault;
}

uint32_t machine_exit_status(const struct machine *machine)
{
    return machine->exit_status;
}

void machine_set_realtime(struct machine *machine)
{
    machine->realtime = true;
}

void machine_allow_exit(struct machine *machine)
{
    machine->allow_exit = true;
}

/* After power-up RAM holds anything; the same anything each time, so that runs can be repeated. */
static void fill_with_rubbish(uint8_t *bytes, uint32_t size)
{
    uint32_t state = 0x2545F491;
    for (uint32_t i = 0; i < size; i++) {
        state = state * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(state >> 24);
    }
}

static bool map_memories(struct machine *machine)
{
    struct machine_board *board = machine->board;
    for (int i = 0; i < MACHINE_MEMORIES_MAX && board->memories[i].size != 0; i++) {
        fill_with_rubbish(machine->memories[i], board->memories[i].size);
        if (uc_mem_map_ptr(machine->uc, board->memories[i].base, board->memories[i].size, UC_PROT_ALL,
                           machine->memories[i])) {
            return false;
        }
    }
    for (uint32_t i = 0; i < machine->view_count; i++) {
        const struct model_window *window = machine->views[i].window;
        /* Only what is protected, not what is mapped so, keeps stores out once their callback has run. */
        if (uc_mem_map_ptr(machine->uc, window->base, window->size, UC_PROT_ALL, window->bytes) ||
            uc_mem_protect(machine->uc, window->base, window->size, UC_PROT_READ | UC_PROT_EXEC)) {
            return false;
        }
    }
    return true;
}

/* A fresh CPU: nothing of the last life is left in it. */
static bool power_up(struct machine *machine)
{
    struct machine_board *board = machine->board;
    if (machine->uc != NULL) {
        uc_close(machine->uc);
        machine->uc = NULL;
    }
    cortex_m_reset(&machine->core, &machine->report);
    board->reset(board->ctx);
    machine_take_clock(machine);
    machine->now_ps = 0;
    machine->asleep_ps = 0;
    machine->polled_ps = 0;
    machine->real_start_ns = host_clock_ns();
    memset(machine->seen_ns, 0, sizeof machine->seen_ns);
    view_open(&machine->views[0], &board->window);
    view_open(&machine->views[1], &board->mapped);
    machine->view_count = board->mapped.size != 0 ? 2 : 1;
    machine->stop = false;
    machine->exited = false;
    machine->fault[0] = '\0';
    machine->page_count = 0;
    if (uc_open(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS, &machine->uc)) {
        return false;
    }
    static const int cpus[] = {
        [MACHINE_CORTEX_M4] = UC_CPU_ARM_CORTEX_M4, [MACHINE_CORTEX_M7] = UC_CPU_ARM_CORTEX_M7};
    bool has_cpu = !uc_ctl_set_cpu_model(machine->uc, cpus[board->cpu]);
    bool has_exit = !machine->allow_exit || machine_map_page(machine, MACHINE_EXIT_ADDRESS);
    bool ok =
        has_cpu && has_exit && machine_map_registers(machine) && map_memories(machine) && machine_add_hooks(machine);
    if (ok) {
        machine_guard(machine);
    }
    return ok;
}

/* The system control space is the machine's own model, behind those of the board. */
static bool add_core(struct machine *machine)
{
    for (int i = 0; i + 1 < MACHINE_MODELS_MAX; i++) {
        if (machine->board->models[i] == NULL) {
            machine->board->models[i] = &machine->core.model;
            return true;
        }
    }
    return false;
}

static bool masks_faults(void *ctx)
{
    const struct machine *machine = ctx;
    uint32_t faultmask = 0;
    uc_reg_read(machine->uc, UC_ARM_REG_FAULTMASK, &faultmask);
    return faultmask != 0;
}

struct machine *machine_open(struct machine_board *board, const struct elf *elf)
{
    struct machine *machine = calloc(1, sizeof *machine);
    if (machine == NULL) {
        return NULL;
    }
    machine->board = board;
    machine->elf = elf;
    machine->report =
        (struct model_report){.violation = machine_report, .masks_faults = masks_faults, .ctx = machine};
    *board->report = machine->report;
    bool ok = true;
    for (int i = 0; i < MACHINE_MEMORIES_MAX && board->memories[i].size != 0; i++) {
        machine->memories[i] = aligned_alloc(PAGE_SIZE, board->memories[i].size);
        board->memories[i].bytes = machine->memories[i];
        ok = ok && machine->memories[i] != NULL;
    }
    cortex_m_reset(&machine->core, &machine->report);
    if (!ok || !add_core(machine)) {
        machine_close(machine);
        return NULL;
    }
    return machine;
}

const char *machine_load(const struct machine_board *board, const struct elf *elf)
{
    const struct elf_place places[] = {{board->window.base, board->window.size, board->window.bytes},
                                       {board->mapped.base, board->mapped.size, board->mapped.bytes}};
    return elf_load(elf, places, sizeof places / sizeof places[0]);
}

void machine_close(struct machine *machine)
{
    if (machine->uc != NULL) {
        uc_close(machine->uc);
    }
    for (int i = 0; i < MACHINE_MEMORIES_MAX; i++) {
        free(machine->memories[i]);
    }
    free(machine);
}

static void run_until_stopped(struct machine *machine, uint32_t pc)
{
    while (!machine->stop) {
        uc_err err = uc_emu_start(machine->uc, pc | 1, UINT32_MAX, 0, 0);
        if (err && !machine->stop) {
            machine_violate(machine, uc_strerror(err), machine_stopped_pc(machine));
        } else if (!machine->stop) {
            machine_wait_for_interrupt(machine);
            pc = machine_stopped_pc(machine);
        }
    }
}

static uint32_t window_word(const struct model_window *window, uint32_t off)
{
    uint32_t value;
    memcpy(&value, window->bytes + off, sizeof value);
    return value;
}

enum machine_end machine_run(struct machine *machine)
{
    if (!power_up(machine)) {
        snprintf(machine->fault, FAULT_SIZE, "the CPU cannot be started");
        return MACHINE_VIOLATION;
    }
    uint32_t sp = window_word(&machine->board->window, 0);
    uint32_t pc = window_word(&machine->board->window, 4);
    uc_reg_write(machine->uc, UC_ARM_REG_SP, &sp);
    if ((pc & 1) == 0) {
        machine_violate(machine, "the reset vector is not that of Thumb code", pc);
        return MACHINE_VIOLATION;
    }
    run_until_stopped(machine, pc & ~1u);
    if (machine->fault[0] != '\0') {
        machine_locate_fault(machine);
        return MACHINE_VIOLATION;
    }
    return machine->exited ? MACHINE_EXIT : MACHINE_RESET;
}
