/*
 * The order of steps is that of RM0399 4.3.10 (sector erase), 4.3.9 (single write) and 4.5.1 (unlock); flash_h7.md
 * has the register trace of both.
 */
#include "chips/stm32/driver/flash_h7.h"

#include <string.h>

#include "arch/cortex_m/cortex_m7.h"
#include "arch/mmio.h"
#include "chips/stm32/driver/flash_h7_word.h"
#include "chips/stm32/regs/stm32h7_flash_regs.h"

enum {
    DEVICE_H72X = 0x483,
    DEVICE_H74X = 0x450,

    KIB = 1024,
    SECTOR_SIZE = 128 * KIB,
    BANK_DISTANCE = 1024 * KIB, /* bank 2 starts there in every part that has one: RM0399 tables 14 and 15 */
    WORD_SIZE = 32,
    WORD_LOADS = WORD_SIZE / 4,

    ERASE_MS = 8000,     /* a sector takes at most 2 s at 64 bits, 4 s at 8 (DS12110 table 53); twice that */
    PROGRAM_MS = 2,      /* a word takes at most 200 us, 580 us (the same table) */
    CYCLES_PER_POLL = 4, /* at least: load, test, count, branch */
};

/* Waits until the bank has nothing to do, for limit polls. */
MPROM_RAMFUNC static uint32_t h7_wait(uint32_t bank, uint32_t limit)
{
    uint32_t status = mprom_mmio_read32(bank + FLASH_SR);
    while ((status & FLASH_SR_ACTIVE) && limit-- > 0) {
        status = mprom_mmio_read32(bank + FLASH_SR);
    }
    return status;
}

/* Returns the status at the end, with FLASH_SR_QW in it if the time was not enough. */
MPROM_RAMFUNC static uint32_t h7_erase_sector(uint32_t bank, uint32_t sector, uint32_t limit)
{
    uint32_t primask = mprom_cpu_irq_mask();
    uint32_t control = FLASH_CR_PSIZE_X64 | FLASH_CR_SER | sector << FLASH_CR_SNB_POS;
    mprom_mmio_write32(bank + FLASH_CCR, FLASH_SR_FLAGS);
    mprom_mmio_write32(bank + FLASH_CR, control);
    mprom_mmio_write32(bank + FLASH_CR, control | FLASH_CR_START);
    mprom_cpu_barrier();
    uint32_t status = h7_wait(bank, limit);
    if (!(status & FLASH_SR_ACTIVE)) {
        mprom_mmio_write32(bank + FLASH_CR, FLASH_CR_PSIZE_X64);
    }
    mprom_cpu_irq_restore(primask);
    return status;
}

/* The same for a flash word; word is in RAM. The write buffer takes it in ascending order and starts when it is full.
 */
MPROM_RAMFUNC static uint32_t h7_program_word(uint32_t bank, uint32_t address, const uint32_t *word, uint32_t limit)
{
    uint32_t primask = mprom_cpu_irq_mask();
    mprom_mmio_write32(bank + FLASH_CCR, FLASH_SR_FLAGS);
    mprom_mmio_write32(bank + FLASH_CR, FLASH_CR_PSIZE_X64 | FLASH_CR_PG);
    mprom_cpu_barrier();
    for (uint32_t i = 0; i < WORD_LOADS; i++) {
        mprom_mmio_write32(address + 4 * i, word[i]);
    }
    mprom_cpu_barrier();
    uint32_t status = h7_wait(bank, limit);
    if (!(status & FLASH_SR_ACTIVE)) {
        mprom_mmio_write32(bank + FLASH_CR, FLASH_CR_PSIZE_X64);
    }
    mprom_cpu_irq_restore(primask);
    return status;
}

static const struct mprom_flash_h7 *h7_of(const struct mprom_flash *flash)
{
    return flash->ctx;
}

static uint32_t h7_bank(uint32_t off)
{
    return FLASH_BASE_H7 + off / BANK_DISTANCE * FLASH_BANK_DISTANCE;
}

static bool h7_is_hole(const struct mprom_flash_h7 *h7, uint32_t off)
{
    return off % BANK_DISTANCE >= h7->bank_size;
}

/* Keys written to a bank that is unlocked lock it until the next reset. Returns with the bank idle. */
static int h7_unlock(const struct mprom_flash_h7 *h7, uint32_t off)
{
    uint32_t bank = h7_bank(off);
    if (h7_is_hole(h7, off)) {
        return -MPROM_EROFS;
    }
    if (h7_wait(bank, h7->polls_per_ms * ERASE_MS) & FLASH_SR_ACTIVE) {
        return -MPROM_ETIMEDOUT;
    }
    if (mprom_mmio_read32(bank + FLASH_CR) & FLASH_CR_LOCK) {
        mprom_mmio_write32(bank + FLASH_KEYR, FLASH_KEY1);
        mprom_mmio_write32(bank + FLASH_KEYR, FLASH_KEY2);
    }
    return mprom_mmio_read32(bank + FLASH_CR) & FLASH_CR_LOCK ? -MPROM_EIO : 0;
}

