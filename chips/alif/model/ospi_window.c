/* The window in which the CPU reads the chip. */
#include "chips/alif/model/ospi_registers.h"

enum {
    XIP_WAIT_HIGH = 17,
    XIP_WAIT_LOW = 13,
    TMOD_RECEIVE = 2,
    OPCODE_CLOCKS = 1,
    ADDRESS_CLOCKS = 2,
};

/* All of XIP_CTRL but WAIT, the opcode's width and edges, and what has no meaning here: eight lines, DDR, RXDS. */
static const uint32_t XIP_CTRL_CARED = 0x016819FF;
static const uint32_t XIP_CTRL_RIGHT = 0x0068008B;

static bool is_wide(const struct ospi_model *ospi)
{
    return ospi->chip->part->kind == OCTAL_MACRONIX;
}

/* The opcode at the two edges, as the registers have it, is that of the chip. */
static bool opcode_is_right(const struct ospi_model *ospi)
{
    uint8_t opcode[2];
    octal_chip_read_opcode(ospi->chip, opcode);
    uint32_t wanted = is_wide(ospi) ? (uint32_t)opcode[0] << 8 | opcode[1] : opcode[0];
    uint32_t width = ospi_field(ospi, XIP_CTRL, 10, 9);
    return ospi_register(ospi, XIP_INCR_INST) == wanted && ospi_register(ospi, XIP_WRAP_INST) == wanted &&
           width == (is_wide(ospi) ? 3u : 2u) && ospi_field(ospi, XIP_CTRL, 20, 20) == is_wide(ospi);
}

/* Frames of 8 bits show bytes as they come, those of 16 each two swapped: a Macronix has swapped them before. */
static bool order_is_right(const struct ospi_model *ospi)
{
    return ospi_field(ospi, CTRLR0, 4, 0) == (is_wide(ospi) ? 15u : 7u);
}

static const char *set_up_fault(const struct ospi_model *ospi)
{
    uint32_t divider = ospi_register(ospi, BAUDR);
    if (ospi_field(ospi, CTRLR0, 23, 22) != 3 || ospi_field(ospi, CTRLR0, 11, 10) != TMOD_RECEIVE ||
        (ospi_register(ospi, XIP_CTRL) & XIP_CTRL_CARED) != XIP_CTRL_RIGHT || ospi_register(ospi, XIP_SER) != 1 ||
        ospi_register(ospi, XIP_MODE_BITS) != 0) {
        return "which is not set up for eight lines";
    }
    if (!opcode_is_right(ospi)) {
        return "with another opcode than the chip reads by";
    }
    if (ospi_field(ospi, XIP_CTRL, XIP_WAIT_HIGH, XIP_WAIT_LOW) != octal_chip_dummy(ospi->chip)) {
        return "with other dummy clocks than the chip has: the data are shifted";
    }
    if (divider == 0 || OSPI_AXI_MHZ / divider > octal_chip_mhz(ospi->chip)) {
        return "at a clock that the chip does not bear with its dummy clocks";
    }
    return order_is_right(ospi) ? NULL : "with frames that swap its bytes";
}

const char *ospi_window_fault(const struct ospi_model *ospi, uint32_t address)
{
    if (ospi_register(ospi, ENR) == 0 || !(ospi->aes_control & OSPI_AES_XIP_EN)) {
        return "which is closed";
    }
    if (!ospi->chip->is_octal || ospi->chip->deaf_ns > 0) {
        return "whose chip does not listen to eight lines";
    }
    if (ospi->chip->busy_ns > 0) {
        return "while the chip is busy";
    }
    if (!armv8m_model_is_normal(ospi->armv8m, address)) {
        return "which no region of the MPU makes memory: it is a device";
    }
    return set_up_fault(ospi);
}

static void window_store(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    const struct ospi_model *ospi = ctx;
    model_violation(ospi->bus, "store of %u bytes of 0x%x to the octal flash at 0x%08x, which can only be read", size,
                    value, ospi->window.base + off);
}

static bool window_guarded(void *ctx)
{
    const struct ospi_model *ospi = ctx;
    return ospi_window_fault(ospi, ospi->window.base) != NULL;
}

static void window_access(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    const struct ospi_model *ospi = ctx;
    const char *fault = ospi_window_fault(ospi, ospi->window.base + off);
    (void)size;
    if (fault != NULL) {
        model_violation(ospi->bus, "%s of the octal flash at 0x%08x, %s",
                        access == MODEL_FETCH ? "execution" : "read", ospi->window.base + off, fault);
    }
}

/* Nothing is cached: each access is a command. */
static uint64_t window_wait_ns(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    const struct ospi_model *ospi = ctx;
    (void)off;
    (void)access;
    uint32_t clocks =
        OPCODE_CLOCKS + ADDRESS_CLOCKS + ospi_field(ospi, XIP_CTRL, XIP_WAIT_HIGH, XIP_WAIT_LOW) + size / 2;
    return (uint64_t)clocks * 1000 * ospi_register(ospi, BAUDR) / OSPI_AXI_MHZ;
}

void ospi_window_open(struct ospi_model *ospi, uint32_t base)
{
    ospi->window = (struct model_window){.base = base,
                                         .size = ospi->chip->part->geometry->size,
                                         .erases = &ospi->chip->changes,
                                         .store = window_store,
                                         .guarded = window_guarded,
                                         .access = window_access,
                                         .wait_ns = window_wait_ns,
                                         .ctx = ospi};
}
