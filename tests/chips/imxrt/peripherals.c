/* What the models of the other peripherals must catch, and what the model of the boot ROM refuses: each mistake made once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "chips/imxrt/model/boot_model.h"
#include "chips/imxrt/model/peripherals.h"
#include "rig.h"

/* Of an RT1062, from chips/imxrt/facts.md. */
enum {
    STEPS_MAX = 8,
    US = 1000, /* nanoseconds */
};

static const uint32_t CSCMR1 = 0x400FC01C, CSCDR1 = 0x400FC024, CCGR1 = 0x400FC06C, CCGR5 = 0x400FC07C;
static const uint32_t GPT = 0x401EC000, DMA = 0x400E8000, DMAMUX = 0x400EC000, UART = 0x40184000, RTWDOG = 0x400BC000;
static const uint32_t TX_MUX = 0x401F80EC, RX_MUX = 0x401F80F0, GPR17 = 0x400AC044;

static struct {
    struct imxrt_ccm_model ccm;
    struct imxrt_iomuxc_model iomuxc;
    struct imxrt_rtwdog_model rtwdog;
    struct imxrt_gpt_model gpt;
    struct imxrt_dma_model dma;
    struct imxrt_lpuart_model lpuart;
    char sent;
    uint32_t lost;
} chip;

static bool line_ready(void *ctx)
{
    (void)ctx;
    return false;
}

static int line_read(void *ctx)
{
    (void)ctx;
    return -1;
}

static void line_write(void *ctx, const char *bytes, size_t size)
{
    (void)ctx;
    chip.sent = bytes[size - 1];
}

static void line_lost(void *ctx)
{
    (void)ctx;
    chip.lost++;
}

static const struct model_console console = {
    .ready = line_ready, .read = line_read, .write = line_write, .lost = line_lost, .byte_ns = 86806};

static void chip_open(const char *part)
{
    const struct imxrt_part *imxrt = imxrt_part_find(part);
    bus_open();
    imxrt_ccm_model_open(&chip.ccm, imxrt, &bus.side);
    imxrt_iomuxc_model_open(&chip.iomuxc, imxrt, &bus.side);
    imxrt_rtwdog_model_open(&chip.rtwdog, imxrt, &bus.side);
    imxrt_gpt_model_open(&chip.gpt, imxrt, &chip.ccm, &bus.side);
    imxrt_dma_model_open(&chip.dma, imxrt, &chip.ccm, &bus.side);
    imxrt_lpuart_model_open(&chip.lpuart, 1, imxrt, &chip.ccm, &chip.iomuxc, &chip.dma, &bus.side);
    chip.lpuart.console = &console;
    struct model *const models[] = {&chip.ccm.model, &chip.iomuxc.pins, &chip.iomuxc.general, &chip.rtwdog.model,
                                    &chip.gpt.model, &chip.dma.model,   &chip.dma.mux,        &chip.lpuart.model};
    memcpy(bus.models, models, sizeof models);
}

/* Clocks on, the console connected and running at 115200 baud: 24 MHz by 26 by 8. */
static void chip_start(void)
{
    mprom_mmio_write32(CSCMR1, (mprom_mmio_read32(CSCMR1) & ~0x3Fu) | 0x40);
    mprom_mmio_write32(CSCDR1, 0x40);
    mprom_mmio_write32(CCGR1, 15u << 20);
    mprom_mmio_write32(CCGR5, 3u << 6 | 3u << 24);
    mprom_mmio_write32(TX_MUX, 2);
    mprom_mmio_write32(RX_MUX, 2);
    mprom_mmio_write32(UART + 0x10, 25u << 24 | 8);
    mprom_mmio_write32(UART + 0x18, 3u << 18);
    assert_string_equal(bus.first_violation, "");
}

struct step {
    uint32_t address; /* 0 ends the steps */
    uint32_t value;
    uint32_t size; /* of a write; 0 for a read of four bytes */
};

#define W(address, value)                                                                                            \
    {                                                                                                                \
        address, value, 4                                                                                            \
    }
#define B(address, value)                                                                                            \
    {                                                                                                                \
        address, value, 1                                                                                            \
    }
#define R(address)                                                                                                   \
    {                                                                                                                \
        address, 0, 0                                                                                                \
    }

struct mistake {
    const char *name;
    const char *violation;
    bool is_off; /* nothing was set up */
    struct step steps[STEPS_MAX];
};

