#include "chips/alif/model/mram_model.h"

#include <string.h>

enum {
    WORD = 4,
    BLOCK = 4096,
    BLOCKS = 1408, /* 5.5 MiB */
    LINE = 32,     /* of the data cache */
};

static const uint32_t MRAM = 0x80000000;
/* Nobody says how long a write takes. This is our assumption, and figures of time rest on it. */
static const uint64_t WRITE_NS = 1000;

static bool granule_is_bad(const struct mram_model *mram, uint32_t off)
{
    return (mram->cells->units[off / MRAM_MODEL_GRANULE] & CELLS_UNIT_BAD) != 0;
}

/* What is wrong with a store, or NULL. */
static const char *store_fault(const struct mram_model *mram, uint32_t off, uint32_t size)
{
    if (size != WORD || off % WORD != 0) {
        return "which is no half of 64 bits";
    }
    if (armv8m_model_access(mram->armv8m, MRAM + off) != ARMV8M_READ_WRITE) {
        return "which the MPU makes read-only";
    }
    if (off < mram->first_off || off >= mram->end_off) {
        return "outside of what may be written: boot loader, firmware or table of contents";
    }
    if (mram->granule_size != 0 && off != mram->granule_off + mram->granule_size) {
        return "while a granule is half written";
    }
    if (mram->granule_size == 0 && off % MRAM_MODEL_GRANULE != 0) {
        return "which is not where a granule begins";
    }
    return mram->is_dirty ? "while the granule before it may still be in the data cache" : NULL;
}

static void granule_write(struct mram_model *mram)
{
    bool was_bad = granule_is_bad(mram, mram->granule_off);
    const struct mprom_flash *flash = &mram->cells->flash;
    (void)flash->ops->program(flash, mram->granule_off, mram->granule, MRAM_MODEL_GRANULE);
    bool is_bad = granule_is_bad(mram, mram->granule_off);
    mram->bad_count = mram->bad_count + is_bad - was_bad;
    mram->granule_size = 0;
    mram->is_dirty = true;
    mram->stall_ns = WRITE_NS;
    *mram->worked_ns += WRITE_NS;
}

static void window_store(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct mram_model *mram = ctx;
    const char *fault = store_fault(mram, off, size);
    mram->stall_ns = 0;
    if (fault != NULL) {
        model_violation(mram->bus, "store of %u bytes to MRAM at 0x%08x, %s", size, MRAM + off, fault);
        return;
    }
    if (mram->granule_size == 0) {
        mram->granule_off = off;
    }
    memcpy(mram->granule + mram->granule_size, &value, WORD);
    mram->granule_size += WORD;
    if (mram->granule_size == MRAM_MODEL_GRANULE) {
        granule_write(mram);
    }
}

static uint64_t window_store_ns(void *ctx)
{
    const struct mram_model *mram = ctx;
    return mram->stall_ns;
}

/* While nothing is written, only what cannot be read and what the MPU closes to readers is of interest. */
static bool window_guarded(void *ctx)
{
    const struct mram_model *mram = ctx;
    return mram->granule_size != 0 || mram->is_dirty || mram->bad_count != 0;
}

static const char *access_fault(struct mram_model *mram, uint32_t off, uint32_t size, enum model_access access)
{
    if (mram->granule_size != 0) {
        return "while a granule is half written";
    }
    if (mram->is_dirty && access == MODEL_FETCH) {
        return "while MRAM is open for writing, which silicon of revision A does not bear";
    }
    for (uint32_t at = off & ~(MRAM_MODEL_GRANULE - 1u); mram->bad_count != 0 && at < off + size;
         at += MRAM_MODEL_GRANULE) {
        if (granule_is_bad(mram, at) && (access == MODEL_FETCH || !armv8m_model_bus_fault(mram->armv8m))) {
            return "which error correction gives up: a bus fault";
        }
    }
    return NULL;
}

static void window_access(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    struct mram_model *mram = ctx;
    const char *fault = access_fault(mram, off, size, access);
    if (fault != NULL) {
        model_violation(mram->bus, "%s of MRAM at 0x%08x, %s", access == MODEL_FETCH ? "execution" : "read",
                        MRAM + off, fault);
    }
}

static void line_cleaned(void *ctx, uint32_t address)
{
    struct mram_model *mram = ctx;
    uint32_t off = address - MRAM;
    if (mram->granule_size != 0) {
        model_violation(mram->bus, "the line at 0x%08x is cleaned while a granule is half written", address);
    } else if (off / LINE == mram->granule_off / LINE) {
        mram->is_dirty = false;
    }
}

void mram_model_open(struct mram_model *mram, struct armv8m_model *armv8m, uint64_t *worked_ns,
                     const struct model_bus *bus)
{
    *mram = (struct mram_model){.bus = bus,
                                .armv8m = armv8m,
                                .region = {.erase_size = BLOCK, .count = BLOCKS},
                                .worked_ns = worked_ns,
                                .end_off = BLOCK * BLOCKS};
    mram->geometry = (struct mprom_flash_geometry){.size = BLOCK * BLOCKS,
                                                   .regions = &mram->region,
                                                   .region_count = 1,
                                                   .program_size = MRAM_MODEL_GRANULE,
                                                   .page_size = BLOCK, /* there are no pages */
                                                   .program_count = MPROM_FLASH_PROGRAM_ANY,
                                                   .erased_value = 0x00,
                                                   .overwrites = true,
                                                   .bad_read_faults = true};
    mram->window = (struct model_window){.base = MRAM,
                                         .size = BLOCK * BLOCKS,
                                         .erases = &mram->erases,
                                         .store = window_store,
                                         .guarded = window_guarded,
                                         .access = window_access,
                                         .store_ns = window_store_ns,
                                         .ctx = mram};
    armv8m->cleaned = line_cleaned;
    armv8m->cleaned_ctx = mram;
}

void mram_model_reset(struct mram_model *mram, struct cells *cells)
{
    mram->cells = cells;
    mram->window.bytes = cells->bytes;
    mram->granule_size = 0;
    mram->is_dirty = false;
    mram->bad_count = 0;
    for (uint32_t off = 0; off < mram->geometry.size; off += MRAM_MODEL_GRANULE) {
        mram->bad_count += granule_is_bad(mram, off);
    }
}
