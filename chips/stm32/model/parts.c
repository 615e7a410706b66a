#include "parts.h"

#include <stddef.h>
#include <string.h>

#define KIB(n) ((n)*1024u)

static const struct stm32_part parts[] = {
    {"STM32F405RG", 0x413, KIB(1024), 0x0FFFAAED, {{0x20000000, KIB(128)}, {0x10000000, KIB(64)}}},
    {"STM32F411RE", 0x431, KIB(512), 0x0FFFAAED, {{0x20000000, KIB(128)}}},
    {"STM32F427VG", 0x419, KIB(1024), 0x0FFFAAED, {{0x20000000, KIB(192)}, {0x10000000, KIB(64)}}},
    {"STM32F427VI", 0x419, KIB(2048), 0x0FFFAAED, {{0x20000000, KIB(192)}, {0x10000000, KIB(64)}}},
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
