/* From the facts of a board to the segments that mprom_rom_init() takes. */
#ifndef MPROM_KIT_ROM_H
#define MPROM_KIT_ROM_H

#include "chips/kit/facts.h"
#include "mprom/rom.h"

/*
 * Fills the segments of a board, or the slots that its first segment is divided into, in this flash or in the second one,
 * which is NULL if the board has none. The facts and the flashes must live as long as the segments.
 *
 * Returns how many there are, or -MPROM_EINVAL if the first segment cannot be divided: it is then whole.
 */
int mprom_kit_rom_fill(const struct mprom_kit_rom *facts, const struct mprom_flash *flash,
                       const struct mprom_flash *second, struct mprom_rom_segment segments[MPROM_KIT_SEGMENTS_MAX]);

#endif
