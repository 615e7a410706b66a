#include "chips/stm32/model/clock_model.h"

enum {
    CR = 0x00,
    PLLCFGR = 0x04,
    CFGR = 0x08,
    PWR_CR1 = 0x00,
    PWR_CSR1 = 0x04,
    PWR_SIZE = 0x400,
    PWREN_BIT = 28, /* in APB1ENR */

    CR_HSION = 1 << 0,
    CR_HSIRDY = 1 << 1,
    CR_HSITRIM = 0x80, /* as after a reset */
    CR_HSEON = 1 << 16,
    CR_HSERDY = 1 << 17,
    CR_PLLON = 1 << 24,
    CR_PLLRDY = 1 << 25,
    CR_READY = CR_HSIRDY | CR_HSERDY | CR_PLLRDY,
    PLLCFGR_HSE = 1 << 22,
    CFGR_KNOWN = 0xFCFF, /* SW, SWS, HPRE, PPRE1, PPRE2 */
    SW_HSI = 0,
    SW_HSE = 1,
    SW_PLL = 2,
    CR1_ODEN = 1 << 16,
    CR1_ODSWEN = 1 << 17,
    CR1_VOS = 3 << 14,
    CSR1_VOSRDY = 1 << 14,
    CSR1_ODRDY = 1 << 16,
    CSR1_ODSWRDY = 1 << 17,

    HSI_HZ = 16000000,
    HZ_PER_WAIT_STATE = 30000000, /* at 2.7 V to 3.6 V */
    HSE_NS = 2000000,             /* typical */
    PLL_NS = 200000,
    DRIVE_NS = 45000,
};

static const uint32_t PLLCFGR_RESET = 0x24003010;
static const uint32_t CR1_RESET = 0x0000C000;
static const uint32_t MHZ = 1000000;

static uint32_t field(uint32_t value, int high, int low)
{
    return value >> low & (0xFFFFFFFFu >> (31 - (high - low)));
}

static bool hse_is_ready(const struct clock_model *clock)
{
    return (clock->cr & CR_HSEON) && clock->hse_ns == 0 && !clock->hse_is_dead;
}

static bool pll_is_ready(const struct clock_model *clock)
{
    return (clock->cr & CR_PLLON) && clock->pll_ns == 0 && !clock->pll_is_dead;
}

static bool drive_is_ready(const struct clock_model *clock)
{
    return (clock->pwr_cr1 & CR1_ODEN) && clock->drive_ns == 0 && !clock->drive_is_dead;
}

static bool drive_is_on(const struct clock_model *clock)
{
    return (clock->pwr_cr1 & CR1_ODSWEN) && drive_is_ready(clock) && clock->switch_ns == 0;
}

static uint64_t source_hz(const struct clock_model *clock)
{
    return clock->pllcfgr & PLLCFGR_HSE ? clock->hse_hz : HSI_HZ;
}

static uint64_t vco_hz(const struct clock_model *clock)
{
    uint32_t m = field(clock->pllcfgr, 5, 0);
    return m != 0 ? source_hz(clock) / m * field(clock->pllcfgr, 14, 6) : 0;
}

static uint32_t system_hz(const struct clock_model *clock)
{
    switch (clock->cfgr & 3) {
    case SW_HSE:
        return clock->hse_hz;
    case SW_PLL:
        return (uint32_t)(vco_hz(clock) / (2 * (field(clock->pllcfgr, 17, 16) + 1)));
    default:
        return HSI_HZ;
    }
}

/* HPRE has no divisor of 32. */
static uint32_t bus_hz(uint32_t hz, uint32_t code, uint32_t first)
{
    if (code < first) {
        return hz;
    }
    uint32_t log2 = code - first + 1;
    return hz >> (first == 8 && log2 > 4 ? log2 + 1 : log2);
}

static uint32_t core_max_hz(const struct clock_model *clock)
{
    static const uint8_t scale_mhz[4][2] = {{0, 0}, {144, 144}, {168, 180}, {180, 216}};
    return scale_mhz[field(clock->pwr_cr1, 15, 14)][drive_is_on(clock)] * MHZ;
}

void clock_model_check(void *ctx)
{
    const struct clock_model *clock = ctx;
    const struct rcc_model *rcc = clock->rcc;
    uint32_t wait_states = *clock->flash_acr & 0xF;
    uint32_t share = drive_is_on(clock) ? 54 : 45; /* in MHz, of APB1; twice that of APB2 */
    if (rcc->clock_hz > (wait_states + 1) * HZ_PER_WAIT_STATE) {
        model_violation(clock->bus, "the flash is read at %u MHz with %u wait states", rcc->clock_hz / MHZ,
                        wait_states);
    } else if (rcc->clock_hz > core_max_hz(clock)) {
        model_violation(clock->bus, "the core runs at %u MHz, above what its voltage allows", rcc->clock_hz / MHZ);
    } else if (rcc->apb1_hz > share * MHZ || rcc->apb2_hz > 2 * share * MHZ) {
        model_violation(clock->bus, "APB1 and APB2 run at %u and %u MHz, which is too much", rcc->apb1_hz / MHZ,
                        rcc->apb2_hz / MHZ);
    }
}

