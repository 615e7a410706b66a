/*
 * Registers of the system control space: Armv7-M Architecture Reference Manual, B3.2 and B3.4; Armv6-M, B3.2 and B3.4,
 * which has fewer of them; Armv8-M, D1.2.
 */
#include "emulator/model/cortex_m.h"

#include <string.h>

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

    CCR_STKALIGN = 1 << 9,
    CCR_UNALIGN_TRP = 1 << 3,
};

static const uint32_t AIRCR_KEY = 0x05FA;
static const uint32_t AIRCR_SYSRESETREQ = 1u << 2;

/*
 * CPUID and the number of interrupts: the technical reference manuals of the Cortex-M0 (DDI 0432C, r0p0), M0+
 * (DDI 0484C, r0p1), M3 (DDI 0337I, r2p1), M4 (DDI 0439D, r0p1), M7 (DDI 0489D, r1p1) and M33 (100230, r0p3), in the
 * chapters on system control and on the NVIC. The M0+ may have VTOR: of the chips with one, all do. CCR of Armv6-M is
 * constant (B3.2.8).
 */
const struct cortex_m_facts cortex_m_facts[CORTEX_M_KINDS] = {
    [CORTEX_M0] = {"cortex-m0", 0x410CC200, 32, false, false, CCR_STKALIGN | CCR_UNALIGN_TRP, true},
    [CORTEX_M0PLUS] = {"cortex-m0plus", 0x410CC601, 32, true, false, CCR_STKALIGN | CCR_UNALIGN_TRP, true},
    [CORTEX_M3] = {"cortex-m3", 0x412FC231, 240, true, false, CCR_STKALIGN, false},
    [CORTEX_M4] = {"cortex-m4", 0x410FC241, 240, true, true, CCR_STKALIGN, false},
    [CORTEX_M7] = {"cortex-m7", 0x411FC271, 240, true, true, CCR_STKALIGN, false},
    [CORTEX_M33] = {"cortex-m33", 0x410FD213, 480, true, true, CCR_STKALIGN, false},
};

/* A register that keeps what is written, or NULL. */
static uint32_t *core_register(struct cortex_m *core, uint32_t off)
{
    const struct cortex_m_facts *facts = &cortex_m_facts[core->kind];
    switch (off) {
    case VTOR:
        return facts->has_vtor ? &core->vtor : NULL;
    case SCR:
        return &core->scr;
    case CCR:
        return &core->ccr;
    case CPACR:
        return facts->has_cpacr ? &core->cpacr : NULL;
    default:
        return NULL;
    }
}

static uint32_t words(const struct cortex_m *core)
{
    return (core->interrupts + 31) / 32;
}

/* The word of a bank of one bit an interrupt that off addresses, or -1. */
static int core_word(const struct cortex_m *core, uint32_t off, uint32_t bank)
{
    uint32_t word = (off - bank) / 4;
    return off >= bank && off % 4 == 0 && word < words(core) ? (int)word : -1;
}

static uint32_t core_read(void *ctx, uint32_t off, uint32_t size)
{
    struct cortex_m *core = ctx;
    const uint32_t *found = core_register(core, off);
    if (size != 4) {
        model_violation(core->bus, "read of %u bytes at 0x%03x of the system control space", size, off);
    } else if (found != NULL) {
        return *found;
    } else if (off == CPUID) {
        return core->cpuid;
    } else if (off == AIRCR) {
        return 0xFA050000;
    } else if (core_word(core, off, ISER) >= 0) {
        return core->enabled[core_word(core, off, ISER)];
    } else if (core_word(core, off, ISPR) >= 0) {
        return core->pending[core_word(core, off, ISPR)];
    } else {
        model_violation(core->bus, "read of 0x%03x of the system control space, which is not modelled", off);
    }
    return 0;
}

