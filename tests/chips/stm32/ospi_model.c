/* The model of OCTOSPI: the mistakes that it alone must catch, each made once, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "serial_hand.h"

/* Registers and fields, from chips/stm32/facts.md. */
enum {
    RCC_ENR = 0x580244D4,
    CR = 0x52005000,
    DCR1 = CR + 0x008,
    DCR2 = CR + 0x00C,
    DCR4 = CR + 0x014,
    SR = CR + 0x020,
    DLR = CR + 0x040,
    AR = CR + 0x048,
    DR = CR + 0x050,
    CCR = CR + 0x100,
    TCR = CR + 0x108,
    IR = CR + 0x110,
    ABR = CR + 0x120,
    M_CR = 0x5200B400,
    P1CR = M_CR + 4,

    OSPI1 = 1 << 14, /* in RCC's registers */
    IOMNGR = 1 << 21,
    ENABLED = 0x00000301, /* FTHRES 4 bytes */
    OPCODE = 1,           /* CCR: on one lane */
    ADDRESS = 0x2100,     /* 24 bits on one lane */
    DATA = 1 << 24,       /* on one lane */
    FAST_READ = OPCODE | ADDRESS | DATA,
};
/* FMODE */
static const uint32_t WRITES = ENABLED;
static const uint32_t READS = ENABLED | 1u << 28;
static const uint32_t MAPPED = ENABLED | 3u << 28;

static struct serial_rig rig;

static void put(uint32_t address, uint32_t value)
{
    mprom_mmio_write32(address, value);
}

/* For commands that hand_set_up() has no words for. */
static void set_up(uint32_t control, uint32_t format, uint32_t dummy_clocks, uint32_t opcode)
{
    put(CR, control);
    put(TCR, dummy_clocks);
    put(CCR, format);
    put(IR, opcode);
}

/* Clocks and ports */

static void manager_clock_off(void)
{
    put(RCC_ENR, OSPI1);
    put(P1CR, 0x00010101);
}

static void port_without_data(void)
{
    put(RCC_ENR, OSPI1 | IOMNGR);
    put(P1CR, 0x00000101);
    hand_start();
    hand_write_enable();
}

static void port_of_the_other_controller(void)
{
    put(RCC_ENR, OSPI1 | IOMNGR);
    put(P1CR, 0x00010301);
    hand_start();
    hand_write_enable();
}

static void port_shared(void)
{
    put(RCC_ENR, OSPI1 | IOMNGR);
    put(M_CR, 1);
    hand_start();
    hand_write_enable();
}

static void port_changed_under_way(void)
{
    hand_start();
    put(P1CR, 0x00010101);
}

static void not_enabled(void)
{
    hand_start();
    put(CR, 0);
    put(CCR, OPCODE);
    put(IR, 0x06);
}

/* While it is busy */

static void busy_dcr1(void)
{
    hand_start();
    hand_status_begin();
    put(DCR1, SIZE_8M);
}

static void busy_dcr2(void)
{
    hand_start();
    hand_status_begin();
    put(DCR2, 1);
}

static void busy_ccr(void)
{
    hand_start();
    hand_status_begin();
    put(CCR, OPCODE);
}

static void busy_tcr(void)
{
    hand_start();
    hand_status_begin();
    put(TCR, 8);
}

static void busy_ir(void)
{
    hand_start();
    hand_status_begin();
    put(IR, 0x06);
}

static void busy_abr(void)
{
    hand_start();
    hand_status_begin();
    put(ABR, 0);
}

/* The wrong mode */

/* After the abort it is in memory-mapped mode still: FMODE must be set too. */
static void erase_without_leaving_mapped_mode(void)
{
    hand_start();
    hand_map();
    hand_unmap();
    put(CCR, OPCODE | ADDRESS);
    put(IR, 0x20);
    put(AR, 0x1000);
}

/* The CPU reads before anything says how. */
static void mapped_with_the_window_open(void)
{
    hand_start();
    serial_mpu(SERIAL_OPEN);
    set_up(MAPPED, FAST_READ, 8, 0x0B);
}

static void status_read_as_a_write(void)
{
    hand_start();
    put(DLR, 0);
    set_up(WRITES, OPCODE | DATA, 0, 0x05);
    mprom_mmio_read8(DR);
}

static void status_read_in_mapped_mode(void)
{
    hand_start();
    set_up(MAPPED, OPCODE | DATA, 0, 0x05);
    mprom_mmio_read8(DR);
}

static void erase_as_a_read(void)
{
    hand_start();
    hand_write_enable();
    set_up(READS, OPCODE | ADDRESS, 0, 0x20);
    put(AR, 0x1000);
}

static void program_as_a_read(void)
{
    hand_start();
    hand_write_enable();
    put(DLR, 3);
    set_up(READS, OPCODE | ADDRESS | DATA, 8, 0x0B);
    put(DR, 0);
}

/* Commands */

static void without_an_opcode(void)
{
    hand_start();
    set_up(READS, DATA, 0, 0x05);
}

static void mode_byte_on_one_lane(void)
{
    hand_start();
    set_up(READS, OPCODE | 0x2300 | 1 << 16 | 3 << 24, 4, 0xEB);
    put(AR, 0);
}

static void double_data_rate(void)
{
    hand_start();
    set_up(READS, OPCODE | DATA | 1 << 27, 0, 0x05);
}

static void data_strobe(void)
{
    hand_start();
    set_up(READS, OPCODE | DATA | 1 << 29, 0, 0x05);
}

static void eight_lanes(void)
{
    hand_start();
    set_up(READS, OPCODE | 4 << 24, 8, 0x8B);
}

static void opcode_of_two_bytes(void)
{
    hand_start();
    set_up(WRITES, OPCODE | 1 << 4, 0, 0x06);
}