/* What the status means. Locks the bank, unless it is still busy: then it would take no write, and hangs anyway. */
static int h7_finish(uint32_t off, uint32_t status)
{
    if (status & FLASH_SR_ACTIVE) {
        return -MPROM_ETIMEDOUT;
    }
    mprom_mmio_write32(h7_bank(off) + FLASH_CR, FLASH_CR_PSIZE_X64 | FLASH_CR_LOCK);
    if (status & FLASH_SR_WRPERR) {
        return -MPROM_EROFS;
    }
    return status & FLASH_SR_ERRORS ? -MPROM_EIO : 0;
}

static int h7_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    const struct mprom_flash_h7 *h7 = h7_of(flash);
    int err = h7_unlock(h7, off);
    if (err) {
        return err;
    }
    uint32_t sector = off % BANK_DISTANCE / SECTOR_SIZE;
    err = h7_finish(off, h7_erase_sector(h7_bank(off), sector, h7->polls_per_ms * ERASE_MS));
    mprom_cortex_m7_cache_drop(FLASH_MEMORY + off, size);
    return err;
}

/* A page is a flash word. */
static int h7_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    const struct mprom_flash_h7 *h7 = h7_of(flash);
    uint32_t word[WORD_LOADS];
    memcpy(word, src, sizeof word);
    int err = h7_unlock(h7, off);
    if (err) {
        return err;
    }
    uint32_t limit = h7->polls_per_ms * PROGRAM_MS;
    err = h7_finish(off, h7_program_word(h7_bank(off), FLASH_MEMORY + off, word, limit));
    mprom_cortex_m7_cache_drop(FLASH_MEMORY + off, size);
    return err;
}

/* Reads, or probes if dst is NULL. */
static int h7_load(const struct mprom_flash *flash, uint32_t off, uint8_t *dst, uint32_t size)
{
    uint32_t end = h7_of(flash)->bank_size; /* of bank 1, behind which there may be a hole */
    if (off < BANK_DISTANCE && end < BANK_DISTANCE && off + size > end) {
        return -MPROM_EBADMSG;
    }
    return mprom_flash_h7_load(off, dst, size);
}

static int h7_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    return h7_load(flash, off, dst, size);
}

static int h7_probe(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    return h7_load(flash, off, NULL, size);
}

static const void *h7_map(const struct mprom_flash *flash, uint32_t off)
{
    (void)flash;
    return mprom_mmio_map(FLASH_MEMORY + off);
}

/* Erase and program end with the flash idle and the caches true. */
static int h7_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static const struct mprom_flash_ops h7_ops = {
    .read = h7_read,
    .program = h7_program,
    .erase = h7_erase,
    .sync = h7_sync,
    .map = h7_map,
    .probe = h7_probe,
};

/* Bytes of flash in each bank, 0 if this is no chip for this driver. Sizes are those that ST sells. */
static uint32_t h7_bank_size(uint32_t device)
{
    uint32_t kib = mprom_mmio_read16(FLASH_SIZE_KB_H7);
    if (device == DEVICE_H72X) {
        return kib == 1024 || kib == 512 ? kib * KIB : 0;
    }
    if (device != DEVICE_H74X || (mprom_mmio_read32(FLASH_BASE_H7 + FLASH_OPTCR) & FLASH_OPTCR_SWAP_BANK)) {
        return 0;
    }
    return kib == 2048 || kib == 0xFFFF ? 1024 * KIB : kib == 1024 ? 512 * KIB : 0;
}

int mprom_flash_h7_open(struct mprom_flash_h7 *h7, uint32_t clock_hz)
{
    uint32_t device = mprom_mmio_read32(DBGMCU_IDCODE_H7) & DBGMCU_IDCODE_DEV_MASK;
    h7->bank_size = h7_bank_size(device);
    if (h7->bank_size == 0) {
        return -MPROM_EOPNOTSUPP;
    }
    h7->polls_per_ms = clock_hz / 1000 / CYCLES_PER_POLL;
    uint32_t size = device == DEVICE_H72X ? h7->bank_size : BANK_DISTANCE + h7->bank_size;
    h7->region = (struct mprom_flash_region){.erase_size = SECTOR_SIZE, .count = size / SECTOR_SIZE};
    h7->geometry = (struct mprom_flash_geometry){
        .size = size,
        .regions = &h7->region,
        .region_count = 1,
        .program_size = WORD_SIZE,
        .page_size = WORD_SIZE,
        .program_count = 1,
        .erased_value = 0xFF,
        .bad_read_faults = true,
    };
    h7->flash = (struct mprom_flash){.ops = &h7_ops, .geometry = &h7->geometry, .ctx = h7};
    return 0;
}
