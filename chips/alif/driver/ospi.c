/* The order of registers is that of facts.md; README.md has the trace of an erase and of a program. */
#include "chips/alif/driver/ospi.h"

#include <stddef.h>

#include "arch/mmio.h"
#include "chips/alif/driver/mpu.h"
#include "chips/alif/regs/ospi_regs.h"
#include "mprom/error.h"

enum {
    SELECT = 1,
    TMOD_BOTH = 0,
    TMOD_SEND = 1,
    TMOD_RECEIVE = 2,
    BAUDR_FAST = 4,  /* AXI's 400 MHz / 4 */
    BAUDR_SLOW = 40, /* 10 MHz, for one line */
    XIP_TIME_OUT = 100,
    /*
     * Of a wait. 64 bytes on one line take 51.2 us, 256 on eight 1.3 us; a poll of this bus takes four cycles of 400 MHz
     * at least.
     */
    POLLS_MAX = 100000,
};

#define WINDOW_0 0xA0000000u
#define WINDOW_NEXT 0x20000000u
#define WINDOW_LIMIT 0x1FFFFFE0u /* from its start: the last 32 bytes */

static uint32_t ospi_get(const struct mprom_alif_ospi *ospi, uint32_t off)
{
    return mprom_mmio_read32(ospi->base + off);
}

static void ospi_set(const struct mprom_alif_ospi *ospi, uint32_t off, uint32_t value)
{
    mprom_mmio_write32(ospi->base + off, value);
}

/* Waits until the flags of mask are as wanted. */
static int ospi_wait(const struct mprom_alif_ospi *ospi, uint32_t mask, uint32_t wanted)
{
    for (uint32_t polls = 0; polls < POLLS_MAX; polls++) {
        if ((ospi_get(ospi, OSPI_SR) & mask) == wanted) {
            return 0;
        }
    }
    return -MPROM_ETIMEDOUT;
}

/* All registers but SER are written while the controller is off. */
static void ospi_set_up(const struct mprom_alif_ospi *ospi, uint32_t format, uint32_t frames, uint32_t lanes,
                        uint32_t divider)
{
    ospi_set(ospi, OSPI_ENR, 0);
    ospi_set(ospi, OSPI_SER, 0);
    ospi_set(ospi, OSPI_CTRLR0, OSPI_CTRLR0_MST | format);
    ospi_set(ospi, OSPI_CTRLR1, frames);
    ospi_set(ospi, OSPI_SPI_CTRLR0, lanes);
    ospi_set(ospi, OSPI_BAUDR, divider);
    ospi_set(ospi, OSPI_ENR, 1);
}

/* The data wait in the FIFO when the chip is selected: it has room for all of them. */
int mprom_alif_ospi_single(const struct mprom_alif_ospi *ospi, uint8_t *bytes, uint32_t size)
{
    ospi_set_up(ospi, TMOD_BOTH << OSPI_CTRLR0_TMOD_POS | OSPI_CTRLR0_DFS_8, size - 1, 0, BAUDR_SLOW);
    for (uint32_t i = 0; i < size; i++) {
        ospi_set(ospi, OSPI_DR, bytes[i]);
    }
    ospi_set(ospi, OSPI_SER, SELECT);
    int err = 0;
    for (uint32_t i = 0; i < size && err == 0; i++) {
        err = ospi_wait(ospi, OSPI_SR_RFNE, OSPI_SR_RFNE);
        bytes[i] = (uint8_t)ospi_get(ospi, OSPI_DR);
    }
    return err ? err : ospi_wait(ospi, OSPI_SR_BUSY, 0);
}

/* Opcode, and address, are an entry each. */
static void ospi_command(const struct mprom_alif_ospi *ospi, const struct mprom_alif_ospi_command *command)
{
    ospi_set(ospi, OSPI_DR, command->opcode);
    if (command->has_address) {
        ospi_set(ospi, OSPI_DR, command->address);
    }
}

static uint32_t ospi_lanes(const struct mprom_alif_ospi_command *command)
{
    return OSPI_SPI_CTRLR0_ALL_LANES | OSPI_SPI_CTRLR0_DDR |
           (command->is_wide ? OSPI_SPI_CTRLR0_INST_16 | OSPI_SPI_CTRLR0_INST_DDR : OSPI_SPI_CTRLR0_INST_8) |
           (command->has_address ? OSPI_SPI_CTRLR0_ADDR_32 : 0);
}

/* Frames of 16 bits with RXDS: all sources agree about this width only. */
int mprom_alif_ospi_read(const struct mprom_alif_ospi *ospi, const struct mprom_alif_ospi_command *command,
                         uint16_t *entries, uint32_t count)
{
    uint32_t wait = (uint32_t)command->dummy_clocks << OSPI_SPI_CTRLR0_WAIT_POS;
    ospi_set_up(ospi, OSPI_CTRLR0_OCTAL | TMOD_RECEIVE << OSPI_CTRLR0_TMOD_POS | OSPI_CTRLR0_DFS_16, count - 1,
                ospi_lanes(command) | wait | OSPI_SPI_CTRLR0_RXDS, BAUDR_FAST);
    ospi_command(ospi, command);
    ospi_set(ospi, OSPI_SER, SELECT);
    int err = 0;
    for (uint32_t i = 0; i < count && err == 0; i++) {
        err = ospi_wait(ospi, OSPI_SR_RFNE, OSPI_SR_RFNE);
        entries[i] = (uint16_t)ospi_get(ospi, OSPI_DR);
    }
    return err ? err : ospi_wait(ospi, OSPI_SR_BUSY, 0);
}

