/* Registers of OSPI as the models know them: offsets, and how a field is taken. */
#ifndef MPROM_ALIF_OSPI_REGISTERS_H
#define MPROM_ALIF_OSPI_REGISTERS_H

#include "chips/alif/model/ospi_model.h"

enum ospi_register {
    CTRLR0 = 0x00,
    CTRLR1 = 0x04,
    ENR = 0x08,
    SER = 0x10,
    BAUDR = 0x14,
    TXFTLR = 0x18,
    RXFTLR = 0x1C,
    TXFLR = 0x20,
    RXFLR = 0x24,
    SR = 0x28,
    IMR = 0x2C,
    DR = 0x60,
    DR_END = 0xF0,
    RX_SAMPLE_DELAY = 0xF0,
    SPI_CTRLR0 = 0xF4,
    DDR_DRIVE_EDGE = 0xF8,
    XIP_MODE_BITS = 0xFC,
    XIP_INCR_INST = 0x100,
    XIP_WRAP_INST = 0x104,
    XIP_CTRL = 0x108,
    XIP_SER = 0x10C,
    XIP_CNT_TIME_OUT = 0x114,
};

enum {
    OSPI_AXI_MHZ = 400,
    OSPI_AES_XIP_EN = 1 << 4,
    OSPI_RXDS_DELAY_MAX = 16,
};

static inline uint32_t ospi_register(const struct ospi_model *ospi, enum ospi_register off)
{
    return ospi->registers[off / 4];
}

/* Bits high down to low. */
static inline uint32_t ospi_field(const struct ospi_model *ospi, enum ospi_register off, int high, int low)
{
    return ospi_register(ospi, off) >> low & ((1u << (high - low + 1)) - 1);
}

#endif