static void core_write_aircr(struct cortex_m *core, uint32_t value)
{
    if (value >> 16 != AIRCR_KEY) {
        model_violation(core->bus, "write of AIRCR without its key");
    } else if (value & AIRCR_SYSRESETREQ) {
        core->reset_requested = true;
    }
}

/* Bits of interrupts that the CPU has not are reported: the program means another chip. */
static void core_write_bank(struct cortex_m *core, uint32_t *word, uint32_t first, uint32_t value, bool sets)
{
    uint32_t there = core->interrupts - first;
    uint32_t known = there >= 32 ? UINT32_MAX : (1u << there) - 1;
    if (value & ~known) {
        model_violation(core->bus, "write of 0x%08x for interrupts from %u on, of which this CPU has %u", value,
                        first, there);
    }
    *word = sets ? *word | (value & known) : *word & ~value;
}

static bool core_write_interrupts(struct cortex_m *core, uint32_t off, uint32_t value)
{
    const struct {
        uint32_t bank;
        uint32_t *bits;
        bool sets;
    } banks[] = {{ISER, core->enabled, true},
                 {ICER, core->enabled, false},
                 {ISPR, core->pending, true},
                 {ICPR, core->pending, false}};
    for (size_t i = 0; i < sizeof banks / sizeof banks[0]; i++) {
        int word = core_word(core, off, banks[i].bank);
        if (word >= 0) {
            core_write_bank(core, &banks[i].bits[word], 32u * (uint32_t)word, value, banks[i].sets);
            return true;
        }
    }
    return false;
}

static void core_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct cortex_m *core = ctx;
    uint32_t *found = core_register(core, off);
    if (size != 4) {
        model_violation(core->bus, "write of %u bytes at 0x%03x of the system control space", size, off);
    } else if (off == CCR && cortex_m_facts[core->kind].ccr_is_fixed) {
        model_violation(core->bus, "write of CCR, which is constant in this CPU");
    } else if (found != NULL) {
        *found = value;
    } else if (off == AIRCR) {
        core_write_aircr(core, value);
    } else if (!core_write_interrupts(core, off, value)) {
        model_violation(core->bus, "write of 0x%03x of the system control space, which is not modelled", off);
    }
}

void cortex_m_open(struct cortex_m *core, enum cortex_m_kind kind, uint32_t cpuid, uint32_t interrupts,
                   const struct model_bus *bus)
{
    *core = (struct cortex_m){
        .model = {.name = "the system control space",
                  .base = 0xE000E000,
                  .size = 0x1000,
                  .read = core_read,
                  .write = core_write,
                  .ctx = core},
        .bus = bus,
        .kind = kind,
        .cpuid = cpuid != 0 ? cpuid : cortex_m_facts[kind].cpuid,
        .interrupts = interrupts,
    };
    cortex_m_reset(core);
}

void cortex_m_reset(struct cortex_m *core)
{
    memset(core->enabled, 0, sizeof core->enabled);
    memset(core->pending, 0, sizeof core->pending);
    core->vtor = 0;
    core->scr = 0;
    core->ccr = cortex_m_facts[core->kind].ccr;
    core->cpacr = 0;
    core->reset_requested = false;
}

void cortex_m_pend(struct cortex_m *core, uint32_t number)
{
    if (number >= core->interrupts) {
        model_violation(core->bus, "interrupt %u is asked for, but this CPU has %u", number, core->interrupts);
        return;
    }
    core->pending[number / 32] |= 1u << (number % 32);
}

bool cortex_m_any_enabled(const struct cortex_m *core)
{
    uint32_t any = 0;
    for (uint32_t i = 0; i < words(core); i++) {
        any |= core->enabled[i];
    }
    return any != 0;
}

bool cortex_m_any_pending(const struct cortex_m *core)
{
    uint32_t any = 0;
    for (uint32_t i = 0; i < words(core); i++) {
        any |= core->enabled[i] & core->pending[i];
    }
    return any != 0;
}
