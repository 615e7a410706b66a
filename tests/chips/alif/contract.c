/* The flashes of the Ensemble for the contract tests. */
#include "tests/chips/contract/contract.h"

#include <stddef.h>

#include "octal_rig.h"
#include "rig.h"

static struct rig rig;
static struct octal_rig octal;

static const struct mprom_flash *open_mram(void)
{
    rig_open(&rig);
    return mprom_alif_mram_open(&rig.driver, 0, rig.mram.geometry.size) ? NULL : &rig.driver.flash;
}

static void close_mram(void)
{
    rig_close(&rig);
}

static const struct mprom_flash *open_octal(const char *part)
{
    return octal_rig_start(&octal, part) ? NULL : &octal.driver.flash;
}

static const struct mprom_flash *open_issi(void)
{
    return open_octal("is25wx256");
}

static const struct mprom_flash *open_macronix(void)
{
    return open_octal("mx25um25645g");
}

static void close_octal(void)
{
    octal_rig_close(&octal);
}

static void hang_octal(void)
{
    octal.chip.hangs = true;
}

#define OCTAL(part, opens)                                                                                           \
    {                                                                                                                \
        .name = "octal.c, " part, .open = opens, .close = close_octal, .hang = hang_octal, .cells = &octal.cells,    \
        .busy = "which is closed", .stray = "which can only be read",                                                \
    }

/* An Everspin erases in no time, as nothing else here does: octal.c looks at it. */
const struct contract_flash contract_flashes[] = {
    /* The CPU waits for its store: there is no time in which it could execute from MRAM that is busy. */
    {.name = "mram.c",
     .open = open_mram,
     .close = close_mram,
     .always_ready = true,
     .cells = &rig.cells,
     .stray = "which the MPU makes read-only"},
    OCTAL("IS25WX256", open_issi),
    OCTAL("MX25UM25645G", open_macronix),
    {0},
};
