/*
 * The block that the boot ROM of an RP2350 looks for in the first 4 KiB of the flash: an image for an Arm CPU in Secure
 * state, whose vectors lie at the start of the flash. The items come between the marks; the last one counts their words.
 */
#include <stdint.h>

#define BLOCK_START 0xFFFFDED3u
#define BLOCK_END 0xAB123579u
#define IMAGE_TYPE 0x10210142u /* an item of one word: an executable for an RP2350, Arm, Secure */
#define LAST_OF_ONE 0x000001FFu
#define NO_OTHER_BLOCK 0u

extern const uint32_t mprom_rp2350_image_block[];

__attribute__((section(".image_block"), used)) const uint32_t mprom_rp2350_image_block[] = {
    BLOCK_START, IMAGE_TYPE, LAST_OF_ONE, NO_OTHER_BLOCK, BLOCK_END,
};
