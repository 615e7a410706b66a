#include "emulator/model/cortex_m7_model.h"

#include <string.h>

enum {
    CCSIDR = 0x0, /* the models' offsets */
    CSSELR = 0x4,
    MPU_TYPE = 0x0,
    MPU_CTRL = 0x4,
    MPU_RNR = 0x8,
    MPU_RBAR = 0xC,
    MPU_RASR = 0x10,
    ICIALLU = 0x00,
    DCIMVAC = 0x0C,
    DCISW = 0x10,
    DCCIMVAC = 0x20,
    DCCISW = 0x24,

    CODE_WAYS = 2,

    CCR_RESET = 0x200,
    CCR_DC = 1 << 16,
    CCR_IC = 1 << 17,
    MPU_ENABLE = 1,
    MPU_PRIVDEFENA = 4,
    RASR_ENABLE = 1,
    ALL_WAYS = (1 << CORTEX_M7_WAYS) - 1,
};

static struct cortex_m7_model *check(void *ctx, uint32_t size, const char *what)
{
    struct cortex_m7_model *m7 = ctx;
    if (size != 4) {
        model_violation(m7->bus, "access of %u bytes to %s", size, what);
        return NULL;
    }
    return m7;
}

/* CCR */

static uint32_t ccr_read(void *ctx, uint32_t off, uint32_t size)
{
    (void)off;
    struct cortex_m7_model *m7 = check(ctx, size, "CCR");
    return m7 != NULL ? m7->ccr : 0;
}

static void ccr_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    (void)off;
    struct cortex_m7_model *m7 = check(ctx, size, "CCR");
    if (m7 == NULL) {
        return;
    }
    uint32_t on = value & ~m7->ccr;
    if ((on & CCR_DC) && !m7->data_emptied) {
        model_violation(m7->bus, "the data cache is turned on with what it held at power-up");
    }
    if ((on & CCR_IC) && !m7->code_emptied) {
        model_violation(m7->bus, "the instruction cache is turned on with what it held at power-up");
    }
    if (m7->ccr & ~value & CCR_DC) {
        model_violation(m7->bus, "the data cache is turned off, which this model does not follow");
    }
    m7->ccr = value;
    m7->data_used = m7->data_used || (value & CCR_DC);
    m7->code_used = m7->code_used || (value & CCR_IC);
}

/* CCSIDR, CSSELR */

static uint32_t size_read(void *ctx, uint32_t off, uint32_t size)
{
    struct cortex_m7_model *m7 = check(ctx, size, "CCSIDR");
    if (m7 == NULL || off == CSSELR) {
        return m7 != NULL ? m7->cache : 0;
    }
    /* The instruction cache has 2 ways; lines are of 2^(1+4) bytes in both. */
    uint32_t ways = m7->cache ? CODE_WAYS : CORTEX_M7_WAYS;
    uint32_t sets = m7->cache ? 2 * m7->sets : m7->sets;
    return 0xE0000000 | (sets - 1) << 13 | (ways - 1) << 3 | 1;
}

static void size_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct cortex_m7_model *m7 = check(ctx, size, "CSSELR");
    if (m7 == NULL) {
        return;
    }
    if (off != CSSELR || value > 1) {
        model_violation(m7->bus, "write of 0x%x to what tells of caches", value);
        return;
    }
    m7->cache = value;
}

/* MPU */

static uint32_t mpu_read(void *ctx, uint32_t off, uint32_t size)
{
    struct cortex_m7_model *m7 = check(ctx, size, "the MPU");
    if (m7 == NULL) {
        return 0;
    }
    const uint32_t values[] = {CORTEX_M7_REGIONS << 8, m7->control, m7->region, m7->bases[m7->region],
                               m7->attributes[m7->region]};
    return values[off / 4];
}

