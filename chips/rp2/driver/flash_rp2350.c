/* An RP2350 with its Arm CPUs: a function in its boot ROM that looks others up, and the QMI. */
#include "arch/mmio.h"
#include "chips/rp2/driver/rom.h"
#include "chips/rp2/driver/series.h"
#include "chips/rp2/regs/rp2350_regs.h"

enum {
    CYCLES_PER_POLL = 192, /* two bytes at twelve cycles a bit, at least */
    BYTE_POLLS = 1000,     /* a byte takes 96 cycles, and a poll some */
};

static uint32_t lookup(uint32_t code)
{
    return mprom_rp2_call(mprom_mmio_read16(mprom_rp2_rom_at(ROM_LOOKUP_VALUE)), code, ROM_FLAG_ARM_SECURE, 0, 0);
}

MPROM_RAMFUNC static int wait_bit(uint32_t bit, uint32_t wanted)
{
    for (uint32_t polls = BYTE_POLLS; polls > 0; polls--) {
        if ((mprom_mmio_read32(QMI_DIRECT_CSR) & bit) == wanted) {
            return 0;
        }
    }
    return -MPROM_ETIMEDOUT;
}

/* Direct mode is off outside of it: the window may read then, and the boot ROM inverts these bits. */
MPROM_RAMFUNC static int ask(uint8_t opcode, uint8_t *answer, uint32_t size)
{
    const uint32_t on = QMI_CSR_EN | QMI_CSR_ASSERT_CS0N;
    mprom_mmio_write32(QMI_DIRECT_CSR + RP2_SET, on);
    mprom_mmio_write32(QMI_DIRECT_TX, opcode | QMI_TX_NOPUSH);
    int err = 0;
    for (uint32_t i = 0; i < size && err == 0; i++) {
        mprom_mmio_write32(QMI_DIRECT_TX, 0);
        err = wait_bit(QMI_CSR_RXEMPTY, 0);
        if (err == 0) {
            answer[i] = (uint8_t)mprom_mmio_read32(QMI_DIRECT_RX);
        }
    }
    if (err == 0) {
        err = wait_bit(QMI_CSR_BUSY, 0);
    }
    mprom_mmio_write32(QMI_DIRECT_CSR + RP2_CLEAR, on);
    return err;
}

static const struct mprom_rp2_flash_series series = {.magic = ROM_MAGIC_VALUE,
                                                     .lookup = lookup,
                                                     .ask = ask,
                                                     .set_up = BOOTRAM_BASE,
                                                     .pads = PADS_QSPI_SCLK,
                                                     .others = {QMI_M1_TIMING, QMI_M1_RFMT, QMI_M1_RCMD},
                                                     .cycles_per_poll = CYCLES_PER_POLL};

int mprom_rp2350_flash_open(struct mprom_rp2_flash *rp2, uint32_t clock_hz)
{
    mprom_mmio_write32(SCB_CPACR, mprom_mmio_read32(SCB_CPACR) | SCB_CPACR_CP7);
    mprom_cpu_barrier();
    return mprom_rp2_flash_open_series(rp2, &series, clock_hz);
}
