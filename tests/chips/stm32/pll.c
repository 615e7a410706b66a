/* The PLL of the F7: the driver over strict models of RCC, PWR and the flash's wait states; and each mistake by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "chips/stm32/model/clock_model.h"
#include "chips/stm32/port/pll_f7.h"
#include "f4.h"

/* Registers and bits, from ST's header stm32f767xx.h. */
enum {
    CR = 0x40023800,
    PLLCFGR = 0x40023804,
    CFGR = 0x40023808,
    APB1ENR = 0x40023840,
    PWR_CR1 = 0x40007000,
    PWR_CSR1 = 0x40007004,
    ACR = 0x40023C00,
    HSEON = 1 << 16,
    PLLON = 1 << 24,
    PWREN = 1 << 28,
    ODEN = 1 << 16,
    ODSWEN = 1 << 17,
    CR_RESET = 0x83,
    CR1_RESET = 0xC000,
    /* M 16 or 25, N 288 or 432, P 2, Q 9: 144 or 216 MHz. */
    PLL_144 = 0x29000000 | 288 << 6 | 16,
    PLL_216 = 0x29000000 | 432 << 6 | 16,
    FROM_HSE = 1 << 22,
    BUSES = 5 << 10 | 4 << 13, /* APB1 a quarter, APB2 half */
    SW_PLL = 2,
};

static struct f4 f7;
static struct rcc_model rcc;
static struct clock_model clocks;

static void open(uint32_t hse_hz)
{
    f4_open(&f7, "STM32F767II", 0);
    rcc_model_open(&rcc, PART_F7, &bus.side);
    clock_model_open(&clocks, hse_hz, &f7.model.acr, &rcc, &bus.side);
    rcc_model_reset(&rcc);
    f7.model.acr_changed = clock_model_check;
    f7.model.acr_ctx = &clocks;
    bus.models[3] = &rcc.model;
    bus.models[4] = &clocks.pwr;
}

static void expect_start(uint32_t clock_hz, uint32_t hse_hz)
{
    const struct mprom_stm32_board board = {.clock_hz = clock_hz, .hse_hz = hse_hz};
    struct mprom_stm32_clocks rates = {0};
    open(hse_hz);
    assert_true(mprom_pll_f7_start(&board, &rates));
    assert_int_equal(rates.cpu_hz, clock_hz);
    assert_int_equal(rcc.clock_hz, rates.cpu_hz);
    assert_int_equal(rcc.apb1_hz, rates.apb1_hz);
    assert_int_equal(rcc.apb2_hz, rates.apb2_hz);
    assert_int_equal(rcc.timer_hz, rates.timer_hz);
    assert_string_equal(bus.first_violation, "");
    f4_close(&f7);
}

static void every_clock_from_every_source(void **state)
{
    (void)state;
    static const uint32_t clocks_mhz[] = {50, 54, 64, 96, 120, 144, 168, 180, 181, 200, 216};
    for (size_t i = 0; i < sizeof clocks_mhz / sizeof clocks_mhz[0]; i++) {
        expect_start(clocks_mhz[i] * 1000000, 0);
        expect_start(clocks_mhz[i] * 1000000, 25000000);
        expect_start(clocks_mhz[i] * 1000000, 8000000);
    }
}

static const char *register_name(uint32_t address)
{
    switch (address) {
    case CR:
        return "RCC_CR     ";
    case PLLCFGR:
        return "RCC_PLLCFGR";
    case CFGR:
        return "RCC_CFGR   ";
    case PWR_CR1:
        return "PWR_CR1    ";
    case PWR_CSR1:
        return "PWR_CSR1   ";
    default:
        return address == ACR ? "FLASH_ACR  " : NULL;
    }
}

/* As ST's HAL and U-Boot do it: PLL on, over-drive, its switch, wait states and buses, the PLL's lock, the switch to
 * it. */
static const char steps[] = "read  RCC_CR      0x00000083\n"
                            "write RCC_CR      0x00010083\n"
                            "read  RCC_CR      0x00010083\n"
                            "read  RCC_CR      0x00030083\n"
                            "read  RCC_PLLCFGR 0x24003010\n"
                            "write RCC_PLLCFGR 0x29406c19\n"
                            "read  RCC_CR      0x00030083\n"
                            "write RCC_CR      0x01030083\n"
                            "read  PWR_CR1     0x0000c000\n"
                            "write PWR_CR1     0x0001c000\n"
                            "read  PWR_CSR1    0x00000000\n"
                            "read  PWR_CSR1    0x00010000\n"
                            "read  PWR_CR1     0x0001c000\n"
                            "write PWR_CR1     0x0003c000\n"
                            "read  PWR_CSR1    0x00010000\n"
                            "read  PWR_CSR1    0x00030000\n"
                            "read  FLASH_ACR   0x00000000\n"
                            "write FLASH_ACR   0x00000007\n"
                            "read  FLASH_ACR   0x00000007\n"
                            "write RCC_CFGR    0x00009400\n"
                            "read  RCC_CR      0x01030083\n"
                            "read  RCC_CR      0x03030083\n"
                            "read  RCC_CFGR    0x00009400\n"
                            "write RCC_CFGR    0x00009402\n"
                            "read  RCC_CFGR    0x0000940a\n";