static void mpu_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct cortex_m7_model *m7 = check(ctx, size, "the MPU");
    if (m7 == NULL) {
        return;
    }
    if (off == MPU_CTRL) {
        if ((value & MPU_ENABLE) && !(value & MPU_PRIVDEFENA)) {
            model_violation(m7->bus, "the MPU is turned on without the default map");
        }
        m7->control = value;
    } else if (off == MPU_RNR && value < CORTEX_M7_REGIONS) {
        m7->region = value;
    } else if (off == MPU_RBAR && !(value & 0x10)) {
        m7->bases[m7->region] = value;
    } else if (off == MPU_RASR) {
        m7->attributes[m7->region] = value;
    } else {
        model_violation(m7->bus, "write of 0x%x to the MPU at 0x%02x", value, off);
    }
    m7->was_readable = m7->was_readable || cortex_m7_model_may_read(m7, m7->base);
}

/* The highest region that holds the address decides; access is bits 26:24, 0 for none. */
bool cortex_m7_model_may_read(const struct cortex_m7_model *m7, uint32_t address)
{
    for (int i = CORTEX_M7_REGIONS - 1; i >= 0 && (m7->control & MPU_ENABLE); i--) {
        uint32_t attributes = m7->attributes[i];
        uint32_t bytes_log2 = (attributes >> 1 & 0x1F) + 1;
        bool inside = ((uint64_t)(address ^ m7->bases[i]) >> bytes_log2) == 0;
        if ((attributes & RASR_ENABLE) && inside) {
            return (attributes >> 24 & 7) != 0;
        }
    }
    return true;
}

/* Caches */

static bool line_is_stale(const struct cortex_m7_model *m7, uint32_t line)
{
    return (m7->stale[line / 32] >> line % 32 & 1) != 0;
}

static void line_fresh(struct cortex_m7_model *m7, uint32_t line)
{
    m7->stale_count -= line_is_stale(m7, line);
    m7->stale[line / 32] &= ~(1u << line % 32);
}

static void invalidate_line(struct cortex_m7_model *m7, uint32_t address, bool cleans)
{
    l1_model_drop(&m7->data, address);
    if (address - m7->base < m7->size) {
        line_fresh(m7, (address - m7->base) / CORTEX_M7_LINE_SIZE);
    } else if (!cleans) {
        model_violation(m7->bus, "invalidation of the line at 0x%08x, which loses what RAM is to hold", address);
    }
}

static void invalidate_set(struct cortex_m7_model *m7, uint32_t value)
{
    uint32_t set = value >> 5 & (m7->sets - 1);
    m7->ways[set] |= (uint8_t)(1u << (value >> 30));
    for (uint32_t line = set; m7->ways[set] == ALL_WAYS && line < m7->size / CORTEX_M7_LINE_SIZE; line += m7->sets) {
        line_fresh(m7, line);
    }
    bool all = true;
    for (uint32_t i = 0; i < m7->sets; i++) {
        all = all && m7->ways[i] == ALL_WAYS;
    }
    if (all) {
        l1_model_drop_all(&m7->data);
        m7->data_emptied = true;
        m7->data_used = (m7->ccr & CCR_DC) != 0;
    }
}

static void cache_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct cortex_m7_model *m7 = check(ctx, size, "the caches");
    if (m7 == NULL) {
        return;
    }
    if (off == ICIALLU) {
        l1_model_drop_all(&m7->code);
        m7->code_emptied = true;
        m7->stale_code_end = 0;
        m7->code_used = (m7->ccr & CCR_IC) != 0;
    } else if (off == DCIMVAC || off == DCCIMVAC) {
        invalidate_line(m7, value, off == DCCIMVAC);
    } else if (off == DCISW && (m7->ccr & CCR_DC)) {
        model_violation(m7->bus, "invalidation by set and way, which loses what RAM is to hold");
    } else if (off == DCISW || off == DCCISW) {
        invalidate_set(m7, value);
    } else {
        model_violation(m7->bus, "cache operation 0x%02x, which is not modelled", off);
    }
}

