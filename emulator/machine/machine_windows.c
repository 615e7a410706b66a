/*
 * What the CPU does with memory, the flash above all: callbacks of Unicorn. What this file has to work around in it,
 * found by measuring (tests/emulator/machine.py):
 *
 * - Taking away permissions does not stop the execution of code that is translated already: a hook on every block
 * does.
 * - It stops only the first load of each page: the TLB lets those behind it through. A hook on every load of a window
 * does not; it makes loads elsewhere slower too, which costs a third of the speed.
 * - Code that changes in flash runs stale until its translation is removed.
 * - A callback for a store must not do that: Unicorn goes on with the entry of the TLB that it had looked up before.
 * So code is forgotten at the next block or register.
 * - A callback must not stop the CPU in order to resume it: the access would happen twice. The next block stops it.
 */
#include "emulator/machine/machine_windows.h"

#include <stdio.h>
#include <string.h>

#include "emulator/machine/machine_fault.h"
#include "emulator/machine/machine_time.h"

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

void machine_forget_code(struct machine *machine, struct view *view, uint32_t start, uint32_t end)
{
    if (!view_forget(view, machine->uc, start, end)) {
        machine_violate(machine, "the emulator cannot forget code", machine->block);
    }
}

void machine_forget_dirty_code(struct machine *machine)
{
    for (uint32_t i = 0; i < machine->view_count; i++) {
        struct view *view = &machine->views[i];
        if (view->dirty_end != 0) {
            machine_forget_code(machine, view, view->dirty_start, view->dirty_end);
        }
    }
}

void machine_guard(struct machine *machine)
{
    for (uint32_t i = 0; i < machine->view_count; i++) {
        view_guard(&machine->views[i]);
    }
}

static void guard_check_fetch(struct machine *machine, struct view *view, uint32_t address, uint32_t size)
{
    machine_sync(machine);
    machine_guard(machine);
    if (view != NULL && view->guarded) {
        view->window->access(view->window->ctx, address - view->window->base, size, MODEL_FETCH);
    }
}

static void wait_for_flash(struct machine *machine, const struct model_window *window, uint32_t address,
                           uint32_t size, enum model_access access)
{
    if (window->wait_ns != NULL) {
        machine->now_ps += window->wait_ns(window->ctx, address - window->base, size, access) * PS_PER_NS;
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
    struct view *view = view_at(machine, (uint32_t)address);
    if (machine->views[0].guarded || (view != NULL && view->guarded)) {
        machine_forget_dirty_code(machine);
        guard_check_fetch(machine, view, (uint32_t)address, size);
    }
    machine->now_ps += size * machine->byte_ps;
    if (view != NULL) {
        wait_for_flash(machine, view->window, (uint32_t)address, size, MODEL_FETCH);
    }
    machine_poll_by_time(machine);
    if (machine->stop) {
        uc_emu_stop(uc);
    } else if (machine->realtime) {
        machine_pace(machine);
    }
}

uint32_t machine_stopped_pc(struct machine *machine)
{
    uint32_t pc = 0;
    uc_reg_read(machine->uc, UC_ARM_REG_PC, &pc);
    return pc;
}

static void on_load(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value, void *ctx)
{
    (void)uc;
    (void)type;
    (void)value;
    struct machine *machine = ctx;
    struct view *view = view_at(machine, (uint32_t)address);
    if (view != NULL) {
        view_load(view, (uint32_t)address, (uint32_t)size);
        wait_for_flash(machine, view->window, (uint32_t)address, (uint32_t)size, MODEL_LOAD);
    }
}

static bool on_store(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value, void *ctx)
{
    (void)uc;
    (void)type;
    struct machine *machine = ctx;
    machine_sync(machine);
    view_store(view_at(machine, (uint32_t)address), (uint32_t)address, (uint32_t)size, (uint32_t)value);
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
    machine_violate(machine, text, machine_stopped_pc(machine));
}

/* uc_hook_add() takes each kind of function as a void pointer, which ISO C has no cast for. */
static bool hook(struct machine *machine, int kind, const void *function, size_t size, uint64_t first, uint64_t last)
{
    void *callback;
    memcpy(&callback, function, size);
    uc_hook handle;
    return !uc_hook_add(machine->uc, &handle, kind, callback, machine, first, last);
}
#define HOOK_RANGE(machine, kind, type, function, first, last)                                                       \
    hook(machine, kind, &(type){function}, sizeof(type), first, last)
#define HOOK(machine, kind, type, function) HOOK_RANGE(machine, kind, type, function, 1, 0) /* everywhere */

bool machine_add_hooks(struct machine *machine)
{
    bool ok = HOOK(machine, UC_HOOK_BLOCK, uc_cb_hookcode_t, on_block) &&
              HOOK(machine, UC_HOOK_MEM_WRITE_PROT, uc_cb_eventmem_t, on_store) &&
              HOOK(machine, UC_HOOK_MEM_UNMAPPED | UC_HOOK_MEM_FETCH_PROT, uc_cb_eventmem_t, on_unmapped) &&
              HOOK(machine, UC_HOOK_INTR, uc_cb_hookintr_t, on_exception);
    for (uint32_t i = 0; ok && i < machine->view_count; i++) {
        const struct model_window *window = machine->views[i].window;
        ok = HOOK_RANGE(machine, UC_HOOK_MEM_READ, uc_cb_hookmem_t, on_load, window->base,
                        (uint64_t)window->base + window->size - 1);
    }
    return ok;
}
