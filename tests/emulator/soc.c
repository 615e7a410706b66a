/* What a description of a SoC must be, and what the machine says of one that is wrong. */
#include "soc_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct rig_step nothing[] = {{RIG_EXIT, MACHINE_EXIT_ADDRESS, 0}};

static struct model spare_models[SOC_MODELS_MAX + 1];
static struct model_window spare_windows[SOC_WINDOWS_MAX + 1];

static void add_cpu(uint32_t i)
{
    (void)i;
    soc_add_cpu(&rig.soc, &(struct soc_cpu){.kind = CORTEX_M0, .interrupts = 1});
}

static void add_memory(uint32_t i)
{
    soc_add_memory(&rig.soc, &(struct soc_memory){.base = 0x30000000 + 0x1000 * i, .size = 0x1000});
}

static void add_window(uint32_t i)
{
    spare_windows[i] = rig.flash;
    spare_windows[i].base = 0x60000000 + RIG_FLASH_SIZE * i;
    soc_add_window(&rig.soc, &spare_windows[i]);
}

static void add_model(uint32_t i)
{
    spare_models[i] = rig.models[0].model;
    spare_models[i].base = 0x50000000 + 0x1000 * i;
    soc_add_model(&rig.soc, &spare_models[i]);
}

static void add_alias(uint32_t i)
{
    soc_add_alias(&rig.soc, &(struct soc_alias){.base = 0x70000000 + 0x1000 * i, .size = 0x1000, .target = RIG_RAM});
}

/* Every table takes as many entries as it says, and one more is no machine but a sentence. */
static void a_full_table_is_an_error(void **state)
{
    (void)state;
    static const struct {
        void (*add)(uint32_t i);
        uint32_t max;
        uint32_t there; /* in the rig */
        const char *says;
    } tables[] = {
        {add_cpu, SOC_CPUS_MAX, 1, "the board has too many CPUs: the machine has room for 2"},
        {add_memory, SOC_MEMORIES_MAX, 3, "the board has too many memories: the machine has room for 8"},
        {add_window, SOC_WINDOWS_MAX, 1, "the board has too many windows: the machine has room for 8"},
        {add_model, SOC_MODELS_MAX, 2, "the board has too many models: the machine has room for 64"},
        {add_alias, SOC_ALIASES_MAX, 3, "the board has too many aliases: the machine has room for 16"},
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        rig_open(CORTEX_M4);
        for (uint32_t j = tables[i].there; j < tables[i].max; j++) {
            tables[i].add(j);
        }
        if (rig_run(nothing) == -1) {
            fail_msg("%u entries: %s", tables[i].max, rig.fault);
        }
        tables[i].add(tables[i].max);
        rig_expect(nothing, tables[i].says);
    }
}

/* Models of many pages, each with three aliases. */
static void registers_in_too_many_pages_are_an_error(void **state)
{
    (void)state;
    rig_open(CORTEX_M4);
    struct model large = rig.models[0].model;
    large.base = 0x50000000;
    large.size = 240 * SOC_PAGE_SIZE;
    soc_add_model(&rig.soc, &large);
    assert_int_not_equal(rig_run(nothing), -1);
    large.size = 260 * SOC_PAGE_SIZE;
    rig_expect(nothing, "the registers of the board lie in too many pages: the machine has room for 256");
}

static void no_interrupts(void)
{
    rig.soc.cpus[0].interrupts = 0;
}

static void too_many_interrupts(void)
{
    rig.soc.cpus[0].interrupts = 241;
}

static void no_kind(void)
{
    rig.soc.cpus[0].kind = CORTEX_M_KINDS;
}

static void no_cpu(void)
{
    rig.soc.cpu_count = 0;
}

static void odd_memory(void)
{
    soc_add_memory(&rig.soc, &(struct soc_memory){.base = 0x30000100, .size = 0x1000});
}

static void empty_memory(void)
{
    soc_add_memory(&rig.soc, &(struct soc_memory){.base = 0x30000000});
}

static void memory_over_the_end(void)
{
    soc_add_memory(&rig.soc, &(struct soc_memory){.base = 0xFFFFF000, .size = 0x2000});
}

static void memory_over_window(void)
{
    soc_add_memory(&rig.soc, &(struct soc_memory){.base = RIG_FLASH + 0x1000, .size = 0x2000});
}

static void registers_in_memory(void)
{
    spare_models[0] = rig.models[0].model;
    spare_models[0].base = RIG_RAM + 0x100;
    soc_add_model(&rig.soc, &spare_models[0]);
}

static void alias_of_nothing(void)
{
    soc_add_alias(&rig.soc, &(struct soc_alias){.base = 0x70000000, .size = 0x1000, .target = 0x71000000});
}

static void alias_over_the_end_of_its_memory(void)
{
    soc_add_alias(&rig.soc, &(struct soc_alias){.base = 0x70000000, .size = 0x2000, .target = RIG_TIGHT});
}

static void alias_of_bits_of_memory(void)
{
    soc_add_alias(&rig.soc,
                  &(struct soc_alias){.base = 0x70000000, .size = 0x1000, .target = RIG_RAM, .kind = SOC_ALIAS_SET});
}

static void alias_over_memory(void)
{
    soc_add_alias(&rig.soc, &(struct soc_alias){.base = RIG_TIGHT, .size = 0x1000, .target = RIG_RAM});
}

static void alias_over_alias(void)
{
    add_alias(0);
    add_alias(0);
}

static const struct {
    void (*plant)(void);
    const char *says;
} faults[] = {
    {no_interrupts, "CPU 0 has 0 interrupts: a cortex-m4 has 1 to 240"},
    {too_many_interrupts, "CPU 0 has 241 interrupts: a cortex-m4 has 1 to 240"},
    {no_kind, "CPU 0 is of no kind that the machine knows"},
    {no_cpu, "the board has no CPU"},
    {odd_memory, "the memory at 0x30000100 is not made of pages of 4096 bytes"},
    {empty_memory, "the memory at 0x30000000 is not made of pages of 4096 bytes"},
    {memory_over_the_end, "the memory at 0xfffff000 is not made of pages of 4096 bytes"},
    {memory_over_window, "two memories or windows lie at 0x08000000"},
    {registers_in_memory, "FIRST lies in a page where a memory or window is"},
    {alias_of_nothing, "the alias at 0x70000000 shows no registers, nor a part of one memory or window"},
    {alias_over_the_end_of_its_memory, "the alias at 0x70000000 shows no registers"},
    {alias_of_bits_of_memory, "the alias at 0x70000000 shows no registers"},
    {alias_over_memory, "the alias at 0x10000000 lies where a memory or window is"},
    {alias_over_alias, "two aliases lie at 0x70000000"},
};

static void a_wrong_description_is_an_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        rig_open(CORTEX_M4);
        faults[i].plant();
        rig_expect(nothing, faults[i].says);
    }
}

static void a_window_is_found_by_its_address(void **state)
{
    (void)state;
    rig_open(CORTEX_M4);
    assert_ptr_equal(soc_window_at(&rig.soc, RIG_FLASH + RIG_FLASH_SIZE - 1), &rig.flash);
    assert_null(soc_window_at(&rig.soc, RIG_FLASH + RIG_FLASH_SIZE));
    assert_null(soc_window_at(&rig.soc, RIG_RAM));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_table_is_an_error),
        cmocka_unit_test(registers_in_too_many_pages_are_an_error),
        cmocka_unit_test(a_wrong_description_is_an_error),
        cmocka_unit_test(a_window_is_found_by_its_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
