#include "chips/imxrt/model/boot_model.h"

#include <string.h>

enum {
    FCB_VERSION = 4,
    FCB_SAMPLE = 0x0C,
    FCB_DEVICE = 0x44, /* and pads, frequency */
    FCB_SIZE_A1 = 0x50,
    FCB_LUT = 0x80,
    LUT_WORDS = 64,
    IVT = 0x1000,
    IVT_ENTRY = 4,
    IVT_BOOT_DATA = 16,
    IVT_SELF = 20,
    SERIAL_NOR = 1,
    MHZ = 1000000,
    LOADER_HZ = 120 * MHZ,
    OCRAM = 0x20000000,
};

static const uint32_t FCB_TAG = 0x42464346;
static const uint32_t IVT_TAG = 0x432000D1;

/* Of EBh with a mode byte of FFh, as a loader of another maker may read. */
static const uint32_t loader_lut[LUT_WORDS] = {0x0A1804EB, 0x32041EFF, 0x00002601};

static uint32_t word_at(const struct flexspi_model *flexspi, uint32_t off)
{
    uint32_t word;
    memcpy(&word, flexspi->wiring.chip->cells->bytes + off, sizeof word);
    return word;
}

/* Codes above 3 differ from part to part. */
static uint32_t frequency(uint32_t code)
{
    static const uint32_t mhz[] = {0, 30, 50, 60};
    return code < sizeof mhz / sizeof mhz[0] ? mhz[code] * MHZ : 0;
}

/* Stack pointer and reset vector from a table. */
static const char *start_from(const struct flexspi_model *flexspi, uint32_t vectors, struct soc_start *start)
{
    uint32_t off = vectors - flexspi->window.base;
    if (off > flexspi->window.size - 8 || off % 4 != 0) {
        return "the vectors do not lie in the flash";
    }
    *start = (struct soc_start){.sp = word_at(flexspi, off), .pc = word_at(flexspi, off + 4)};
    if (start->sp <= OCRAM || start->pc - flexspi->window.base >= flexspi->window.size || !(start->pc & 1)) {
        return "the vectors are none";
    }
    return NULL;
}

static const char *header_check(const struct flexspi_model *flexspi, uint32_t fcb)
{
    uint32_t device = word_at(flexspi, fcb + FCB_DEVICE), size = word_at(flexspi, fcb + FCB_SIZE_A1);
    uint32_t base = flexspi->window.base;
    if (word_at(flexspi, fcb) != FCB_TAG || word_at(flexspi, fcb + FCB_VERSION) != 0x56010400) {
        return "there is no boot header in the flash";
    }
    if ((device & 0xFF) != SERIAL_NOR || frequency(device >> 16 & 0xFF) == 0 || size == 0 ||
        size > flexspi->window.size) {
        return "the boot header describes another flash";
    }
    if (word_at(flexspi, IVT) != IVT_TAG || word_at(flexspi, IVT + IVT_SELF) != base + IVT) {
        return "there is no image vector table in the flash";
    }
    uint32_t data = word_at(flexspi, IVT + IVT_BOOT_DATA) - base;
    if (data > IVT + 0x1000 || word_at(flexspi, data) != base || word_at(flexspi, data + 4) < IVT ||
        word_at(flexspi, data + 8) != 0) {
        return "the boot data do not describe the flash";
    }
    return NULL;
}

/* The loader lies in front of the program, and is none of ours. */
static const char *boot_by_loader(const struct mprom_imxrt_board *board, struct flexspi_model *flexspi,
                                  uint32_t *root_hz, struct soc_start *start)
{
    *root_hz = LOADER_HZ;
    flexspi_model_boot(flexspi, flexspi->window.size, loader_lut, LUT_WORDS, 1);
    return start_from(flexspi, flexspi->window.base + board->program, start);
}

const char *imxrt_boot(const struct mprom_imxrt_board *board, struct flexspi_model *flexspi, uint32_t *root_hz,
                       struct soc_start *start)
{
    if (board->has_loader) {
        return boot_by_loader(board, flexspi, root_hz, start);
    }
    uint32_t fcb = flexspi->wiring.part->fcb;
    const char *fault = header_check(flexspi, fcb);
    if (fault != NULL) {
        return fault;
    }
    uint32_t lut[LUT_WORDS];
    memcpy(lut, flexspi->wiring.chip->cells->bytes + fcb + FCB_LUT, sizeof lut);
    *root_hz = frequency(word_at(flexspi, fcb + FCB_DEVICE) >> 16 & 0xFF);
    flexspi_model_boot(flexspi, word_at(flexspi, fcb + FCB_SIZE_A1), lut, LUT_WORDS,
                       word_at(flexspi, fcb + FCB_SAMPLE) & 3);
    return start_from(flexspi, word_at(flexspi, IVT + IVT_ENTRY), start);
}
