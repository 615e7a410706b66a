/* An RP2040: a table of functions in its boot ROM, the SSI, and boot2. */
#include "arch/mmio.h"
#include "chips/rp2/driver/rom.h"
#include "chips/rp2/driver/series.h"
#include "chips/rp2/regs/rp2040_regs.h"

enum {
    CYCLES_PER_POLL = 64, /* two bytes at six cycles a bit, at least */
    BYTE_POLLS = 1000,    /* a byte takes 48 cycles, and a poll some */
};

static uint32_t lookup(uint32_t code)
{
    return mprom_rp2_call(mprom_mmio_read16(mprom_rp2_rom_at(ROM_LOOKUP)),
                          mprom_mmio_read16(mprom_rp2_rom_at(ROM_FUNCTION_TABLE)), code, 0, 0);
}

/* Chip select, whatever the SSI does. */
MPROM_RAMFUNC static void select_chip(uint32_t outover)
{
    mprom_mmio_write32(IO_QSPI_SS_CTRL, (mprom_mmio_read32(IO_QSPI_SS_CTRL) & ~IO_CTRL_OUTOVER) | outover);
    (void)mprom_mmio_read32(IO_QSPI_SS_CTRL); /* the write has arrived */
}

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

static const struct mprom_rp2_flash_series series = {.magic = ROM_MAGIC_VALUE,
                                                     .lookup = lookup,
                                                     .ask = ask,
                                                     .set_up = XIP_BASE,
                                                     .pads = PADS_QSPI_SCLK,
                                                     .cycles_per_poll = CYCLES_PER_POLL};

int mprom_rp2040_flash_open(struct mprom_rp2_flash *rp2, uint32_t clock_hz)
{
    return mprom_rp2_flash_open_series(rp2, &series, clock_hz);
}
