/* Boards with segments in octal flash and in MRAM. */
#include "chips/alif/driver/mram.h"
#include "chips/alif/driver/octal.h"
#include "chips/alif/port/port.h"
#include "chips/alif/regs/alif_regs.h"

static struct mprom_alif_octal octal;
static struct mprom_alif_mram mram;

const struct mprom_flash *mprom_alif_open_flash(void)
{
    const struct mprom_alif_octal_facts *facts = &mprom_alif_board_facts.octal;
    const struct mprom_alif_ospi_wiring wiring = {.number = facts->number,
                                                  .sample_delay = facts->sample_delay,
                                                  .drive_edge = facts->drive_edge,
                                                  .rxds_delay = facts->rxds_delay};
    const uint32_t pad = PAD_READ_ENABLE | PAD_DRIVE_12_MA;
    for (uint32_t i = 0; i < facts->pin_count; i++) {
        mprom_alif_pin_connect(&facts->pins[i], pad);
    }
    mprom_alif_pin_connect(&facts->quiet, pad | PAD_PULL_UP);
    return mprom_alif_octal_start(&octal, &wiring, mprom_clock_wait) ? NULL : &octal.flash;
}

const struct mprom_flash *mprom_alif_open_second_flash(void)
{
    return mprom_alif_mram_open(&mram, MPROM_ALIF_MRAM_ROM_OFF, MPROM_ALIF_MRAM_ROM_SIZE) ? NULL : &mram.flash;
}
