/*
 * The CPU is Unicorn's. What this file has to work around in it, found by measuring (tests/emulator/machine.py):
 *
 * - Taking away permissions does not stop the execution of code that is translated already: a hook on every block
 * does.
 * - It does not always stop loads through the TLB either: mapping and unmapping a page empties that.
 * - Code that changes in flash runs stale until its translation is removed.
 * - A callback for a store must do none of that: Unicorn goes on with the entry of the TLB that it had looked up
 * before. So models are guarded from when an operation is set up, and code is forgotten at the next block or
 * register.
 * - A callback must not stop the CPU in order to resume it: the access would happen twice. The next block stops it.
 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicorn/unicorn.h>

#include "cortex_m.h"
#include "elf.h"
#include "emulator/host/host.h"
#include "view.h"

enum {
    PAGE_SIZE = 4096,
    FAULT_SIZE = 320,
    IDLE_MS_MAX = 1000,
    MACHINE_PAGES_MAX = 64,
};

static const uint64_t PS_PER_NS = 1000;
static const uint64_t PS_PER_S = 1000000000000;
static const uint64_t PACE_PS = 2000000000; /* how far simulated time may run ahead of real time */

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
    uint64_t seen_ns[MACHINE_MODELS_MAX]; /* by each model */
    uint64_t byte_ps;                     /* of an instruction's byte: two bytes a cycle */
    uint64_t real_start_ns;
    uint32_t block; /* where the running block starts */
    struct view views[MACHINE_WINDOWS_MAX];
    uint32_t view_count;
    bool guard_is_idle; /* a view is trapped without need */
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

uint64_t machine_now_ns(const struct machine *machine)
{
    return machine->now_ps / PS_PER_NS;
}

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

/*
 * The first violation counts: what follows may be its consequence. Where it happened is known to the block: Unicorn
 * keeps the CPU's PC up to date no better.
 */
static void machine_violate(struct machine *machine, const char *text, uint32_t pc)
{
    if (machine->fault[0] == '\0') {
        snprintf(machine->fault, FAULT_SIZE, "%s", text);
        machine->fault_pc = pc;
    }
    machine->stop = true;
    uc_emu_stop(machine->uc);
}

/* Adds where it happened to what happened. */
static void locate_fault(struct machine *machine)
{
    uint32_t inner = 0;
    uint32_t pc = machine->fault_pc;
    const char *symbol = machine->elf != NULL ? elf_symbol_at(machine->elf, pc, &inner) : NULL;
    size_t length = strlen(machine->fault);
    if (symbol != NULL) {
        snprintf(machine->fault + length, FAULT_SIZE - length, ", at 0x%08x (%s+0x%x)", pc, symbol, inner);
    } else {
        snprintf(machine->fault + length, FAULT_SIZE - length, ", at 0x%08x", pc);
    }
}

static void machine_report(void *ctx, const char *text)
{
    struct machine *machine = ctx;
    machine_violate(machine, text, machine->block);
}

/* Brings a model up to the present. */
static void model_sync(struct machine *machine, uint32_t index)
{
    const struct model *model = machine->board->models[index];
    uint64_t now_ns = machine_now_ns(machine);
    if (model->tick != NULL && now_ns > machine->seen_ns[index]) {
        uint64_t passed_ns = now_ns - machine->seen_ns[index];
        machine->seen_ns[index] = now_ns;
        model->tick(model->ctx, passed_ns);
    }
}

static void models_sync(struct machine *machine)
{
    for (uint32_t i = 0; i < MACHINE_MODELS_MAX && machine->board->models[i] != NULL; i++) {
        model_sync(machine, i);
    }
}

static void pace(struct machine *machine)
{
    uint64_t real_ps = (host_clock_ns() - machine->real_start_ns) * PS_PER_NS;
    if (machine->now_ps > real_ps + PACE_PS) {
        uint64_t ahead_ns = (machine->now_ps - real_ps) / PS_PER_NS;
        struct timespec pause = {.tv_sec = (time_t)(ahead_ns / 1000000000), .tv_nsec = (long)(ahead_ns % 1000000000)};
        nanosleep(&pause, NULL);
    }
}

/* The view that holds an address, or NULL. */
static struct view *view_at(struct machine *machine, uint32_t address)
{
    for (uint32_t i = 0; i < machine->view_count; i++) {
        if (address - machine->views[i].window->base < machine->views[i].window->size) {
            return &machine->views[i];
        }
    }
    return NULL;
}

