/* The flash functions, as the register trace of a real boot ROM in facts.md has them. */
#include "chips/rp2/rom/rom_flash.h"

#include <stdbool.h>
#include <stddef.h>

#include "arch/mmio.h"
#include "chips/rp2/regs/rp2040_regs.h"

enum {
    IN_FLIGHT_MAX = 14, /* words in both FIFOs, which hold 16 each */
    BAUD_DIVIDER = 6,
    PULL_LOOPS = 1000, /* at least 6000 cycles, for the pulls to act */
    SECTOR_SIZE = 4096,
    PAGE_SIZE = 256,
    ADDRESS_SIZE = 3,
    HEADER_SIZE = 1 + ADDRESS_SIZE,
    WRITE_ENABLE = 0x06,
    READ_STATUS = 0x05,
    ERASE_SECTOR = 0x20,
    PROGRAM_PAGE = 0x02,
    READ = 0x03,
    DATA_PINS = 4,
};

static void force_select(uint32_t outover)
{
    mprom_mmio_write32(IO_QSPI_SS_CTRL, (mprom_mmio_read32(IO_QSPI_SS_CTRL) & ~IO_CTRL_OUTOVER) | outover);
}

/* A debugger or the other core ends what goes on by an override of SD1's input. */
static bool is_aborted(void)
{
    return (mprom_mmio_read32(IO_QSPI_SD1_CTRL) & IO_CTRL_INOVER) != 0;
}

void mprom_rp2_rom_connect(void)
{
    const uint32_t blocks = RESETS_IO_QSPI | RESETS_PADS_QSPI;
    mprom_mmio_write32(RESETS_RESET + RP2_SET, blocks);
    mprom_mmio_write32(RESETS_RESET + RP2_CLEAR, blocks);
    while (~mprom_mmio_read32(RESETS_RESET_DONE) & blocks) {
    }
    for (uint32_t i = 0; i < IO_QSPI_PINS; i++) {
        mprom_mmio_write32(IO_QSPI_SCLK_CTRL + i * IO_QSPI_NEXT, 0);
    }
}

/* A frame that the caller has begun: header, then data, both ways. Ends with the chip deselected. */
static void exchange(const uint8_t *header, uint32_t header_size, const uint8_t *tx, uint8_t *rx, uint32_t size)
{
    uint32_t sent = 0, received = 0, total = header_size + size;
    while (sent < total || received < total) {
        bool moved = false;
        uint32_t waiting = mprom_mmio_read32(SSI_RXFLR);
        if (sent < total && mprom_mmio_read32(SSI_TXFLR) + waiting < IN_FLIGHT_MAX) {
            uint32_t byte = sent < header_size ? header[sent] : tx != NULL ? tx[sent - header_size] : 0;
            mprom_mmio_write32(SSI_DR0, byte);
            sent++;
            moved = true;
        }
        if (waiting > 0) {
            uint8_t byte = (uint8_t)mprom_mmio_read32(SSI_DR0);
            if (rx != NULL && received >= header_size) {
                rx[received - header_size] = byte;
            }
            received++;
            moved = true;
        }
        if (!moved && is_aborted()) {
            break;
        }
    }
    force_select(IO_CTRL_OUTOVER_HIGH);
}

void mprom_rp2_rom_read(const uint8_t *header, uint32_t header_size, uint8_t *dst, uint32_t size)
{
    force_select(IO_CTRL_OUTOVER_LOW);
    exchange(header, header_size, NULL, dst, size);
}

static void data_pads(uint32_t first, uint32_t second)
{
    for (uint32_t i = 0; i < DATA_PINS; i++) {
        mprom_mmio_write32(PADS_QSPI_SD0 + i * PADS_QSPI_NEXT, i < DATA_PINS / 2 ? first : second);
    }
}

static void wait_for_pulls(void)
{
    for (uint32_t i = 0; i < PULL_LOOPS; i++) {
        mprom_cpu_barrier();
    }
}