static void the_steps_are_those_of_other_drivers_and_of_the_readme(void **state)
{
    (void)state;
    const struct mprom_stm32_board board = {.clock_hz = 216000000, .hse_hz = 25000000};
    struct mprom_stm32_clocks rates;
    char *readme = bus_read_page(MPROM_SOURCE_DIR "/chips/stm32/README.md");
    open(25000000);
    bus.name = register_name;
    assert_true(mprom_pll_f7_start(&board, &rates));
    bus_expect_trace("216 MHz from a crystal of 25 MHz", steps, readme);
    free(readme);
    f4_close(&f7);
}

/* What never gets ready is given up, and all is as after the reset. */
static void what_does_not_start_leaves_the_internal_oscillator(void **state)
{
    (void)state;
    const struct mprom_stm32_board board = {.clock_hz = 216000000, .hse_hz = 25000000};
    for (int i = 0; i < 3; i++) {
        struct mprom_stm32_clocks rates = {.cpu_hz = 1};
        open(25000000);
        clocks.hse_is_dead = i == 0;
        clocks.pll_is_dead = i == 1;
        clocks.drive_is_dead = i == 2;
        bus.reads = 0;
        assert_false(mprom_pll_f7_start(&board, &rates));
        assert_in_range(bus.reads, 10000, 1000000);
        assert_int_equal(rates.cpu_hz, 1);
        assert_int_equal(rcc.clock_hz, 16000000);
        assert_int_equal(rcc.apb1_hz, 16000000);
        assert_int_equal(mprom_mmio_read32(CR), CR_RESET);
        assert_int_equal(mprom_mmio_read32(CFGR), 0);
        assert_int_equal(mprom_mmio_read32(PWR_CR1), CR1_RESET);
        assert_int_equal(mprom_mmio_read32(ACR), 0);
        assert_string_equal(bus.first_violation, "");
        f4_close(&f7);
    }
}

static void pll_on(uint32_t setting)
{
    mprom_mmio_write32(PLLCFGR, setting);
    mprom_mmio_write32(CR, CR_RESET | PLLON);
    bus_pass(1000000);
}

static void run(uint32_t setting, uint32_t wait_states, uint32_t buses)
{
    pll_on(setting);
    mprom_mmio_write32(ACR, wait_states);
    mprom_mmio_write32(CFGR, buses);
    mprom_mmio_write32(CFGR, buses | SW_PLL);
}

static void over_drive(void)
{
    mprom_mmio_write32(PWR_CR1, CR1_RESET | ODEN);
    bus_pass(1000000);
    mprom_mmio_write32(PWR_CR1, CR1_RESET | ODEN | ODSWEN);
    bus_pass(1000000);
}

static void too_few_wait_states(void)
{
    run(PLL_144, 3, BUSES);
}

static void wait_states_taken_away(void)
{
    run(PLL_144, 4, BUSES);
    assert_string_equal(bus.first_violation, "");
    mprom_mmio_write32(ACR, 3);
}

static void pll_not_ready(void)
{
    mprom_mmio_write32(ACR, 4);
    mprom_mmio_write32(PLLCFGR, PLL_144);
    mprom_mmio_write32(CR, CR_RESET | PLLON);
    mprom_mmio_write32(CFGR, BUSES | SW_PLL);
}

static void pll_not_on(void)
{
    mprom_mmio_write32(CFGR, SW_PLL);
}

static void crystal_not_ready(void)
{
    mprom_mmio_write32(CR, CR_RESET | HSEON);
    mprom_mmio_write32(CFGR, 1);
}

static void pll_from_a_crystal_that_is_off(void)
{
    mprom_mmio_write32(PLLCFGR, PLL_144 | FROM_HSE);
    mprom_mmio_write32(CR, CR_RESET | PLLON);
}

static void no_crystal(void)
{
    clocks.hse_hz = 0;
    mprom_mmio_write32(CR, CR_RESET | HSEON);
}

static void vco_input_too_fast(void)
{
    pll_on(0x29000000 | 100 << 6 | 4); /* 4 MHz */
}

static void vco_input_too_slow(void)
{
    pll_on(0x29000000 | 288 << 6 | 17);
}

static void vco_too_fast(void)
{
    pll_on(0x29000000 | 217 << 6 | 8); /* 434 MHz */
}

static void vco_too_slow(void)
{
    pll_on(0x29000000 | 99 << 6 | 16);
}

static void multiplier_too_small(void)
{
    pll_on(0x29000000 | 49 << 6 | 8);
}

static void usb_divider_too_small(void)
{
    pll_on(0x21000000 | 288 << 6 | 16);
}

static void setting_changed_while_on(void)
{
    pll_on(PLL_144);
    mprom_mmio_write32(PLLCFGR, PLL_216);
}