static void forget_code(struct machine *machine, struct view *view, uint32_t start, uint32_t end)
{
    if (!view_forget(view, machine->uc, start, end)) {
        machine_violate(machine, "the emulator cannot forget code", machine->block);
    }
}

static void forget_dirty_code(struct machine *machine)
{
    for (uint32_t i = 0; i < machine->view_count; i++) {
        struct view *view = &machine->views[i];
        if (view->dirty_end != 0) {
            forget_code(machine, view, view->dirty_start, view->dirty_end);
        }
    }
}

static void guard_update(struct machine *machine)
{
    machine->guard_is_idle = false;
    for (uint32_t i = 0; i < machine->view_count; i++) {
        if (!view_guard(&machine->views[i], machine->uc)) {
            machine_violate(machine, "the emulator cannot change what may be read", machine->block);
        }
    }
}

static void guard_check_fetch(struct machine *machine, struct view *view, uint32_t address, uint32_t size)
{
    models_sync(machine);
    guard_update(machine);
    if (view != NULL && view->guarded) {
        view->window->access(view->window->ctx, address - view->window->base, size, MODEL_FETCH);
    }
}

static void on_block(uc_engine *uc, uint64_t address, uint32_t size, void *ctx)
{
    struct machine *machine = ctx;
    machine->block = (uint32_t)address;
    if (machine->stop) {
        uc_emu_stop(uc);
        return;
    }
    if (machine->guard_is_idle) {
        guard_update(machine);
    }
    struct view *view = view_at(machine, (uint32_t)address);
    if (machine->views[0].guarded || (view != NULL && view->guarded)) {
        forget_dirty_code(machine);
        guard_check_fetch(machine, view, (uint32_t)address, size);
    }
    machine->now_ps += size * machine->byte_ps;
    if (machine->realtime) {
        pace(machine);
    }
}

static uint32_t stopped_pc(struct machine *machine)
{
    uint32_t pc = 0;
    uc_reg_read(machine->uc, UC_ARM_REG_PC, &pc);
    return pc;
}

static bool on_load_guarded(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value, void *ctx)
{
    (void)uc;
    (void)type;
    (void)value;
    struct machine *machine = ctx;
    machine->guard_is_idle = view_load(view_at(machine, (uint32_t)address), (uint32_t)address, (uint32_t)size);
    return !machine->stop;
}

static bool on_store(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value, void *ctx)
{
    (void)uc;
    (void)type;
    struct machine *machine = ctx;
    models_sync(machine);
    if (!view_store(view_at(machine, (uint32_t)address), (uint32_t)address, (uint32_t)size, (uint32_t)value)) {
        machine_violate(machine, "the model of the flash is guarded only from a store on", machine->block);
    }
    return !machine->stop;
}

static bool on_unmapped(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value, void *ctx)
{
    (void)uc;
    (void)value;
    const char *what = type == UC_MEM_FETCH_UNMAPPED || type == UC_MEM_FETCH_PROT ? "execution"
                       : type == UC_MEM_WRITE_UNMAPPED                            ? "write"
                                                                                  : "read";
    char text[96];
    snprintf(text, sizeof text, "%s of %d bytes at 0x%08x, where nothing is", what, size, (uint32_t)address);
    struct machine *machine = ctx;
    machine_violate(machine, text, machine->block);
    return false;
}

static void on_exception(uc_engine *uc, uint32_t number, void *ctx)
{
    (void)uc;
    char text[64];
    snprintf(text, sizeof text, "the CPU takes exception %u", number);
    struct machine *machine = ctx;
    machine_violate(machine, text, stopped_pc(machine));
}

static int model_at(const struct machine *machine, uint32_t address)
{
    for (int i = 0; i < MACHINE_MODELS_MAX && machine->board->models[i] != NULL; i++) {
        const struct model *model = machine->board->models[i];
        if (address - model->base < model->size) {
            return i;
        }
    }
    return -1;
}

