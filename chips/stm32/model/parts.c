#include "chips/stm32/model/parts.h"

#include <stddef.h>
#include <string.h>

#define KIB(n) ((n)*1024u)

#define F4(device, kib) PART_F4, device, KIB(kib), 0x0FFFAAED, 0x1FFF7A22
#define F72X(kib) PART_F7, 0x452, KIB(kib), 0xC0FFAAFD, 0x1FF07A22
#define F76X(kib) PART_F7, 0x451, KIB(kib), 0xFFFFAAFD, 0x1FF0F442
#define H7(device, kib) PART_H7, device, KIB(kib), 0x00000001, 0x1FF1E880

/* AXI SRAM, DTCM and ITCM: they need no clock to be turned on. */
#define H74X_MEMORIES                                                                                                \
    {0x24000000, KIB(512)}, {0x20000000, KIB(128)},                                                                  \
    {                                                                                                                \
        0x00000000, KIB(64)                                                                                          \
    }

static const struct stm32_part parts[] = {
    {"STM32F405RG", F4(0x413, 1024), {{0x20000000, KIB(128)}, {0x10000000, KIB(64)}}},
    {"STM32F411RE", F4(0x431, 512), {{0x20000000, KIB(128)}}},
    {"STM32F427VG", F4(0x419, 1024), {{0x20000000, KIB(192)}, {0x10000000, KIB(64)}}},
    {"STM32F427VI", F4(0x419, 2048), {{0x20000000, KIB(192)}, {0x10000000, KIB(64)}}},
    {"STM32F722IE", F72X(512), {{0x20000000, KIB(256)}, {0x00000000, KIB(16)}}},
    {"STM32F733IE", F72X(512), {{0x20000000, KIB(256)}, {0x00000000, KIB(16)}}},
    {"STM32F765VG", F76X(1024), {{0x20000000, KIB(512)}, {0x00000000, KIB(16)}}},
    {"STM32F767II", F76X(2048), {{0x20000000, KIB(512)}, {0x00000000, KIB(16)}}},
    {"STM32F765VI", F76X(2048), {{0x20000000, KIB(512)}, {0x00000000, KIB(16)}}},
    {"STM32H723VG", H7(0x483, 1024), {{0x24000000, KIB(320)}, {0x20000000, KIB(128)}, {0x00000000, KIB(64)}}},
    {"STM32H743VG", H7(0x450, 1024), {H74X_MEMORIES}},
    {"STM32H743VI", H7(0x450, 2048), {H74X_MEMORIES}},
    {"STM32H743II", H7(0x450, 2048), {H74X_MEMORIES}},
    {"STM32H747XI", H7(0x450, 2048), {H74X_MEMORIES}},
};

const struct stm32_part *stm32_part_find(const char *name)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strcmp(parts[i].name, name) == 0) {
            return &parts[i];
        }
    }
    return NULL;
}