/* Timers of APB1 run at twice its rate where it is divided. */
static void clocks_change(struct clock_model *clock)
{
    struct rcc_model *rcc = clock->rcc;
    rcc->clock_hz = bus_hz(system_hz(clock), field(clock->cfgr, 7, 4), 8);
    rcc->apb1_hz = bus_hz(rcc->clock_hz, field(clock->cfgr, 12, 10), 4);
    rcc->apb2_hz = bus_hz(rcc->clock_hz, field(clock->cfgr, 15, 13), 4);
    rcc->timer_hz = rcc->apb1_hz == rcc->clock_hz ? rcc->apb1_hz : 2 * rcc->apb1_hz;
    clock_model_check(clock);
}

static const char *pll_fault(const struct clock_model *clock)
{
    uint32_t m = field(clock->pllcfgr, 5, 0);
    uint64_t input_hz = m != 0 ? source_hz(clock) / m : 0;
    uint32_t n = field(clock->pllcfgr, 14, 6);
    if ((clock->pllcfgr & PLLCFGR_HSE) && !hse_is_ready(clock)) {
        return "from an oscillator that is not ready";
    }
    if (m < 2 || input_hz < MHZ || input_hz > 2 * MHZ) {
        return "with an input that is not of 1 to 2 MHz";
    }
    if (n < 50 || n > 432 || vco_hz(clock) < 100 * MHZ || vco_hz(clock) > 432 * MHZ) {
        return "with a VCO that would not run at 100 to 432 MHz";
    }
    return field(clock->pllcfgr, 27, 24) < 2 ? "with Q below 2" : NULL;
}

static void write_cr(struct clock_model *clock, uint32_t value)
{
    uint32_t on = value & ~clock->cr;
    uint32_t off = clock->cr & ~value;
    bool pll_runs = (clock->cfgr & 3) == SW_PLL;
    bool pll_from_hse = (clock->pllcfgr & PLLCFGR_HSE) != 0;
    uint32_t running = (pll_runs ? CR_PLLON : 0u) |
                       ((clock->cfgr & 3) == SW_HSE || (pll_runs && pll_from_hse) ? CR_HSEON : 0u) |
                       ((clock->cfgr & 3) == SW_HSI || (pll_runs && !pll_from_hse) ? CR_HSION : 0u);
    if ((value & ~(uint32_t)(CR_HSION | CR_HSITRIM | CR_HSEON | CR_PLLON | CR_READY)) || !(value & CR_HSITRIM)) {
        model_violation(clock->bus, "write of 0x%08x to RCC_CR, which is not modelled", value);
        return;
    }
    if (off & running) {
        model_violation(clock->bus, "the clock that the CPU runs from is turned off");
        return;
    }
    if ((on & CR_HSEON) && clock->hse_hz == 0) {
        model_violation(clock->bus, "HSE is turned on, but this board has no crystal");
    }
    const char *fault = on & CR_PLLON ? pll_fault(clock) : NULL;
    if (fault != NULL) {
        model_violation(clock->bus, "the PLL is started %s", fault);
        return;
    }
    clock->hse_ns = on & CR_HSEON ? HSE_NS : clock->hse_ns;
    clock->pll_ns = on & CR_PLLON ? PLL_NS : clock->pll_ns;
    clock->cr = value & ~(uint32_t)CR_READY;
}

static void write_cfgr(struct clock_model *clock, uint32_t value)
{
    uint32_t source = value & 3;
    if (value & ~(uint32_t)CFGR_KNOWN) {
        model_violation(clock->bus, "write of 0x%08x to RCC_CFGR, which is not modelled", value);
    } else if (source == 3 || (source == SW_HSE && !hse_is_ready(clock)) ||
               (source == SW_PLL && !pll_is_ready(clock))) {
        model_violation(clock->bus, "the clock is switched to one that is not ready");
    } else {
        clock->cfgr = value & ~0xCu;
        clocks_change(clock);
    }
}

bool clock_model_has(uint32_t off)
{
    return off <= CFGR && off % 4 == 0;
}

uint32_t clock_model_read(struct clock_model *clock, uint32_t off)
{
    clock->polled = off == CR;
    if (off == CR) {
        return clock->cr | (clock->cr & CR_HSION ? CR_HSIRDY : 0u) | (hse_is_ready(clock) ? CR_HSERDY : 0u) |
               (pll_is_ready(clock) ? CR_PLLRDY : 0u);
    }
    return off == PLLCFGR ? clock->pllcfgr : clock->cfgr | (clock->cfgr & 3) << 2;
}

