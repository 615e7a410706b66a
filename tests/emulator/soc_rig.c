#include "soc_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/host/host.h"

/*
 * For an Armv6-M, so for every kind of CPU. It takes steps of three words, r0 to r2, from where r4 points to; r5 is
 * the result:
 *
 *     ldr r4, =steps
 * loop: ldmia r4!, {r0, r1, r2}
 *     cmp r0, #1; bcc store; beq load
 *     cmp r0, #3; bcc call; beq store_byte
 *     cmp r0, #5; bcc sleep
 *     str r5, [r1]; b .
 * store: str r2, [r1]; b loop
 * load: ldr r5, [r1]; b loop
 * call: blx r1; mov r5, r0; b loop
 * store_byte: strb r2, [r1]; b loop
 * sleep: cpsid i; wfi; isb; b loop
 */
static const uint16_t program[] = {
    0x4C0C, 0xCC07, 0x2801, 0xD307, 0xD008, 0x2803, 0xD308, 0xD00A, 0x2805, 0xD30A, 0x600D, 0xE7FE, 0x600A,
    0xE7F2, 0x680D, 0xE7F0, 0x4788, 0x4605, 0xE7ED, 0x700A, 0xE7EB, 0xB672, 0xBF30, 0xF3BF, 0x8F6F, 0xE7E6,
};

enum {
    PROGRAM_OFF = 0x100,
    STEPS_OFF = 0x800,
    STEPS_MAX = 64,
};

const char host_program[] = "soc_rig";

struct rig rig;

static uint32_t model_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rig_model *model = ctx;
    (void)size;
    model->reads += off == 0;
    return model->values[off / 4];
}

static uint32_t model_peek(void *ctx, uint32_t off)
{
    const struct rig_model *model = ctx;
    return model->values[off / 4];
}

static void model_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rig_model *model = ctx;
    (void)size;
    model->values[off / 4] = value;
    if (off / 4 == RIG_REGISTERS - 1 && model->act != NULL) {
        model->act(model, value);
    }
}

static void flash_store(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    (void)ctx;
    rig.stored_off = off;
    memcpy(rig.flash_bytes + off, &value, size);
}

static bool flash_guarded(void *ctx)
{
    (void)ctx;
    return false;
}

static void put_word(uint8_t *at, uint32_t word)
{
    memcpy(at, &word, sizeof word);
}

static void rig_reset(void *ctx)
{
    (void)ctx;
    memset(rig.flash_bytes, 0xFF, sizeof rig.flash_bytes);
    put_word(rig.flash_bytes, RIG_RAM + RIG_RAM_SIZE);
    put_word(rig.flash_bytes + 4, (RIG_FLASH + PROGRAM_OFF) | 1);
    memcpy(rig.flash_bytes + PROGRAM_OFF, program, sizeof program);
    put_word(rig.flash_bytes + PROGRAM_OFF + sizeof program, RIG_FLASH + STEPS_OFF);
    uint32_t count = 0;
    do {
        memcpy(rig.flash_bytes + STEPS_OFF + count * sizeof rig.steps[0], &rig.steps[count], sizeof rig.steps[0]);
    } while (rig.steps[count++].action != RIG_EXIT && count < STEPS_MAX);
}

static void rig_idle(void *ctx, uint32_t timeout_ms)
{
    (void)ctx;
    (void)timeout_ms;
}

static void open_models(void)
{
    static const char *const names[] = {"FIRST", "SECOND"};
    for (uint32_t i = 0; i < 2; i++) {
        rig.models[i].model = (struct model){.name = names[i],
                                             .base = RIG_BLOCK + 0x8000 * i,
                                             .size = 4 * RIG_REGISTERS,
                                             .read = model_read,
                                             .peek = model_peek,
                                             .write = model_write,
                                             .ctx = &rig.models[i]};
        soc_add_model(&rig.soc, &rig.models[i].model);
    }
    for (uint32_t i = 1; i <= 3; i++) {
        static const enum soc_alias_kind kinds[] = {[1] = SOC_ALIAS_XOR, [2] = SOC_ALIAS_SET, [3] = SOC_ALIAS_CLEAR};
        soc_add_alias(&rig.soc, &(struct soc_alias){.base = RIG_BLOCK + 0x1000 * i,
                                                    .size = RIG_BLOCK_SIZE,
                                                    .target = RIG_BLOCK,
                                                    .kind = kinds[i]});
    }
}

void rig_open(enum cortex_m_kind kind)
{
    memset(&rig, 0, sizeof rig);
    rig.clock_hz = 16000000;
    rig.soc =
        (struct soc){.name = "RIG", .clock_hz = &rig.clock_hz, .bus = &rig.bus, .reset = rig_reset, .idle = rig_idle};
    rig.flash = (struct model_window){.base = RIG_FLASH,
                                      .size = RIG_FLASH_SIZE,
                                      .bytes = rig.flash_bytes,
                                      .erases = &rig.erases,
                                      .store = flash_store,
                                      .guarded = flash_guarded};
    uint32_t interrupts = kind < CORTEX_M_KINDS ? cortex_m_facts[kind].interrupts_max : 1;
    soc_add_cpu(&rig.soc, &(struct soc_cpu){.kind = kind, .interrupts = interrupts, .vectors = RIG_FLASH});
    soc_add_window(&rig.soc, &rig.flash);
    soc_add_memory(&rig.soc, &(struct soc_memory){RIG_RAM, RIG_RAM_SIZE, SOC_EXECUTE | SOC_DMA, NULL});
    soc_add_memory(&rig.soc, &(struct soc_memory){RIG_TIGHT, RIG_TIGHT_SIZE, 0, NULL});
    soc_add_memory(&rig.soc, &(struct soc_memory){RIG_ROM, RIG_ROM_SIZE, SOC_EXECUTE, rig.rom});
    open_models();
}

static int64_t run(struct machine *machine)
{
    machine_allow_exit(machine);
    enum machine_end end = machine_run(machine);
    snprintf(rig.fault, sizeof rig.fault, "%s", end == MACHINE_EXIT ? "" : machine_fault(machine));
    return end == MACHINE_EXIT ? (int64_t)machine_exit_status(machine) : -1;
}

int64_t rig_run(const struct rig_step *steps)
{
    struct machine *machine;
    rig.steps = steps;
    const char *fault = machine_open(&machine, &rig.soc, NULL);
    if (fault != NULL) {
        assert_null(machine);
        snprintf(rig.fault, sizeof rig.fault, "%s", fault);
        return -1;
    }
    int64_t result = run(machine);
    machine_close(machine);
    return result;
}

void rig_expect(const struct rig_step *steps, const char *fault)
{
    int64_t result = rig_run(steps);
    if (result != -1 || strstr(rig.fault, fault) == NULL) {
        fail_msg("not \"%s\" but %lld, \"%s\"", fault, (long long)result, rig.fault);
    }
}