static uint64_t on_register_read(uc_engine *uc, uint64_t off, unsigned size, void *ctx)
{
    (void)uc;
    struct page *page = ctx;
    struct machine *machine = page->machine;
    uint32_t address = page->base + (uint32_t)off;
    int index = model_at(machine, address);
    if (index < 0) {
        model_violation(&machine->report, "read of %u bytes at 0x%08x, where nothing is", size, address);
        return 0;
    }
    const struct model *model = machine->board->models[index];
    forget_dirty_code(machine);
    models_sync(machine);
    uint32_t value = model->read(model->ctx, address - model->base, size);
    uint64_t busy_ns = model->busy_ns != NULL ? model->busy_ns(model->ctx) : 0;
    if (busy_ns > 0) {
        machine->now_ps += busy_ns * PS_PER_NS;
        models_sync(machine);
    }
    guard_update(machine);
    return value;
}

static void on_register_write(uc_engine *uc, uint64_t off, unsigned size, uint64_t value, void *ctx)
{
    struct page *page = ctx;
    struct machine *machine = page->machine;
    uint32_t address = page->base + (uint32_t)off;
    if (machine->allow_exit && address == MACHINE_EXIT_ADDRESS) {
        machine->exited = true;
        machine->exit_status = (uint32_t)value;
        machine->stop = true;
        uc_emu_stop(uc);
        return;
    }
    int index = model_at(machine, address);
    if (index < 0) {
        model_violation(&machine->report, "write of %u bytes at 0x%08x, where nothing is", size, address);
        return;
    }
    const struct model *model = machine->board->models[index];
    uint32_t erases[MACHINE_WINDOWS_MAX];
    for (uint32_t i = 0; i < machine->view_count; i++) {
        erases[i] = *machine->views[i].window->erases;
    }
    forget_dirty_code(machine);
    models_sync(machine);
    model->write(model->ctx, address - model->base, size, (uint32_t)value);
    guard_update(machine);
    for (uint32_t i = 0; i < machine->view_count; i++) {
        if (*machine->views[i].window->erases != erases[i]) {
            forget_code(machine, &machine->views[i], 0, machine->views[i].window->size);
        }
    }
    if (machine->core.reset_requested) {
        machine->stop = true;
    }
}

/* A page that several peripherals share is mapped once. */
static bool map_page(struct machine *machine, uint32_t base)
{
    for (uint32_t i = 0; i < machine->page_count; i++) {
        if (machine->pages[i].base == base) {
            return true;
        }
    }
    if (machine->page_count == MACHINE_PAGES_MAX) {
        return false;
    }
    struct page *page = &machine->pages[machine->page_count++];
    *page = (struct page){machine, base};
    return !uc_mmio_map(machine->uc, base, PAGE_SIZE, on_register_read, page, on_register_write, page);
}

static bool map_registers(struct machine *machine)
{
    for (uint32_t i = 0; i < MACHINE_MODELS_MAX && machine->board->models[i] != NULL; i++) {
        const struct model *model = machine->board->models[i];
        uint32_t end = (model->base + model->size + PAGE_SIZE - 1) & ~(uint32_t)(PAGE_SIZE - 1);
        for (uint32_t base = model->base & ~(uint32_t)(PAGE_SIZE - 1); base != end; base += PAGE_SIZE) {
            if (!map_page(machine, base)) {
                return false;
            }
        }
    }
    return true;
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
        if (uc_mem_map_ptr(machine->uc, window->base, window->size, UC_PROT_READ | UC_PROT_EXEC, window->bytes)) {
            return false;
        }
    }
    return true;
}

/* uc_hook_add() takes each kind of function as a void pointer, which ISO C has no cast for. */
static bool hook(struct machine *machine, int kind, const void *function, size_t size)
{
    void *callback;
    memcpy(&callback, function, size);
    uc_hook handle;
    return !uc_hook_add(machine->uc, &handle, kind, callback, machine, 1, 0);
}
#define HOOK(machine, kind, type, function) hook(machine, kind, &(type){function}, sizeof(type))