static uint32_t cache_read(void *ctx, uint32_t off, uint32_t size)
{
    (void)size;
    const struct cortex_m7_model *m7 = ctx;
    model_violation(m7->bus, "read of cache operation 0x%02x, which can only be written", off);
    return 0;
}

void cortex_m7_model_change(struct cortex_m7_model *m7, uint32_t off, uint32_t size)
{
    memset(m7->ways, 0, sizeof m7->ways);
    if (m7->code_used) {
        m7->stale_code_off = m7->stale_code_end == 0 || off < m7->stale_code_off ? off : m7->stale_code_off;
        m7->stale_code_end = off + size > m7->stale_code_end ? off + size : m7->stale_code_end;
    }
    for (uint32_t line = off / CORTEX_M7_LINE_SIZE; m7->data_used && line * CORTEX_M7_LINE_SIZE < off + size;
         line++) {
        m7->stale_count += !line_is_stale(m7, line);
        m7->stale[line / 32] |= 1u << line % 32;
    }
}

bool cortex_m7_model_is_stale(const struct cortex_m7_model *m7)
{
    return m7->stale_count != 0 || m7->stale_code_end != 0;
}

bool cortex_m7_model_sees_stale(const struct cortex_m7_model *m7, uint32_t off, uint32_t size,
                                enum model_access access)
{
    if (access == MODEL_FETCH) {
        return off < m7->stale_code_end && off + size > m7->stale_code_off;
    }
    return line_is_stale(m7, off / CORTEX_M7_LINE_SIZE) || line_is_stale(m7, (off + size - 1) / CORTEX_M7_LINE_SIZE);
}

bool cortex_m7_model_read(struct cortex_m7_model *m7, uint32_t address, enum model_access access)
{
    bool is_on = (m7->ccr & (access == MODEL_FETCH ? CCR_IC : CCR_DC)) != 0;
    return is_on && l1_model_read(access == MODEL_FETCH ? &m7->code : &m7->data, address);
}

bool cortex_m7_model_open(struct cortex_m7_model *m7, uint32_t cache_kib, uint32_t base, uint32_t size,
                          const struct model_bus *bus)
{
    const struct model models[CORTEX_M7_MODELS] = {
        {.name = "CCR", .base = 0xE000ED14, .size = 4, .read = ccr_read, .write = ccr_write},
        {.name = "CCSIDR", .base = 0xE000ED80, .size = 8, .read = size_read, .write = size_write},
        {.name = "MPU", .base = 0xE000ED90, .size = 0x14, .read = mpu_read, .write = mpu_write},
        {.name = "the caches", .base = 0xE000EF50, .size = 0x28, .read = cache_read, .write = cache_write},
    };
    *m7 = (struct cortex_m7_model){
        .bus = bus, .base = base, .size = size, .sets = cache_kib * 1024 / CORTEX_M7_LINE_SIZE / CORTEX_M7_WAYS};
    for (int i = 0; i < CORTEX_M7_MODELS; i++) {
        m7->models[i] = models[i];
        m7->models[i].ctx = m7;
    }
    cortex_m7_model_reset(m7);
    return true;
}

void cortex_m7_model_reset(struct cortex_m7_model *m7)
{
    m7->ccr = CCR_RESET;
    m7->cache = 0;
    m7->control = 0;
    m7->region = 0;
    memset(m7->bases, 0, sizeof m7->bases);
    memset(m7->attributes, 0, sizeof m7->attributes);
    memset(m7->ways, 0, sizeof m7->ways);
    memset(m7->stale, 0, m7->size / CORTEX_M7_LINE_SIZE / 8);
    m7->stale_count = 0;
    m7->stale_code_end = 0;
    m7->was_readable = true;
    m7->data_used = false;
    m7->code_used = false;
    m7->data_emptied = false;
    m7->code_emptied = false;
    l1_model_open(&m7->data, CORTEX_M7_WAYS, m7->sets);
    l1_model_open(&m7->code, CODE_WAYS, 2 * m7->sets);
}