/* The bytes of a word on the wire, first one in bits 31:24: as they lie in memory, or each two swapped. */
static uint32_t wire_word(uint32_t word, bool swaps)
{
    return swaps ? word << 16 | word >> 16 : __builtin_bswap32(word);
}

int mprom_alif_ospi_write(const struct mprom_alif_ospi *ospi, const struct mprom_alif_ospi_command *command,
                          const uint32_t *words, uint32_t count)
{
    ospi_set_up(ospi, OSPI_CTRLR0_OCTAL | TMOD_SEND << OSPI_CTRLR0_TMOD_POS | OSPI_CTRLR0_DFS_32, 0,
                ospi_lanes(command), BAUDR_FAST);
    ospi_command(ospi, command);
    for (uint32_t i = 0; i < count; i++) {
        ospi_set(ospi, OSPI_DR, wire_word(words[i], command->is_wide));
    }
    ospi_set(ospi, OSPI_SER, SELECT);
    return ospi_wait(ospi, OSPI_SR_TFE | OSPI_SR_BUSY, OSPI_SR_TFE);
}

/* Of the AES block only what connects the window: its keys are the Secure Enclave's. */
static void ospi_connect(const struct mprom_alif_ospi *ospi, bool on)
{
    uint32_t control = ospi_get(ospi, OSPI_AES + AES_CONTROL) & ~AES_CONTROL_XIP_EN;
    ospi_set(ospi, OSPI_AES + AES_CONTROL, control | (on ? AES_CONTROL_XIP_EN : 0));
}

/* Without a region the window is a device by the default map: nothing is read ahead there. */
static void window_allow(const struct mprom_alif_ospi *ospi, bool on)
{
    mprom_alif_mpu_set(MPROM_ALIF_MPU_OSPI, ospi->window | MPU_RBAR_READ_ONLY | MPU_RBAR_ANYONE,
                       (ospi->window + WINDOW_LIMIT) | MPROM_ALIF_MPU_OSPI << MPU_RLAR_ATTRIBUTE_POS |
                           (on ? MPU_RLAR_ENABLE : 0));
}

void mprom_alif_ospi_begin(struct mprom_alif_ospi *ospi)
{
    ospi->primask = mprom_cpu_irq_mask();
    window_allow(ospi, false);
    ospi_connect(ospi, false);
    ospi_set(ospi, OSPI_ENR, 0);
}

static void window_set_up(const struct mprom_alif_ospi *ospi, const struct mprom_alif_ospi_command *read)
{
    uint32_t width = read->is_wide ? OSPI_CTRLR0_DFS_16 : OSPI_CTRLR0_DFS_8;
    uint32_t opcode = read->is_wide ? OSPI_XIP_CTRL_INST_16 | OSPI_XIP_CTRL_INST_DDR : OSPI_XIP_CTRL_INST_8;
    ospi_set(ospi, OSPI_ENR, 0);
    ospi_set(ospi, OSPI_SER, 0);
    ospi_set(ospi, OSPI_CTRLR0, OSPI_CTRLR0_MST | OSPI_CTRLR0_OCTAL | TMOD_RECEIVE << OSPI_CTRLR0_TMOD_POS | width);
    ospi_set(ospi, OSPI_BAUDR, BAUDR_FAST);
    ospi_set(ospi, OSPI_XIP_CTRL,
             OSPI_XIP_CTRL_OCTAL | OSPI_XIP_CTRL_ALL_LANES | OSPI_XIP_CTRL_ADDR_32 | opcode |
                 (uint32_t)read->dummy_clocks << OSPI_XIP_CTRL_WAIT_POS | OSPI_XIP_CTRL_DFS_HC | OSPI_XIP_CTRL_DDR |
                 OSPI_XIP_CTRL_RXDS | OSPI_XIP_CTRL_INST | OSPI_XIP_CTRL_CONT);
    ospi_set(ospi, OSPI_XIP_MODE_BITS, 0);
    ospi_set(ospi, OSPI_XIP_INCR_INST, read->opcode);
    ospi_set(ospi, OSPI_XIP_WRAP_INST, read->opcode);
    ospi_set(ospi, OSPI_XIP_SER, SELECT);
    ospi_set(ospi, OSPI_XIP_CNT_TIME_OUT, XIP_TIME_OUT);
    ospi_set(ospi, OSPI_ENR, 1);
}

void mprom_alif_ospi_end(struct mprom_alif_ospi *ospi, const struct mprom_alif_ospi_command *read)
{
    if (read != NULL) {
        window_set_up(ospi, read);
        ospi_connect(ospi, true);
        window_allow(ospi, true);
    }
    mprom_cpu_irq_restore(ospi->primask);
}

void mprom_alif_ospi_open(struct mprom_alif_ospi *ospi, const struct mprom_alif_ospi_wiring *wiring)
{
    *ospi = (struct mprom_alif_ospi){.base = wiring->number == 0 ? OSPI0_BASE : OSPI1_BASE,
                                     .window = WINDOW_0 + wiring->number * WINDOW_NEXT,
                                     .wiring = *wiring};
    mprom_alif_mpu_attributes();
    mprom_alif_ospi_begin(ospi);
    ospi_set(ospi, OSPI_TXFTLR, 0);
    ospi_set(ospi, OSPI_IMR, 0);
    ospi_set(ospi, OSPI_RX_SAMPLE_DELAY, wiring->sample_delay);
    ospi_set(ospi, OSPI_DDR_DRIVE_EDGE, wiring->drive_edge);
    ospi_set(ospi, OSPI_AES + AES_RXDS_DELAY, wiring->rxds_delay);
}