/* Clocks for a chip that reads on and on: with the lines pulled low and not selected, then pulled high and selected. */
static void clock_out(void)
{
    const uint32_t idle = PADS_OD | PADS_IE | PADS_DRIVE_4MA | PADS_SCHMITT;
    force_select(IO_CTRL_OUTOVER_HIGH);
    for (uint32_t pass = 0; pass < 2; pass++) {
        uint32_t pull = pass == 0 ? PADS_PDE : PADS_PUE;
        data_pads(idle | pull, idle | pull);
        wait_for_pulls();
        exchange(NULL, 0, NULL, NULL, 4);
        force_select(IO_CTRL_OUTOVER_LOW);
    }
}

void mprom_rp2_rom_exit_xip(void)
{
    static const uint8_t ones[] = {0xFF, 0xFF};
    const uint32_t driven = PADS_IE | PADS_DRIVE_4MA | PADS_SCHMITT;
    mprom_mmio_write32(SSI_SSIENR, 0);
    (void)mprom_mmio_read32(SSI_SR);
    (void)mprom_mmio_read32(SSI_ICR);
    mprom_mmio_write32(SSI_BAUDR, BAUD_DIVIDER);
    mprom_mmio_write32(SSI_CTRLR0, SSI_CTRLR0_DFS_8);
    mprom_mmio_write32(SSI_SER, 1);
    mprom_mmio_write32(SSI_SSIENR, 1);
    clock_out();
    data_pads(driven, driven | PADS_PUE);
    mprom_rp2_rom_read(ones, sizeof ones, NULL, 0);
    mprom_mmio_write32(IO_QSPI_SS_CTRL, 0);
}

static void write_enable(void)
{
    static const uint8_t opcode = WRITE_ENABLE;
    mprom_rp2_rom_read(&opcode, 1, NULL, 0);
}

static void wait_ready(void)
{
    static const uint8_t opcode = READ_STATUS;
    uint8_t status;
    do {
        status = 0;
        mprom_rp2_rom_read(&opcode, 1, &status, 1);
    } while ((status & 1) && !is_aborted());
}

/* The bits of the offset above 24 fall into the opcode. */
static void command(uint32_t opcode, uint32_t off, const uint8_t *data, uint32_t size)
{
    uint32_t word = opcode << 24 | off;
    const uint8_t header[HEADER_SIZE] = {(uint8_t)(word >> 24), (uint8_t)(word >> 16), (uint8_t)(word >> 8),
                                         (uint8_t)word};
    force_select(IO_CTRL_OUTOVER_LOW);
    exchange(header, sizeof header, data, NULL, size);
}

void mprom_rp2_rom_erase(uint32_t off, uint32_t count, uint32_t block, uint32_t cmd)
{
    uint32_t end = off + count;
    while (off < end && !is_aborted()) {
        bool is_block = (off & (block - 1)) == 0 && end - off >= block;
        write_enable();
        command(is_block ? cmd : ERASE_SECTOR, off, NULL, 0);
        wait_ready();
        off += is_block ? block : SECTOR_SIZE;
    }
}

void mprom_rp2_rom_program(uint32_t off, const uint8_t *data, uint32_t count)
{
    for (uint32_t done = 0; done < count && !is_aborted(); done += PAGE_SIZE) {
        write_enable();
        command(PROGRAM_PAGE, off + done, data + done, PAGE_SIZE);
        wait_ready();
    }
}

void mprom_rp2_rom_flush(void)
{
    mprom_mmio_write32(XIP_FLUSH, 1);
    (void)mprom_mmio_read32(XIP_FLUSH); /* waits until it is done */
    mprom_mmio_write32(XIP_CTRL + RP2_SET, XIP_CTRL_EN);
    force_select(0);
}

void mprom_rp2_rom_enter_xip(void)
{
    mprom_mmio_write32(SSI_SSIENR, 0);
    mprom_mmio_write32(SSI_CTRLR0, SSI_CTRLR0_DFS_32 | SSI_CTRLR0_EEPROM);
    mprom_mmio_write32(SSI_SPI_CTRLR0, (uint32_t)READ << SSI_SPI_CTRLR0_XIP_CMD_POS | SSI_SPI_CTRLR0_INST_8 |
                                           (2u * ADDRESS_SIZE) << SSI_SPI_CTRLR0_ADDR_POS);
    mprom_mmio_write32(SSI_SSIENR, 1);
}
