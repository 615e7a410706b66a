/* What the boot ROM does, or a maker's loader: FlexSPI is set up as a boot header says, and the program starts. */
#ifndef MPROM_IMXRT_BOOT_MODEL_H
#define MPROM_IMXRT_BOOT_MODEL_H

#include "chips/imxrt/board.h"
#include "chips/imxrt/model/flexspi_model.h"
#include "emulator/machine/soc.h"

/*
 * Looks at the flash, sets FlexSPI and its root clock up, and says where the program starts. Returns NULL, or in one sentence
 * why nothing starts.
 */
const char *imxrt_boot(const struct mprom_imxrt_board *board, struct flexspi_model *flexspi, uint32_t *root_hz,
                       struct soc_start *start);

#endif
