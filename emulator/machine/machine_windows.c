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

struct region *machine_region_at(struct machine *machine, uint32_t address, uint32_t *off)
{
    for (uint32_t i = 0; i < machine->region_count; i++) {
        if (region_find(&machine->regions[i], address, off)) {
            return &machine->regions[i];
        }
    }
    return NULL;
}

void machine_forget_code(struct machine *machine, struct region *region, uint32_t start, uint32_t end)
{
    if (!region_forget(region, machine->uc, start, end)) {
        machine_violate(machine, "the emulator cannot forget code", machine->block);
    }
}

void machine_forget_dirty_code(struct machine *machine)
{
    for (uint32_t i = 0; machine->is_dirty && i < machine->region_count; i++) {
        struct region *region = &machine->regions[i];
        if (region->dirty_end != 0) {
            machine_forget_code(machine, region, region->dirty_start, region->dirty_end);
        }
    }
    machine->is_dirty = false;
}

void machine_guard(struct machine *machine)
{
    for (uint32_t i = 0; i < machine->window_count; i++) {
        region_guard(&machine->regions[i]);
    }
}

/* Only what is true now counts: time has passed since the model was asked. */
static void check_access(struct machine *machine, struct region *region, uint32_t off, uint32_t size,
                         enum model_access access)
{
    machine_sync(machine);
    machine_guard(machine);
    if (region->guarded) {
        region->window->access(region->window->ctx, off, size, access);
    }
}

static void wait_for_flash(struct machine *machine, const struct model_window *window, uint32_t off, uint32_t size,
                           enum model_access access)
{
    if (window->wait_ns != NULL) {
        machine->now_ps += window->wait_ns(window->ctx, off, size, access) * PS_PER_NS;
    }
}

