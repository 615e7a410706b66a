/* The machine's life: made, powered up, run until something ends it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/host/host.h"
#include "emulator/machine/machine_bus.h"
#include "emulator/machine/machine_fault.h"
#include "emulator/machine/machine_registers.h"
#include "emulator/machine/machine_time.h"
#include "emulator/machine/machine_windows.h"

/*
 * Unicorn's CPU for each kind. It has no Cortex-M0+: the M0 has the same instructions (both are Armv6-M), and what
 * the M0+ has besides, VTOR and an MPU, are registers, which the machine's models answer for.
 */
static const int unicorn_cpus[CORTEX_M_KINDS] = {
    [CORTEX_M0] = UC_CPU_ARM_CORTEX_M0, [CORTEX_M0PLUS] = UC_CPU_ARM_CORTEX_M0, [CORTEX_M3] = UC_CPU_ARM_CORTEX_M3,
    [CORTEX_M4] = UC_CPU_ARM_CORTEX_M4, [CORTEX_M7] = UC_CPU_ARM_CORTEX_M7,     [CORTEX_M33] = UC_CPU_ARM_CORTEX_M33,
};

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
    machine->allow_exit = machine_add_page(machine, MACHINE_EXIT_ADDRESS);
}

/* A fresh CPU: nothing of the last life is left in it. */
static bool power_up(struct machine *machine)
{
    struct soc *soc = machine->soc;
    if (machine->uc != NULL) {
        uc_close(machine->uc);
        machine->uc = NULL;
    }
    cortex_m_reset(&machine->core);
    soc->reset(soc->ctx);
    machine_take_clock(machine);
    machine->now_ps = 0;
    machine->asleep_ps = 0;
    machine->polled_ps = 0;
    machine->real_start_ns = host_clock_ns();
    memset(machine->seen_ns, 0, sizeof machine->seen_ns);
    machine->stop = false;
    machine->exited = false;
    machine->fault[0] = '\0';
    if (uc_open(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS, &machine->uc)) {
        return false;
    }
    bool ok = !uc_ctl_set_cpu_model(machine->uc, unicorn_cpus[soc->cpus[0].kind]) && machine_map_pages(machine) &&
              machine_map_regions(machine) && machine_add_hooks(machine);
    if (ok) {
        machine_guard(machine);
    }
    return ok;
}

static bool open_memories(struct machine *machine)
{
    const struct soc *soc = machine->soc;
    for (uint32_t i = 0; i < soc->memory_count; i++) {
        uint8_t *bytes = aligned_alloc(SOC_PAGE_SIZE, soc->memories[i].size);
        if (bytes == NULL) {
            return false;
        }
        region_open_memory(&machine->regions[machine->region_count++], &soc->memories[i], bytes);
    }
    return true;
}

/* Those of registers are looked for at each access. */
static void open_aliases(struct machine *machine)
{
    uint32_t off;
    for (uint32_t i = 0; i < machine->soc->alias_count; i++) {
        const struct soc_alias *alias = &machine->soc->aliases[i];
        struct region *region = machine_region_at(machine, alias->target, &off);
        if (alias->kind == SOC_ALIAS_SAME && region != NULL) {
            region_add_place(region, alias);
        }
    }
}

static void open_models(struct machine *machine)
{
    const struct soc *soc = machine->soc;
    const struct soc_cpu *cpu = &soc->cpus[0];
    cortex_m_open(&machine->core, cpu->kind, cpu->cpuid, cpu->interrupts, soc->bus);
    memcpy(machine->models, soc->models, soc->model_count * sizeof machine->models[0]);
    machine->models[soc->model_count] = &machine->core.model; /* the board's own come first */
    machine->model_count = soc->model_count + 1;
}

const char *machine_open(struct machine **machine, struct soc *soc, const struct elf *elf)
{
    const char *fault = soc_check(soc);
    *machine = NULL;
    if (fault != NULL) {
        return fault;
    }
    struct machine *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return "there is no memory for the machine";
    }
    made->soc = soc;
    made->elf = elf;
    *soc->bus = machine_bus(made);
    for (uint32_t i = 0; i < soc->window_count; i++) {
        region_open_window(&made->regions[made->region_count++], soc->windows[i]);
    }
    made->window_count = made->region_count;
    open_models(made);
    fault = open_memories(made) ? machine_find_pages(made) : "there is no memory for the board's memories";
    if (fault != NULL) {
        machine_close(made);
        return fault;
    }
    open_aliases(made);
    *machine = made;
    return NULL;
}

const char *machine_load(const struct soc *soc, const struct elf *elf)
{
    struct elf_place places[SOC_WINDOWS_MAX];
    for (uint32_t i = 0; i < soc->window_count; i++) {
        const struct model_window *window = soc->windows[i];
        places[i] = (struct elf_place){window->base, window->size, window->bytes};
    }
    return elf_load(elf, places, soc->window_count);
}

void machine_close(struct machine *machine)
{
    if (machine->uc != NULL) {
        uc_close(machine->uc);
    }
    for (uint32_t i = machine->window_count; i < machine->region_count; i++) {
        free(machine->regions[i].memory_bytes);
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

/* Reads the vector table, as the CPU does when it leaves its reset. */
static const char *start_from_vectors(struct machine *machine, struct soc_start *start)
{
    uint32_t off;
    const struct region *region = machine_region_at(machine, machine->soc->cpus[0].vectors, &off);
    if (region == NULL || region->size - off < sizeof *start) {
        return "the vector table lies where no memory is";
    }
    memcpy(start, region_bytes(region) + off, sizeof *start);
    return (start->pc & 1) == 0 ? "the reset vector is not that of Thumb code" : NULL;
}

static const char *start_find(struct machine *machine, struct soc_start *start)
{
    const struct soc_cpu *cpu = &machine->soc->cpus[0];
    if (cpu->boot == NULL) {
        return start_from_vectors(machine, start);
    }
    const char *fault = cpu->boot(machine->soc->ctx, start);
    return fault == NULL && (start->pc & 1) == 0 ? "the boot ROM starts what is not Thumb code" : fault;
}

enum machine_end machine_run(struct machine *machine)
{
    struct soc_start start = {0};
    if (!power_up(machine)) {
        snprintf(machine->fault, FAULT_SIZE, "the CPU cannot be started");
        return MACHINE_VIOLATION;
    }
    const char *fault = start_find(machine, &start);
    if (fault != NULL) {
        machine_violate(machine, fault, start.pc);
    }
    uc_reg_write(machine->uc, UC_ARM_REG_SP, &start.sp);
    run_until_stopped(machine, start.pc & ~1u);
    if (machine->fault[0] != '\0') {
        machine_locate_fault(machine);
        return MACHINE_VIOLATION;
    }
    return machine->exited ? MACHINE_EXIT : MACHINE_RESET;
}
