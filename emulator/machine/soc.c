#include "emulator/machine/soc.h"

#include <stdarg.h>
#include <stdio.h>

/* The first fault counts. */
__attribute__((format(printf, 2, 3))) static void fault(struct soc *soc, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (soc->error[0] == '\0') {
        vsnprintf(soc->error, sizeof soc->error, format, args);
    }
    va_end(args);
}

/* Where the next entry of a table goes; UINT32_MAX, and a fault, if it is full. */
static uint32_t place(struct soc *soc, uint32_t *count, uint32_t max, const char *what)
{
    if (*count == max) {
        fault(soc, "the board has too many %s: the machine has room for %u", what, max);
        return UINT32_MAX;
    }
    return (*count)++;
}

void soc_add_cpu(struct soc *soc, const struct soc_cpu *cpu)
{
    uint32_t i = place(soc, &soc->cpu_count, SOC_CPUS_MAX, "CPUs");
    if (i != UINT32_MAX) {
        soc->cpus[i] = *cpu;
    }
}

void soc_add_memory(struct soc *soc, const struct soc_memory *memory)
{
    uint32_t i = place(soc, &soc->memory_count, SOC_MEMORIES_MAX, "memories");
    if (i != UINT32_MAX) {
        soc->memories[i] = *memory;
    }
}

void soc_add_window(struct soc *soc, const struct model_window *window)
{
    uint32_t i = place(soc, &soc->window_count, SOC_WINDOWS_MAX, "windows");
    if (i != UINT32_MAX) {
        soc->windows[i] = window;
    }
}

void soc_add_model(struct soc *soc, struct model *model)
{
    uint32_t i = place(soc, &soc->model_count, SOC_MODELS_MAX, "models");
    if (i != UINT32_MAX) {
        soc->models[i] = model;
    }
}

void soc_add_alias(struct soc *soc, const struct soc_alias *alias)
{
    uint32_t i = place(soc, &soc->alias_count, SOC_ALIASES_MAX, "aliases");
    if (i != UINT32_MAX) {
        soc->aliases[i] = *alias;
    }
}

/* Addresses, from one to another that is not one of them; 64 bits, since the last may be the highest that there is. */
struct range {
    uint64_t start;
    uint64_t end;
};

static struct range range_of(uint32_t base, uint32_t size)
{
    return (struct range){base, (uint64_t)base + size};
}

static bool is_inside(struct range inner, struct range outer)
{
    return inner.start >= outer.start && inner.end <= outer.end;
}

static bool overlap(struct range a, struct range b)
{
    return a.start < b.end && b.start < a.end;
}

static void check_cpus(struct soc *soc)
{
    if (soc->cpu_count == 0) {
        fault(soc, "the board has no CPU");
    }
    for (uint32_t i = 0; i < soc->cpu_count; i++) {
        const struct soc_cpu *cpu = &soc->cpus[i];
        if (cpu->kind >= CORTEX_M_KINDS) {
            fault(soc, "CPU %u is of no kind that the machine knows", i);
        } else if (cpu->interrupts == 0 || cpu->interrupts > cortex_m_facts[cpu->kind].interrupts_max) {
            fault(soc, "CPU %u has %u interrupts: a %s has 1 to %u", i, cpu->interrupts,
                  cortex_m_facts[cpu->kind].name, cortex_m_facts[cpu->kind].interrupts_max);
        }
    }
}

/* What the CPU reaches by addresses besides registers: memories, then windows, then their aliases. */
static uint32_t area_count(const struct soc *soc)
{
    return soc->memory_count + soc->window_count;
}

static struct range area(const struct soc *soc, uint32_t i)
{
    if (i < soc->memory_count) {
        return range_of(soc->memories[i].base, soc->memories[i].size);
    }
    const struct model_window *window = soc->windows[i - soc->memory_count];
    return range_of(window->base, window->size);
}

