#include "ospi.h"

#include "chips/mmio.h"

void ospi_put(uint32_t address, uint32_t value)
{
    mmio_write32(address, value);
}

void ospi_start(void)
{
    ospi_put(RCC_ENR, OSPI1 | IOMNGR);
    serial_mpu(SERIAL_CLOSED);
    ospi_put(DCR1, SIZE_8M);
    ospi_put(DCR2, 3); /* 16 MHz */
    ospi_put(CR, ENABLED);
}

void ospi_await(uint32_t mask, uint32_t wanted)
{
    for (int polls = 0; polls < 100 && (mmio_read32(SR) & mask) != wanted; polls++) {
    }
}

void ospi_finish(void)
{
    ospi_await(TCF, TCF);
    ospi_await(BUSY, 0);
    ospi_put(FCR, TCF);
}

void ospi_set_up(uint32_t control, uint32_t format, uint32_t dummy_clocks, uint32_t opcode)
{
    ospi_put(CR, control);
    ospi_put(TCR, dummy_clocks);
    ospi_put(CCR, format);
    ospi_put(IR, opcode);
}

void ospi_status_begin(void)
{
    ospi_put(DLR, 0);
    ospi_set_up(READS, OPCODE | DATA, 0, 0x05);
}

void ospi_write_enable(void)
{
    ospi_set_up(WRITES, OPCODE, 0, 0x06);
    ospi_finish();
}

void ospi_erase(void)
{
    ospi_write_enable();
    ospi_set_up(WRITES, OPCODE | ADDRESS, 0, 0x20);
    ospi_put(AR, 0x1000);
    ospi_finish();
}

void ospi_program_begin(uint32_t size)
{
    ospi_write_enable();
    ospi_put(DLR, size - 1);
    ospi_set_up(WRITES, OPCODE | ADDRESS | DATA, 0, 0x02);
    ospi_put(AR, 0x1002);
}

void ospi_map(void)
{
    ospi_set_up(MAPPED, FAST_READ, 8, 0x0B);
    serial_mpu(SERIAL_OPEN);
}

static void abort_it(void)
{
    ospi_put(CR, mmio_read32(CR) | ABORT);
    while (mmio_read32(CR) & ABORT) {
    }
    ospi_await(BUSY, 0);
}

void ospi_unmap(void)
{
    serial_mpu(SERIAL_CLOSED);
    abort_it();
}
