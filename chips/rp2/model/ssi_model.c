#include "chips/rp2/model/ssi_model.h"

enum {
    CTRLR0 = 0x00,
    CTRLR1 = 0x04,
    SSIENR = 0x08,
    SER = 0x10,
    BAUDR = 0x14,
    TXFLR = 0x20,
    RXFLR = 0x24,
    SR = 0x28,
    ICR = 0x48,
    IDR = 0x58,
    VERSION = 0x5C,
    DR0 = 0x60,
    RX_SAMPLE_DLY = 0xF0,
    SPI_CTRLR0 = 0xF4,

    SR_TFNF = 1 << 1,
    SR_TFE = 1 << 2,
    SR_RFNE = 1 << 3,
    SR_RFF = 1 << 4,

    TMOD_BOTH = 0,
    TMOD_EEPROM = 3,
    BITS_8 = 7,
    BITS_32 = 31,
    READ_STATUS = 0x05,
    READ = 0x03,
    SELECT_CLOCKS = 4, /* around a read of the window: chip select, and the cache */
};

static const uint32_t IDR_VALUE = 0x51535049;
static const uint32_t VERSION_VALUE = 0x3430312A;
static const uint32_t CTRLR0_BITS = 0x017F03C0;     /* SSTE, SPI_FRF, DFS_32, TMOD, SCPOL, SCPH */
static const uint32_t SPI_CTRLR0_BITS = 0xFF00FB3F; /* XIP_CMD, WAIT_CYCLES, INST_L, ADDR_L, TRANS_TYPE */
static const uint32_t SPI_CTRLR0_RESET = 0x03000000;
static const uint64_t PS_PER_S = 1000000000000;
static const uint32_t CHIP_HZ_MAX = 133000000;
static const uint32_t CHIP_READ_HZ_MAX = 50000000; /* of 03h */

static uint32_t field(uint32_t value, uint32_t high, uint32_t low)
{
    return value >> low & ((1u << (high - low + 1)) - 1);
}

/* A read as the registers describe it. */
struct shape {
    uint32_t lanes;
    bool has_opcode;
    uint32_t opcode_lanes;
    uint32_t address_bits;
    uint32_t address_lanes;
    uint32_t wait;
};

static struct shape shape_now(const struct rp2040_ssi_model *ssi)
{
    uint32_t lanes = 1u << field(ssi->ctrlr0, 22, 21);
    uint32_t trans = field(ssi->spi_ctrlr0, 1, 0);
    return (struct shape){.lanes = lanes,
                          .has_opcode = field(ssi->spi_ctrlr0, 9, 8) != 0,
                          .opcode_lanes = trans == 2 ? lanes : 1,
                          .address_bits = 4 * field(ssi->spi_ctrlr0, 5, 2),
                          .address_lanes = trans == 0 ? 1 : lanes,
                          .wait = field(ssi->spi_ctrlr0, 15, 11)};
}

/* What the pins say about chip select may have changed. */
static void select_update(struct rp2040_ssi_model *ssi)
{
    enum rp2_select by = rp2_qspi_select(ssi->pins);
    bool wanted = by == RP2_SELECT_LOW || (by == RP2_SELECT_BY_BLOCK && ssi->in_frame);
    if (!rp2_qspi_pin_is_connected(ssi->pins, RP2_SS)) {
        wanted = false; /* its pull is up */
    }
    if (wanted == ssi->is_selected) {
        return;
    }
    ssi->is_selected = wanted;
    ssi->frame_pos = 0;
    if (wanted) {
        nor_chip_select(ssi->chip);
    } else {
        nor_chip_deselect(ssi->chip);
    }
}

static void pins_changed(void *ctx)
{
    struct rp2040_ssi_model *ssi = ctx;
    ssi->is_checked = false;
    ssi->chip->held_low = rp2_qspi_pins_held_low(ssi->pins);
    if (!rp2_qspi_pin_is_connected(ssi->pins, RP2_SCLK)) {
        ssi->is_set_up = false; /* they were reset */
    }
    select_update(ssi);
}

