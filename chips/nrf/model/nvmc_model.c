#include "chips/nrf/model/nvmc_model.h"

#include <string.h>

#define KIB(n) ((uint32_t)(n)*1024u)
#define US(n) ((uint64_t)(n)*1000u)

/* Offsets in the controller, in FICR and in UICR. */
enum {
    READY = 0x400,
    READYNEXT = 0x408,
    CONFIG = 0x504,
    ERASEPAGE = 0x508, /* ERASEPCR1 of an nRF51 */
    ERASEALL = 0x50C,
    ERASEPCR0 = 0x510,
    ERASEUICR = 0x514,
    ICACHECNF = 0x540,
    ICACHECNF_BITS = 0x101,

    CONFIG_REN = 0,
    CONFIG_WEN = 1,
    CONFIG_EEN = 2,

    FICR_CODEPAGESIZE = 0x10,
    FICR_CODESIZE = 0x14,
    FICR_CLENR0 = 0x28,
    FICR_DEVICEID_0 = 0x60,
    FICR_DEVICEID_1 = 0x64,
    UICR_CLENR0 = 0,

    BLOCK_SIZE = 512,
    WORD_SIZE = 4,
};

static const uint32_t REGION_0_NONE = 0xFFFFFFFF;

/* Times are the largest of all sources, so that a driver which does not wait long enough is found. */
static const struct nvmc_part parts[] = {
    {"nRF51822", NVMC_NRF51, KIB(256), KIB(1), 1, 0, US(22000), US(48)},
    {"nRF52832", NVMC_NRF52, KIB(512), KIB(4), 2, 181, US(89700), US(338)},
    {"nRF52840", NVMC_NRF52, KIB(1024), KIB(4), 2, 403, US(85000), US(41)},
};

const struct nvmc_part *nvmc_part_find(const char *name)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strcmp(parts[i].name, name) == 0) {
            return &parts[i];
        }
    }
    return NULL;
}

static void operation_run(struct nvmc_model *nvmc, uint64_t ns)
{
    nvmc->busy_ns = nvmc->hangs ? UINT64_MAX : ns;
    nvmc->worked_ns += ns;
}

static bool is_in_region_0(const struct nvmc_model *nvmc, uint32_t off)
{
    return (nvmc->factory_region_0 != REGION_0_NONE && off < nvmc->factory_region_0) ||
           (nvmc->user_region_0 != REGION_0_NONE && off < nvmc->user_region_0);
}

/* Whether the controller takes an operation that needs this mode. */
static bool operation_may_start(struct nvmc_model *nvmc, const char *what, uint32_t off, uint32_t mode)
{
    if (nvmc->busy_ns > 0) {
        model_violation(nvmc->bus, "%s at 0x%08x while the flash is busy", what, off);
    } else if (nvmc->config != mode) {
        model_violation(nvmc->bus, "%s at 0x%08x while NVMC_CONFIG is %u", what, off, nvmc->config);
    } else if (off >= nvmc->geometry.size) {
        model_violation(nvmc->bus, "%s at 0x%08x, where no flash is", what, off);
    } else if (is_in_region_0(nvmc, off)) {
        model_violation(nvmc->bus, "%s at 0x%08x, which is in region 0", what, off);
    } else {
        return true;
    }
    return false;
}

static void erase_page(struct nvmc_model *nvmc, uint32_t address)
{
    uint32_t page = nvmc->part->page_size;
    if (!operation_may_start(nvmc, "erase", address, CONFIG_EEN)) {
        return;
    }
    if (address % page != 0) {
        model_violation(nvmc->bus, "erase at 0x%08x, where no page begins", address);
        return;
    }
    nvmc->cells->flash.ops->erase(&nvmc->cells->flash, address, page);
    nvmc->erases++;
    operation_run(nvmc, nvmc->part->erase_ns);
}

/* A test that lets an operation hang looks at what a driver does then, and there is no rule for that. */
static void write_config(struct nvmc_model *nvmc, uint32_t value)
{
    bool is_rescue = nvmc->hangs && value == CONFIG_REN;
    if (nvmc->busy_ns > 0 && !is_rescue) {
        model_violation(nvmc->bus, "write of NVMC_CONFIG while the flash is busy");
    } else if (value > CONFIG_EEN) {
        model_violation(nvmc->bus, "write of 0x%x to NVMC_CONFIG, which is no mode", value);
    } else {
        nvmc->config = value;
    }
}

