/* The registers of the models, as Unicorn asks for them, and their aliases. */
#include "emulator/machine/machine_registers.h"

#include "emulator/machine/machine_time.h"
#include "emulator/machine/machine_windows.h"

/* A register that an access goes to. */
struct target {
    const struct model *model; /* NULL: nothing is there */
    uint32_t off;
    enum soc_alias_kind kind;
};

static const struct model *model_at(const struct machine *machine, uint32_t address)
{
    for (uint32_t i = 0; i < machine->model_count; i++) {
        const struct model *model = machine->models[i];
        if (address - model->base < model->size) {
            return model;
        }
    }
    return NULL;
}

static struct target target_at(const struct machine *machine, uint32_t address)
{
    const struct model *model = model_at(machine, address);
    if (model != NULL) {
        return (struct target){model, address - model->base, SOC_ALIAS_SAME};
    }
    for (uint32_t i = 0; i < machine->soc->alias_count; i++) {
        const struct soc_alias *alias = &machine->soc->aliases[i];
        uint32_t first = alias->target + (address - alias->base);
        model = address - alias->base < alias->size ? model_at(machine, first) : NULL;
        if (model != NULL) {
            return (struct target){model, first - model->base, alias->kind};
        }
    }
    return (struct target){0};
}

static void take_reset(struct machine *machine)
{
    const struct soc *soc = machine->soc;
    bool is_reset = soc->wants_reset != NULL && soc->wants_reset(soc->ctx);
    machine->stop = machine->stop || is_reset || machine->core.reset_requested;
}

static uint64_t on_register_read(uc_engine *uc, uint64_t off, unsigned size, void *ctx)
{
    (void)uc;
    struct page *page = ctx;
    struct machine *machine = page->machine;
    uint32_t address = page->base + (uint32_t)off;
    struct target target = target_at(machine, address);
    if (target.model == NULL) {
        model_violation(machine->soc->bus, "read of %u bytes at 0x%08x, where nothing is", size, address);
        return 0;
    }
    const struct model *model = target.model;
    machine_forget_dirty_code(machine);
    machine_sync(machine);
    uint32_t value = model->read(model->ctx, target.off, size);
    uint64_t busy_ns = model->busy_ns != NULL ? model->busy_ns(model->ctx) : 0;
    if (busy_ns > 0) {
        machine->now_ps += busy_ns * PS_PER_NS;
        machine_sync(machine);
    }
    machine_forget_dirty_code(machine);
    machine_guard(machine);
    take_reset(machine);
    return value;
}

/* What a store through an alias makes of the register. */
static uint32_t alias_value(const struct target *target, uint32_t value)
{
    const struct model *model = target->model;
    uint32_t old =
        model->peek != NULL ? model->peek(model->ctx, target->off) : model->read(model->ctx, target->off, 4);
    if (target->kind == SOC_ALIAS_SET) {
        return old | value;
    }
    return target->kind == SOC_ALIAS_CLEAR ? old & ~value : old ^ value;
}

static void target_write(struct machine *machine, const struct target *target, uint32_t size, uint32_t value)
{
    const struct model *model = target->model;
    if (target->kind != SOC_ALIAS_SAME) {
        if (size != 4) {
            model_violation(machine->soc->bus, "write of %u bytes to an alias of %s that takes words", size,
                            model->name);
            return;
        }
        value = alias_value(target, value);
    }
    model->write(model->ctx, target->off, size, value);
}

static void machine_exit(struct machine *machine, uint32_t status)
{
    machine->exited = true;
    machine->exit_status = status;
    machine->stop = true;
    uc_emu_stop(machine->uc);
}

static void on_register_write(uc_engine *uc, uint64_t off, unsigned size, uint64_t value, void *ctx)
{
    (void)uc;
    struct page *page = ctx;
    struct machine *machine = page->machine;
    uint32_t address = page->base + (uint32_t)off;
    if (machine->allow_exit && address == MACHINE_EXIT_ADDRESS) {
        machine_exit(machine, (uint32_t)value);
        return;
    }
    struct target target = target_at(machine, address);
    if (target.model == NULL) {
        model_violation(machine->soc->bus, "write of %u bytes at 0x%08x, where nothing is", size, address);
        return;
    }
    uint32_t erases[SOC_WINDOWS_MAX];
    for (uint32_t i = 0; i < machine->window_count; i++) {
        erases[i] = *machine->regions[i].window->erases;
    }
    machine_forget_dirty_code(machine);
    machine_sync(machine);
    target_write(machine, &target, size, (uint32_t)value);
    machine_forget_dirty_code(machine);
    machine_guard(machine);
    machine_open_memory(machine);
    machine_take_clock(machine);
    for (uint32_t i = 0; i < machine->window_count; i++) {
        if (*machine->regions[i].window->erases != erases[i]) {
            machine_forget_code(machine, &machine->regions[i], 0, machine->regions[i].size);
        }
    }
    take_reset(machine);
}

/* A page that several peripherals share is there once. */
bool machine_add_page(struct machine *machine, uint32_t base)
{
    for (uint32_t i = 0; i < machine->page_count; i++) {
        if (machine->pages[i].base == base) {
            return true;
        }
    }
    if (machine->page_count == MACHINE_PAGES_MAX) {
        return false;
    }
    machine->pages[machine->page_count++] = (struct page){machine, base};
    return true;
}

static bool add_pages_of(struct machine *machine, const struct model *model)
{
    uint64_t end = (uint64_t)model->base + model->size;
    bool ok = true;
    for (uint64_t base = model->base / SOC_PAGE_SIZE * SOC_PAGE_SIZE; ok && base < end; base += SOC_PAGE_SIZE) {
        ok = machine_add_page(machine, (uint32_t)base);
    }
    return ok;
}

/* Of the pages that were found up to now, those that the alias shows. */
static bool add_alias_pages(struct machine *machine, const struct soc_alias *alias, uint32_t count)
{
    bool ok = true;
    for (uint32_t i = 0; ok && i < count; i++) {
        uint32_t inner = machine->pages[i].base - alias->target;
        if (inner < alias->size) {
            ok = machine_add_page(machine, alias->base + inner);
        }
    }
    return ok;
}

const char *machine_find_pages(struct machine *machine)
{
    bool ok = true;
    machine->page_count = 0;
    for (uint32_t i = 0; ok && i < machine->model_count; i++) {
        ok = add_pages_of(machine, machine->models[i]);
    }
    uint32_t count = machine->page_count;
    for (uint32_t i = 0; ok && i < machine->soc->alias_count; i++) {
        ok = add_alias_pages(machine, &machine->soc->aliases[i], count);
    }
    return ok ? NULL : "the registers of the board lie in too many pages: the machine has room for 256";
}

bool machine_map_pages(struct machine *machine)
{
    bool ok = true;
    for (uint32_t i = 0; ok && i < machine->page_count; i++) {
        struct page *page = &machine->pages[i];
        ok = !uc_mmio_map(machine->uc, page->base, SOC_PAGE_SIZE, on_register_read, page, on_register_write, page);
    }
    return ok;
}
