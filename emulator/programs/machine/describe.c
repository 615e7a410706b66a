#include "emulator/programs/machine/describe.h"

#include <inttypes.h>
#include <stdio.h>

/* All texts are constants of the sources: none holds what JSON would escape. */
static void print_text(const char *name, const char *text)
{
    printf("  \"%s\": \"%s\",\n", name, text);
}

static void print_memories(const struct soc *soc)
{
    printf("  \"memories\": [");
    for (uint32_t i = 0; i < soc->memory_count; i++) {
        const struct soc_memory *memory = &soc->memories[i];
        printf("%s{\"base\": %" PRIu32 ", \"size\": %" PRIu32 "}", i > 0 ? ", " : "", memory->base, memory->size);
    }
    printf("],\n");
}

/* Where the CPU sees the flash. A program on the PC sees it at another address at each start. */
static void print_address(const char *name, uint32_t address, bool is_known)
{
    if (is_known) {
        printf("\"%s\": %" PRIu32 ", ", name, address);
    } else {
        printf("\"%s\": null, ", name);
    }
}

static void print_flash(const char *name, const struct mprom_flash_geometry *geometry, uint32_t base, bool has_base)
{
    if (geometry == NULL) {
        printf("  \"%s\": null,\n", name);
        return;
    }
    printf("  \"%s\": {", name);
    print_address("base", base, has_base);
    printf("\"size\": %" PRIu32 ", \"program_size\": %" PRIu32 ", \"page_size\": %" PRIu32
           ", \"erased_value\": %u, \"regions\": [",
           geometry->size, geometry->program_size, geometry->page_size, geometry->erased_value);
    for (uint32_t i = 0; i < geometry->region_count; i++) {
        const struct mprom_flash_region *region = &geometry->regions[i];
        printf("%s{\"erase_size\": %" PRIu32 ", \"count\": %" PRIu32 "}", i > 0 ? ", " : "", region->erase_size,
               region->count);
    }
    printf("], \"program_count\": %" PRIu32 "},\n", geometry->program_count);
}

static void print_segments(const struct machine_description *description, bool has_base)
{
    printf("  \"segments\": [");
    for (uint32_t i = 0; i < description->segment_count; i++) {
        const struct machine_segment *segment = &description->segments[i];
        printf("%s\n    {\"name\": \"%s\", ", i > 0 ? "," : "", segment->name);
        uint32_t base = segment->flash == 0 ? description->flash_base : description->second_flash_base;
        print_address("address", base + segment->off, has_base);
        printf("\"off\": %" PRIu32 ", \"size\": %" PRIu32 ", \"has_trailer\": %s, \"group\": %u, \"flash\": %u}",
               segment->off, segment->size, segment->has_trailer ? "true" : "false", segment->group, segment->flash);
    }
    printf("\n  ]\n");
}

bool describe_print(const struct machine_target *target)
{
    static const struct model_console console;
    struct machine_description description = {0};
    struct machine_flash flash;
    const struct soc *soc = target->family->open(target->facts, &console, &flash);
    if (soc == NULL) {
        return false;
    }
    target->family->describe(&description);
    bool has_cpu = soc->cpu_count > 0;
    printf("{\n");
    print_text("name", target->name);
    print_text("family", target->family->name);
    print_text("part", description.part);
    print_text("cpu", has_cpu ? cortex_m_facts[soc->cpus[0].kind].name : "host");
    print_text("series", description.series);
    print_text("store", description.store);
    print_text("console", description.console);
    printf("  \"console_waits\": %s,\n", description.console_waits ? "true" : "false");
    print_memories(soc);
    print_flash("flash", flash.geometry, description.flash_base, has_cpu);
    print_flash("second_flash", flash.second != NULL ? flash.second->geometry : NULL, description.second_flash_base,
                has_cpu);
    print_segments(&description, has_cpu);
    printf("}\n");
    return true;
}
