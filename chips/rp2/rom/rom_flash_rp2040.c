/* The flash functions, as the register trace of a real boot ROM in facts.md has them. */
#include "chips/rp2/rom/rom_flash_rp2040.h"

#include <stdbool.h>
#include <stddef.h>

#include "arch/mmio.h"
#include "chips/rp2/regs/rp2040_regs.h"
#include "chips/rp2/rom/rom_check.h"

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
    mprom_mmio_write32(IO_QSPI_SS_CTRL, outover);
    (void)mprom_mmio_read32(IO_QSPI_SS_CTRL); /* the write has arrived */
}

/* A debugger or the other core ends what goes on by an override of SD1's input. */
static bool is_aborted(void)
{
    return (mprom_mmio_read32(IO_QSPI_SD1_CTRL) & IO_CTRL_INOVER) != 0;
}

void mprom_rp2040_rom_connect(void)
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

/*
 * Goes on with a frame that was begun, in which so many words were pushed already: size bytes both ways, tx NULL for zeros,
 * rx NULL if nobody wants what comes. Ends with the chip deselected.
 */
static void shift(const uint8_t *tx, uint8_t *rx, uint32_t size, uint32_t pushed)
{
    uint32_t sent = 0, received = 0;
    while (sent < size || received < size || pushed > 0) {
        bool moved = false;
        uint32_t leaving = mprom_mmio_read32(SSI_TXFLR);
        uint32_t waiting = mprom_mmio_read32(SSI_RXFLR);
        if (sent < size && leaving + waiting < IN_FLIGHT_MAX) {
            mprom_mmio_write32(SSI_DR0, tx != NULL ? tx[sent] : 0);
            sent++;
            moved = true;
        }
        if (waiting > 0) {
            uint8_t byte = (uint8_t)mprom_mmio_read32(SSI_DR0);
            if (pushed > 0) {
                pushed--;
            } else if (rx != NULL) {
                rx[received++] = byte;
            } else {
                received++;
            }
            moved = true;
        }
        if (!moved && is_aborted()) {
            break;
        }
    }
    force_select(IO_CTRL_OUTOVER_HIGH);
}

void mprom_rp2040_rom_exchange(const uint8_t *tx, uint8_t *rx, uint32_t size)
{
    force_select(IO_CTRL_OUTOVER_LOW);
    shift(tx, rx, size, 0);
}

/* The bits of the offset above 24 fall into the opcode. */
void mprom_rp2040_rom_command(uint32_t opcode, uint32_t off, const uint8_t *tx, uint8_t *rx, uint32_t size)
{
    uint32_t word = opcode << 24 | off;
    force_select(IO_CTRL_OUTOVER_LOW);
    for (uint32_t i = 0; i < HEADER_SIZE; i++) {
        mprom_mmio_write32(SSI_DR0, word >> 24);
        word <<= 8;
    }
    shift(tx, rx, size, HEADER_SIZE);
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
    (void)mprom_mmio_read32(PADS_QSPI_SD0);
    force_select(IO_CTRL_OUTOVER_HIGH);
    for (uint32_t pass = 0; pass < 2; pass++) {
        uint32_t pull = pass == 0 ? PADS_PDE : PADS_PUE;
        data_pads(idle | pull, idle | pull);
        wait_for_pulls();
        shift(NULL, NULL, 4, 0);
        force_select(IO_CTRL_OUTOVER_LOW);
    }
}

void mprom_rp2040_rom_exit_xip(void)
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
    mprom_rp2040_rom_exchange(ones, NULL, sizeof ones);
    mprom_mmio_write32(IO_QSPI_SS_CTRL, 0);
}

/* A command without an address. */
static void ask(uint32_t opcode, uint8_t *rx, uint32_t size)
{
    force_select(IO_CTRL_OUTOVER_LOW);
    mprom_mmio_write32(SSI_DR0, opcode);
    shift(NULL, rx, size, 1);
}

static void wait_ready(void)
{
    uint8_t status;
    do {
        status = 0;
        ask(READ_STATUS, &status, 1);
    } while ((status & 1) && !is_aborted());
}

void mprom_rp2040_rom_erase(uint32_t off, uint32_t count, uint32_t block, uint32_t cmd)
{
    uint32_t end = off + count;
    while (off < end && !is_aborted()) {
        bool is_block = (off & (block - 1)) == 0 && end - off >= block;
        ask(WRITE_ENABLE, NULL, 0);
        mprom_rp2040_rom_command(is_block ? cmd : ERASE_SECTOR, off, NULL, NULL, 0);
        wait_ready();
        off += is_block ? block : SECTOR_SIZE;
    }
}

void mprom_rp2040_rom_program(uint32_t off, const uint8_t *data, uint32_t count)
{
    for (uint32_t done = 0; done < count && !is_aborted(); done += PAGE_SIZE) {
        ask(WRITE_ENABLE, NULL, 0);
        mprom_rp2040_rom_command(PROGRAM_PAGE, off + done, data + done, NULL, PAGE_SIZE);
        wait_ready();
    }
}

void mprom_rp2040_rom_erase_checked(uint32_t off, uint32_t count, uint32_t block, uint32_t cmd)
{
    if (mprom_rp2_rom_may_erase(off, count)) {
        mprom_rp2040_rom_erase(off, count, block, cmd);
    }
}

void mprom_rp2040_rom_program_checked(uint32_t off, const uint8_t *data, uint32_t count)
{
    if (mprom_rp2_rom_may_program(off, count)) {
        mprom_rp2040_rom_program(off, data, count);
    }
}

void mprom_rp2040_rom_flush(void)
{
    mprom_mmio_write32(XIP_FLUSH, 1);
    (void)mprom_mmio_read32(XIP_FLUSH); /* waits until it is done */
    mprom_mmio_write32(XIP_CTRL + RP2_SET, XIP_CTRL_EN);
    force_select(0);
}

void mprom_rp2040_rom_enter_xip(void)
{
    mprom_mmio_write32(SSI_SSIENR, 0);
    mprom_mmio_write32(SSI_CTRLR0, SSI_CTRLR0_DFS_32 | SSI_CTRLR0_EEPROM);
    mprom_mmio_write32(SSI_SPI_CTRLR0, (uint32_t)READ << SSI_SPI_CTRLR0_XIP_CMD_POS | SSI_SPI_CTRLR0_INST_8 |
                                           (2u * ADDRESS_SIZE) << SSI_SPI_CTRLR0_ADDR_POS);
    mprom_mmio_write32(SSI_SSIENR, 1);
}