static void fast_without_over_drive(void)
{
    run(PLL_216, 7, BUSES);
}

static void fast_at_a_low_voltage(void)
{
    mprom_mmio_write32(PWR_CR1, 2 << 14);
    run(0x29000000 | 350 << 6 | 16, 5, BUSES); /* 175 MHz at scale 2 */
}

static void switched_before_over_drive_is_ready(void)
{
    pll_on(PLL_216);
    mprom_mmio_write32(PWR_CR1, CR1_RESET | ODEN);
    mprom_mmio_write32(PWR_CR1, CR1_RESET | ODEN | ODSWEN);
}

static void over_drive_while_it_runs_from_the_pll(void)
{
    run(PLL_144, 7, BUSES);
    mprom_mmio_write32(PWR_CR1, CR1_RESET | ODEN);
}

static void over_drive_taken_away(void)
{
    pll_on(PLL_216);
    over_drive();
    run(PLL_216, 7, BUSES);
    assert_string_equal(bus.first_violation, "RCC_PLLCFGR is written while the PLL is on");
    bus.first_violation[0] = '\0';
    bus.violations = 0;
    mprom_mmio_write32(PWR_CR1, CR1_RESET);
}

static void voltage_while_the_pll_is_on(void)
{
    pll_on(PLL_144);
    mprom_mmio_write32(PWR_CR1, 1 << 14);
}

static void apb1_too_fast(void)
{
    run(PLL_144, 4, 4 << 10 | 4 << 13);
}

static void apb2_too_fast(void)
{
    run(PLL_144, 4, 5 << 10);
}

static void the_running_clock_turned_off(void)
{
    run(PLL_144, 4, BUSES);
    mprom_mmio_write32(CR, CR_RESET);
}

static void the_source_of_the_running_pll_turned_off(void)
{
    run(PLL_144, 4, BUSES);
    mprom_mmio_write32(CR, (CR_RESET & ~3) | PLLON);
}

static void pwr_without_its_clock(void)
{
    mprom_mmio_write32(APB1ENR, 0);
    mprom_mmio_read32(PWR_CR1);
}

static const struct bus_mistake mistakes[] = {
    {"too few wait states", too_few_wait_states, "read at 144 MHz with 3 wait states"},
    {"wait states taken away", wait_states_taken_away, "read at 144 MHz with 3 wait states"},
    {"PLL not ready", pll_not_ready, "switched to one that is not ready"},
    {"PLL not on", pll_not_on, "switched to one that is not ready"},
    {"crystal not ready", crystal_not_ready, "switched to one that is not ready"},
    {"PLL from a crystal that is off", pll_from_a_crystal_that_is_off, "from an oscillator that is not ready"},
    {"no crystal", no_crystal, "this board has no crystal"},
    {"VCO's input too fast", vco_input_too_fast, "not of 1 to 2 MHz"},
    {"VCO's input too slow", vco_input_too_slow, "not of 1 to 2 MHz"},
    {"VCO too fast", vco_too_fast, "a VCO that would not run"},
    {"VCO too slow", vco_too_slow, "a VCO that would not run"},
    {"N too small", multiplier_too_small, "a VCO that would not run"},
    {"Q too small", usb_divider_too_small, "with Q below 2"},
    {"setting changed while on", setting_changed_while_on, "written while the PLL is on"},
    {"216 MHz without over-drive", fast_without_over_drive, "the core runs at 216 MHz"},
    {"175 MHz at scale 2", fast_at_a_low_voltage, "the core runs at 175 MHz"},
    {"over-drive not awaited", switched_before_over_drive_is_ready, "switched to before it is ready"},
    {"over-drive from the PLL", over_drive_while_it_runs_from_the_pll, "while the CPU runs from the PLL"},
    {"over-drive taken away", over_drive_taken_away, "while the CPU runs from the PLL"},
    {"voltage while the PLL is on", voltage_while_the_pll_is_on, "chosen while the PLL is on"},
    {"APB1 too fast", apb1_too_fast, "APB1 and APB2 run at 72 and 72 MHz"},
    {"APB2 too fast", apb2_too_fast, "APB1 and APB2 run at 36 and 144 MHz"},
    {"the running clock turned off", the_running_clock_turned_off, "that the CPU runs from is turned off"},
    {"the PLL's source turned off", the_source_of_the_running_pll_turned_off, "that the CPU runs from is turned off"},
    {"PWR without its clock", pwr_without_its_clock, "access to PWR while its clock is off"},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        open(25000000);
        mprom_mmio_write32(APB1ENR, PWREN);
        bus_expect_caught("PLL", &mistakes[i]);
        f4_close(&f7);
    }
    printf("%zu mistakes caught\n", sizeof mistakes / sizeof mistakes[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_clock_from_every_source),
        cmocka_unit_test(the_steps_are_those_of_other_drivers_and_of_the_readme),
        cmocka_unit_test(what_does_not_start_leaves_the_internal_oscillator),
        cmocka_unit_test(each_mistake_is_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