static bool add_hooks(struct machine *machine)
{
    return HOOK(machine, UC_HOOK_BLOCK, uc_cb_hookcode_t, on_block) &&
           HOOK(machine, UC_HOOK_MEM_READ_PROT, uc_cb_eventmem_t, on_load_guarded) &&
           HOOK(machine, UC_HOOK_MEM_WRITE_PROT, uc_cb_eventmem_t, on_store) &&
           HOOK(machine, UC_HOOK_MEM_UNMAPPED | UC_HOOK_MEM_FETCH_PROT, uc_cb_eventmem_t, on_unmapped) &&
           HOOK(machine, UC_HOOK_INTR, uc_cb_hookintr_t, on_exception);
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
    machine->now_ps = 0;
    machine->real_start_ns = host_clock_ns();
    memset(machine->seen_ns, 0, sizeof machine->seen_ns);
    view_open(&machine->views[0], &board->window);
    view_open(&machine->views[1], &board->mapped);
    machine->guard_is_idle = false;
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
    bool has_exit = !machine->allow_exit || map_page(machine, MACHINE_EXIT_ADDRESS);
    bool ok = has_cpu && has_exit && map_registers(machine) && map_memories(machine) && add_hooks(machine);
    if (ok) {
        guard_update(machine);
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

struct machine *machine_open(struct machine_board *board, const struct elf *elf)
{
    struct machine *machine = calloc(1, sizeof *machine);
    if (machine == NULL) {
        return NULL;
    }
    machine->board = board;
    machine->elf = elf;
    machine->byte_ps = PS_PER_S / board->clock_hz / 2;
    machine->report = (struct model_report){.violation = machine_report, .ctx = machine};
    *board->report = machine->report;
    bool ok = true;
    for (int i = 0; i < MACHINE_MEMORIES_MAX && board->memories[i].size != 0; i++) {
        machine->memories[i] = aligned_alloc(PAGE_SIZE, board->memories[i].size);
        ok = ok && machine->memories[i] != NULL;
    }
    cortex_m_reset(&machine->core, &machine->report);
    if (!ok || !add_core(machine)) {
        machine_close(machine);
        return NULL;
    }
    return machine;
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

/* Samples the interrupt lines. Returns the time until the next of them can change by itself. */
static uint64_t sample_interrupts(struct machine *machine)
{
    uint64_t next_ns = UINT64_MAX;
    models_sync(machine);
    for (uint32_t i = 0; i < MACHINE_MODELS_MAX && machine->board->models[i] != NULL; i++) {
        const struct model *model = machine->board->models[i];
        if (model->interrupt_number >= 0 && model->interrupt != NULL && model->interrupt(model->ctx)) {
            cortex_m_pend(&machine->core, model->interrupt_number);
        }
        uint64_t ns = model->next_event_ns != NULL ? model->next_event_ns(model->ctx) : UINT64_MAX;
        next_ns = ns < next_ns ? ns : next_ns;
    }
    return next_ns;
}

/* Lets real time pass, as simulated time, but not beyond the next event. */
static void idle(struct machine *machine, uint64_t next_ns)
{
    uint64_t start_ns = host_clock_ns();
    uint64_t wait_ms = next_ns / 1000000 + 1;
    machine->board->idle(machine->board->ctx, wait_ms < IDLE_MS_MAX ? (uint32_t)wait_ms : IDLE_MS_MAX);
    uint64_t passed_ns = host_clock_ns() - start_ns;
    machine->now_ps += (passed_ns < next_ns ? passed_ns : next_ns) * PS_PER_NS;
}

/* The CPU has stopped at WFI. It goes on when an interrupt that is enabled pends, whether it would be taken or not.
 */
static void wait_for_interrupt(struct machine *machine)
{
    uint32_t primask = 0;
    uc_reg_read(machine->uc, UC_ARM_REG_PRIMASK, &primask);
    if (cortex_m_any_enabled(&machine->core) && !primask) {
        machine_violate(machine, "WFI with interrupts enabled, which this machine does not take", machine->block);
        return;
    }
    if (!cortex_m_any_enabled(&machine->core)) {
        machine_violate(machine, "WFI without an interrupt that could end it", machine->block);
        return;
    }
    uint64_t next_ns = sample_interrupts(machine);
    while (!cortex_m_any_pending(&machine->core)) {
        idle(machine, next_ns);
        next_ns = sample_interrupts(machine);
    }
}

static void run_until_stopped(struct machine *machine, uint32_t pc)
{
    while (!machine->stop) {
        uc_err err = uc_emu_start(machine->uc, pc | 1, UINT32_MAX, 0, 0);
        if (err && !machine->stop) {
            machine_violate(machine, uc_strerror(err), stopped_pc(machine));
        } else if (!machine->stop) {
            wait_for_interrupt(machine);
            pc = stopped_pc(machine);
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
        locate_fault(machine);
        return MACHINE_VIOLATION;
    }
    return machine->exited ? MACHINE_EXIT : MACHINE_RESET;
}
