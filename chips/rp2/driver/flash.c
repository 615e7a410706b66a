/* The flash by the functions of the boot ROM, in the order that facts.md gives, for both series. */
#include "chips/rp2/driver/series.h"

#include <string.h>

#include "arch/mmio.h"
#include "chips/rp2/driver/rom.h"
#include "chips/rp2/regs/rp2_regs.h"

enum {
    READ_STATUS = 0x05,
    RESET_ENABLE = 0x66,
    RESET = 0x99,
    READ_ID = 0x9F,
    ERASE_BLOCK = 0xD8,
    STATUS_BUSY = 1,
    BUSY_S_MAX = 2,      /* an erase of 64 KiB, at most: W25Q16JV 9.6 */
    RESET_SHARE = 20000, /* of that: 100 us, and a chip does not listen for 30 us after its reset */
    ADDRESS_BITS = 24,
    SIZE_LOG2_MIN = 16,
};

/* What is done between leaving the window and setting it up again. */
struct step {
    uint32_t function; /* of the boot ROM; 0: the chip is asked for its id */
    uint32_t a;
    uint32_t b;
    uint32_t c;
    uint32_t d;
};

static uint32_t code(char first, char second)
{
    return (uint32_t)(uint8_t)second << 8 | (uint8_t)first;
}

/* The boot ROM waits for ever for a chip that stays busy, so it is not called for one that is. */
MPROM_RAMFUNC static int wait_ready(const struct mprom_rp2_flash *rp2)
{
    for (uint32_t polls = rp2->polls_max; polls > 0; polls--) {
        uint8_t status = STATUS_BUSY;
        int err = rp2->ask(READ_STATUS, &status, 1);
        if (err || !(status & STATUS_BUSY)) {
            return err;
        }
    }
    return -MPROM_ETIMEDOUT;
}

/*
 * A chip that stays busy is reset. That stops its operation half way, but the CPU can read the program from it again. While
 * it does not answer, the pad's pull decides what is read, which may look like a chip that is ready.
 */
MPROM_RAMFUNC static int get_ready(const struct mprom_rp2_flash *rp2)
{
    uint8_t status;
    int err = wait_ready(rp2);
    if (err) {
        (void)rp2->ask(RESET_ENABLE, NULL, 0);
        (void)rp2->ask(RESET, NULL, 0);
        for (uint32_t polls = rp2->polls_max / RESET_SHARE + 1; polls > 0; polls--) {
            (void)rp2->ask(READ_STATUS, &status, 1);
        }
        (void)wait_ready(rp2);
    }
    return err;
}

/*
 * The whole order, in RAM: the window is closed from connect on until the copy of the code that sets it up returns. The boot
 * ROM changes pads and, on an RP2350, how the QMI reads a second chip: they are saved and restored.
 */
MPROM_RAMFUNC static int flash_run(struct mprom_rp2_flash *rp2, const struct step *step)
{
    uint32_t values[MPROM_RP2_KEPT_MAX];
    uint32_t primask = mprom_cpu_irq_mask();
    for (uint32_t i = 0; i < MPROM_RP2_KEPT_MAX && rp2->kept[i] != 0; i++) {
        values[i] = mprom_mmio_read32(rp2->kept[i]);
    }
    mprom_cpu_barrier();
    mprom_rp2_call(rp2->rom.connect, 0, 0, 0, 0);
    mprom_rp2_call(rp2->rom.exit_xip, 0, 0, 0, 0);
    int err = get_ready(rp2);
    if (err == 0 && step->function != 0) {
        mprom_rp2_call(step->function, step->a, step->b, step->c, step->d);
    } else if (err == 0) {
        err = rp2->ask(READ_ID, rp2->id, MPROM_RP2_ID_SIZE);
    }
    mprom_rp2_call(rp2->rom.flush, 0, 0, 0, 0);
    mprom_rp2_run(rp2->set_up);
    for (uint32_t i = 0; i < MPROM_RP2_KEPT_MAX && rp2->kept[i] != 0; i++) {
        mprom_mmio_write32(rp2->kept[i], values[i]);
    }
    mprom_cpu_barrier();
    mprom_cpu_irq_restore(primask);
    return err;
}

static int guarded_run(struct mprom_rp2_flash *rp2, const struct step *step)
{
    if (rp2->guard != NULL) {
        rp2->guard->enter(rp2->guard->ctx);
    }
    int err = flash_run(rp2, step);
    if (rp2->guard != NULL) {
        rp2->guard->leave(rp2->guard->ctx);
    }
    return err;
}

