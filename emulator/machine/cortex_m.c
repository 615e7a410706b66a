/* Registers of the system control space: Armv7-M Architecture Reference Manual, B3.2 and B3.4. */
#include "emulator/machine/cortex_m.h"

enum {
    ISER = 0x100,
    ICER = 0x180,
    ISPR = 0x200,
    ICPR = 0x280,
    CPUID = 0xD00,
    VTOR = 0xD08,
    AIRCR = 0xD0C,
    SCR = 0xD10,
    CCR = 0xD14,
    CPACR = 0xD88,
};

static const uint32_t AIRCR_KEY = 0x05FA;
static const uint32_t AIRCR_SYSRESETREQ = 1u << 2;
static const uint32_t CPUID_CORTEX_M4 = 0x410FC241;

static bool core_has(uint32_t off)
{
    return off == VTOR || off == SCR || off == CCR || off == CPACR;
}

/* Of a register that keeps what is written. */
static uint32_t *core_register(struct cortex_m *core, uint32_t off)
{
    switch (off) {
    case VTOR:
        return &core->vtor;
    case SCR:
        return &core->scr;
    case CCR:
        return &core->ccr;
    default:
        return &core->cpacr;
    }
}

/* The word of a bank of one bit an interrupt that off addresses, or -1. */
static int core_word(uint32_t off, uint32_t bank)
{
    uint32_t word = (off - bank) / 4;
    return off >= bank && word < CORTEX_M_INTERRUPTS / 32 ? (int)word : -1;
}

static uint32_t core_read(void *ctx, uint32_t off, uint32_t size)
{
    struct cortex_m *core = ctx;
    if (size != 4) {
        model_violation(core->report, "read of %u bytes at 0x%03x of the system control space", size, off);
    } else if (core_has(off)) {
        return *core_register(core, off);
    } else if (off == CPUID) {
        return CPUID_CORTEX_M4;
    } else if (off == AIRCR) {
        return 0xFA050000;
    } else if (core_word(off, ISER) >= 0) {
        return core->enabled[core_word(off, ISER)];
    } else if (core_word(off, ISPR) >= 0) {
        return core->pending[core_word(off, ISPR)];
    } else {
        model_violation(core->report, "read of 0x%03x of the system control space, which is not modelled", off);
    }
    return 0;
}

static void core_write_aircr(struct cortex_m *core, uint32_t value)
{
    if (value >> 16 != AIRCR_KEY) {
        model_violation(core->report, "write of AIRCR without its key");
    } else if (value & AIRCR_SYSRESETREQ) {
        core->reset_requested = true;
    }
}

static void core_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct cortex_m *core = ctx;
    if (size != 4) {
        model_violation(core->report, "write of %u bytes at 0x%03x of the system control space", size, off);
    } else if (core_has(off)) {
        *core_register(core, off) = value;
    } else if (off == AIRCR) {
        core_write_aircr(core, value);
    } else if (core_word(off, ISER) >= 0) {
        core->enabled[core_word(off, ISER)] |= value;
    } else if (core_word(off, ICER) >= 0) {
        core->enabled[core_word(off, ICER)] &= ~value;
    } else if (core_word(off, ISPR) >= 0) {
        core->pending[core_word(off, ISPR)] |= value;
    } else if (core_word(off, ICPR) >= 0) {
        core->pending[core_word(off, ICPR)] &= ~value;
    } else {
        model_violation(core->report, "write of 0x%03x of the system control space, which is not modelled", off);
    }
}

void cortex_m_reset(struct cortex_m *core, const struct model_report *report)
{
    *core = (struct cortex_m){
        .model = {.name = "the system control space",
                  .base = 0xE000E000,
                  .size = 0x1000,
                  .read = core_read,
                  .write = core_write,
                  .interrupt_number = -1,
                  .ctx = core},
        .report = report,
        .ccr = 0x200,
    };
}

void cortex_m_pend(struct cortex_m *core, int number)
{
    core->pending[number / 32] |= 1u << (number % 32);
}

bool cortex_m_any_enabled(const struct cortex_m *core)
{
    return core->enabled[0] != 0 || core->enabled[1] != 0 || core->enabled[2] != 0;
}

bool cortex_m_any_pending(const struct cortex_m *core)
{
    for (uint32_t i = 0; i < CORTEX_M_INTERRUPTS / 32; i++) {
        if (core->enabled[i] & core->pending[i]) {
            return true;
        }
    }
    return false;
}
