#include "chips/rp2/model/rom_report_model.h"

/* By the number that the boot ROM stores. */
static const char *const sentences[] = {
    [1] = "RE of an address or a size that is not a multiple of 4096",
    [2] = "RP of an address that is not a multiple of 256",
    [3] = "RP of a size that is not a multiple of 256, which programs what lies behind the buffer",
    [4] = "RE or RP of what three address bytes do not reach: they take offsets in the flash, not addresses",
    [5] =
        "the boot ROM goes to its USB boot: no boot2 with a right CRC, or no image, in the flash, or BOOTSEL is held",
    [6] = "a function for floating point that our boot ROM has not",
    [7] = "the boot ROM stops: the rescue flag is set",
    [8] = "a function that our boot ROM has not",
    [9] = "a function of the boot ROM is called without access to coprocessor 7 (CPACR), which is a fault",
    [10] = "the image's block has a link to another one, or more than type and vectors: our boot ROM knows neither",
};

static uint32_t report_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2_rom_report_model *report = ctx;
    model_violation(report->bus, "read of %u bytes where the boot ROM reports, at 0x%03x", size, off);
    return 0;
}

static void report_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    const struct rp2_rom_report_model *report = ctx;
    bool is_known =
        size == 4 && off == 0 && value < sizeof sentences / sizeof sentences[0] && sentences[value] != NULL;
    model_violation(report->bus, "%s", is_known ? sentences[value] : "the boot ROM reports what nobody knows");
}

void rp2_rom_report_model_open(struct rp2_rom_report_model *report, const struct model_bus *bus)
{
    *report = (struct rp2_rom_report_model){.model = {.name = "the boot ROM's report",
                                                      .base = 0x5F000000,
                                                      .size = 0x1000,
                                                      .read = report_read,
                                                      .write = report_write,
                                                      .ctx = report},
                                            .bus = bus};
}
