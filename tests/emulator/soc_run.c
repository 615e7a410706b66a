/* What a program finds on a machine: its CPU, where it starts, aliases, flags of memories, interrupts, DMA. */
#include "soc_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define EXIT                                                                                                         \
    {                                                                                                                \
        RIG_EXIT, MACHINE_EXIT_ADDRESS, 0                                                                            \
    }

enum {
    XOR = 0x1000,
    SET = 0x2000,
    CLEAR = 0x3000,
    ISER = 0xE000E100,
    ISPR = 0xE000E200,
    CPUID = 0xE000ED00,
    ACT = RIG_BLOCK + 4 * (RIG_REGISTERS - 1),
};

/* movs r0, #n; bx lr */
#define RETURN(n) (0x47702000u | (n))

static const struct rig_step read_cpuid[] = {{RIG_LOAD, CPUID, 0}, EXIT};
static const struct rig_step nothing[] = {{RIG_LOAD, RIG_FLASH, 0}, EXIT};

/* Part number and revision as Arm's manuals have them: bits 15:4, 23:20 and 3:0. */
static void each_cpu_says_what_it_is(void **state)
{
    (void)state;
    static const uint32_t cpuids[CORTEX_M_KINDS] = {
        [CORTEX_M0] = 0x410CC200, [CORTEX_M0PLUS] = 0x410CC601, [CORTEX_M3] = 0x412FC231,
        [CORTEX_M4] = 0x410FC241, [CORTEX_M7] = 0x411FC271,     [CORTEX_M33] = 0x410FD213,
    };
    for (uint32_t kind = 0; kind < CORTEX_M_KINDS; kind++) {
        rig_open((enum cortex_m_kind)kind);
        assert_int_equal(rig_run(read_cpuid), cpuids[kind]);
        rig.soc.cpus[0].cpuid = 0x411FD210; /* of an RP2350 */
        assert_int_equal(rig_run(read_cpuid), 0x411FD210);
    }
}

/* Registers that some kinds have not. */
static void each_cpu_has_its_registers(void **state)
{
    (void)state;
    static const struct rig_step vtor[] = {{RIG_STORE, 0xE000ED08, 0x100}, {RIG_LOAD, 0xE000ED08, 0}, EXIT};
    static const struct rig_step cpacr[] = {{RIG_STORE, 0xE000ED88, 0xF00000}, {RIG_LOAD, 0xE000ED88, 0}, EXIT};
    static const struct rig_step ccr[] = {{RIG_STORE, 0xE000ED14, 0x210}, {RIG_LOAD, 0xE000ED14, 0}, EXIT};
    static const struct rig_step read_ccr[] = {{RIG_LOAD, 0xE000ED14, 0}, EXIT};
    rig_open(CORTEX_M0);
    rig_expect(vtor, "write of 0xd08 of the system control space, which is not modelled");
    assert_int_equal(rig_run(read_ccr), 0x208);
    rig_open(CORTEX_M0PLUS);
    assert_int_equal(rig_run(vtor), 0x100);
    rig_expect(cpacr, "write of 0xd88 of the system control space, which is not modelled");
    rig_expect(ccr, "write of CCR, which is constant in this CPU");
    rig_open(CORTEX_M3);
    assert_int_equal(rig_run(ccr), 0x210);
    rig_expect(cpacr, "write of 0xd88 of the system control space, which is not modelled");
    rig_open(CORTEX_M4);
    assert_int_equal(rig_run(cpacr), 0xF00000);
}

static void raise(struct rig_model *model, uint32_t value)
{
    (void)model;
    model_irq(&rig.bus, value);
}