/* Settings */

static void register_by_bytes(void)
{
    hand_start();
    mprom_mmio_write8(DLR, 1);
}

static void register_that_is_not_modelled(void)
{
    hand_start();
    put(CR + 0x180, OPCODE); /* WCCR */
}

static void hyperbus(void)
{
    hand_start();
    put(DCR1, SIZE_8M | 4 << 24);
}

static void clock_mode_3(void)
{
    hand_start();
    put(DCR1, SIZE_8M | 1);
}

static void refresh(void)
{
    hand_start();
    put(DCR4, 100);
}

static void direct_memory_access(void)
{
    hand_start();
    put(CR, ENABLED | 4);
}

static void time_out_counter(void)
{
    hand_start();
    put(CR, MAPPED | 8);
}

static void chip_select_too_short(void)
{
    hand_start();
    put(DCR2, 1);
    hand_write_enable();
}

static void tables_read_too_fast(void)
{
    hand_start();
    put(DCR1, SIZE_8M | 7 << 8);
    put(DCR2, 0);
    put(DLR, 0);
    set_up(READS, FAST_READ, 8, 0x5A);
    put(AR, 0);
}

/* MicroPython's value for this board: 23, taken for the logarithm of bytes, is that of bits. */
static void window_of_1_mb(void)
{
    hand_start();
    put(DCR1, (23 - 3 - 1) << 16);
    hand_map();
    serial_access(0x900FFFFC, MODEL_LOAD);
    assert_string_equal(bus.first_violation, "");
    serial_access(0x90100000, MODEL_LOAD);
}

static const struct bus_mistake mistakes[] = {
    {"the manager's clock off", manager_clock_off, "access to OCTOSPIM while its clock is off"},
    {"port without data lines", port_without_data, "its IO0 to IO3 goes to no port"},
    {"nCS of the other controller", port_of_the_other_controller, "its nCS goes to no port"},
    {"port shared", port_shared, "OCTOSPI is asked for what is not modelled"},
    {"port changed while enabled", port_changed_under_way, "while OCTOSPI is enabled"},
    {"not enabled", not_enabled, "while OCTOSPI is not enabled"},
    {"DCR1 while busy", busy_dcr1, "write of OCTOSPI's DCR1 while it is busy"},
    {"DCR2 while busy", busy_dcr2, "write of OCTOSPI's DCR2 while it is busy"},
    {"CCR while busy", busy_ccr, "write of OCTOSPI's CCR while it is busy"},
    {"TCR while busy", busy_tcr, "write of OCTOSPI's TCR while it is busy"},
    {"IR while busy", busy_ir, "write of OCTOSPI's IR while it is busy"},
    {"ABR while busy", busy_abr, "write of OCTOSPI's ABR while it is busy"},
    {"mapped mode not left", erase_without_leaving_mapped_mode, "AR in memory-mapped mode"},
    {"mapped with the window open", mapped_with_the_window_open, "a command without an opcode"},
    {"status read as a write", status_read_as_a_write, "read of OCTOSPI's data, where there is none"},
    {"status read in mapped mode", status_read_in_mapped_mode, "read of OCTOSPI's data, where there is none"},
    {"erase as a read", erase_as_a_read, "a read without data"},
    {"program as a read", program_as_a_read, "has no command that sends any"},
    {"without an opcode", without_an_opcode, "a command without an opcode"},
    {"mode byte on one lane", mode_byte_on_one_lane, "not on the lanes of the address"},
    {"double data rate", double_data_rate, "OCTOSPI is asked for what is not modelled"},
    {"data strobe", data_strobe, "OCTOSPI is asked for what is not modelled"},
    {"eight lanes", eight_lanes, "OCTOSPI is asked for what is not modelled"},
    {"opcode of two bytes", opcode_of_two_bytes, "OCTOSPI is asked for what is not modelled"},
    {"register by bytes", register_by_bytes, "write of 1 bytes to OCTOSPI at 0x040"},
    {"register that is not modelled", register_that_is_not_modelled, "write of 4 bytes to OCTOSPI at 0x180"},
    {"HyperBus", hyperbus, "to OCTOSPI's DCR1, which is not modelled"},
    {"clock mode 3", clock_mode_3, "to OCTOSPI's DCR1, which is not modelled"},
    {"refresh", refresh, "to OCTOSPI's DCR4, which is not modelled"},
    {"DMA", direct_memory_access, "to OCTOSPI's CR, which is not modelled"},
    {"time-out counter", time_out_counter, "to OCTOSPI's CR, which is not modelled"},
    {"nCS high for too short", chip_select_too_short, "nCS is high for less than 50 ns"},
    {"tables read too fast", tables_read_too_fast, "5Ah at more than 50 MHz"},
    {"window of 1 MB", window_of_1_mb, "read of the flash at 0x90100000, beyond the size"},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    hand_expect_mistakes(&rig, &hand_octospi, mistakes, sizeof mistakes / sizeof mistakes[0]);
}

/* Memory-mapped mode that the CPU has not used leaves the controller idle: BUSY goes up with the first access. */
static void mapped_mode_is_idle_until_the_cpu_may_read(void **state)
{
    (void)state;
    hand_open(&rig, &hand_octospi);
    hand_start();
    set_up(MAPPED, FAST_READ, 8, 0x0B);
    assert_int_equal(mprom_mmio_read32(SR) & BUSY, 0);
    put(CR, WRITES);
    hand_map();
    assert_int_equal(mprom_mmio_read32(SR) & BUSY, BUSY);
    hand_unmap();
    assert_int_equal(mprom_mmio_read32(SR) & BUSY, 0);
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(mapped_mode_is_idle_until_the_cpu_may_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
