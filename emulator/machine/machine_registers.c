/* The registers of the models, as Unicorn asks for them. */
#include "emulator/machine/machine_registers.h"

#include "emulator/machine/machine_time.h"
#include "emulator/machine/machine_windows.h"

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
    machine_forget_dirty_code(machine);
    machine_sync(machine);
    uint32_t value = model->read(model->ctx, address - model->base, size);
    uint64_t busy_ns = model->busy_ns != NULL ? model->busy_ns(model->ctx) : 0;
    if (busy_ns > 0) {
        machine->now_ps += busy_ns * PS_PER_NS;
        machine_sync(machine);
    }
    machine_guard(machine);
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
    machine_forget_dirty_code(machine);
    machine_sync(machine);
    model->write(model->ctx, address - model->base, size, (uint32_t)value);
    machine_guard(machine);
    machine_take_clock(machine);
    for (uint32_t i = 0; i < machine->view_count; i++) {
        if (*machine->views[i].window->erases != erases[i]) {
            machine_forget_code(machine, &machine->views[i], 0, machine->views[i].window->size);
        }
    }
    if (machine->core.reset_requested) {
        machine->stop = true;
    }
}

/* A page that several peripherals share is mapped once. */
bool machine_map_page(struct machine *machine, uint32_t base)
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

bool machine_map_registers(struct machine *machine)
{
    for (uint32_t i = 0; i < MACHINE_MODELS_MAX && machine->board->models[i] != NULL; i++) {
        const struct model *model = machine->board->models[i];
        uint32_t end = (model->base + model->size + PAGE_SIZE - 1) & ~(uint32_t)(PAGE_SIZE - 1);
        for (uint32_t base = model->base & ~(uint32_t)(PAGE_SIZE - 1); base != end; base += PAGE_SIZE) {
            if (!machine_map_page(machine, base)) {
                return false;
            }
        }
    }
    return true;
}
