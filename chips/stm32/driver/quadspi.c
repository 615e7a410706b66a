/* RM0399 24; README.md has the register trace of an erase and of a program. */
#include "chips/stm32/driver/quadspi.h"

#include "arch/mmio.h"
#include "chips/stm32/regs/quadspi_regs.h"
#include "chips/stm32/regs/stm32f7_regs.h"
#include "chips/stm32/regs/stm32h7_regs.h"

/* FMODE 0 with data to come: nothing happens before a store to DR. */
static const uint32_t CCR_PARKED = 1u << QUADSPI_CCR_IMODE_POS | 1u << QUADSPI_CCR_DMODE_POS;

static void set_up(const struct mprom_serial_controller *controller, const struct mprom_spi_nor_command *command,
                   uint32_t format, enum mprom_serial_mode mode)
{
    if (mode == MPROM_SERIAL_MAPPED) {
        /* With AR no multiple of 4 this mode reads wrong data (ES0321); a store to AR starts nothing here. */
        mprom_mmio_write32(controller->base + QUADSPI_CCR, CCR_PARKED);
        mprom_mmio_write32(controller->base + QUADSPI_AR, 0);
    }
    mprom_mmio_write32(controller->base + QUADSPI_CCR, format | command->opcode |
                                                           (uint32_t)command->dummy_clocks << QUADSPI_CCR_DCYC_POS |
                                                           (uint32_t)mode << QUADSPI_CCR_FMODE_POS);
}

static void set_prescaler(const struct mprom_serial_controller *controller, uint32_t prescaler)
{
    uint32_t control = mprom_mmio_read32(controller->base + QUADSPI_CR) & ~QUADSPI_CR_PRESCALER;
    mprom_mmio_write32(controller->base + QUADSPI_CR, control | (prescaler - 1) << QUADSPI_CR_PRESCALER_POS);
}

#define CONTROLLER                                                                                                   \
    .sr = QUADSPI_SR, .fcr = QUADSPI_FCR, .dlr = QUADSPI_DLR, .ar = QUADSPI_AR, .abr = QUADSPI_ABR,                  \
    .dr = QUADSPI_DR, .imode_pos = QUADSPI_CCR_IMODE_POS, .admode_pos = QUADSPI_CCR_ADMODE_POS,                      \
    .abmode_pos = QUADSPI_CCR_ABMODE_POS, .set_up = set_up, .set_prescaler = set_prescaler

const struct mprom_serial_controller mprom_quadspi_f7 = {.rcc_enable = RCC_AHB3ENR,
                                                         .rcc_reset = RCC_AHB3RSTR,
                                                         .rcc_bits = RCC_AHB3_QSPI_F7,
                                                         .base = QUADSPI_BASE_F7,
                                                         CONTROLLER};
const struct mprom_serial_controller mprom_quadspi_h7 = {.rcc_enable = RCC_AHB3ENR_H7,
                                                         .rcc_reset = RCC_AHB3RSTR_H7,
                                                         .rcc_bits = RCC_AHB3_QSPI_H7,
                                                         .base = QUADSPI_BASE_H7,
                                                         CONTROLLER};

void mprom_quadspi_open(struct mprom_serial_bus *serial, const struct mprom_serial_controller *controller,
                        uint32_t prescaler, void (*wait_us)(uint32_t us))
{
    mprom_serial_bus_open(serial, controller, wait_us);
    /* As large as the window: reading ahead at the end of any chip is no error then. It does not set what is sent. */
    mprom_mmio_write32(controller->base + QUADSPI_DCR, (MPROM_SERIAL_WINDOW_LOG2 - 1u) << QUADSPI_DCR_FSIZE_POS |
                                                           (MPROM_SERIAL_SELECT_GAP - 1u) << QUADSPI_DCR_CSHT_POS);
    mprom_mmio_write32(controller->base + QUADSPI_CR, (prescaler - 1) << QUADSPI_CR_PRESCALER_POS |
                                                          (MPROM_SERIAL_FIFO_WORD - 1u) << QUADSPI_CR_FTHRES_POS |
                                                          QUADSPI_CR_SSHIFT | QUADSPI_CR_EN);
}
