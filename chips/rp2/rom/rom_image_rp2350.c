#include "chips/rp2/rom/rom_image_rp2350.h"

#include <stdbool.h>

#include "arch/mmio.h"
#include "chips/rp2/regs/rp2350_regs.h"
#include "chips/rp2/rom/rom_check.h"

enum {
    SEARCHED_WORDS = 4096 / 4,
    BLOCK_WORDS_MAX = 0x280 / 4,
    ITEM_VECTORS = 0x03,
    ITEM_TYPE = 0x42,
    ITEM_IGNORED = 0xFE,
    ITEM_LAST = 0xFF,
    ITEM_LONG = 0x80, /* its size has two bytes */
    TYPE_ARM_SECURE = 0x1021,
};

#define BLOCK_START 0xFFFFDED3u
#define BLOCK_END 0xAB123579u

/* What the items of a block said. */
struct image {
    uint32_t vectors;
    bool is_ours;
    bool is_unknown; /* there is more than our boot ROM understands */
};

static uint32_t word_at(uint32_t number)
{
    return mprom_mmio_read32(XIP_BASE + 4 * number);
}

static uint32_t item_words(uint32_t head)
{
    return (head & ITEM_LONG) ? head >> 8 & 0xFFFF : head >> 8 & 0xFF;
}

static void take_item(struct image *image, uint32_t number)
{
    uint32_t head = word_at(number);
    switch (head & 0xFF) {
    case ITEM_TYPE:
        image->is_ours = head >> 16 == TYPE_ARM_SECURE;
        break;
    case ITEM_VECTORS:
        image->vectors = word_at(number + 1);
        break;
    case ITEM_IGNORED:
        break;
    default:
        image->is_unknown = true;
        break;
    }
}

/* Reads the items of a block behind its start. Returns whether it is a block: sizes and end are right. */
static bool take_block(struct image *image, uint32_t start)
{
    uint32_t item = 1;
    while (item < BLOCK_WORDS_MAX) {
        uint32_t head = word_at(start + item);
        uint32_t words = item_words(head);
        if ((head & 0xFF) == ITEM_LAST) {
            image->is_unknown = image->is_unknown || word_at(start + item + 1) != 0; /* a link to another block */
            return words == item - 1 && word_at(start + item + 2) == BLOCK_END;
        }
        if (words == 0) {
            return false;
        }
        take_item(image, start + item);
        item += words;
    }
    return false;
}

uint32_t mprom_rp2350_rom_find_image(void)
{
    for (uint32_t start = 0; start < SEARCHED_WORDS; start++) {
        struct image image = {.vectors = XIP_BASE};
        if (word_at(start) != BLOCK_START || !take_block(&image, start)) {
            continue;
        }
        if (image.is_unknown) {
            mprom_rp2_rom_report(ROM_IMAGE_UNKNOWN);
        }
        return image.is_ours ? image.vectors : 0;
    }
    return 0;
}