static void frame_end(struct rp2040_ssi_model *ssi)
{
    ssi->in_frame = false;
    select_update(ssi);
}

/* What is wrong with the lines and rates, or NULL. */
static const char *lines_fault(const struct rp2040_ssi_model *ssi)
{
    for (int pin = RP2_SCLK; pin < RP2_QSPI_PINS; pin++) {
        if (!rp2_qspi_pin_is_connected(ssi->pins, (enum rp2_qspi_pin)pin)) {
            return "while its pins are not connected";
        }
    }
    if (ssi->baudr == 0 || ssi->ser != 1) {
        return "without a clock or a chip that it is for";
    }
    if (ssi->clock_hz != NULL && *ssi->clock_hz / ssi->baudr > CHIP_HZ_MAX) {
        return "faster than the chip can follow";
    }
    return NULL;
}

/* A byte on one line each way. With SD0 off the chip sees what the pulls make of its lines. */
static uint8_t shift(struct rp2040_ssi_model *ssi, uint8_t byte)
{
    bool is_off = rp2_qspi_pin_is_off(ssi->pins, RP2_SD0);
    uint8_t mode = (uint8_t)field(ssi->ctrlr0, 7, 6);
    if (rp2_qspi_select(ssi->pins) == RP2_SELECT_BY_BLOCK && !ssi->in_frame) {
        ssi->in_frame = true;
        select_update(ssi);
    }
    if (!ssi->is_selected) {
        return (ssi->chip->held_low & 2) ? 0x00 : 0xFF;
    }
    if (is_off) {
        byte = (ssi->chip->held_low & 1) ? 0x00 : 0xFF;
    }
    ssi->asks_status = ssi->frame_pos++ == 0 ? byte == READ_STATUS : ssi->asks_status;
    uint8_t answer = nor_chip_exchange(ssi->chip, is_off ? NOR_RECEIVE : NOR_SHIFT, 1, byte);
    return mode == 0 || mode == 3 ? answer : (uint8_t)~answer; /* sampled at the wrong edge */
}

/* The chip is busy, and the program can only ask again. */
static bool says_busy(const struct rp2040_ssi_model *ssi, uint32_t word)
{
    return ssi->asks_status && (word & 1) && (ssi->chip->job != NOR_NOTHING || ssi->chip->deaf_ns > 0);
}

static void fifo_push(struct rp2040_ssi_model *ssi, uint32_t word)
{
    if (ssi->count == RP2_SSI_FIFO_SIZE) {
        model_violation(ssi->bus, "the SSI receives more than its FIFO of %u words holds", RP2_SSI_FIFO_SIZE);
        return;
    }
    ssi->fifo[ssi->count++] = word;
}

static uint32_t fifo_pop(struct rp2040_ssi_model *ssi)
{
    if (ssi->count == 0) {
        model_violation(ssi->bus, "read of the SSI's DR0, which is empty");
        return 0;
    }
    uint32_t word = ssi->fifo[0];
    for (uint32_t i = 1; i < ssi->count; i++) {
        ssi->fifo[i - 1] = ssi->fifo[i];
    }
    ssi->count--;
    return word;
}

static void send_bits(struct rp2040_ssi_model *ssi, uint32_t value, uint32_t bits, uint32_t lanes)
{
    for (uint32_t left = bits; left >= 8; left -= 8) {
        nor_chip_exchange(ssi->chip, NOR_SHIFT, (uint8_t)lanes, (uint8_t)(value >> (left - 8)));
    }
}

/* A whole read: the chip must be selected. The address may have mode bits at its end. */
static void read_frame(struct rp2040_ssi_model *ssi, uint32_t opcode, uint32_t address, uint8_t *dst, uint32_t size)
{
    struct shape shape = shape_now(ssi);
    if (shape.has_opcode) {
        send_bits(ssi, opcode, 8, shape.opcode_lanes);
    }
    send_bits(ssi, address, shape.address_bits, shape.address_lanes);
    if (shape.wait != 0) {
        nor_chip_wait(ssi->chip, shape.wait);
    }
    for (uint32_t i = 0; i < size; i++) {
        dst[i] = nor_chip_exchange(ssi->chip, NOR_RECEIVE, (uint8_t)shape.lanes, 0);
    }
}