void clock_model_write(struct clock_model *clock, uint32_t off, uint32_t value)
{
    clock->polled = false;
    if (off == CR) {
        write_cr(clock, value);
    } else if (off == CFGR) {
        write_cfgr(clock, value);
    } else if (clock->cr & CR_PLLON) {
        model_violation(clock->bus, "RCC_PLLCFGR is written while the PLL is on");
    } else {
        clock->pllcfgr = value;
    }
}

static uint64_t less(uint64_t left_ns, uint64_t ns)
{
    return left_ns > ns ? left_ns - ns : 0;
}

void clock_model_tick(struct clock_model *clock, uint64_t ns)
{
    clock->hse_ns = less(clock->hse_ns, ns);
    clock->pll_ns = less(clock->pll_ns, ns);
    clock->drive_ns = less(clock->drive_ns, ns);
    clock->switch_ns = less(clock->switch_ns, ns);
}

uint64_t clock_model_busy_ns(const struct clock_model *clock)
{
    uint64_t oscillators_ns = clock->hse_ns > clock->pll_ns ? clock->hse_ns : clock->pll_ns;
    return clock->polled ? oscillators_ns : 0;
}

/* PWR */

static bool pwr_check(const struct clock_model *clock, uint32_t off, uint32_t size)
{
    const struct rcc_gate gate = {clock->rcc, &clock->rcc->registers[RCC_APB1_ENABLE], PWREN_BIT};
    if (size != 4 || (off != PWR_CR1 && off != PWR_CSR1)) {
        model_violation(clock->bus, "access of %u bytes to PWR at 0x%02x", size, off);
        return false;
    }
    return rcc_gate_check(&gate, &clock->pwr);
}

/* The regulator follows while the PLL is on; without it the voltage is that of the lowest scale, as ST's HAL for F7
 * says. */
static uint32_t pwr_read(void *ctx, uint32_t off, uint32_t size)
{
    struct clock_model *clock = ctx;
    if (!pwr_check(clock, off, size)) {
        return 0;
    }
    if (off == PWR_CR1) {
        return clock->pwr_cr1;
    }
    return (pll_is_ready(clock) ? CSR1_VOSRDY : 0u) | (drive_is_ready(clock) ? CSR1_ODRDY : 0u) |
           (drive_is_on(clock) ? CSR1_ODSWRDY : 0u);
}

static void pwr_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct clock_model *clock = ctx;
    uint32_t changed = value ^ clock->pwr_cr1;
    if (!pwr_check(clock, off, size)) {
        return;
    }
    if (off != PWR_CR1 || (value & ~(uint32_t)(CR1_VOS | CR1_ODEN | CR1_ODSWEN)) || !(value & CR1_VOS)) {
        model_violation(clock->bus, "write of 0x%08x to PWR at 0x%02x", value, off);
        return;
    }
    if ((changed & CR1_VOS) && (clock->cr & CR_PLLON)) {
        model_violation(clock->bus, "the voltage is chosen while the PLL is on");
    }
    if ((changed & (CR1_ODEN | CR1_ODSWEN)) && (clock->cfgr & 3) == SW_PLL) {
        model_violation(clock->bus, "over-drive is changed while the CPU runs from the PLL");
    }
    if ((changed & value & CR1_ODSWEN) && !drive_is_ready(clock)) {
        model_violation(clock->bus, "over-drive is switched to before it is ready");
    }
    clock->drive_ns = changed & value & CR1_ODEN ? DRIVE_NS : clock->drive_ns;
    clock->switch_ns = changed & value & CR1_ODSWEN ? DRIVE_NS : clock->switch_ns;
    clock->pwr_cr1 = value;
    clock_model_check(clock);
}

static uint64_t pwr_busy_ns(void *ctx)
{
    const struct clock_model *clock = ctx;
    return clock->drive_ns > clock->switch_ns ? clock->drive_ns : clock->switch_ns;
}

void clock_model_open(struct clock_model *clock, uint32_t hse_hz, const uint32_t *flash_acr, struct rcc_model *rcc,
                      const struct model_bus *bus)
{
    *clock = (struct clock_model){
        .pwr = {.name = "PWR",
                .base = 0x40007000,
                .size = PWR_SIZE,
                .read = pwr_read,
                .write = pwr_write,
                .busy_ns = pwr_busy_ns,
                .ctx = clock},
        .bus = bus,
        .rcc = rcc,
        .flash_acr = flash_acr,
        .hse_hz = hse_hz,
    };
    rcc->clock = clock;
    clock_model_reset(clock);
}

void clock_model_reset(struct clock_model *clock)
{
    clock->cr = CR_HSION | CR_HSITRIM;
    clock->pllcfgr = PLLCFGR_RESET;
    clock->cfgr = 0;
    clock->pwr_cr1 = CR1_RESET;
    clock->hse_ns = 0;
    clock->pll_ns = 0;
    clock->drive_ns = 0;
    clock->switch_ns = 0;
    clock->polled = false;
}
