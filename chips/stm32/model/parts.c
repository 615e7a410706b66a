#include "parts.h"

#include <stddef.h>
#include <string.h>

#define KIB(n) ((n)*1024u)

#define F4 0x0FFFAAED, false, 0x1FFF7A22
#define F72X 0xC0FFAAFD, true, 0x1FF07A22
#define F76X 0xFFFFAAFD, true, 0x1FF0F442

static const struct stm32_part parts[] = {
    {"STM32F405RG", 0x413, KIB(1024), F4, {{0x20000000, KIB(128)}, {0x10000000, KIB(64)}}},
    {"STM32F411RE", 0x431, KIB(512), F4, {{0x20000000, KIB(128)}}},
    {"STM32F427VG", 0x419, KIB(1024), F4, {{0x20000000, KIB(192)}, {0x10000000, KIB(64)}}},
    {"STM32F427VI", 0x419, KIB(2048), F4, {{0x20000000, KIB(192)}, {0x10000000, KIB(64)}}},
    {"STM32F722IE", 0x452, KIB(512), F72X, {{0x20000000, KIB(256)}, {0x00000000, KIB(16)}}},
    {"STM32F765VG", 0x451, KIB(1024), F76X, {{0x20000000, KIB(512)}, {0x00000000, KIB(16)}}},
    {"STM32F767II", 0x451, KIB(2048), F76X, {{0x20000000, KIB(512)}, {0x00000000, KIB(16)}}},
    {"STM32F765VI", 0x451, KIB(2048), F76X, {{0x20000000, KIB(512)}, {0x00000000, KIB(16)}}},
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
