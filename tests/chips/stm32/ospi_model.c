/* The model of OCTOSPI catches what the manual forbids: clocks, ports, settings, modes and the window. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chips/mmio.h"
#include "ospi.h"

static struct serial_rig rig;

/* Clocks, ports and pins */

static void clock_off(void)
{
    ospi_put(CR, ENABLED);
}

static void held_in_reset(void)
{
    ospi_put(RCC_ENR, OSPI1);
    ospi_put(RCC_RSTR, OSPI1);
    ospi_put(CR, ENABLED);
}

static void manager_clock_off(void)
{
    ospi_put(RCC_ENR, OSPI1);
    ospi_put(P1CR, 0x00010101);
}

static void pin_not_connected(void)
{
    ospi_start();
    ospi_put(GPIOD_MODER, mmio_read32(GPIOD_MODER) & ~(3u << 24));
    ospi_write_enable();
}

static void port_without_data(void)
{
    ospi_put(RCC_ENR, OSPI1 | IOMNGR);
    ospi_put(P1CR, 0x00000101);
    ospi_start();
    ospi_write_enable();
}

static void port_of_the_other_controller(void)
{
    ospi_put(RCC_ENR, OSPI1 | IOMNGR);
    ospi_put(P1CR, 0x00010301);
    ospi_start();
    ospi_write_enable();
}

static void port_shared(void)
{
    ospi_put(RCC_ENR, OSPI1 | IOMNGR);
    ospi_put(M_CR, 1);
    ospi_start();
    ospi_write_enable();
}

static void port_changed_under_way(void)
{
    ospi_start();
    ospi_put(P1CR, 0x00010101);
}

static void not_enabled(void)
{
    ospi_start();
    ospi_put(CR, 0);
    ospi_put(CCR, OPCODE);
    ospi_put(IR, 0x06);
}

/* While it is busy */

static void busy_cr(void)
{
    ospi_start();
    ospi_status_begin();
    ospi_put(CR, READS | 31 << 8);
}

static void busy_fmode(void)
{
    ospi_start();
    ospi_status_begin();
    ospi_put(CR, WRITES);
}

static void busy_dcr1(void)
{
    ospi_start();
    ospi_status_begin();
    ospi_put(DCR1, SIZE_8M);
}

static void busy_dcr2(void)
{
    ospi_start();
    ospi_status_begin();
    ospi_put(DCR2, 1);
}

static void busy_dlr(void)
{
    ospi_start();
    ospi_status_begin();
    ospi_put(DLR, 3);
}

static void busy_ccr(void)
{
    ospi_start();
    ospi_status_begin();
    ospi_put(CCR, OPCODE);
}

static void busy_tcr(void)
{
    ospi_start();
    ospi_status_begin();
    ospi_put(TCR, 8);
}

static void busy_ir(void)
{
    ospi_start();
    ospi_status_begin();
    ospi_put(IR, 0x06);
}

static void busy_ar(void)
{
    ospi_start();
    ospi_status_begin();
    ospi_put(AR, 0);
}

static void busy_abr(void)
{
    ospi_start();
    ospi_status_begin();
    ospi_put(ABR, 0);
}

/* Memory-mapped mode left wrongly */

static void window_open(void)
{
    ospi_start();
    serial_mpu(SERIAL_OPEN);
    ospi_set_up(WRITES, OPCODE, 0, 0x06);
}

/* The CPU may have read, so the controller reads ahead. */
static void erase_in_mapped_mode(void)
{
    ospi_start();
    ospi_map();
    ospi_set_up(WRITES, OPCODE, 0, 0x06);
}

/* Closing the window is not enough: only an abort ends the reading ahead. */
static void no_abort(void)
{
    ospi_start();
    ospi_map();
    serial_mpu(SERIAL_CLOSED);
    ospi_put(CR, WRITES);
}

/* Nor is an abort while the CPU may read on. */
static void abort_with_the_window_open(void)
{
    ospi_start();
    ospi_map();
    ospi_put(CR, MAPPED | ABORT);
    while (mmio_read32(CR) & ABORT) {
    }
    ospi_put(CR, WRITES);
}

static void abort_not_awaited(void)
{
    ospi_start();
    ospi_map();
    serial_mpu(SERIAL_CLOSED);
    ospi_put(CR, MAPPED | ABORT);
    ospi_put(CR, WRITES);
}

/* After the abort it is in memory-mapped mode still: FMODE must be set too. */
static void erase_without_leaving_mapped_mode(void)
{
    ospi_start();
    ospi_map();
    ospi_unmap();
    ospi_put(CCR, OPCODE | ADDRESS);
    ospi_put(IR, 0x20);
    ospi_put(AR, 0x1000);
}

/* The CPU reads before anything says how. */
static void mapped_with_the_window_open(void)
{
    ospi_start();
    serial_mpu(SERIAL_OPEN);
    ospi_set_up(MAPPED, FAST_READ, 8, 0x0B);
}

/* The window */

static void read_in_indirect_mode(void)
{
    ospi_start();
    serial_access(0x90000000, MODEL_LOAD);
}

static void execution_in_indirect_mode(void)
{
    ospi_start();
    serial_access(0x90000000, MODEL_FETCH);
}

static void read_that_the_mpu_forbids(void)
{
    ospi_start();
    ospi_set_up(MAPPED, FAST_READ, 8, 0x0B);
    serial_access(0x90000000, MODEL_LOAD);
}