static void write_cache(struct nvmc_model *nvmc, uint32_t value)
{
    if (nvmc->part->family != NVMC_NRF52 || (value & ~(uint32_t)ICACHECNF_BITS) != 0) {
        model_violation(nvmc->bus, "write of 0x%x to ICACHECNF, which has not all of these bits", value);
        return;
    }
    nvmc->cache = value;
}

static void nvmc_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct nvmc_model *nvmc = ctx;
    if (size != WORD_SIZE) {
        model_violation(nvmc->bus, "write of %u bytes to the NVMC at 0x%03x", size, off);
        return;
    }
    switch (off) {
    case CONFIG:
        write_config(nvmc, value);
        break;
    case ERASEPAGE:
        erase_page(nvmc, value);
        break;
    case ERASEALL:
        model_violation(nvmc->bus, "erase of everything, which takes the firmware with it");
        break;
    case ERASEPCR0:
        model_violation(nvmc->bus, "erase in region 0, which only code that lies there may do");
        break;
    case ERASEUICR:
        model_violation(nvmc->bus, "erase of UICR, which is the user's");
        break;
    case ICACHECNF:
        write_cache(nvmc, value);
        break;
    default:
        model_violation(nvmc->bus, "write of 0x%x to the NVMC at 0x%03x", value, off);
    }
}

static bool may_read(struct nvmc_model *nvmc, uint32_t size, uint32_t off)
{
    if (size != WORD_SIZE) {
        model_violation(nvmc->bus, "read of %u bytes from the NVMC at 0x%03x", size, off);
    } else if (off == READYNEXT) {
        model_violation(nvmc->bus, "read of READYNEXT, which is wrong on an nRF52840 and not there on others");
    } else {
        return true;
    }
    return false;
}

static uint32_t nvmc_read(void *ctx, uint32_t off, uint32_t size)
{
    struct nvmc_model *nvmc = ctx;
    if (!may_read(nvmc, size, off)) {
        return 0;
    }
    if (off == READY) {
        return nvmc->busy_ns == 0;
    }
    if (off == CONFIG) {
        return nvmc->config;
    }
    if (off == ICACHECNF && nvmc->part->family == NVMC_NRF52) {
        return nvmc->cache;
    }
    model_violation(nvmc->bus, "read from the NVMC at 0x%03x", off);
    return 0;
}

static void nvmc_tick(void *ctx, uint64_t ns)
{
    struct nvmc_model *nvmc = ctx;
    if (nvmc->busy_ns != UINT64_MAX) {
        nvmc->busy_ns = nvmc->busy_ns > ns ? nvmc->busy_ns - ns : 0;
    }
}

/* An operation that hangs is polled in real time; it would be a long wait. */
static uint64_t nvmc_busy_ns(void *ctx)
{
    const struct nvmc_model *nvmc = ctx;
    return nvmc->busy_ns == UINT64_MAX ? 0 : nvmc->busy_ns;
}

/* The chip's own words, which no program of ours may change. */
static void constant_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    const struct nvmc_model *nvmc = ctx;
    model_violation(nvmc->bus, "write of %u bytes, 0x%x, to FICR or UICR at 0x%03x", size, value, off);
}

static uint32_t ficr_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct nvmc_model *nvmc = ctx;
    bool is_word = size == WORD_SIZE;
    if (is_word && off == FICR_CODEPAGESIZE) {
        return nvmc->part->page_size;
    }
    if (is_word && off == FICR_CODESIZE) {
        return nvmc->part->flash_size / nvmc->part->page_size;
    }
    if (is_word && off == FICR_CLENR0 && nvmc->part->family == NVMC_NRF51) {
        return nvmc->factory_region_0;
    }
    if (is_word && (off == FICR_DEVICEID_0 || off == FICR_DEVICEID_1)) {
        return 0x6D70726F + off;
    }
    model_violation(nvmc->bus, "read of %u bytes from FICR at 0x%03x", size, off);
    return 0;
}

