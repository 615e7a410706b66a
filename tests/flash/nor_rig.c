#include "nor_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void note_violation(void *ctx, const char *text)
{
    struct nor_rig *rig = ctx;
    snprintf(rig->violation, sizeof rig->violation, "%s", text);
    if (!rig->is_quiet) {
        print_error("violation: %s\n", text);
    }
}

void rig_open(struct nor_rig *rig, const char *part, uint8_t lanes)
{
    const struct nor_part *found = nor_part_find(part);
    memset(rig, 0, sizeof *rig);
    assert_non_null(found);
    assert_true(found->sfdp_size <= RIG_SFDP_SIZE_MAX);
    rig->part = *found;
    memset(rig->sfdp, 0xFF, sizeof rig->sfdp);
    if (found->sfdp != NULL) {
        memcpy(rig->sfdp, found->sfdp, found->sfdp_size);
    }
    rig->part.sfdp = rig->sfdp;
    rig->part.sfdp_size = sizeof rig->sfdp;
    assert_int_equal(cells_open_memory(&rig->cells, rig->part.geometry), 0);
    nor_chip_open(&rig->chip, &rig->part, &rig->cells);
    rig->chip.hooks = (struct nor_hooks){.violation = note_violation, .ctx = rig};
    nor_bus_open(&rig->bus, &rig->chip, lanes);
    rig->flash = &rig->nor.flash;
}

void rig_close(struct nor_rig *rig)
{
    cells_close(&rig->cells);
}

int rig_start(struct nor_rig *rig)
{
    return mprom_spi_nor_start(&rig->nor, &rig->bus.bus);
}

void rig_set_quad_rule(struct nor_rig *rig, uint8_t rule)
{
    /* JESD216 BFPT DW15, bits 22:20; the table's address is in the first header. */
    uint8_t *byte = &rig->sfdp[rig->sfdp[12] + 14 * 4 + 2];
    *byte = (uint8_t)((*byte & 0x8F) | rule << 4);
    rig->part.quad_rule = rule;
    rig->part.features &= ~(uint32_t)(NOR_STATUS_2 | NOR_STATUS_2_ALONE | NOR_STATUS_2_ALT);
    if (rule == 3) {
        rig->part.features |= NOR_STATUS_2_ALT;
    } else if (rule == 6) {
        rig->part.features |= NOR_STATUS_2 | NOR_STATUS_2_ALONE;
    } else if (rule != 0 && rule != 2) {
        rig->part.features |= NOR_STATUS_2;
    }
}