/* As many interrupts as the chip has, no more. */
static void interrupts_are_those_of_the_chip(void **state)
{
    (void)state;
    static const struct rig_step enable_26[] = {{RIG_STORE, ISER, 1u << 25}, {RIG_LOAD, ISER, 0}, EXIT};
    static const struct rig_step enable_27[] = {{RIG_STORE, ISER, 1u << 26}, EXIT};
    static const struct rig_step second_word[] = {{RIG_STORE, ISER + 4, 1}, EXIT};
    static const struct rig_step raise_25[] = {{RIG_STORE, ACT, 25}, {RIG_LOAD, ISPR, 0}, EXIT};
    static const struct rig_step raise_26[] = {{RIG_STORE, ACT, 26}, EXIT};
    static const struct rig_step wake[] = {
        {RIG_STORE, ISER, 8}, {RIG_STORE, ACT, 3}, {RIG_SLEEP, 0, 0}, {RIG_LOAD, ISPR, 0}, EXIT};
    rig_open(CORTEX_M0);
    rig.soc.cpus[0].interrupts = 26;
    rig.models[0].act = raise;
    assert_int_equal(rig_run(enable_26), 1u << 25);
    rig_expect(enable_27, "write of 0x04000000 for interrupts from 0 on, of which this CPU has 26");
    rig_expect(second_word, "write of 0x104 of the system control space, which is not modelled");
    assert_int_equal(rig_run(raise_25), 1u << 25);
    rig_expect(raise_26, "interrupt 26 is asked for, but this CPU has 26");
    assert_int_equal(rig_run(wake), 8);
    rig_open(CORTEX_M33);
    static const struct rig_step last[] = {{RIG_STORE, ISER + 4 * 14, 1u << 31}, {RIG_LOAD, ISER + 4 * 14, 0}, EXIT};
    assert_int_equal(rig_run(last), 1u << 31);
}

static const char *boot_fault;
static struct soc_start boot_start;

static const char *boot(void *ctx, struct soc_start *start)
{
    (void)ctx;
    *start = boot_start;
    return boot_fault;
}

/* mov r0, sp; ldr r1, =MACHINE_EXIT_ADDRESS; str r0, [r1]; b . */
static const uint16_t exit_with_sp[] = {0x4668, 0x4901, 0x6008, 0xE7FE, 0xF000, 0xE00F};

static void a_board_starts_where_it_says(void **state)
{
    (void)state;
    rig_open(CORTEX_M0PLUS);
    rig.soc.cpus[0].vectors = RIG_ROM + 0x40;
    memcpy(rig.rom + 0x40, (uint32_t[]){0x20001234, 0x101}, 8);
    memcpy(rig.rom + 0x100, exit_with_sp, sizeof exit_with_sp);
    assert_int_equal(rig_run(nothing), 0x20001234);
    rig.rom[0x44] = 0;
    rig_expect(nothing, "the reset vector is not that of Thumb code");
    rig.soc.cpus[0].vectors = 0x66000000;
    rig_expect(nothing, "the vector table lies where no memory is");
    rig.soc.cpus[0].vectors = RIG_RAM + RIG_RAM_SIZE - 4;
    rig_expect(nothing, "the vector table lies where no memory is");

    rig.soc.cpus[0].boot = boot;
    boot_start = (struct soc_start){0x20002340, 0x101};
    assert_int_equal(rig_run(nothing), 0x20002340);
    boot_start.pc = 0x100;
    rig_expect(nothing, "the boot ROM starts what is not Thumb code");
    boot_fault = "the flash begins with no program whose checksum is right";
    rig_expect(nothing, boot_fault);
    boot_fault = NULL;
}

static void set_clear_and_xor_change_bits(void **state)
{
    (void)state;
    static const struct rig_step change[] = {
        {RIG_STORE, RIG_BLOCK + 4, 0xF0},         {RIG_STORE, RIG_BLOCK + SET + 4, 0x0F},
        {RIG_STORE, RIG_BLOCK + CLEAR + 4, 0x81}, {RIG_STORE, RIG_BLOCK + XOR + 4, 0x3C},
        {RIG_LOAD, RIG_BLOCK + SET + 4, 0},       EXIT,
    };
    static const struct rig_step second[] = {
        {RIG_STORE, RIG_BLOCK + 0x8000 + SET, 0x55}, {RIG_LOAD, RIG_BLOCK + 0x8000 + XOR, 0}, EXIT};
    static const struct rig_step byte[] = {{RIG_STORE_BYTE, RIG_BLOCK + SET, 1}, EXIT};
    static const struct rig_step hole[] = {{RIG_STORE, RIG_BLOCK + SET + 0x20, 1}, EXIT};
    rig_open(CORTEX_M0PLUS);
    assert_int_equal(rig_run(change), ((0xF0 | 0x0F) & ~0x81) ^ 0x3C);
    assert_int_equal(rig.models[0].reads, 0);
    assert_int_equal(rig_run(second), 0x55);
    assert_int_equal(rig.models[1].reads, 1); /* the load; the store has only peeked */
    rig_expect(byte, "write of 1 bytes to an alias of FIRST that takes words");
    rig_expect(hole, "write of 4 bytes at 0x40002020, where nothing is");
}

