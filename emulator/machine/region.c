#include "emulator/machine/region.h"

static uint32_t base_of(const struct region *region)
{
    return region->window != NULL ? region->window->base : region->memory->base;
}

static void open_place(struct region *region)
{
    region->places[0] = (struct region_place){.base = base_of(region), .size = region->size};
    region->place_count = 1;
    region_reset(region);
}

void region_open_window(struct region *region, const struct model_window *window)
{
    *region = (struct region){.window = window, .size = window->size};
    open_place(region);
}

void region_open_memory(struct region *region, const struct soc_memory *memory, uint8_t *bytes)
{
    *region = (struct region){.memory = memory, .memory_bytes = bytes, .size = memory->size};
    open_place(region);
}

void region_add_place(struct region *region, const struct soc_alias *alias)
{
    region->places[region->place_count++] =
        (struct region_place){.base = alias->base, .size = alias->size, .off = alias->target - base_of(region)};
}

static void range_clear(uint32_t *start, uint32_t *end)
{
    *start = UINT32_MAX;
    *end = 0;
}

static void range_widen(uint32_t *start, uint32_t *end, uint32_t off, uint32_t size)
{
    *start = off < *start ? off : *start;
    *end = off + size > *end ? off + size : *end;
}

void region_reset(struct region *region)
{
    region->guarded = false;
    range_clear(&region->dirty_start, &region->dirty_end);
    range_clear(&region->ran_start, &region->ran_end);
}

uint8_t *region_bytes(const struct region *region)
{
    return region->window != NULL ? region->window->bytes : region->memory_bytes;
}

bool region_find(const struct region *region, uint32_t address, uint32_t *off)
{
    for (uint32_t i = 0; i < region->place_count; i++) {
        const struct region_place *place = &region->places[i];
        if (address - place->base < place->size) {
            *off = address - place->base + place->off;
            return true;
        }
    }
    return false;
}

void region_guard(struct region *region)
{
    region->guarded = region->window != NULL && region->window->guarded(region->window->ctx);
}

void region_run(struct region *region, uint32_t off, uint32_t size)
{
    range_widen(&region->ran_start, &region->ran_end, off, size);
}

bool region_change(struct region *region, uint32_t off, uint32_t size)
{
    if (region->window == NULL && (off >= region->ran_end || off + size <= region->ran_start)) {
        return false;
    }
    range_widen(&region->dirty_start, &region->dirty_end, off, size);
    return true;
}

bool region_forget(struct region *region, uc_engine *uc, uint32_t start, uint32_t end)
{
    bool ok = true;
    for (uint32_t i = 0; i < region->place_count; i++) {
        const struct region_place *place = &region->places[i];
        uint32_t from = start > place->off ? start - place->off : 0;
        uint32_t to = end > place->off ? end - place->off : 0;
        to = to < place->size ? to : place->size;
        if (from < to) {
            ok = !uc_ctl_remove_cache(uc, (uint64_t)place->base + from, (uint64_t)place->base + to) && ok;
        }
    }
    range_clear(&region->dirty_start, &region->dirty_end);
    return ok;
}
