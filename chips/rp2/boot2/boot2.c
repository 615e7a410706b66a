/*
 * boot2 of an RP2040 with a W25Q chip: registers and order from facts.md. It has 252 bytes for everything, and no data but
 * constants in its code.
 *
 * Status registers are written only if quad enable is off, and keep what else they hold: an exact comparison of the second
 * one, as the usual boot2 has it, rewrites them at each call on a chip that has other bits set there.
 */
#include "chips/rp2/boot2/boot2.h"

#include "arch/mmio.h"
#include "chips/rp2/regs/rp2040_regs.h"

enum {
    DIVIDER = 2, /* 62.5 MHz of 125 MHz */
    SAMPLE_DELAY = 1,
    WRITE_STATUS = 0x01,
    READ_STATUS = 0x05,
    READ_STATUS_2 = 0x35,
    WRITE_ENABLE = 0x06,
    READ_QUAD = 0xEB,
    MODE_CONTINUOUS = 0xA0,
    STATUS_BUSY = 1,
    STATUS_2_QUAD = 2,
    WAIT_CLOCKS = 4,
    ADDRESS_AND_MODE = 8, /* units of four bits */
    DATA_PINS = 4,
};

/* Registers whose addresses differ by a little are reached from one base: that is shorter. */
static uint32_t base_of(uint32_t address)
{
#ifdef __arm__
    __asm__("" : "+l"(address));
#endif
    return address;
}

/* Reading SR when nothing goes on any more also ends the frame. */
static void wait_idle(uint32_t ssi)
{
    while ((mprom_mmio_read32(ssi + (SSI_SR - SSI_CTRLR0)) & (SSI_SR_BUSY | SSI_SR_TFE)) != SSI_SR_TFE) {
    }
}

/* A frame of two bytes; returns what comes with the second. */
static __attribute__((noinline)) uint32_t ask(uint32_t ssi, uint32_t opcode)
{
    mprom_mmio_write32(ssi + (SSI_DR0 - SSI_CTRLR0), opcode);
    mprom_mmio_write32(ssi + (SSI_DR0 - SSI_CTRLR0), opcode);
    wait_idle(ssi);
    (void)mprom_mmio_read32(ssi + (SSI_DR0 - SSI_CTRLR0));
    return mprom_mmio_read32(ssi + (SSI_DR0 - SSI_CTRLR0));
}

static void enable_quad(uint32_t ssi)
{
    uint32_t status_2 = ask(ssi, READ_STATUS_2);
    if (status_2 & STATUS_2_QUAD) {
        return;
    }
    uint32_t status = ask(ssi, READ_STATUS);
    mprom_mmio_write32(ssi + (SSI_DR0 - SSI_CTRLR0), WRITE_ENABLE);
    wait_idle(ssi);
    (void)mprom_mmio_read32(ssi + (SSI_DR0 - SSI_CTRLR0));
    mprom_mmio_write32(ssi + (SSI_DR0 - SSI_CTRLR0), WRITE_STATUS);
    mprom_mmio_write32(ssi + (SSI_DR0 - SSI_CTRLR0), status);
    mprom_mmio_write32(ssi + (SSI_DR0 - SSI_CTRLR0), status_2 | STATUS_2_QUAD);
    wait_idle(ssi);
    for (uint32_t i = 0; i < 3; i++) {
        (void)mprom_mmio_read32(ssi + (SSI_DR0 - SSI_CTRLR0));
    }
    while (ask(ssi, READ_STATUS) & STATUS_BUSY) {
    }
}

static void set_up_pads(void)
{
    uint32_t pads = base_of(PADS_QSPI_SCLK);
    mprom_mmio_write32(pads, PADS_DRIVE_8MA | PADS_SLEWFAST);
    for (uint32_t i = 0; i < DATA_PINS; i++) {
        pads += PADS_QSPI_NEXT;
        mprom_mmio_write32(pads, PADS_IE | PADS_DRIVE_4MA);
    }
}

void mprom_rp2_boot2_set_up(void)
{
    uint32_t ssi = base_of(SSI_CTRLR0);
    uint32_t format = base_of(SSI_RX_SAMPLE_DLY);
    const uint32_t phases = (uint32_t)ADDRESS_AND_MODE << SSI_SPI_CTRLR0_ADDR_POS | (uint32_t)WAIT_CLOCKS
                                                                                        << SSI_SPI_CTRLR0_WAIT_POS;
    set_up_pads();
    mprom_mmio_write32(ssi + (SSI_SSIENR - SSI_CTRLR0), 0);
    mprom_mmio_write32(ssi + (SSI_BAUDR - SSI_CTRLR0), DIVIDER);
    mprom_mmio_write32(format, SAMPLE_DELAY);
    mprom_mmio_write32(ssi, SSI_CTRLR0_DFS_8);
    mprom_mmio_write32(ssi + (SSI_SSIENR - SSI_CTRLR0), 1);
    enable_quad(ssi);
    mprom_mmio_write32(ssi + (SSI_SSIENR - SSI_CTRLR0), 0);
    mprom_mmio_write32(ssi, SSI_CTRLR0_QUAD | SSI_CTRLR0_DFS_32 | SSI_CTRLR0_EEPROM);
    mprom_mmio_write32(ssi + (SSI_CTRLR1 - SSI_CTRLR0), 0);
    mprom_mmio_write32(format + (SSI_SPI_CTRLR0 - SSI_RX_SAMPLE_DLY),
                       phases | SSI_SPI_CTRLR0_INST_8 | SSI_SPI_CTRLR0_ADDR_QUAD);
    mprom_mmio_write32(ssi + (SSI_SSIENR - SSI_CTRLR0), 1);
    mprom_mmio_write32(ssi + (SSI_DR0 - SSI_CTRLR0), READ_QUAD);
    mprom_mmio_write32(ssi + (SSI_DR0 - SSI_CTRLR0), MODE_CONTINUOUS);
    wait_idle(ssi);
    mprom_mmio_write32(ssi + (SSI_SSIENR - SSI_CTRLR0), 0);
    mprom_mmio_write32(format + (SSI_SPI_CTRLR0 - SSI_RX_SAMPLE_DLY),
                       phases | (uint32_t)MODE_CONTINUOUS << SSI_SPI_CTRLR0_XIP_CMD_POS | SSI_SPI_CTRLR0_ALL_QUAD);
    mprom_mmio_write32(ssi + (SSI_SSIENR - SSI_CTRLR0), 1);
}
