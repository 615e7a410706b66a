/* What an emulated board says of its segments, from the facts that its firmware has too. */
#ifndef MPROM_KIT_SEGMENTS_H
#define MPROM_KIT_SEGMENTS_H

#include "chips/kit/facts.h"
#include "emulator/machine/target.h"

/*
 * Puts the board's segments, or its slots, and their number into the description. They lie in a flash of this geometry;
 * `segments` must live as long as the description.
 */
void kit_segments_describe(const struct mprom_kit_rom *rom, const struct mprom_flash_geometry *geometry,
                           struct machine_segment segments[MPROM_KIT_SEGMENTS_MAX],
                           struct machine_description *description);

#endif
