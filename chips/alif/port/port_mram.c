/* Boards whose segment is in MRAM. */
#include "chips/alif/driver/mram.h"
#include "chips/alif/port/port.h"

static struct mprom_alif_mram mram;

const struct mprom_flash *mprom_alif_open_flash(void)
{
    return mprom_alif_mram_open(&mram, MPROM_ALIF_MRAM_ROM_OFF, MPROM_ALIF_MRAM_ROM_SIZE) ? NULL : &mram.flash;
}

/* The only one. */
const struct mprom_flash *mprom_alif_open_second_flash(void)
{
    return NULL;
}
