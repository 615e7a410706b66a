/* The flash functions, as the register trace of a real boot ROM in facts.md has them. */
#include "chips/rp2/rom/rom_flash_rp2350.h"

#include <stdbool.h>
#include <stddef.h>

#include "arch/mmio.h"
#include "chips/rp2/regs/rp2350_regs.h"

enum {
    DIVIDER = 12,
    PULL_LOOPS = 200, /* at least 1150 cycles, for the pulls to act */
    SECTOR_SIZE = 4096,
    PAGE_SIZE = 256,
    WRITE_ENABLE = 0x06,
    READ_STATUS = 0x05,
    ERASE_SECTOR = 0x20,
    PROGRAM_PAGE = 0x02,
    QPI_EXIT = 0xF5,
    QPI_EXIT_OTHERS = 0xFF,
    DATA_PINS = 4,
};

#define ONES (0xFFFFu | QMI_TX_NOPUSH | QMI_TX_16_BITS)
#define ON_FOUR_LINES (QMI_TX_NOPUSH | QMI_TX_OE | QMI_TX_QUAD)
#define TIMING 0x60007200u /* the divider goes into its lowest bits */

/* RFMT, and the opcode as RCMD. */
static const struct {
    uint32_t format;
    uint32_t command;
} reads[ROM_READS] = {
    [ROM_READ_03H] = {0x00001000, 0x03},
    [ROM_READ_0BH] = {0x00021000, 0x0B},
    [ROM_READ_BBH] = {0x00009154, 0xBB},
    [ROM_READ_EBH] = {0x000492A8, 0xEB},
};

static void invert_csr(uint32_t bits)
{
    mprom_mmio_write32(QMI_DIRECT_CSR + RP2_XOR, bits);
}

static void wait_idle(void)
{
    while (mprom_mmio_read32(QMI_DIRECT_CSR) & QMI_CSR_BUSY) {
    }
}

/* A debugger or the other core ends what goes on by an override of SD1's input. */
static bool is_aborted(void)
{
    return (mprom_mmio_read32(IO_QSPI_SD1_CTRL) & IO_CTRL_INOVER) != 0;
}

void mprom_rp2350_rom_connect(void)
{
    const uint32_t blocks = RESETS_IO_QSPI | RESETS_PADS_QSPI;
    mprom_mmio_write32(RESETS_RESET + RP2_SET, blocks);
    mprom_mmio_write32(RESETS_RESET + RP2_CLEAR, blocks);
    while (~mprom_mmio_read32(RESETS_RESET_DONE) & blocks) {
    }
    mprom_mmio_write32(PADS_QSPI_VOLTAGE_SELECT, 0);
    for (uint32_t i = 0; i < IO_QSPI_PINS; i++) {
        mprom_mmio_write32(IO_QSPI_SCLK_CTRL + i * IO_QSPI_NEXT, 0);
    }
    for (uint32_t i = 0; i < PADS_QSPI_PINS; i++) {
        mprom_mmio_write32(PADS_QSPI_SCLK + i * PADS_QSPI_NEXT + RP2_CLEAR, PADS_ISO);
    }
}

void mprom_rp2350_rom_select_read(uint32_t read, uint32_t divider)
{
    static const uint32_t windows[] = {QMI_M0_TIMING, QMI_M1_TIMING};
    mprom_mmio_write32(QMI_DIRECT_CSR, divider << QMI_CSR_CLKDIV_POS);
    for (uint32_t i = 0; i < sizeof windows / sizeof windows[0]; i++) {
        mprom_mmio_write32(windows[i], TIMING | divider);
        mprom_mmio_write32(windows[i] + (QMI_M0_RFMT - QMI_M0_TIMING), reads[read].format);
        mprom_mmio_write32(windows[i] + (QMI_M0_RCMD - QMI_M0_TIMING), reads[read].command);
    }
}

void mprom_rp2350_rom_enter_xip(void)
{
    mprom_rp2350_rom_select_read(ROM_READ_03H, DIVIDER);
}

/* What an interrupted program left in the FIFOs; no chip is selected. */
static void drain(void)
{
    uint32_t csr;
    invert_csr(QMI_CSR_EN);
    do {
        csr = mprom_mmio_read32(QMI_DIRECT_CSR);
        if (!(csr & QMI_CSR_RXEMPTY)) {
            (void)mprom_mmio_read32(QMI_DIRECT_RX);
        }
    } while ((csr & QMI_CSR_BUSY) || !(csr & QMI_CSR_RXEMPTY));
    invert_csr(QMI_CSR_EN);
}