static void store_to_the_window(void)
{
    ospi_start();
    ospi_map();
    ospi_put(0x90000000, 0);
}

/* Leaves the chip with 4K erased that a cache may hold, and memory-mapped. */
static void erase_and_map(void)
{
    serial_caches_start();
    ospi_start();
    ospi_map();
    ospi_unmap();
    ospi_erase();
    bus_pass(1000000000);
    ospi_map();
}

static void stale_data(void)
{
    erase_and_map();
    serial_access(0x90001000, MODEL_LOAD);
}

static void stale_code(void)
{
    erase_and_map();
    serial_access(0x90001000, MODEL_FETCH);
}

static const struct serial_mistake mistakes[] = {
    {"clock off", clock_off, "access to OCTOSPI while its clock is off"},
    {"held in reset", held_in_reset, "access to OCTOSPI while it is held in reset"},
    {"the manager's clock off", manager_clock_off, "access to OCTOSPIM while its clock is off"},
    {"a pin not connected", pin_not_connected, "IO1 is not connected"},
    {"port without data lines", port_without_data, "its IO0 to IO3 goes to no port"},
    {"nCS of the other controller", port_of_the_other_controller, "its nCS goes to no port"},
    {"port shared", port_shared, "OCTOSPI is asked for what is not modelled"},
    {"port changed while enabled", port_changed_under_way, "while OCTOSPI is enabled"},
    {"not enabled", not_enabled, "while OCTOSPI is not enabled"},
    {"CR while busy", busy_cr, "write of OCTOSPI's CR while it is busy"},
    {"FMODE while busy", busy_fmode, "write of OCTOSPI's CR while it is busy"},
    {"DCR1 while busy", busy_dcr1, "write of OCTOSPI's DCR1 while it is busy"},
    {"DCR2 while busy", busy_dcr2, "write of OCTOSPI's DCR2 while it is busy"},
    {"DLR while busy", busy_dlr, "write of OCTOSPI's DLR while it is busy"},
    {"CCR while busy", busy_ccr, "write of OCTOSPI's CCR while it is busy"},
    {"TCR while busy", busy_tcr, "write of OCTOSPI's TCR while it is busy"},
    {"IR while busy", busy_ir, "write of OCTOSPI's IR while it is busy"},
    {"AR while busy", busy_ar, "write of OCTOSPI's AR while it is busy"},
    {"ABR while busy", busy_abr, "write of OCTOSPI's ABR while it is busy"},
    {"window open during a command", window_open, "may read ahead"},
    {"erase in mapped mode", erase_in_mapped_mode, "write of OCTOSPI's CR while it is busy"},
    {"no abort", no_abort, "write of OCTOSPI's CR while it is busy"},
    {"abort with the window open", abort_with_the_window_open, "write of OCTOSPI's CR while it is busy"},
    {"abort not awaited", abort_not_awaited, "write of OCTOSPI's CR while it is busy"},
    {"mapped mode not left", erase_without_leaving_mapped_mode, "AR in memory-mapped mode"},
    {"mapped with the window open", mapped_with_the_window_open, "a command without an opcode"},
    {"read in indirect mode", read_in_indirect_mode, "read of the flash at 0x90000000 while the controller is not"},
    {"execution in indirect mode", execution_in_indirect_mode, "execution of the flash at 0x90000000 while the"},
    {"read that the MPU forbids", read_that_the_mpu_forbids, "which the MPU forbids"},
    {"store to the window", store_to_the_window, "which can only be read"},
    {"stale data", stale_data, "read of the flash at 0x90001000, which the cache may hold"},
    {"stale code", stale_code, "execution of the flash at 0x90001000, which the cache may hold"},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    serial_expect_mistakes(&rig, SERIAL_OCTOSPI, mistakes, sizeof mistakes / sizeof mistakes[0]);
}

static void what_is_allowed_is_silent(void **state)
{
    (void)state;
    serial_rig_open(&rig, SERIAL_OCTOSPI, "w25q64");
    rig.cells.bytes[0x1000] = 0x5A;
    erase_and_map();
    serial_caches_drop();
    serial_access(0x90001000, MODEL_LOAD);
    serial_access(0x90001000, MODEL_FETCH);
    serial_access(0x907FFFFC, MODEL_LOAD);
    assert_int_equal(rig.cells.bytes[0x1000], 0xFF);
    ospi_unmap();
    ospi_program_begin(5);
    ospi_put(DR, 0x44332211);
    mmio_write8(DR, 0x55);
    ospi_finish();
    bus_pass(1000000);
    assert_memory_equal(rig.cells.bytes + 0x1000, "\xFF\xFF\x11\x22\x33\x44\x55\xFF", 8);
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

/* Memory-mapped mode that the CPU has not used leaves the controller idle: BUSY goes up with the first access. */
static void mapped_mode_is_idle_until_the_cpu_may_read(void **state)
{
    (void)state;
    serial_rig_open(&rig, SERIAL_OCTOSPI, "w25q64");
    ospi_start();
    ospi_set_up(MAPPED, FAST_READ, 8, 0x0B);
    assert_int_equal(mmio_read32(SR) & BUSY, 0);
    ospi_put(CR, WRITES);
    ospi_map();
    assert_int_equal(mmio_read32(SR) & BUSY, BUSY);
    ospi_unmap();
    assert_int_equal(mmio_read32(SR) & BUSY, 0);
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(what_is_allowed_is_silent),
        cmocka_unit_test(mapped_mode_is_idle_until_the_cpu_may_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