static void take_step(const struct step *step)
{
    if (step->size == 0) {
        mprom_mmio_read32(step->address);
    } else if (step->size == 1) {
        mprom_mmio_write8(step->address, (uint8_t)step->value);
    } else {
        mprom_mmio_write32(step->address, step->value);
    }
}

/* A descriptor that moves single bytes to 0x20201000, as is modelled. */
#define DESCRIPTOR(attributes, iterations, control)                                                                  \
    W(DMA + 0x1004, attributes), W(DMA + 0x1008, 1), W(DMA + 0x100C, 0), W(DMA + 0x1014, iterations),                \
        W(DMA + 0x1018, 0), W(DMA + 0x101C, control), B(DMA + 0x1B, 0)

static void each_mistake_is_caught(void **state)
{
    (void)state;
    const struct mistake mistakes[] = {
        {"GPT1 without clock", "access to GPT1 while its clock is off", true, {R(GPT)}},
        {"LPUART1 without clock", "access to LPUART1 while its clock is off", true, {R(UART + 0x14)}},
        {"DMA without clock", "access to DMA while its clock is off", true, {R(DMA + 0x1010)}},
        {"FlexSPI's clock changed", "changes the clock of FlexSPI", false, {W(CSCMR1, 0x40)}},
        {"a CCM register that is none", "CCM at 0x0020", false, {R(0x400FC020)}},
        {"a pin that is none", "IOMUXC at 0x014", false, {W(0x401F8014, 5)}},
        {"RAM moved", "which moves RAM", false, {W(GPR17, 0x5555AAFF)}},
        {"RTWDOG without key", "RTWDOG at 0x0, which is locked", true, {W(RTWDOG, 0x2920)}},
        {"RTWDOG with another key", "which resets the chip", true, {W(RTWDOG + 4, 0xB480A602)}},
        {"GPT1's rate while it counts", "rate is changed while it counts", false, {W(GPT, 0x241), W(GPT + 4, 23)}},
        {"GPT1's source while it counts", "rate is changed while it counts", false, {W(GPT, 0x241), W(GPT, 0x341)}},
        {"GPT1 that begins anew", "while GPT1 begins anew at it", false, {W(GPT + 0x10, 5)}},
        {"GPT1's second channel", "GPT1 at 0x14", false, {W(GPT + 0x14, 5)}},
        {"LPUART set up while on", "at 0x10 while it is enabled", false, {W(UART + 0x10, 8)}},
        {"LPUART's FIFO while on", "at 0x28 while it is enabled", false, {W(UART + 0x28, 0x88)}},
        {"all flags cleared", "clears more than one flag", false, {W(UART + 0x14, 0xC01FC000)}},
        {"LPUART, an unusual rate",
         "a rate that nobody else has",
         false,
         {W(UART + 0x18, 0), W(UART + 0x10, 25u << 24 | 99), W(UART + 0x18, 3u << 18), W(UART + 0x1C, 1)}},
        {"LPUART without a pin", "is not connected to its pins", false, {W(TX_MUX, 5), W(UART + 0x1C, 1)}},
        {"LPUART's transmitter off", "sends but is not enabled", false, {W(UART + 0x18, 0), W(UART + 0x1C, 1)}},
        {"LPUART given too much",
         "before it has room",
         false,
         {W(UART + 0x1C, 1), W(UART + 0x1C, 2), W(UART + 0x1C, 3)}},
        {"LPUART off while it sends", "is disabled while it sends", false, {W(UART + 0x1C, 1), W(UART + 0x18, 0)}},
        {"LPUART's parity", "LPUART1 at 0x18", false, {W(UART + 0x18, 2)}},
        {"DMA of words", "does not move single bytes", false, {DESCRIPTOR(12u << 19 | 2, 0x10001, 0x10002)}},
        {"DMA that ends", "does not begin anew", false, {DESCRIPTOR(12u << 19, 0x20001, 0x20002)}},
        {"DMA without a ring", "goes round in no ring", false, {DESCRIPTOR(0, 0x10001, 0x10002)}},
        {"DMA without interrupt", "asks for no interrupt", false, {DESCRIPTOR(12u << 19, 0x10001, 0x10000)}},
        {"DMA's descriptor while on",
         "changes while it takes requests",
         false,
         {DESCRIPTOR(12u << 19, 0x10001, 0x10002), W(DMA + 0x1010, 0)}},
        {"DMA's source while on",
         "changes while it is on",
         false,
         {W(DMAMUX, 1u << 31 | 3), W(DMAMUX, 1u << 31 | 71)}},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        chip_open("RT1062");
        if (!mistakes[i].is_off) {
            chip_start();
        }
        for (int n = 0; n < STEPS_MAX && mistakes[i].steps[n].address != 0; n++) {
            take_step(&mistakes[i].steps[n]);
        }
        if (strstr(bus.first_violation, mistakes[i].violation) == NULL) {
            fail_msg("%s: %d violations: %s", mistakes[i].name, bus.violations, bus.first_violation);
        }
    }
}