/* RE takes the command for whole blocks of 64 KiB, and 20h for what is smaller. */
static int flash_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    struct mprom_rp2_flash *rp2 = flash->ctx;
    const struct step step = {rp2->rom.erase, off, size, MPROM_RP2_BLOCK_SIZE, ERASE_BLOCK};
    if (size != MPROM_RP2_SECTOR_SIZE && size != MPROM_RP2_BLOCK_SIZE) {
        return -MPROM_EINVAL;
    }
    return guarded_run(rp2, &step);
}

/* RP takes whole pages: a program of bits that are 1 changes nothing. */
static int flash_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    struct mprom_rp2_flash *rp2 = flash->ctx;
    uint32_t start = off % MPROM_RP2_PAGE_SIZE;
    memset(rp2->page, 0xFF, sizeof rp2->page);
    memcpy(rp2->page + start, src, size);
    const struct step step = {rp2->rom.program, off - start, mprom_rp2_address(rp2->page), MPROM_RP2_PAGE_SIZE, 0};
    return guarded_run(rp2, &step);
}

static const void *flash_map(const struct mprom_flash *flash, uint32_t off)
{
    (void)flash;
    return mprom_mmio_map(XIP_BASE + off);
}

static int flash_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    memcpy(dst, flash_map(flash, off), size);
    return 0;
}

/* Each operation has ended when it returns, and has flushed the cache. */
static int flash_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static const struct mprom_flash_ops flash_ops = {
    .read = flash_read,
    .program = flash_program,
    .erase = flash_erase,
    .sync = flash_sync,
    .map = flash_map,
};

static bool find_functions(struct mprom_rp2_flash *rp2, const struct mprom_rp2_flash_series *series)
{
    if ((mprom_mmio_read32(mprom_rp2_rom_at(ROM_MAGIC)) & ROM_MAGIC_BITS) != series->magic) {
        return false;
    }
    rp2->rom.connect = series->lookup(code('I', 'F'));
    rp2->rom.exit_xip = series->lookup(code('E', 'X'));
    rp2->rom.erase = series->lookup(code('R', 'E'));
    rp2->rom.program = series->lookup(code('R', 'P'));
    rp2->rom.flush = series->lookup(code('F', 'C'));
    return rp2->rom.connect != 0 && rp2->rom.exit_xip != 0 && rp2->rom.erase != 0 && rp2->rom.program != 0 &&
           rp2->rom.flush != 0;
}

/* The third byte of the id is the logarithm of the size on the chips that boards have. */
static int take_geometry(struct mprom_rp2_flash *rp2)
{
    uint32_t log2 = rp2->id[2];
    if (log2 < SIZE_LOG2_MIN || log2 > ADDRESS_BITS) {
        return -MPROM_ENODEV;
    }
    rp2->region = (struct mprom_flash_region){MPROM_RP2_SECTOR_SIZE, (1u << log2) / MPROM_RP2_SECTOR_SIZE};
    rp2->geometry = (struct mprom_flash_geometry){.size = 1u << log2,
                                                  .regions = &rp2->region,
                                                  .region_count = 1,
                                                  .large_erase_sizes = {MPROM_RP2_BLOCK_SIZE},
                                                  .program_size = 1,
                                                  .page_size = MPROM_RP2_PAGE_SIZE,
                                                  .program_count = MPROM_FLASH_PROGRAM_ANY,
                                                  .erased_value = 0xFF};
    rp2->flash = (struct mprom_flash){.ops = &flash_ops, .geometry = &rp2->geometry, .ctx = rp2};
    return 0;
}

/* Into RAM, where it can be reached while the window is closed. */
static void take_series(struct mprom_rp2_flash *rp2, const struct mprom_rp2_flash_series *series)
{
    rp2->ask = series->ask;
    for (uint32_t i = 0; i < MPROM_RP2_PADS; i++) {
        rp2->kept[i] = series->pads + i * PADS_QSPI_NEXT;
    }
    memcpy(rp2->kept + MPROM_RP2_PADS, series->others, sizeof series->others);
    for (uint32_t i = 0; i < MPROM_RP2_SET_UP_SIZE / sizeof(uint32_t); i++) {
        rp2->set_up[i] = mprom_mmio_read32(series->set_up + 4 * i);
    }
}

int mprom_rp2_flash_open_series(struct mprom_rp2_flash *rp2, const struct mprom_rp2_flash_series *series,
                                uint32_t clock_hz)
{
    const struct step step = {0};
    *rp2 = (struct mprom_rp2_flash){.polls_max = clock_hz / (series->cycles_per_poll / BUSY_S_MAX)};
    if (!find_functions(rp2, series)) {
        return -MPROM_EOPNOTSUPP;
    }
    take_series(rp2, series);
    int err = guarded_run(rp2, &step);
    return err ? err : take_geometry(rp2);
}