/* In this mode the words are instruction and address; then so many words as CTRLR1 says, and one more, come back. */
static void eeprom_word(struct rp2040_ssi_model *ssi, uint32_t word)
{
    uint32_t wanted = shape_now(ssi).has_opcode ? 2 : 1;
    if (field(ssi->ctrlr0, 20, 16) != BITS_32) {
        model_violation(ssi->bus, "a read of the SSI in words that have not 32 bits, which is not modelled");
        return;
    }
    ssi->words[ssi->word_count++] = word;
    if (ssi->word_count < wanted) {
        return;
    }
    ssi->word_count = 0;
    ssi->in_frame = true;
    select_update(ssi);
    for (uint32_t i = 0; i <= ssi->ctrlr1; i++) {
        uint8_t bytes[4] = {0};
        if (ssi->is_selected && i == 0) {
            read_frame(ssi, ssi->words[0], ssi->words[wanted - 1], bytes, sizeof bytes);
        } else if (ssi->is_selected) {
            model_violation(ssi->bus, "a read of the SSI of more than one word, which is not modelled");
        }
        fifo_push(ssi, (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3]);
    }
}

static void write_data(struct rp2040_ssi_model *ssi, uint32_t word)
{
    const char *fault = lines_fault(ssi);
    if (!ssi->ssienr) {
        model_violation(ssi->bus, "write of the SSI's DR0 while it is off");
    } else if (fault != NULL) {
        model_violation(ssi->bus, "the SSI sends %s", fault);
    } else if (field(ssi->ctrlr0, 9, 8) == TMOD_EEPROM) {
        eeprom_word(ssi, word);
    } else if (field(ssi->ctrlr0, 9, 8) != TMOD_BOTH || field(ssi->ctrlr0, 20, 16) != BITS_8 ||
               field(ssi->ctrlr0, 22, 21) != 0) {
        model_violation(ssi->bus, "the SSI sends with CTRLR0 0x%08x, which is not modelled", ssi->ctrlr0);
    } else {
        fifo_push(ssi, shift(ssi, (uint8_t)word));
    }
}

static uint32_t status(struct rp2040_ssi_model *ssi)
{
    frame_end(ssi);
    return SR_TFNF | SR_TFE | (ssi->count > 0 ? SR_RFNE : 0u) | (ssi->count == RP2_SSI_FIFO_SIZE ? SR_RFF : 0u);
}

/* The register of a setting, or NULL. */
static uint32_t *setting(struct rp2040_ssi_model *ssi, uint32_t off)
{
    switch (off) {
    case CTRLR0:
        return &ssi->ctrlr0;
    case CTRLR1:
        return &ssi->ctrlr1;
    case BAUDR:
        return &ssi->baudr;
    case RX_SAMPLE_DLY:
        return &ssi->rx_sample_dly;
    case SPI_CTRLR0:
        return &ssi->spi_ctrlr0;
    case SER:
        return &ssi->ser;
    case SSIENR:
        return &ssi->ssienr;
    default:
        return NULL;
    }
}

static uint32_t ssi_peek(void *ctx, uint32_t off)
{
    const uint32_t *found = setting(ctx, off);
    return found != NULL ? *found : 0;
}

