/* The image that the boot ROM of an RP2350 starts: a block in the first 4 KiB of the flash says what it is. */
#ifndef MPROM_RP2350_ROM_IMAGE_H
#define MPROM_RP2350_ROM_IMAGE_H

#include <stdint.h>

/*
 * Where the vectors of the image lie, 0 if there is no block of an image for an Arm CPU in Secure state. The window must be
 * readable. A block that holds more than its type and its vectors, or links to another one, is reported.
 */
uint32_t mprom_rp2350_rom_find_image(void);

#endif
