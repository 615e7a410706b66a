/* RM0456 28, the block that the H723 has too; octospi.md has the register trace of an erase and of a program. */
#include "chips/stm32/driver/octospi.h"

#include "arch/mmio.h"
#include "chips/stm32/regs/octospi_regs.h"
#include "chips/stm32/regs/stm32h7_regs.h"

/* FMODE first: in memory-mapped mode nothing that follows starts anything, and the window is closed meanwhile. */
static void set_up(const struct mprom_serial_controller *controller, const struct mprom_spi_nor_command *command,
                   uint32_t format, enum mprom_serial_mode mode)
{
    uint32_t control = mprom_mmio_read32(controller->base + OCTOSPI_CR) & ~OCTOSPI_CR_FMODE;
    mprom_mmio_write32(controller->base + OCTOSPI_CR, control | (uint32_t)mode << OCTOSPI_CR_FMODE_POS);
    mprom_mmio_write32(controller->base + OCTOSPI_TCR, OCTOSPI_TCR_SSHIFT | command->dummy_clocks);
    mprom_mmio_write32(controller->base + OCTOSPI_CCR, format);
    mprom_mmio_write32(controller->base + OCTOSPI_IR, command->opcode);
}

static void set_prescaler(const struct mprom_serial_controller *controller, uint32_t prescaler)
{
    mprom_mmio_write32(controller->base + OCTOSPI_DCR2, prescaler - 1);
}

static const struct mprom_serial_controller controller_h723 = {
    .rcc_enable = RCC_AHB3ENR_H7,
    .rcc_reset = RCC_AHB3RSTR_H7,
    .rcc_bits = RCC_AHB3_OSPI1 | RCC_AHB3_IOMNGR,
    .base = OCTOSPI1_BASE,
    .sr = OCTOSPI_SR,
    .fcr = OCTOSPI_FCR,
    .dlr = OCTOSPI_DLR,
    .ar = OCTOSPI_AR,
    .abr = OCTOSPI_ABR,
    .dr = OCTOSPI_DR,
    .imode_pos = OCTOSPI_CCR_IMODE_POS,
    .admode_pos = OCTOSPI_CCR_ADMODE_POS,
    .abmode_pos = OCTOSPI_CCR_ABMODE_POS,
    .set_up = set_up,
    .set_prescaler = set_prescaler,
};

void mprom_octospi_open(struct mprom_serial_bus *serial, uint32_t prescaler, void (*wait_us)(uint32_t us))
{
    mprom_serial_bus_open(serial, &controller_h723, wait_us);
    /* Nothing is shared, and port 1 is OCTOSPI1's: clock, nCS and the lower four data lines. */
    mprom_mmio_write32(OCTOSPIM_CR, 0);
    mprom_mmio_write32(OCTOSPIM_P1CR, OCTOSPIM_PCR_CLKEN | OCTOSPIM_PCR_NCSEN | OCTOSPIM_PCR_IOLEN);
    /* As large as the window: reading ahead at the end of any chip is no error then. It does not set what is sent. */
    mprom_mmio_write32(OCTOSPI1_BASE + OCTOSPI_DCR1, (MPROM_SERIAL_WINDOW_LOG2 - 1u) << OCTOSPI_DCR1_DEVSIZE_POS |
                                                         (MPROM_SERIAL_SELECT_GAP - 1u) << OCTOSPI_DCR1_CSHT_POS);
    mprom_mmio_write32(OCTOSPI1_BASE + OCTOSPI_DCR2, prescaler - 1);
    mprom_mmio_write32(OCTOSPI1_BASE + OCTOSPI_CR,
                       (MPROM_SERIAL_FIFO_WORD - 1u) << OCTOSPI_CR_FTHRES_POS | OCTOSPI_CR_EN);
}
