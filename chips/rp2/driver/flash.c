/* The flash of an RP2040, by the functions of its boot ROM in the order that facts.md gives. */
#include "chips/rp2/driver/flash.h"

#include <string.h>

#include "arch/mmio.h"
#include "chips/rp2/driver/rom.h"
#include "chips/rp2/regs/rp2040_regs.h"

enum {
    READ_STATUS = 0x05,
    RESET_ENABLE = 0x66,
    RESET = 0x99,
    READ_ID = 0x9F,
    ERASE_BLOCK = 0xD8,
    STATUS_BUSY = 1,
    BUSY_S_MAX = 2,       /* an erase of 64 KiB, at most: W25Q16JV 9.6 */
    CYCLES_PER_POLL = 64, /* two bytes at six cycles a bit, at least */
    BYTE_POLLS = 1000,    /* a byte takes 48 cycles, and a poll some */
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

static uint32_t lookup(char first, char second)
{
    return mprom_rp2_call(mprom_mmio_read16(mprom_rp2_rom_at(ROM_LOOKUP)),
                          mprom_mmio_read16(mprom_rp2_rom_at(ROM_FUNCTION_TABLE)), code(first, second), 0, 0);
}

/* Chip select, whatever the SSI does. */
MPROM_RAMFUNC static void select_chip(uint32_t outover)
{
    mprom_mmio_write32(IO_QSPI_SS_CTRL, (mprom_mmio_read32(IO_QSPI_SS_CTRL) & ~IO_CTRL_OUTOVER) | outover);
    (void)mprom_mmio_read32(IO_QSPI_SS_CTRL); /* the write has arrived */
}

/* A command of one byte and size bytes of answer. Returns 0 or an error. */
MPROM_RAMFUNC static int ask(uint8_t opcode, uint8_t *answer, uint32_t size)
{
    int err = 0;
    select_chip(IO_CTRL_OUTOVER_LOW);
    for (uint32_t i = 0; i <= size && err == 0; i++) {
        uint32_t polls = BYTE_POLLS;
        mprom_mmio_write32(SSI_DR0, i == 0 ? opcode : 0);
        while (mprom_mmio_read32(SSI_RXFLR) == 0 && polls > 0) {
            polls--;
        }
        if (polls == 0) {
            err = -MPROM_ETIMEDOUT;
        } else {
            uint8_t byte = (uint8_t)mprom_mmio_read32(SSI_DR0);
            if (i > 0) {
                answer[i - 1] = byte;
            }
        }
    }
    select_chip(IO_CTRL_OUTOVER_HIGH);
    return err;
}

/* The boot ROM waits for ever for a chip that stays busy, so it is not called for one that is. */
MPROM_RAMFUNC static int wait_ready(const struct mprom_rp2_flash *rp2)
{
    for (uint32_t polls = rp2->polls_max; polls > 0; polls--) {
        uint8_t status = STATUS_BUSY;
        int err = ask(READ_STATUS, &status, 1);
        if (err || !(status & STATUS_BUSY)) {
            return err;
        }
    }
    return -MPROM_ETIMEDOUT;
}

/* A chip that stays busy is reset: what it did is lost, but the window can read it again. */
MPROM_RAMFUNC static int get_ready(const struct mprom_rp2_flash *rp2)
{
    int err = wait_ready(rp2);
    if (err) {
        (void)ask(RESET_ENABLE, NULL, 0);
        (void)ask(RESET, NULL, 0);
        (void)wait_ready(rp2);
    }
    return err;
}

/*
 * The whole order, in RAM: the window is closed from connect on until boot2's copy returns. The pads are saved and
 * restored, because connect resets them.
 */
MPROM_RAMFUNC static int flash_run(struct mprom_rp2_flash *rp2, const struct step *step)
{
    uint32_t pads[PADS_QSPI_PINS];
    uint32_t primask = mprom_cpu_irq_mask();
    for (uint32_t i = 0; i < PADS_QSPI_PINS; i++) {
        pads[i] = mprom_mmio_read32(PADS_QSPI_SCLK + i * PADS_QSPI_NEXT);
    }
    mprom_cpu_barrier();
    mprom_rp2_call(rp2->rom.connect, 0, 0, 0, 0);
    mprom_rp2_call(rp2->rom.exit_xip, 0, 0, 0, 0);
    int err = get_ready(rp2);
    if (err == 0 && step->function != 0) {
        mprom_rp2_call(step->function, step->a, step->b, step->c, step->d);
    } else if (err == 0) {
        err = ask(READ_ID, rp2->id, MPROM_RP2_ID_SIZE);
    }
    mprom_rp2_call(rp2->rom.flush, 0, 0, 0, 0);
    mprom_rp2_run(rp2->boot2);
    for (uint32_t i = 0; i < PADS_QSPI_PINS; i++) {
        mprom_mmio_write32(PADS_QSPI_SCLK + i * PADS_QSPI_NEXT, pads[i]);
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

static bool find_functions(struct mprom_rp2_flash *rp2)
{
    if ((mprom_mmio_read32(mprom_rp2_rom_at(ROM_MAGIC)) & ROM_MAGIC_BITS) != ROM_MAGIC_VALUE) {
        return false;
    }
    rp2->rom.connect = lookup('I', 'F');
    rp2->rom.exit_xip = lookup('E', 'X');
    rp2->rom.erase = lookup('R', 'E');
    rp2->rom.program = lookup('R', 'P');
    rp2->rom.flush = lookup('F', 'C');
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

int mprom_rp2_flash_open(struct mprom_rp2_flash *rp2, uint32_t clock_hz)
{
    const struct step step = {0};
    *rp2 = (struct mprom_rp2_flash){.polls_max = clock_hz / (CYCLES_PER_POLL / BUSY_S_MAX)};
    if (!find_functions(rp2)) {
        return -MPROM_EOPNOTSUPP;
    }
    for (uint32_t i = 0; i < MPROM_RP2_BOOT2_SIZE / sizeof(uint32_t); i++) {
        rp2->boot2[i] = mprom_mmio_read32(XIP_BASE + 4 * i);
    }
    int err = guarded_run(rp2, &step);
    return err ? err : take_geometry(rp2);
}