static uint32_t uicr_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct nvmc_model *nvmc = ctx;
    if (size == WORD_SIZE && off == UICR_CLENR0 && nvmc->part->family == NVMC_NRF51) {
        return nvmc->user_region_0;
    }
    model_violation(nvmc->bus, "read of %u bytes from UICR at 0x%03x", size, off);
    return 0;
}

/* Words of the block around off that were written since its erase, each as often as it was. */
static uint32_t block_writes(const struct nvmc_model *nvmc, uint32_t off)
{
    uint32_t first = off / BLOCK_SIZE * BLOCK_SIZE / WORD_SIZE;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < BLOCK_SIZE / WORD_SIZE; i++) {
        sum += nvmc->cells->units[first + i] & ~(uint32_t)CELLS_UNIT_BAD;
    }
    return sum;
}

static void window_store(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct nvmc_model *nvmc = ctx;
    uint32_t limit = nvmc->part->block_writes;
    if (size != WORD_SIZE || off % WORD_SIZE != 0) {
        model_violation(nvmc->bus, "store of %u bytes to the flash at 0x%08x faults: it is not a word", size, off);
        return;
    }
    if (!operation_may_start(nvmc, "program", off, CONFIG_WEN)) {
        return;
    }
    if (limit != 0 && block_writes(nvmc, off) >= limit) {
        model_violation(nvmc->bus, "write %u of the block of 512 bytes around 0x%08x since its erase", limit + 1,
                        off);
        return;
    }
    uint8_t word[WORD_SIZE] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
    nvmc->cells->flash.ops->program(&nvmc->cells->flash, off, word, sizeof word);
    operation_run(nvmc, nvmc->part->program_ns);
}

static bool window_guarded(void *ctx)
{
    const struct nvmc_model *nvmc = ctx;
    return nvmc->busy_ns > 0;
}

/* It would stall, for so long that the console loses what it receives. */
static void window_access(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    const struct nvmc_model *nvmc = ctx;
    (void)size;
    if (nvmc->busy_ns > 0) {
        model_violation(nvmc->bus, "%s of flash at 0x%08x while it is busy",
                        access == MODEL_FETCH ? "execution" : "read", off);
    }
}

static void describe(struct nvmc_model *nvmc, uint32_t size)
{
    uint32_t page = nvmc->part->page_size;
    nvmc->region = (struct mprom_flash_region){.erase_size = page, .count = size / page};
    nvmc->geometry = (struct mprom_flash_geometry){
        .size = size,
        .regions = &nvmc->region,
        .region_count = 1,
        .program_size = WORD_SIZE,
        .page_size = 256,
        .program_count = nvmc->part->word_writes,
        .erased_value = 0xFF,
    };
}

void nvmc_model_open(struct nvmc_model *nvmc, const struct nvmc_part *part, uint32_t size,
                     const struct model_bus *bus)
{
    *nvmc = (struct nvmc_model){
        .bus = bus, .part = part, .user_region_0 = REGION_0_NONE, .factory_region_0 = REGION_0_NONE};
    describe(nvmc, size != 0 ? size : part->flash_size);
    nvmc->model = (struct model){.name = "NVMC",
                                 .base = 0x4001E000,
                                 .size = 0x1000,
                                 .read = nvmc_read,
                                 .write = nvmc_write,
                                 .tick = nvmc_tick,
                                 .busy_ns = nvmc_busy_ns,
                                 .ctx = nvmc};
    nvmc->ficr = (struct model){
        .name = "FICR", .base = 0x10000000, .size = 0x1000, .read = ficr_read, .write = constant_write, .ctx = nvmc};
    nvmc->uicr = nvmc->ficr;
    nvmc->uicr.name = "UICR";
    nvmc->uicr.base = 0x10001000;
    nvmc->uicr.read = uicr_read;
    nvmc->window = (struct model_window){.base = 0,
                                         .size = nvmc->geometry.size,
                                         .erases = &nvmc->erases,
                                         .store = window_store,
                                         .guarded = window_guarded,
                                         .access = window_access,
                                         .ctx = nvmc};
}

void nvmc_model_reset(struct nvmc_model *nvmc, struct cells *cells)
{
    nvmc->cells = cells;
    nvmc->window.bytes = cells->bytes;
    nvmc->config = CONFIG_REN;
    nvmc->cache = 0;
    nvmc->busy_ns = 0;
}