/* A frame that begins with what is in the FIFO already. */
static void exchange(const uint8_t *tx, uint8_t *rx, uint32_t size)
{
    uint32_t sent = 0, received = 0;
    invert_csr(QMI_CSR_EN | QMI_CSR_ASSERT_CS0N);
    while (sent < size || received < size) {
        uint32_t csr = mprom_mmio_read32(QMI_DIRECT_CSR);
        if (sent < size && !(csr & QMI_CSR_TXFULL)) {
            mprom_mmio_write32(QMI_DIRECT_TX, tx != NULL ? tx[sent] : 0);
            sent++;
        }
        if (received < size && !(csr & QMI_CSR_RXEMPTY)) {
            uint8_t byte = (uint8_t)mprom_mmio_read32(QMI_DIRECT_RX);
            if (rx != NULL) {
                rx[received] = byte;
            }
            received++;
        }
    }
    wait_idle();
    invert_csr(QMI_CSR_EN | QMI_CSR_ASSERT_CS0N);
}

static void send_word(uint32_t word)
{
    mprom_mmio_write32(QMI_DIRECT_TX, word);
    exchange(NULL, NULL, 0);
}

void mprom_rp2350_rom_command(uint32_t opcode, const uint8_t *tx, uint8_t *rx, uint32_t size)
{
    mprom_mmio_write32(QMI_DIRECT_TX, opcode | QMI_TX_NOPUSH);
    exchange(tx, rx, size);
}

/* Of two bytes in a word the lower one goes first. */
static void command_at(uint32_t opcode, uint32_t off, const uint8_t *tx, uint32_t size)
{
    uint32_t first = opcode | (off >> 16 & 0xFF) << 8;
    uint32_t second = (off >> 8 & 0xFF) | (off & 0xFF) << 8;
    mprom_mmio_write32(QMI_DIRECT_TX, first | QMI_TX_NOPUSH | QMI_TX_16_BITS);
    mprom_mmio_write32(QMI_DIRECT_TX, second | QMI_TX_NOPUSH | QMI_TX_16_BITS);
    exchange(tx, NULL, size);
}

static void data_pads(uint32_t first, uint32_t second)
{
    for (uint32_t i = 0; i < DATA_PINS; i++) {
        mprom_mmio_write32(PADS_QSPI_SD0 + i * PADS_QSPI_NEXT, i < DATA_PINS / 2 ? first : second);
    }
}

/* 32 clocks with the lines held by their pulls. */
static void clock_out(uint32_t pads, uint32_t select)
{
    data_pads(pads, pads);
    for (uint32_t i = 0; i < PULL_LOOPS; i++) {
        mprom_cpu_barrier();
    }
    invert_csr(QMI_CSR_EN | select);
    mprom_mmio_write32(QMI_DIRECT_TX, ONES);
    mprom_mmio_write32(QMI_DIRECT_TX, ONES);
    wait_idle();
    invert_csr(QMI_CSR_EN | select);
}

/* Low and not selected, high and selected; then what ends QPI and continuous read on the chips that there are. */
void mprom_rp2350_rom_exit_xip(void)
{
    mprom_rp2350_rom_enter_xip();
    drain();
    uint32_t pads = (mprom_mmio_read32(PADS_QSPI_SD0) & ~PADS_PUE) | PADS_OD | PADS_PDE;
    clock_out(pads, 0);
    pads ^= PADS_PUE | PADS_PDE;
    clock_out(pads, QMI_CSR_ASSERT_CS0N);
    uint32_t low = pads ^ (PADS_OD | PADS_PUE | PADS_PDE);
    data_pads(low, low ^ (PADS_PUE | PADS_PDE));
    send_word(QPI_EXIT | ON_FOUR_LINES);
    send_word(ONES);
    send_word(QPI_EXIT_OTHERS | ON_FOUR_LINES);
}

static void wait_ready(void)
{
    uint8_t status;
    do {
        status = 0;
        mprom_rp2350_rom_command(READ_STATUS, NULL, &status, 1);
    } while ((status & 1) && !is_aborted());
}

void mprom_rp2350_rom_erase(uint32_t off, uint32_t count, uint32_t block, uint32_t cmd)
{
    uint32_t end = off + count;
    while (off < end && !is_aborted()) {
        bool is_block = (off & (block - 1)) == 0 && end - off >= block;
        mprom_rp2350_rom_command(WRITE_ENABLE, NULL, NULL, 0);
        command_at(is_block ? cmd : ERASE_SECTOR, off, NULL, 0);
        wait_ready();
        off += is_block ? block : SECTOR_SIZE;
    }
}

void mprom_rp2350_rom_program(uint32_t off, const uint8_t *data, uint32_t count)
{
    for (uint32_t done = 0; done < count && !is_aborted(); done += PAGE_SIZE) {
        mprom_rp2350_rom_command(WRITE_ENABLE, NULL, NULL, 0);
        command_at(PROGRAM_PAGE, off + done, data + done, PAGE_SIZE);
        wait_ready();
    }
}

void mprom_rp2350_rom_flush(void)
{
    for (uint32_t off = XIP_CACHE_SIZE; off > 0; off -= XIP_LINE_SIZE) {
        mprom_mmio_write8(XIP_MAINTENANCE_DROP + off - XIP_LINE_SIZE, 0);
    }
}
