#include "rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arch/cortex_m/cortex_m7.h"
#include "arch/mmio.h"
#include "emulator/parts/nor_parts.h"

enum {
    CACHE_KIB = 32,
    STATUS_2_QUAD = 2,
    MHZ = 1000000,
};

/* As boot headers have them: 0Bh with 8 clocks; EBh with a mode byte of FFh and 4 clocks. */
static const uint32_t reads[][4] = {
    [RIG_READS_SINGLY] = {0x0818040B, 0x24043008},
    [RIG_READS_QUAD] = {0x0A1804EB, 0x32041EFF, 0x00002601},
};

void rig_open(struct rig *rig, const char *part, const char *chip, enum rig_read read)
{
    memset(rig, 0, sizeof *rig);
    bus_open();
    rig->root_hz = 133 * MHZ;
    const struct imxrt_part *imxrt = imxrt_part_find(part);
    const struct nor_part *nor = nor_part_find(chip);
    assert_true(imxrt != NULL && nor != NULL);
    nor_chip_open(&rig->chip, nor, &rig->cells);
    rig->chip.status[1] = read == RIG_READS_QUAD ? STATUS_2_QUAD : 0;
    bus_open_cells(&rig->cells, nor->geometry);
    assert_true(cortex_m7_model_open(&rig->m7, CACHE_KIB, imxrt->window, nor->geometry->size, &bus.side));
    flexspi_model_open(&rig->model,
                       &(struct flexspi_wiring){imxrt, NULL, &rig->root_hz, &rig->chip, &rig->m7, &bus.side});
    bus.models[0] = &rig->model.model;
    for (int i = 0; i < CORTEX_M7_MODELS; i++) {
        bus.models[1 + i] = &rig->m7.models[i];
    }
    bus.window = &rig->model.window;
    flexspi_model_reset(&rig->model);
    flexspi_model_boot(&rig->model, nor->geometry->size, reads[read], 4, 1);
}

static void wait_us(uint32_t us)
{
    bus_pass((uint64_t)us * 1000);
}

int rig_start_driver(struct rig *rig)
{
    static const uint32_t places[][2] = {
        {0x402A8000, 0x60000000}, {0x402A4000, 0x70000000}, {0x400CC000, 0x30000000}};
    int err = -MPROM_EINVAL;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (places[i][0] == rig->model.model.base) {
            err = mprom_flexspi_open(&rig->driver, places[i][0], places[i][1], wait_us);
        }
    }
    return err ? err : mprom_spi_nor_start(&rig->nor, &rig->driver.bus);
}

void rig_open_driver(struct rig *rig, const char *part, const char *chip, enum rig_read read)
{
    rig_open(rig, part, chip, read);
    mprom_cortex_m7_cache_start();
    assert_int_equal(rig_start_driver(rig), 0);
    rig->flash = &rig->nor.flash;
    assert_int_equal(mprom_flash_check(rig->flash), 0);
    assert_string_equal(bus.first_violation, "");
}

void rig_close(struct rig *rig)
{
    cells_close(&rig->cells);
}

uint32_t rig_read(const struct rig *rig, uint32_t off)
{
    return mprom_mmio_read32(rig->model.model.base + off);
}

void rig_write(const struct rig *rig, uint32_t off, uint32_t value)
{
    mprom_mmio_write32(rig->model.model.base + off, value);
}

/* Region 7 of 256 MB: nothing, or read only and cached. */
void rig_window(const struct rig *rig, bool is_open)
{
    mprom_mmio_write32(0xE000ED98, 7);
    mprom_mmio_write32(0xE000ED9C, rig->model.window.base);
    mprom_mmio_write32(0xE000EDA0, is_open ? 0x06030037 : 0x10000037);
    mprom_mmio_write32(0xE000ED94, 5);
}

void rig_caches_start(void)
{
    uint32_t sets = (mprom_mmio_read32(0xE000ED80) >> 13 & 0x7FFF) + 1;
    for (uint32_t i = 0; i < 4 * sets; i++) {
        mprom_mmio_write32(0xE000EF60, i / sets << 30 | i % sets << 5);
    }
    mprom_mmio_write32(0xE000EF50, 0);
    mprom_mmio_write32(0xE000ED14, 0x30200);
}

void rig_access(const struct rig *rig, uint32_t off, enum model_access kind)
{
    const struct model_window *window = &rig->model.window;
    if (window->guarded(window->ctx)) {
        window->access(window->ctx, off, 4, kind);
    }
}
