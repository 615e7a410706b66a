/*
 * What the boot ROM looks for at the start of the flash: how to read the chip, and where the program begins (facts.md). The chip
 * is read on one line at 50 MHz: that works whatever its quad enable is.
 */
#include <stdint.h>

enum {
    WORDS = 128,
    SAMPLE_BY_DQS_PAD = 1,
    SELECT_CLOCKS = 3, /* before and after nCS */
    SERIAL_NOR = 1,
    ONE_PAD = 1,
    HZ_50M = 2, /* of all parts; codes above 3 differ */
    PAGE_SIZE = 256,
    SECTOR_SIZE = 4096,
    BLOCK_SIZE = 65536,
};

/* From memory.ld. */
extern const uint8_t link_flash_start[];
extern const uint8_t link_flash_size[];
extern const uint8_t link_vectors[];

__attribute__((section(".boot_fcb"), used)) static const uint32_t fcb[WORDS] = {
    [0x00 / 4] = 0x42464346, /* FCFB */
    [0x04 / 4] = 0x56010400,
    [0x0C / 4] = SAMPLE_BY_DQS_PAD | SELECT_CLOCKS << 8 | SELECT_CLOCKS << 16,
    [0x44 / 4] = SERIAL_NOR | ONE_PAD << 8 | HZ_50M << 16,
    [0x50 / 4] = (uint32_t)link_flash_size,
    [0x80 / 4] = 0x0818040B, /* 0Bh, 24 bits of address, */
    [0x84 / 4] = 0x24043008, /* 8 clocks, data */
    [0x1C0 / 4] = PAGE_SIZE,
    [0x1C4 / 4] = SECTOR_SIZE,
    [0x1D0 / 4] = BLOCK_SIZE,
};

static const struct {
    uint32_t ivt[8];
    uint32_t boot_data[4];
} image __attribute__((section(".boot_ivt"), used)) = {
    .ivt = {0x432000D1, (uint32_t)link_vectors, 0, 0, (uint32_t)image.boot_data, (uint32_t)image.ivt, 0, 0},
    .boot_data = {(uint32_t)link_flash_start, (uint32_t)link_flash_size, 0, 0xFFFFFFFF},
};