static void memory_lies_where_its_aliases_say(void **state)
{
    (void)state;
    static const struct rig_step data[] = {
        {RIG_STORE, 0x70000010, 0x12345678}, {RIG_LOAD, RIG_RAM + 0x1010, 0}, EXIT};
    /* Code that ran is replaced at its other place. */
    static const struct rig_step code[] = {
        {RIG_STORE, RIG_RAM + 0x1000, RETURN(1)}, {RIG_CALL, RIG_RAM + 0x1001, 0}, {RIG_CALL, 0x70000001, 0},
        {RIG_STORE, 0x70000000, RETURN(2)},       {RIG_CALL, RIG_RAM + 0x1001, 0}, EXIT};
    static const struct rig_step back[] = {
        {RIG_STORE, RIG_RAM + 0x1000, RETURN(1)}, {RIG_CALL, RIG_RAM + 0x1001, 0}, {RIG_CALL, 0x70000001, 0},
        {RIG_STORE, RIG_RAM + 0x1000, RETURN(3)}, {RIG_CALL, 0x70000001, 0},       EXIT};
    static const struct rig_step flash[] = {{RIG_STORE, 0x71000020, 0xABCD}, {RIG_LOAD, RIG_FLASH + 0x1020, 0}, EXIT};
    static const struct rig_step behind[] = {{RIG_LOAD, 0x71001000, 0}, EXIT};
    rig_open(CORTEX_M4);
    soc_add_alias(&rig.soc, &(struct soc_alias){.base = 0x70000000, .size = 0x1000, .target = RIG_RAM + 0x1000});
    soc_add_alias(&rig.soc, &(struct soc_alias){.base = 0x71000000, .size = 0x1000, .target = RIG_FLASH + 0x1000});
    assert_int_equal(rig_run(data), 0x12345678);
    assert_int_equal(rig_run(code), 2);
    assert_int_equal(rig_run(back), 3);
    assert_int_equal(rig_run(flash), 0xABCD);
    assert_int_equal(rig.stored_off, 0x1020);
    rig_expect(behind, "read of 4 bytes at 0x71001000, where nothing is");
}

/* A second place for registers, as a secure and a non-secure one. */
static void registers_lie_where_a_plain_alias_says(void **state)
{
    (void)state;
    static const struct rig_step steps[] = {
        {RIG_STORE, 0x50008004, 7}, {RIG_STORE, 0x50008004, 8}, {RIG_LOAD, RIG_BLOCK + 0x8004, 0}, EXIT};
    rig_open(CORTEX_M33);
    soc_add_alias(&rig.soc, &(struct soc_alias){.base = 0x50000000, .size = RIG_BLOCK_SIZE, .target = RIG_BLOCK});
    assert_int_equal(rig_run(steps), 8);
}

static void memories_are_for_what_their_flags_say(void **state)
{
    (void)state;
    static const struct rig_step run_ram[] = {{RIG_STORE, RIG_RAM, RETURN(5)}, {RIG_CALL, RIG_RAM + 1, 0}, EXIT};
    static const struct rig_step run_tight[] = {
        {RIG_STORE, RIG_TIGHT, RETURN(5)}, {RIG_CALL, RIG_TIGHT + 1, 0}, EXIT};
    static const struct rig_step run_rom[] = {{RIG_CALL, RIG_ROM + 1, 0}, EXIT};
    static const struct rig_step store_rom[] = {{RIG_STORE, RIG_ROM + 8, 1}, EXIT};
    rig_open(CORTEX_M4);
    assert_int_equal(rig_run(run_ram), 5);
    rig_expect(run_tight, "execution of 2 bytes at 0x10000000, which holds no code");
    memcpy(rig.rom, (uint32_t[]){RETURN(9)}, 4);
    assert_int_equal(rig_run(run_rom), 9);
    rig_expect(store_rom, "write of 4 bytes at 0x00000008, in a ROM");
}

static bool memory_is_ready(void *ctx)
{
    (void)ctx;
    return rig.models[0].values[0] == 7;
}

