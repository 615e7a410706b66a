/* BOOTRAM of an RP2350: 1 KiB in which the boot ROM leaves what programs ask for, such as the code that sets up the window. */
#include "chips/rp2/model/peripherals.h"

#include <string.h>

static bool is_there(uint32_t off, uint32_t size)
{
    return off % size == 0 && off / 4 < RP2350_BOOTRAM_WORDS;
}

static uint32_t bootram_peek(void *ctx, uint32_t off)
{
    const struct rp2350_bootram_model *bootram = ctx;
    return is_there(off, 4) ? bootram->words[off / 4] : 0;
}

/* Parts of words too: the boot ROM has some there. */
static uint32_t bootram_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2350_bootram_model *bootram = ctx;
    if (!is_there(off, size)) {
        model_violation(bootram->bus, "read of %u bytes from BOOTRAM at 0x%03x", size, off);
    }
    return bootram_peek(ctx, off & ~3u) >> 8 * (off & 3);
}

static void bootram_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2350_bootram_model *bootram = ctx;
    if (size == 4 && is_there(off, size)) {
        bootram->words[off / 4] = value;
    } else {
        model_violation(bootram->bus, "write of %u bytes to BOOTRAM at 0x%03x", size, off);
    }
}

void rp2350_bootram_model_open(struct rp2350_bootram_model *bootram, const struct model_bus *bus)
{
    *bootram = (struct rp2350_bootram_model){.model = {.name = "BOOTRAM",
                                                       .base = 0x400E0000,
                                                       .size = 0x1000,
                                                       .read = bootram_read,
                                                       .write = bootram_write,
                                                       .peek = bootram_peek,
                                                       .ctx = bootram},
                                             .bus = bus};
    rp2350_bootram_model_reset(bootram);
}

/* It holds anything; the same anything each time. */
void rp2350_bootram_model_reset(struct rp2350_bootram_model *bootram)
{
    memset(bootram->words, 0xA5, sizeof bootram->words);
}
