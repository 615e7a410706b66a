/*
 * The flash of an RP2040 for whoever loads this module, such as an emulator in JavaScript: RESETS, pins, SSI, window and
 * chip, as wasm32 without an operating system. rp2.mjs drives it.
 */
#include <string.h>

#include "chips/rp2/model/ssi_model.h"
#include "chips/rp2/model/xip_rp2040_model.h"
#include "emulator/parts/nor_parts.h"

#define EXPORT __attribute__((visibility("default")))

enum {
    PLANES_SIZE = 4 * (2 << 20),
    TEXT_SIZE = 200,
    MODELS = 5,
    ALIASES = 3, /* behind a block, a page each: bits are inverted, set, cleared */
    PAGE_SIZE = 0x1000,
};

static uint8_t planes[PLANES_SIZE];
static char said[TEXT_SIZE];
static struct cells cells;
static struct nor_chip chip;
static struct model_bus bus;
static struct rp2_resets_model resets;
static struct rp2_qspi_pins_model pins;
static struct rp2040_ssi_model ssi;
static struct rp2040_xip_model xip;
static struct model *const models[MODELS] = {&resets.model, &pins.io, &pins.pads, &ssi.model, &xip.model};

EXPORT const char *violation(void);
EXPORT int flash_open(void);
EXPORT void flash_reset(void);
EXPORT uint8_t *flash_bytes(void);
EXPORT uint32_t flash_read(uint32_t address, uint32_t size);
EXPORT void flash_write(uint32_t address, uint32_t size, uint32_t value);
EXPORT void flash_pass_us(uint32_t us);
EXPORT void flash_access(uint32_t off, uint32_t is_fetch);
EXPORT uint32_t flash_is_guarded(void);
EXPORT void flash_cut(uint32_t number, uint32_t pattern, uint32_t seed);
EXPORT uint32_t flash_is_off(void);

/* The first one counts. */
static void note(void *ctx, const char *text)
{
    (void)ctx;
    if (said[0] == '\0' && strlen(text) < sizeof said) {
        memcpy(said, text, strlen(text) + 1);
    }
}

/* What went wrong since the last open; empty if nothing did. */
const char *violation(void)
{
    return said;
}

int flash_open(void)
{
    const struct nor_part *part = nor_part_find("w25q16old");
    said[0] = '\0';
    bus = (struct model_bus){.report = note};
    if (cells_planes_size(part->geometry) > sizeof planes || cells_open_planes(&cells, part->geometry, planes) != 0) {
        return -1;
    }
    cells.hooks.violation = note;
    nor_chip_open(&chip, part, &cells);
    rp2_resets_model_open(&resets, &rp2040_series, &bus);
    rp2_qspi_pins_model_open(&pins, &resets, &bus);
    rp2040_ssi_model_open(&ssi, &pins, &chip, &bus);
    rp2040_xip_model_open(&xip, &ssi.reader, &bus);
    flash_reset();
    return 0;
}

void flash_reset(void)
{
    rp2_resets_model_reset(&resets);
    rp2040_ssi_model_reset(&ssi);
    rp2040_xip_model_reset(&xip);
}

uint8_t *flash_bytes(void)
{
    return cells.bytes;
}

/* The model at an address, or the one that the address is an alias of; alias 0 is none. */
static struct model *model_at(uint32_t address, uint32_t *alias)
{
    for (*alias = 0; *alias <= ALIASES; ++*alias) {
        for (uint32_t i = 0; i < MODELS; i++) {
            if (address - *alias * PAGE_SIZE - models[i]->base < models[i]->size) {
                return models[i];
            }
        }
    }
    model_violation(&bus, "access at 0x%08x, where nothing is", address);
    return NULL;
}

uint32_t flash_read(uint32_t address, uint32_t size)
{
    uint32_t alias;
    const struct model *model = model_at(address, &alias);
    return model != NULL ? model->read(model->ctx, address - alias * PAGE_SIZE - model->base, size) : 0;
}

void flash_write(uint32_t address, uint32_t size, uint32_t value)
{
    uint32_t alias;
    const struct model *model = model_at(address, &alias);
    if (model == NULL) {
        return;
    }
    uint32_t off = address - alias * PAGE_SIZE - model->base;
    uint32_t old = alias != 0 ? model->peek(model->ctx, off) : 0;
    const uint32_t values[] = {value, old ^ value, old | value, old & ~value};
    model->write(model->ctx, off, size, values[alias]);
}

void flash_pass_us(uint32_t us)
{
    ssi.model.tick(ssi.model.ctx, (uint64_t)us * 1000);
}

void flash_access(uint32_t off, uint32_t is_fetch)
{
    if (xip.window.window.guarded(xip.window.window.ctx)) {
        xip.window.window.access(xip.window.window.ctx, off, 4, is_fetch ? MODEL_FETCH : MODEL_LOAD);
    }
}

/* Whether reads of the window must be announced by flash_access(): something is not as it should be for them. */
uint32_t flash_is_guarded(void)
{
    return xip.window.window.guarded(xip.window.window.ctx);
}

/* Power fails in the middle of an operation of the flash, the next one being 0, and leaves what the pattern says. */
void flash_cut(uint32_t number, uint32_t pattern, uint32_t seed)
{
    const struct cells_cut cut = {
        .number = cells.number + number, .phase = CELLS_DURING, .pattern = (enum cells_pattern)pattern, .seed = seed};
    cells_set_cut(&cells, &cut);
}

uint32_t flash_is_off(void)
{
    return !cells.power;
}
