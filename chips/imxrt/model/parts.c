#include "chips/imxrt/model/parts.h"

#include <stddef.h>
#include <string.h>

#define KIB(n) ((n)*1024u)
#define RT10XX .interrupts = 160, .cpu_hz = 396000000, .watermark = 0x0000003F, .buffers = 4
#define OCRAM2                                                                                                       \
    {                                                                                                                \
        0x20200000, KIB(512)                                                                                         \
    }

static const struct imxrt_part parts[] = {
    {.name = "RT1052",
     .flexspi = 0x402A8000,
     .window = 0x60000000,
     RT10XX,
     .ahbcr = 0x00000079,
     .banks = 0x5555AAFF,
     .memories = {{0x20200000, KIB(256)}}},
    {.name = "RT1062",
     .flexspi = 0x402A8000,
     .window = 0x60000000,
     RT10XX,
     .ahbcr = 0x0030047F,
     .memories = {OCRAM2}},
    {.name = "RT1064",
     .flexspi = 0x402A4000,
     .window = 0x70000000,
     RT10XX,
     .ahbcr = 0x0030047F,
     .memories = {OCRAM2}},
    {.name = "RT1176",
     .is_rt1170 = true,
     .flexspi = 0x400CC000,
     .window = 0x30000000,
     .fcb = 0x400,
     .interrupts = 218,
     .cpu_hz = 400000000,
     .ahbcr = 0x000FFC7B,
     .watermark = 0x0000007F,
     .buffers = 8,
     .memories = {{0x20240000, KIB(1024)}}},
};

const struct imxrt_part *imxrt_part_find(const char *name)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strcmp(parts[i].name, name) == 0) {
            return &parts[i];
        }
    }
    return NULL;
}
