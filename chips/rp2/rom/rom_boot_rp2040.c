#include "chips/rp2/rom/rom_boot.h"

#include <stdbool.h>
#include <stddef.h>

#include "arch/mmio.h"
#include "chips/rp2/regs/rp2040_regs.h"
#include "chips/rp2/rom/rom_check.h"
#include "chips/rp2/rom/rom_crc.h"
#include "chips/rp2/rom/rom_flash_rp2040.h"

enum {
    BOOT2_SIZE = 256,
    CRC_SIZE = 4,
    READ = 0x03,
    TRIES = 128,
    SAMPLES = 9,
    SETTLE_LOOPS = 100,
};

#define BOOT2_PLACE 0x20041F00u
#define WATCHDOG_MAGIC 0xB007C0D3u

/* A word from the first CPU, which gets it back. */
static uint32_t answer_word(void)
{
    while (!(mprom_mmio_read32(SIO_FIFO_ST) & SIO_FIFO_ST_VLD)) {
        mprom_cpu_barrier();
    }
    uint32_t word = mprom_mmio_read32(SIO_FIFO_RD);
    mprom_mmio_write32(SIO_FIFO_WR, word);
    return word;
}

/* The first CPU starts the second one by 0, 0, 1, vectors, stack and entry; another word at the start begins anew. */
static __attribute__((noreturn)) void wait_for_launch(void)
{
    for (;;) {
        if (answer_word() != 0 || answer_word() != 0 || answer_word() != 1) {
            continue;
        }
        mprom_mmio_write32(SCB_VTOR, answer_word());
        uint32_t sp = answer_word();
        mprom_rp2_rom_jump(answer_word(), sp);
    }
}

/* A program may have left a place to go on at before it had the watchdog reset the chip. */
static void follow_watchdog(void)
{
    uint32_t entry = mprom_mmio_read32(WATCHDOG_SCRATCH4 + 4);
    uint32_t sp = mprom_mmio_read32(WATCHDOG_SCRATCH4 + 8);
    uint32_t target = mprom_mmio_read32(WATCHDOG_SCRATCH4 + 12);
    bool is_set = mprom_mmio_read32(WATCHDOG_SCRATCH4) == WATCHDOG_MAGIC;
    mprom_mmio_write32(WATCHDOG_SCRATCH4, 0);
    if (is_set && entry == (target ^ (0u - WATCHDOG_MAGIC))) {
        mprom_rp2_rom_jump(target | 1, sp);
    }
}

static void reset_blocks(uint32_t blocks)
{
    mprom_mmio_write32(RESETS_RESET + RP2_SET, blocks);
    mprom_mmio_write32(RESETS_RESET + RP2_CLEAR, blocks);
}

/* BOOTSEL pulls chip select low. */
static bool wants_usb(void)
{
    uint32_t high = 0;
    for (uint32_t i = 0; i < SETTLE_LOOPS; i++) {
        mprom_cpu_barrier();
    }
    for (uint32_t i = 0; i < SAMPLES; i++) {
        high += (mprom_mmio_read32(SIO_GPIO_HI_IN) & SIO_GPIO_HI_QSPI_SS) != 0;
    }
    return high <= SAMPLES / 2;
}

/* Reads boot2, with a clock of one of four kinds. Returns whether its CRC is right. */
static bool read_boot2(uint32_t kind)
{
    uint8_t *boot2 = (uint8_t *)BOOT2_PLACE;
    uint32_t crc = 0;
    mprom_mmio_write32(SSI_SSIENR, 0);
    mprom_mmio_write32(SSI_CTRLR0, (mprom_mmio_read32(SSI_CTRLR0) & ~SSI_CTRLR0_SCP) | kind << SSI_CTRLR0_SCP_POS);
    mprom_mmio_write32(SSI_SSIENR, 1);
    mprom_rp2040_rom_command(READ, 0, NULL, boot2, BOOT2_SIZE);
    for (uint32_t i = CRC_SIZE; i-- > 0;) {
        crc = crc << 8 | boot2[BOOT2_SIZE - CRC_SIZE + i];
    }
    return crc == mprom_rp2_rom_crc(boot2, BOOT2_SIZE - CRC_SIZE);
}

static void boot_flash(void)
{
    mprom_rp2040_rom_connect();
    mprom_rp2040_rom_exit_xip();
    for (uint32_t i = 0; i < TRIES; i++) {
        if (read_boot2(i & 3)) {
            mprom_rp2040_rom_flush();
            mprom_rp2_rom_jump(BOOT2_PLACE | 1, 0);
        }
    }
}

void mprom_rp2_rom_start(void)
{
    if (mprom_mmio_read32(SIO_CPUID) != 0) {
        wait_for_launch();
    }
    mprom_mmio_write32(CLOCKS_WAKE_EN0, UINT32_MAX);
    mprom_mmio_write32(CLOCKS_WAKE_EN1, UINT32_MAX);
    if (mprom_mmio_read32(VREG_CHIP_RESET) & VREG_CHIP_RESET_RESCUE) {
        mprom_rp2_rom_report(ROM_RESCUE);
    }
    follow_watchdog();
    reset_blocks(RESETS_IO_QSPI | RESETS_PADS_QSPI | RESETS_TIMER);
    if (!wants_usb()) {
        boot_flash();
    }
    mprom_rp2_rom_report(ROM_USB_BOOT);
    for (;;) {
    }
}
