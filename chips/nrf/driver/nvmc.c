/* The steps, register by register, stand in chips/nrf/README.md; the facts behind them in chips/nrf/facts.md. */
#include "chips/nrf/driver/nvmc.h"

#include <string.h>

#include "arch/mmio.h"
#include "chips/nrf/regs/nrf_regs.h"

enum {
    WORD_SIZE = 4,
    PAGE_SIZE = 256, /* what one call programs at most: the controller has no such limit */

    ERASE_MS = 500,      /* a page takes at most 89.7 ms */
    PROGRAM_MS = 5,      /* a word takes at most 0.338 ms */
    CYCLES_PER_POLL = 4, /* at least: load, test, count, branch */
};

/*
 * A word of an nRF52840 may be written twice. Of the others that is not known, so theirs is written once. Then a
 * block of 512 bytes takes 128 writes between erases, of the 181 that an nRF52832 allows; 256 of 403 on an nRF52840.
 */
const struct mprom_nvmc_part mprom_nvmc_nrf51 = {.page_size = 1024, .program_count = 1, .has_region_0 = true};
const struct mprom_nvmc_part mprom_nvmc_nrf52832 = {.page_size = 4096, .program_count = 1};
const struct mprom_nvmc_part mprom_nvmc_nrf52840 = {.page_size = 4096, .program_count = 2};

static const struct mprom_nvmc *nvmc_of(const struct mprom_flash *flash)
{
    return flash->ctx;
}

/* Waits until the flash is idle, for limit polls. Returns whether it is. */
MPROM_RAMFUNC static bool nvmc_wait(const struct mprom_nvmc *nvmc, uint32_t limit)
{
    bool ready = mprom_mmio_read32(NVMC_READY) & NVMC_READY_READY;
    while (!ready && limit-- > 0) {
        if (nvmc->while_busy != NULL) {
            nvmc->while_busy(nvmc->while_busy_ctx);
        }
        ready = mprom_mmio_read32(NVMC_READY) & NVMC_READY_READY;
    }
    return ready;
}

/* Nordic's own examples wait after each change of the mode, its driver does not. */
MPROM_RAMFUNC static bool nvmc_set_mode(const struct mprom_nvmc *nvmc, uint32_t mode)
{
    mprom_mmio_write32(NVMC_CONFIG, mode);
    mprom_cpu_barrier();
    return nvmc_wait(nvmc, nvmc->polls_per_ms * PROGRAM_MS);
}

/* Interrupts are masked because their handlers and vectors are in the flash. Returns whether it was done in time. */
MPROM_RAMFUNC static bool nvmc_erase_page(const struct mprom_nvmc *nvmc, uint32_t address)
{
    uint32_t primask = mprom_cpu_irq_mask();
    bool done = nvmc_wait(nvmc, nvmc->polls_per_ms * ERASE_MS) && nvmc_set_mode(nvmc, NVMC_CONFIG_WEN_EEN);
    if (done) {
        mprom_mmio_write32(NVMC_ERASEPAGE, address);
        mprom_cpu_barrier();
        done = nvmc_wait(nvmc, nvmc->polls_per_ms * ERASE_MS);
    }
    done = nvmc_set_mode(nvmc, NVMC_CONFIG_WEN_REN) && done;
    mprom_cpu_irq_restore(primask);
    return done;
}

/* The same for a word. */
MPROM_RAMFUNC static bool nvmc_program_word(const struct mprom_nvmc *nvmc, uint32_t address, uint32_t word)
{
    uint32_t primask = mprom_cpu_irq_mask();
    bool done = nvmc_wait(nvmc, nvmc->polls_per_ms * ERASE_MS) && nvmc_set_mode(nvmc, NVMC_CONFIG_WEN_WEN);
    if (done) {
        mprom_mmio_write32(address, word);
        mprom_cpu_barrier();
        done = nvmc_wait(nvmc, nvmc->polls_per_ms * PROGRAM_MS);
    }
    done = nvmc_set_mode(nvmc, NVMC_CONFIG_WEN_REN) && done;
    mprom_cpu_irq_restore(primask);
    return done;
}