static void check_block(struct machine *machine, struct region *region, uint32_t off, uint32_t size)
{
    if (machine->is_dirty) {
        machine_forget_dirty_code(machine);
    }
    if (region != NULL && region->guarded) {
        check_access(machine, region, off, size, MODEL_FETCH);
    }
    machine->now_ps += size * machine->byte_ps;
    if (region == NULL) {
        return;
    }
    if (region->window != NULL) {
        wait_for_flash(machine, region->window, off, size, MODEL_FETCH);
    } else {
        region_run(region, off, size);
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
    uint32_t off = 0;
    struct region *region = machine_region_at(machine, (uint32_t)address, &off);
    check_block(machine, region, off, size);
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
    uint32_t off = 0;
    struct region *region = machine_region_at(machine, (uint32_t)address, &off);
    if (region == NULL || region->window == NULL) {
        return;
    }
    if (region->guarded) {
        check_access(machine, region, off, (uint32_t)size, MODEL_LOAD);
    }
    wait_for_flash(machine, region->window, off, (uint32_t)size, MODEL_LOAD);
}

/* Of what can be read and executed: a window, which takes stores in its own way, or a ROM. */
static bool on_store(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value, void *ctx)
{
    (void)uc;
    (void)type;
    struct machine *machine = ctx;
    uint32_t off = 0;
    struct region *region = machine_region_at(machine, (uint32_t)address, &off);
    if (region == NULL || region->window == NULL) {
        char text[96];
        snprintf(text, sizeof text, "write of %d bytes at 0x%08x, in %s", size, (uint32_t)address,
                 machine->is_closed ? "RAM before it is ready" : "a ROM");
        machine_violate(machine, text, machine->block);
        return false;
    }
    machine_sync(machine);
    region->window->store(region->window->ctx, off, (uint32_t)size, (uint32_t)value);
    machine->is_dirty = region_change(region, off, (uint32_t)size) || machine->is_dirty;
    if (region->window->store_ns != NULL) {
        machine->now_ps += region->window->store_ns(region->window->ctx) * PS_PER_NS;
    }
    region_guard(region);
    return !machine->stop;
}

/* Of a memory that lies at several places: Unicorn forgets code only where the store was made. */
static void on_shared_store(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value, void *ctx)
{
    (void)uc;
    (void)type;
    (void)value;
    struct machine *machine = ctx;
    uint32_t off = 0;
    struct region *region = machine_region_at(machine, (uint32_t)address, &off);
    if (region != NULL) {
        machine->is_dirty = region_change(region, off, (uint32_t)size) || machine->is_dirty;
    }
}

static bool on_unmapped(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value, void *ctx)
{
    (void)uc;
    (void)value;
    const char *what = type == UC_MEM_FETCH_UNMAPPED || type == UC_MEM_FETCH_PROT ? "execution"
                       : type == UC_MEM_WRITE_UNMAPPED                            ? "write"
                                                                                  : "read";
    struct machine *machine = ctx;
    const char *where = machine->is_closed && type != UC_MEM_READ_UNMAPPED && type != UC_MEM_WRITE_UNMAPPED &&
                                type != UC_MEM_FETCH_UNMAPPED
                            ? "in RAM before it is ready"
                        : type == UC_MEM_FETCH_PROT ? "which holds no code"
                                                    : "where nothing is";
    char text[96];
    snprintf(text, sizeof text, "%s of %d bytes at 0x%08x, %s", what, size, (uint32_t)address, where);
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

/* The callbacks for what goes on at one place of a region. */
static bool hook_place(struct machine *machine, const struct region *region, const struct region_place *place)
{
    uint64_t last = (uint64_t)place->base + place->size - 1;
    if (region->window != NULL) {
        return HOOK_RANGE(machine, UC_HOOK_MEM_READ, uc_cb_hookmem_t, on_load, place->base, last);
    }
    if (region->place_count > 1 && (region->memory->flags & SOC_EXECUTE)) {
        return HOOK_RANGE(machine, UC_HOOK_MEM_WRITE, uc_cb_hookmem_t, on_shared_store, place->base, last);
    }
    return true;
}

bool machine_add_hooks(struct machine *machine)
{
    bool ok = HOOK(machine, UC_HOOK_BLOCK, uc_cb_hookcode_t, on_block) &&
              HOOK(machine, UC_HOOK_MEM_WRITE_PROT, uc_cb_eventmem_t, on_store) &&
              HOOK(machine, UC_HOOK_MEM_UNMAPPED | UC_HOOK_MEM_FETCH_PROT | UC_HOOK_MEM_READ_PROT, uc_cb_eventmem_t,
                   on_unmapped) &&
              HOOK(machine, UC_HOOK_INTR, uc_cb_hookintr_t, on_exception);
    for (uint32_t i = 0; i < machine->region_count; i++) {
        const struct region *region = &machine->regions[i];
        for (uint32_t j = 0; ok && j < region->place_count; j++) {
            ok = hook_place(machine, region, &region->places[j]);
        }
    }
    return ok;
}

/* After power-up RAM holds anything; the same anything each time, so that runs can be repeated. */
static void fill_memory(const struct region *region)
{
    if (region->memory->rom != NULL) {
        memcpy(region->memory_bytes, region->memory->rom, region->size);
        return;
    }
    uint32_t state = 0x2545F491;
    for (uint32_t i = 0; i < region->size; i++) {
        state = state * 1664525 + 1013904223;
        region->memory_bytes[i] = (uint8_t)(state >> 24);
    }
}

static uint32_t permissions(const struct region *region)
{
    if (region->window != NULL) {
        return UC_PROT_READ | UC_PROT_EXEC;
    }
    return UC_PROT_READ | (region->memory->rom == NULL ? UC_PROT_WRITE : 0u) |
           (region->memory->flags & SOC_EXECUTE ? UC_PROT_EXEC : 0u);
}

static bool is_ram(const struct region *region)
{
    return region->window == NULL && region->memory->rom == NULL;
}

/* Only what is protected, not what is mapped so, keeps stores out once their callback has run. */
static bool map_region(struct machine *machine, const struct region *region)
{
    bool ok = true;
    uint32_t allowed = machine->is_closed && is_ram(region) ? UC_PROT_NONE : permissions(region);
    for (uint32_t i = 0; ok && i < region->place_count; i++) {
        const struct region_place *place = &region->places[i];
        ok = !uc_mem_map_ptr(machine->uc, place->base, place->size, UC_PROT_ALL, region_bytes(region) + place->off);
        if (ok && allowed != UC_PROT_ALL) {
            ok = !uc_mem_protect(machine->uc, place->base, place->size, allowed);
        }
    }
    return ok;
}

void machine_open_memory(struct machine *machine)
{
    if (!machine->is_closed || !machine->soc->memory_is_ready(machine->soc->ctx)) {
        return;
    }
    machine->is_closed = false;
    for (uint32_t i = 0; i < machine->region_count; i++) {
        const struct region *region = &machine->regions[i];
        for (uint32_t j = 0; j < region->place_count && is_ram(region); j++) {
            uc_mem_protect(machine->uc, region->places[j].base, region->places[j].size, permissions(region));
        }
    }
}

bool machine_map_regions(struct machine *machine)
{
    bool ok = true;
    machine->is_closed = machine->soc->memory_is_ready != NULL && !machine->soc->memory_is_ready(machine->soc->ctx);
    for (uint32_t i = 0; i < machine->region_count; i++) {
        struct region *region = &machine->regions[i];
        region_reset(region);
        if (region->window == NULL) {
            fill_memory(region);
        }
        ok = ok && map_region(machine, region);
    }
    machine->is_dirty = false;
    return ok;
}