static void check_area(struct soc *soc, struct range range, const char *what)
{
    if (range.start == range.end || range.start % SOC_PAGE_SIZE != 0 || range.end % SOC_PAGE_SIZE != 0 ||
        range.end > (uint64_t)UINT32_MAX + 1) {
        fault(soc, "the %s at 0x%08x is not made of pages of %u bytes", what, (uint32_t)range.start, SOC_PAGE_SIZE);
    }
}

static void check_areas(struct soc *soc)
{
    for (uint32_t i = 0; i < area_count(soc); i++) {
        check_area(soc, area(soc, i), i < soc->memory_count ? "memory" : "window");
        for (uint32_t j = 0; j < i; j++) {
            if (overlap(area(soc, i), area(soc, j))) {
                fault(soc, "two memories or windows lie at 0x%08x", (uint32_t)area(soc, i).start);
            }
        }
    }
}

static bool is_area(const struct soc *soc, struct range range)
{
    for (uint32_t i = 0; i < area_count(soc); i++) {
        if (is_inside(range, area(soc, i))) {
            return true;
        }
    }
    return false;
}

static bool has_registers(const struct soc *soc, struct range range)
{
    for (uint32_t i = 0; i < soc->model_count; i++) {
        if (is_inside(range_of(soc->models[i]->base, soc->models[i]->size), range)) {
            return true;
        }
    }
    return false;
}

static void check_aliases(struct soc *soc)
{
    for (uint32_t i = 0; i < soc->alias_count; i++) {
        const struct soc_alias *alias = &soc->aliases[i];
        struct range there = range_of(alias->base, alias->size);
        struct range target = range_of(alias->target, alias->size);
        bool of_area = alias->kind == SOC_ALIAS_SAME && is_area(soc, target);
        check_area(soc, there, "alias");
        check_area(soc, target, "alias's target");
        if (!of_area && !has_registers(soc, target)) {
            fault(soc, "the alias at 0x%08x shows no registers, nor a part of one memory or window", alias->base);
        }
        for (uint32_t j = 0; of_area && j < area_count(soc); j++) {
            if (overlap(there, area(soc, j))) {
                fault(soc, "the alias at 0x%08x lies where a memory or window is", alias->base);
            }
        }
        for (uint32_t j = 0; of_area && j < i; j++) {
            if (overlap(there, range_of(soc->aliases[j].base, soc->aliases[j].size))) {
                fault(soc, "two aliases lie at 0x%08x", alias->base);
            }
        }
    }
}

static void check_models(struct soc *soc)
{
    for (uint32_t i = 0; i < soc->model_count; i++) {
        const struct model *model = soc->models[i];
        struct range range = range_of(model->base & ~(SOC_PAGE_SIZE - 1u), 0);
        range.end = ((uint64_t)model->base + model->size + SOC_PAGE_SIZE - 1) / SOC_PAGE_SIZE * SOC_PAGE_SIZE;
        for (uint32_t j = 0; j < area_count(soc); j++) {
            if (overlap(range, area(soc, j))) {
                fault(soc, "%s lies in a page where a memory or window is", model->name);
            }
        }
    }
}

const char *soc_check(struct soc *soc)
{
    check_cpus(soc);
    check_areas(soc);
    check_aliases(soc);
    check_models(soc);
    return soc->error[0] != '\0' ? soc->error : NULL;
}

void soc_start_cpu(const struct soc *soc, uint32_t number)
{
    if (number < soc->cpu_count) {
        model_violation(soc->bus, "the program starts CPU %u, a %s, which stays off on this machine", number,
                        cortex_m_facts[soc->cpus[number].kind].name);
    } else {
        model_violation(soc->bus, "the program starts CPU %u, which this chip has not", number);
    }
}

const struct model_window *soc_window_at(const struct soc *soc, uint32_t address)
{
    for (uint32_t i = 0; i < soc->window_count; i++) {
        if (address - soc->windows[i]->base < soc->windows[i]->size) {
            return soc->windows[i];
        }
    }
    return NULL;
}