/* B7: some chips have no RAM until a program has chosen their supply, after each power-up. */
static void memory_waits_until_it_is_ready(void **state)
{
    (void)state;
    static const struct rig_step late[] = {
        {RIG_STORE, RIG_BLOCK, 7}, {RIG_STORE, RIG_RAM, 5}, {RIG_LOAD, RIG_RAM, 0}, EXIT};
    static const struct rig_step early_store[] = {{RIG_STORE, RIG_RAM, 5}, EXIT};
    static const struct rig_step early_load[] = {{RIG_LOAD, RIG_TIGHT, 0}, EXIT};
    static const struct rig_step early_call[] = {{RIG_CALL, RIG_RAM + 1, 0}, EXIT};
    static const struct rig_step other[] = {{RIG_STORE, RIG_BLOCK, 6}, {RIG_STORE, RIG_RAM, 5}, EXIT};
    rig_open(CORTEX_M7);
    rig.soc.memory_is_ready = memory_is_ready;
    rig.models[0].values[0] = 0;
    rig_expect(early_store, "write of 4 bytes at 0x20000000, in RAM before it is ready");
    rig_expect(early_load, "read of 4 bytes at 0x10000000, in RAM before it is ready");
    rig_expect(early_call, "execution of 2 bytes at 0x20000000, in RAM before it is ready");
    rig_expect(other, "write of 4 bytes at 0x20000000, in RAM before it is ready");
    assert_int_equal(rig_run(late), 5);
}

/* The register says where to; answers in the one before it. */
static void copy(struct rig_model *model, uint32_t value)
{
    const uint32_t code = RETURN(6);
    uint32_t back = 0;
    bool done = rig.bus.write(rig.bus.ctx, value, &code, 4);
    done = done && rig.bus.read(rig.bus.ctx, value, &back, 4) && back == code;
    model->values[RIG_REGISTERS - 2] = done;
    model->values[RIG_REGISTERS - 3] = rig.bus.write(rig.bus.ctx, value, NULL, 4);
}

static void dma_reaches_what_it_may(void **state)
{
    (void)state;
    static const struct {
        uint32_t address;
        bool reached;
    } places[] = {
        {RIG_RAM, true},
        {RIG_RAM + RIG_RAM_SIZE - 4, true},
        {RIG_RAM + RIG_RAM_SIZE - 3, false},
        {RIG_TIGHT, false},
        {RIG_ROM, false},
        {RIG_FLASH, false},
        {RIG_BLOCK, false},
        {0xFFFFFFFF, false},
    };
    static const struct rig_step code[] = {{RIG_STORE, RIG_RAM, RETURN(1)},
                                           {RIG_CALL, RIG_RAM + 1, 0},
                                           {RIG_STORE, ACT, RIG_RAM},
                                           {RIG_CALL, RIG_RAM + 1, 0},
                                           EXIT};
    rig_open(CORTEX_M4);
    rig.models[0].act = copy;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const struct rig_step steps[] = {{RIG_STORE, ACT, places[i].address}, {RIG_LOAD, ACT - 4, 0}, EXIT};
        assert_int_equal(rig_run(steps), places[i].reached);
        assert_int_equal(rig.models[0].values[RIG_REGISTERS - 3], places[i].reached);
    }
    assert_int_equal(rig_run(code), 6); /* what ran before is forgotten */
}

static void start_cpu(struct rig_model *model, uint32_t value)
{
    (void)model;
    soc_start_cpu(&rig.soc, value);
}

static void a_second_cpu_stays_off(void **state)
{
    (void)state;
    static const struct rig_step first[] = {{RIG_STORE, ACT, 1}, EXIT};
    static const struct rig_step second[] = {{RIG_STORE, ACT, 2}, EXIT};
    rig_open(CORTEX_M7);
    soc_add_cpu(&rig.soc, &(struct soc_cpu){.kind = CORTEX_M4, .interrupts = 150});
    assert_int_equal(rig_run(read_cpuid), 0x411FC271);
    rig.models[0].act = start_cpu;
    rig_expect(first, "the program starts CPU 1, a cortex-m4, which stays off on this machine");
    rig_expect(second, "the program starts CPU 2, which this chip has not");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cpu_says_what_it_is),
        cmocka_unit_test(each_cpu_has_its_registers),
        cmocka_unit_test(interrupts_are_those_of_the_chip),
        cmocka_unit_test(a_board_starts_where_it_says),
        cmocka_unit_test(set_clear_and_xor_change_bits),
        cmocka_unit_test(memory_lies_where_its_aliases_say),
        cmocka_unit_test(registers_lie_where_a_plain_alias_says),
        cmocka_unit_test(memories_are_for_what_their_flags_say),
        cmocka_unit_test(memory_waits_until_it_is_ready),
        cmocka_unit_test(dma_reaches_what_it_may),
        cmocka_unit_test(a_second_cpu_stays_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