static uint32_t ssi_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rp2040_ssi_model *ssi = ctx;
    const uint32_t *found = setting(ssi, off);
    ssi->polls = ssi->polls && off != DR0;
    if (size == 4 && found != NULL) {
        return *found;
    }
    switch (size == 4 ? off : UINT32_MAX) {
    case TXFLR:
    case ICR:
        return 0;
    case RXFLR:
        return ssi->count;
    case SR:
        return status(ssi);
    case IDR:
        return IDR_VALUE;
    case VERSION:
        return VERSION_VALUE;
    case DR0: {
        uint32_t word = fifo_pop(ssi);
        ssi->polls = ssi->count == 0 && says_busy(ssi, word);
        return word;
    }
    default:
        model_violation(ssi->bus, "read of %u bytes from the SSI at 0x%02x", size, off);
        return 0;
    }
}

/* What does not fit the bits that there are, or NULL. */
static const char *setting_fault(const struct rp2040_ssi_model *ssi, uint32_t off, uint32_t value)
{
    if (off != SSIENR && off != SER && ssi->ssienr) {
        return "while the SSI is on";
    }
    if (off == BAUDR && (value % 2 != 0 || value == 0 || value > UINT16_MAX)) {
        return "which must be even and not 0";
    }
    if ((off == CTRLR0 && (value & ~CTRLR0_BITS)) || (off == SPI_CTRLR0 && (value & ~SPI_CTRLR0_BITS)) ||
        ((off == SER || off == SSIENR) && value > 1) || (off == RX_SAMPLE_DLY && value > 0xFF) ||
        (off == CTRLR1 && value > UINT16_MAX)) {
        return "where bits are set that are not there";
    }
    return NULL;
}

/* Off, the SSI forgets what was in its FIFOs. */
static void switched(struct rp2040_ssi_model *ssi)
{
    if (!ssi->ssienr) {
        ssi->count = 0;
        ssi->word_count = 0;
        frame_end(ssi);
    } else if (field(ssi->ctrlr0, 9, 8) == TMOD_EEPROM) {
        ssi->is_set_up = true;
    }
}

static void ssi_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2040_ssi_model *ssi = ctx;
    uint32_t *found = size == 4 ? setting(ssi, off) : NULL;
    ssi->is_checked = false;
    ssi->polls = false;
    if (size == 4 && off == DR0) {
        write_data(ssi, value);
        return;
    }
    if (found == NULL) {
        model_violation(ssi->bus, "write of %u bytes to the SSI at 0x%02x", size, off);
        return;
    }
    const char *fault = setting_fault(ssi, off, value);
    if (fault != NULL) {
        model_violation(ssi->bus, "write of 0x%08x to the SSI at 0x%02x, %s", value, off, fault);
        return;
    }
    *found = value;
    if (off == SSIENR) {
        switched(ssi);
    }
}

static void ssi_tick(void *ctx, uint64_t ns)
{
    struct rp2040_ssi_model *ssi = ctx;
    nor_chip_tick(ssi->chip, ns);
}

/* A program that asks again and again whether the chip is ready. */
static uint64_t ssi_busy_ns(void *ctx)
{
    const struct rp2040_ssi_model *ssi = ctx;
    const struct nor_chip *chip = ssi->chip;
    if (!ssi->polls || (chip->job != NOR_NOTHING && chip->never_ready)) {
        return 0;
    }
    return chip->job != NOR_NOTHING ? chip->busy_ns : chip->deaf_ns;
}

static const char *set_up_fault(const struct rp2040_ssi_model *ssi)
{
    const char *fault = lines_fault(ssi);
    enum rp2_select by = rp2_qspi_select(ssi->pins);
    if (!ssi->ssienr) {
        return "while the SSI is off";
    }
    if (by != RP2_SELECT_BY_BLOCK) {
        return by == RP2_SELECT_HIGH ? "while chip select is forced high" : "while chip select is forced low";
    }
    if (field(ssi->ctrlr0, 9, 8) != TMOD_EEPROM || field(ssi->ctrlr0, 20, 16) != BITS_32) {
        return "while the SSI is not set up to read for the window";
    }
    if (!ssi->is_set_up) {
        return "while the pins were reset and the window not set up again";
    }
    return fault;
}