static void the_watchdog_fires_unless_it_is_stopped_in_time(void **state)
{
    (void)state;
    chip_open("RT1062");
    bus_pass(31 * 1000 * US);
    assert_false(chip.rtwdog.fired);
    bus_pass(2 * 1000 * US);
    assert_true(chip.rtwdog.fired);
    for (uint32_t late = 0; late < 2; late++) {
        chip_open("RT1062");
        mprom_mmio_write32(RTWDOG + 4, 0xD928C520);
        bus_pass((uint64_t)late * 2 * US);
        mprom_mmio_write32(RTWDOG, 0x2920);
        bus_pass(100 * 1000 * US);
        assert_int_equal(chip.rtwdog.fired, late);
        assert_int_equal(bus.violations, (int)late);
    }
}

/* A boot header as facts.md describes it, on a chip of 2 MiB. */
static void header_put(struct rig *rig)
{
    static const uint32_t words[][2] = {
        {0x000, 0x42464346},  {0x004, 0x56010400},  {0x00C, 0x00030301},  {0x044, 0x00020101},
        {0x050, 0x00200000},  {0x080, 0x0818040B},  {0x084, 0x24043008},  {0x1000, 0x432000D1},
        {0x1004, 0x60002000}, {0x1010, 0x60001020}, {0x1014, 0x60001000}, {0x1020, 0x60000000},
        {0x1024, 0x00200000}, {0x1028, 0},          {0x2000, 0x20280000}, {0x2004, 0x60002401}};
    for (uint32_t off = 0x088; off < 0x180; off += 4) {
        memset(rig->cells.bytes + off, 0, 4);
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        memcpy(rig->cells.bytes + words[i][0], &words[i][1], 4);
    }
}

static const char *boot_with(struct rig *rig, uint32_t off, uint32_t word, struct soc_start *start)
{
    static const struct mprom_imxrt_board board = {.name = "TEST", .part = "RT1062", .program = 0x2000};
    rig_open(rig, "RT1062", "w25q16old", RIG_READS_SINGLY);
    header_put(rig);
    memcpy(rig->cells.bytes + off, &word, 4);
    flexspi_model_reset(&rig->model);
    return imxrt_boot(&board, &rig->model, &rig->root_hz, start);
}

static void the_boot_rom_starts_what_has_a_header(void **state)
{
    (void)state;
    static struct rig rig;
    struct soc_start start;
    assert_null(boot_with(&rig, 0x50, 0x00200000, &start));
    assert_int_equal(start.sp, 0x20280000);
    assert_int_equal(start.pc, 0x60002401);
    assert_int_equal(rig.root_hz, 50000000);
    rig_access(&rig, 0x2000, MODEL_FETCH);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
    static const struct {
        uint32_t off;
        uint32_t word;
        const char *fault;
    } faults[] = {{0x000, 0xFFFFFFFF, "no boot header"},       {0x004, 0x56010300, "no boot header"},
                  {0x044, 0x00020102, "another flash"},        {0x044, 0x00FF0101, "another flash"},
                  {0x050, 0x00400000, "another flash"},        {0x1000, 0xFFFFFFFF, "no image vector table"},
                  {0x1014, 0x60000000, "no image vector"},     {0x1010, 0, "boot data"},
                  {0x1020, 0x30000000, "boot data"},           {0x1028, 1, "boot data"},
                  {0x1004, 0x00002000, "do not lie"},          {0x2004, 0xFFFFFFFF, "the vectors are none"},
                  {0x2004, 0x60002400, "the vectors are none"}};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const char *said = boot_with(&rig, faults[i].off, faults[i].word, &start);
        assert_non_null(said);
        assert_non_null(strstr(said, faults[i].fault));
        rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(the_watchdog_fires_unless_it_is_stopped_in_time),
        cmocka_unit_test(the_boot_rom_starts_what_has_a_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