/* The chip ignores without a word what it does not allow. */
static int nvmc_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    const struct mprom_nvmc *nvmc = nvmc_of(flash);
    if (off % nvmc->region.erase_size != 0 || size != nvmc->region.erase_size) {
        return -MPROM_EINVAL;
    }
    if (off < nvmc->protected_size) {
        return -MPROM_EROFS;
    }
    return nvmc_erase_page(nvmc, off) ? 0 : -MPROM_ETIMEDOUT;
}

static int nvmc_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    const struct mprom_nvmc *nvmc = nvmc_of(flash);
    const uint8_t *bytes = src;
    if (off % WORD_SIZE != 0 || size % WORD_SIZE != 0) {
        return -MPROM_EINVAL;
    }
    if (off < nvmc->protected_size) {
        return -MPROM_EROFS;
    }
    for (uint32_t done = 0; done < size; done += WORD_SIZE) {
        uint32_t word;
        memcpy(&word, bytes + done, sizeof word);
        if (!nvmc_program_word(nvmc, off + done, word)) {
            return -MPROM_ETIMEDOUT;
        }
    }
    return 0;
}

static const void *nvmc_map(const struct mprom_flash *flash, uint32_t off)
{
    (void)flash;
    return mprom_mmio_map(off);
}

static int nvmc_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    memcpy(dst, nvmc_map(flash, off), size);
    return 0;
}

/* Erase and program end with the flash idle; the cache of an nRF52 holds no data. */
static int nvmc_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static const struct mprom_flash_ops nvmc_ops = {
    .read = nvmc_read,
    .program = nvmc_program,
    .erase = nvmc_erase,
    .sync = nvmc_sync,
    .map = nvmc_map,
};

/* The factory and the user may both have set the end of region 0: the larger counts. */
static uint32_t nvmc_region_0(void)
{
    uint32_t factory = mprom_mmio_read32(FICR_CLENR0);
    uint32_t user = mprom_mmio_read32(UICR_CLENR0);
    factory = factory != CLENR0_NONE ? factory : 0;
    user = user != CLENR0_NONE ? user : 0;
    return factory > user ? factory : user;
}

static void nvmc_describe(struct mprom_nvmc *nvmc, const struct mprom_nvmc_part *part, uint32_t size)
{
    nvmc->region = (struct mprom_flash_region){.erase_size = part->page_size, .count = size / part->page_size};
    nvmc->geometry = (struct mprom_flash_geometry){
        .size = size,
        .regions = &nvmc->region,
        .region_count = 1,
        .program_size = WORD_SIZE,
        .page_size = PAGE_SIZE,
        .program_count = part->program_count,
        .erased_value = 0xFF,
    };
    nvmc->flash = (struct mprom_flash){.ops = &nvmc_ops, .geometry = &nvmc->geometry, .ctx = nvmc};
}

int mprom_nvmc_open(struct mprom_nvmc *nvmc, const struct mprom_nvmc_part *part, uint32_t size, uint32_t clock_hz)
{
    uint32_t pages = mprom_mmio_read32(FICR_CODESIZE);
    if (mprom_mmio_read32(FICR_CODEPAGESIZE) != part->page_size || pages == 0 ||
        pages > UINT32_MAX / part->page_size) {
        return -MPROM_EOPNOTSUPP;
    }
    if (size % part->page_size != 0) {
        return -MPROM_EINVAL;
    }
    *nvmc = (struct mprom_nvmc){.polls_per_ms = clock_hz / 1000 / CYCLES_PER_POLL};
    nvmc->protected_size = part->has_region_0 ? nvmc_region_0() : 0;
    nvmc_describe(nvmc, part, size != 0 ? size : pages * part->page_size);
    return 0;
}