/* As the window does: XIP_CMD is the opcode, or follows the address where there is none. */
static bool chip_answers(struct rp2040_ssi_model *ssi, uint32_t off)
{
    const struct cells *cells = ssi->chip->cells;
    uint32_t cmd = ssi->spi_ctrlr0 >> 24;
    uint8_t bytes[4] = {0};
    bool is_right = true;
    nor_chip_select(ssi->chip);
    read_frame(ssi, cmd, shape_now(ssi).has_opcode ? off : off << 8 | cmd, bytes, sizeof bytes);
    nor_chip_deselect(ssi->chip);
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        is_right = is_right && ((bytes[i] ^ cells->bytes[off + i]) & ~cells->shaky[off + i]) == 0;
    }
    return is_right;
}

static const char *reader_check(void *ctx, uint32_t off)
{
    struct rp2040_ssi_model *ssi = ctx;
    const char *fault = set_up_fault(ssi);
    bool is_plain = (ssi->spi_ctrlr0 >> 24) == READ;
    if (ssi->is_checked || !ssi->chip->cells->power) {
        return NULL;
    }
    if (fault == NULL && is_plain && ssi->clock_hz != NULL && *ssi->clock_hz / ssi->baudr > CHIP_READ_HZ_MAX) {
        fault = "by 03h, faster than the chip can follow";
    }
    if (fault == NULL && !chip_answers(ssi, off & ~3u)) {
        fault = "to which the chip does not answer as the window reads it";
    }
    ssi->is_checked = fault == NULL;
    return fault;
}

static bool reader_is_checked(const void *ctx)
{
    const struct rp2040_ssi_model *ssi = ctx;
    return ssi->is_checked;
}

static uint64_t reader_read_ns(const void *ctx, uint32_t size)
{
    const struct rp2040_ssi_model *ssi = ctx;
    struct shape shape = shape_now(ssi);
    if (!ssi->is_checked || ssi->clock_hz == NULL) {
        return 0;
    }
    uint32_t clocks = SELECT_CLOCKS + (shape.has_opcode ? 8 / shape.opcode_lanes : 0) +
                      shape.address_bits / shape.address_lanes + shape.wait + 8 * size / shape.lanes;
    return clocks * ssi->baudr * (PS_PER_S / *ssi->clock_hz) / 1000;
}

static void chip_violation(void *ctx, const char *text)
{
    const struct rp2040_ssi_model *ssi = ctx;
    model_violation(ssi->bus, "flash chip: %s", text);
}

void rp2040_ssi_model_open(struct rp2040_ssi_model *ssi, struct rp2_qspi_pins_model *pins, struct nor_chip *chip,
                           const struct model_bus *bus)
{
    *ssi = (struct rp2040_ssi_model){.model = {.name = "the SSI",
                                               .base = 0x18000000,
                                               .size = 0x1000,
                                               .read = ssi_read,
                                               .write = ssi_write,
                                               .peek = ssi_peek,
                                               .tick = ssi_tick,
                                               .busy_ns = ssi_busy_ns,
                                               .ctx = ssi},
                                     .bus = bus,
                                     .pins = pins,
                                     .chip = chip,
                                     .reader = {.check = reader_check,
                                                .is_checked = reader_is_checked,
                                                .read_ns = reader_read_ns,
                                                .chip = chip,
                                                .ctx = ssi},
                                     .spi_ctrlr0 = SPI_CTRLR0_RESET};
    chip->hooks = (struct nor_hooks){.violation = chip_violation, .ctx = ssi};
    pins->changed = pins_changed;
    pins->ctx = ssi;
}

void rp2040_ssi_model_reset(struct rp2040_ssi_model *ssi)
{
    static const uint32_t settings[] = {CTRLR0, CTRLR1, SSIENR, SER, BAUDR, RX_SAMPLE_DLY};
    for (uint32_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        *setting(ssi, settings[i]) = 0;
    }
    ssi->spi_ctrlr0 = SPI_CTRLR0_RESET;
    ssi->polls = false;
    ssi->is_set_up = false;
    ssi->is_checked = false;
    switched(ssi);
}
