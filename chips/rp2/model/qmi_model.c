#include "chips/rp2/model/qmi_model.h"

enum {
    DIRECT_CSR = 0x00,
    DIRECT_TX = 0x04,
    DIRECT_RX = 0x08,
    M0_TIMING = 0x0C, /* TIMING, RFMT, RCMD, WFMT, WCMD of two windows */
    ATRANS0 = 0x34,
    ATRANS_END = 0x54,
    WINDOW_REGISTERS = 5,

    EN = 1 << 0,
    BUSY = 1 << 1,
    ASSERT_CS0N = 1 << 2,
    ASSERT_CS1N = 1 << 3,
    AUTO_CSN = 3 << 6,
    TXFULL = 1 << 10,
    TXEMPTY = 1 << 11,
    TXLEVEL_POS = 12,
    RXEMPTY = 1 << 16,
    RXFULL = 1 << 17,
    RXLEVEL_POS = 18,
    CLKDIV_POS = 22,
    CLKDIV_MAX = 256, /* by 0 */

    TX_IWIDTH_POS = 16,
    TX_DWIDTH = 1 << 18,
    TX_OE = 1 << 19,
    TX_NOPUSH = 1 << 20,
    TX_BITS = 0x1FFFFF,

    PREFIX_LEN = 1 << 12,
    SUFFIX_LEN_8 = 2,

    SINGLE = 0,
    DUAL = 1,
    QUAD = 2,
    READ_STATUS = 0x05,
    READ = 0x03,
    ADDRESS_BITS = 24,
    SELECT_CLOCKS = 4, /* around a read of the window: chip select, and the cache */
};

static const uint32_t CSR_BITS = 0xFFC000CD; /* what can be written */
static const uint32_t CSR_RESET = 0x01800000;
static const uint32_t TIMING_BITS = 0xF3FFF7FF;
static const uint32_t FORMAT_BITS = 0x1007D3FF;
static const uint32_t FORMAT_MODELLED = 0x0007D3FF; /* not DTR */
static const uint32_t ATRANS_SIZE = 0x04000000;     /* 4 MiB */
static const uint32_t CHIP_HZ_MAX = 133000000;
static const uint32_t CHIP_READ_HZ_MAX = 50000000; /* of 03h */
static const uint64_t PS_PER_S = 1000000000000;

static uint32_t field(uint32_t value, uint32_t high, uint32_t low)
{
    return value >> low & ((1u << (high - low + 1)) - 1);
}

static uint32_t divider_of(uint32_t field_value)
{
    return field_value != 0 ? field_value : CLKDIV_MAX;
}

/* What the pins and DIRECT_CSR say about chip select may have changed. */
static void select_update(struct rp2350_qmi_model *qmi)
{
    enum rp2_select by = rp2_qspi_select(qmi->pins);
    bool wanted = by == RP2_SELECT_LOW || (by == RP2_SELECT_BY_BLOCK && (qmi->csr & ASSERT_CS0N));
    if (!rp2_qspi_pin_is_connected(qmi->pins, RP2_SS)) {
        wanted = false; /* its pull is up */
    }
    if (wanted == qmi->is_selected) {
        return;
    }
    qmi->is_selected = wanted;
    qmi->frame_pos = 0;
    if (wanted) {
        nor_chip_select(qmi->chip);
    } else {
        nor_chip_deselect(qmi->chip);
    }
}

static void pins_changed(void *ctx)
{
    struct rp2350_qmi_model *qmi = ctx;
    qmi->is_checked = false;
    qmi->chip->held_low = rp2_qspi_pins_held_low(qmi->pins);
    select_update(qmi);
}

/* What is wrong with the lines, or NULL. */
static const char *lines_fault(const struct rp2350_qmi_model *qmi, uint32_t divider)
{
    for (int pin = RP2_SCLK; pin < RP2_QSPI_PINS; pin++) {
        if (!rp2_qspi_pin_is_connected(qmi->pins, (enum rp2_qspi_pin)pin)) {
            return "while its pins are isolated or not connected";
        }
    }
    if (qmi->clock_hz != NULL && *qmi->clock_hz / divider > CHIP_HZ_MAX) {
        return "faster than the chip can follow";
    }
    return NULL;
}

/* A byte. With the pads off the chip sees what the pulls make of its lines. */
static uint8_t shift(struct rp2350_qmi_model *qmi, uint8_t byte, uint32_t width, bool drives)
{
    bool is_off = rp2_qspi_pin_is_off(qmi->pins, RP2_SD0) || !drives;
    if (!qmi->is_selected) {
        return (qmi->chip->held_low & 2) ? 0x00 : 0xFF;
    }
    if (is_off) {
        byte = (qmi->chip->held_low & 1) ? 0x00 : 0xFF;
    }
    qmi->asks_status = qmi->frame_pos++ == 0 ? byte == READ_STATUS && width == SINGLE : qmi->asks_status;
    return nor_chip_exchange(qmi->chip, is_off ? NOR_RECEIVE : NOR_SHIFT, (uint8_t)(1u << width), byte);
}

static void take(uint32_t *fifo, uint32_t *count)
{
    for (uint32_t i = 1; i < *count; i++) {
        fifo[i - 1] = fifo[i];
    }
    (*count)--;
}

/* The word that is next. Of 16 bits the lower half goes first, and comes first. */
static void send(struct rp2350_qmi_model *qmi, uint32_t word)
{
    uint32_t width = field(word, TX_IWIDTH_POS + 1, TX_IWIDTH_POS);
    bool drives = width == SINGLE || (word & TX_OE);
    const char *fault = lines_fault(qmi, divider_of(field(qmi->csr, 29, CLKDIV_POS)));
    if (fault != NULL || width == DUAL || width > QUAD) {
        model_violation(qmi->bus, "the QMI sends %s",
                        fault != NULL ? fault : "on two lines or none, which is not modelled");
        return;
    }
    uint32_t answer = shift(qmi, (uint8_t)word, width, drives);
    if (word & TX_DWIDTH) {
        answer |= (uint32_t)shift(qmi, (uint8_t)(word >> 8), width, drives) << 8;
    }
    if (!(word & TX_NOPUSH)) {
        qmi->rx[qmi->rx_count++] = answer;
    }
}

/* Nothing begins while there is no room for what comes back. */
static void run(struct rp2350_qmi_model *qmi)
{
    while ((qmi->csr & EN) && qmi->tx_count > 0 && qmi->rx_count < RP2350_QMI_FIFO_SIZE) {
        uint32_t word = qmi->tx[0];
        take(qmi->tx, &qmi->tx_count);
        send(qmi, word);
    }
}

/* The chip is busy, and the program can only ask again. */
static bool says_busy(const struct rp2350_qmi_model *qmi, uint32_t word)
{
    return qmi->asks_status && (word & 1) && (qmi->chip->job != NOR_NOTHING || qmi->chip->deaf_ns > 0);
}

static uint32_t read_data(struct rp2350_qmi_model *qmi)
{
    if (qmi->rx_count == 0) {
        model_violation(qmi->bus, "read of the QMI's DIRECT_RX, which is empty");
        return 0;
    }
    uint32_t word = qmi->rx[0];
    take(qmi->rx, &qmi->rx_count);
    qmi->polls = qmi->rx_count == 0 && says_busy(qmi, word);
    run(qmi);
    return word;
}

static void write_data(struct rp2350_qmi_model *qmi, uint32_t word)
{
    if (word & ~(uint32_t)TX_BITS) {
        model_violation(qmi->bus, "write of 0x%08x to the QMI's DIRECT_TX, where bits are set that are not there",
                        word);
    } else if (qmi->tx_count == RP2350_QMI_FIFO_SIZE) {
        model_violation(qmi->bus, "write of the QMI's DIRECT_TX, which is full: the word is lost");
    } else {
        qmi->tx[qmi->tx_count++] = word;
        run(qmi);
    }
}

static uint32_t csr_now(const struct rp2350_qmi_model *qmi)
{
    return qmi->csr | ((qmi->csr & EN) && qmi->tx_count > 0 ? BUSY : 0u) |
           (qmi->tx_count == RP2350_QMI_FIFO_SIZE ? TXFULL : 0u) | (qmi->tx_count == 0 ? TXEMPTY : 0u) |
           qmi->tx_count << TXLEVEL_POS | (qmi->rx_count == 0 ? RXEMPTY : 0u) |
           (qmi->rx_count == RP2350_QMI_FIFO_SIZE ? RXFULL : 0u) | qmi->rx_count << RXLEVEL_POS;
}

static void write_csr(struct rp2350_qmi_model *qmi, uint32_t value)
{
    uint32_t ends = qmi->csr & ~value;
    if (value & AUTO_CSN) {
        model_violation(qmi->bus, "write of 0x%08x to DIRECT_CSR: AUTO_CS0N and AUTO_CS1N are not modelled", value);
        return;
    }
    if (value & ASSERT_CS1N) {
        model_violation(qmi->bus, "chip select of a second chip is low, which this board has not");
        return;
    }
    if ((qmi->csr & EN) && qmi->tx_count > 0 && (ends & (EN | ASSERT_CS0N))) {
        model_violation(qmi->bus, "direct mode or chip select ends while the QMI is busy");
    }
    qmi->csr = value & CSR_BITS;
    select_update(qmi);
    run(qmi);
}

static uint32_t *window_register(struct rp2350_qmi_model *qmi, uint32_t off)
{
    uint32_t number = (off - M0_TIMING) / 4;
    if (off < M0_TIMING || off >= ATRANS0 || off % 4 != 0) {
        return NULL;
    }
    struct rp2350_qmi_window *window = &qmi->windows[number / WINDOW_REGISTERS];
    uint32_t *const registers[WINDOW_REGISTERS] = {&window->timing, &window->rfmt, &window->rcmd, &window->wfmt,
                                                   &window->wcmd};
    return registers[number % WINDOW_REGISTERS];
}

static uint32_t bits_of(uint32_t off)
{
    switch ((off - M0_TIMING) / 4 % WINDOW_REGISTERS) {
    case 0:
        return TIMING_BITS;
    case 1:
    case 3:
        return FORMAT_BITS;
    default:
        return 0xFFFF;
    }
}

/* Each window begins anew at the start of its chip. */
static uint32_t translation(uint32_t off)
{
    return ATRANS_SIZE | ((off - ATRANS0) / 4 % 4) << 10;
}

static uint32_t qmi_peek(void *ctx, uint32_t off)
{
    struct rp2350_qmi_model *qmi = ctx;
    const uint32_t *found = window_register(qmi, off);
    return off == DIRECT_CSR ? csr_now(qmi) : found != NULL ? *found : 0;
}

static uint32_t qmi_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rp2350_qmi_model *qmi = ctx;
    qmi->polls = qmi->polls && off != DIRECT_RX;
    if (size == 4 && off == DIRECT_RX) {
        return read_data(qmi);
    }
    if (size == 4 && off >= ATRANS0 && off < ATRANS_END && off % 4 == 0) {
        return translation(off);
    }
    if (size == 4 && (off == DIRECT_CSR || window_register(qmi, off) != NULL)) {
        return qmi_peek(qmi, off);
    }
    model_violation(qmi->bus, "read of %u bytes from the QMI at 0x%02x", size, off);
    return 0;
}

static void write_window(struct rp2350_qmi_model *qmi, uint32_t off, uint32_t value)
{
    if (value & ~bits_of(off)) {
        model_violation(qmi->bus, "write of 0x%08x to the QMI at 0x%02x, where bits are set that are not there",
                        value, off);
        return;
    }
    *window_register(qmi, off) = value;
}

static void qmi_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2350_qmi_model *qmi = ctx;
    bool is_translation = off >= ATRANS0 && off < ATRANS_END && off % 4 == 0;
    qmi->is_checked = false;
    qmi->polls = false;
    if (size == 4 && off == DIRECT_CSR) {
        write_csr(qmi, value);
    } else if (size == 4 && off == DIRECT_TX) {
        write_data(qmi, value);
    } else if (size == 4 && window_register(qmi, off) != NULL) {
        write_window(qmi, off, value);
    } else if (size != 4 || !is_translation || value != translation(off)) {
        model_violation(qmi->bus, "write of %u bytes, 0x%08x, to the QMI at 0x%02x, which is not modelled", size,
                        value, off);
    }
}

static void qmi_tick(void *ctx, uint64_t ns)
{
    struct rp2350_qmi_model *qmi = ctx;
    nor_chip_tick(qmi->chip, ns);
}

/* A program that asks again and again whether the chip is ready. */
static uint64_t qmi_busy_ns(void *ctx)
{
    const struct rp2350_qmi_model *qmi = ctx;
    const struct nor_chip *chip = qmi->chip;
    if (!qmi->polls || (chip->job != NOR_NOTHING && chip->never_ready)) {
        return 0;
    }
    return chip->job != NOR_NOTHING ? chip->busy_ns : chip->deaf_ns;
}

/* A read of the window, as M0 describes it. Lines as 1, 2 or 4; 0 for what there is not. */
struct shape {
    uint32_t prefix_lanes;
    uint32_t address_lanes;
    uint32_t suffix_lanes;
    uint32_t dummy_clocks;
    uint32_t data_lanes;
};

static struct shape shape_now(const struct rp2350_qmi_model *qmi)
{
    uint32_t format = qmi->windows[0].rfmt;
    uint32_t suffix_len = field(format, 15, 14);
    uint32_t dummy_bits = 4 * field(format, 18, 16);
    return (struct shape){.prefix_lanes = (format & PREFIX_LEN) ? 1u << field(format, 1, 0) : 0,
                          .address_lanes = 1u << field(format, 3, 2),
                          .suffix_lanes = suffix_len == SUFFIX_LEN_8 ? 1u << field(format, 5, 4) : 0,
                          .dummy_clocks = dummy_bits >> field(format, 7, 6),
                          .data_lanes = 1u << field(format, 9, 8)};
}

static bool format_is_modelled(const struct rp2350_qmi_model *qmi)
{
    uint32_t format = qmi->windows[0].rfmt;
    uint32_t suffix_len = field(format, 15, 14);
    bool has_widths = true;
    for (uint32_t low = 0; low < 10; low += 2) {
        has_widths = has_widths && field(format, low + 1, low) <= QUAD;
    }
    return has_widths && (format & ~FORMAT_MODELLED) == 0 && (suffix_len == 0 || suffix_len == SUFFIX_LEN_8);
}

static void send_bits(struct rp2350_qmi_model *qmi, uint32_t value, uint32_t bits, uint32_t lanes)
{
    for (uint32_t left = lanes != 0 ? bits : 0; left >= 8; left -= 8) {
        nor_chip_exchange(qmi->chip, NOR_SHIFT, (uint8_t)lanes, (uint8_t)(value >> (left - 8)));
    }
}

/* As the window does. */
static bool chip_answers(struct rp2350_qmi_model *qmi, uint32_t off)
{
    const struct cells *cells = qmi->chip->cells;
    struct shape shape = shape_now(qmi);
    uint32_t command = qmi->windows[0].rcmd;
    bool is_right = true;
    nor_chip_select(qmi->chip);
    send_bits(qmi, command & 0xFF, 8, shape.prefix_lanes);
    send_bits(qmi, off, ADDRESS_BITS, shape.address_lanes);
    send_bits(qmi, command >> 8, 8, shape.suffix_lanes);
    if (shape.dummy_clocks != 0) {
        nor_chip_wait(qmi->chip, shape.dummy_clocks);
    }
    for (uint32_t i = 0; i < 4; i++) {
        uint8_t byte = nor_chip_exchange(qmi->chip, NOR_RECEIVE, (uint8_t)shape.data_lanes, 0);
        is_right = is_right && ((byte ^ cells->bytes[off + i]) & ~cells->shaky[off + i]) == 0;
    }
    nor_chip_deselect(qmi->chip);
    return is_right;
}

static const char *set_up_fault(const struct rp2350_qmi_model *qmi)
{
    uint32_t divider = divider_of(field(qmi->windows[0].timing, 7, 0));
    bool is_plain = (qmi->windows[0].rcmd & 0xFF) == READ;
    enum rp2_select by = rp2_qspi_select(qmi->pins);
    if (qmi->csr & EN) {
        return "while direct mode is on, which is a bus error";
    }
    if (by != RP2_SELECT_BY_BLOCK) {
        return by == RP2_SELECT_HIGH ? "while chip select is forced high" : "while chip select is forced low";
    }
    if (qmi->csr & ASSERT_CS0N) {
        return "while DIRECT_CSR holds chip select low";
    }
    if (!format_is_modelled(qmi)) {
        return "with a format of M0_RFMT that is not modelled";
    }
    if (is_plain && qmi->clock_hz != NULL && *qmi->clock_hz / divider > CHIP_READ_HZ_MAX) {
        return "by 03h, faster than the chip can follow";
    }
    return lines_fault(qmi, divider);
}

static const char *reader_check(void *ctx, uint32_t off)
{
    struct rp2350_qmi_model *qmi = ctx;
    const char *fault = set_up_fault(qmi);
    if (qmi->is_checked || !qmi->chip->cells->power) {
        return NULL;
    }
    if (fault == NULL && !chip_answers(qmi, off & ~3u)) {
        fault = "to which the chip does not answer as the window reads it";
    }
    qmi->is_checked = fault == NULL;
    return fault;
}

static bool reader_is_checked(const void *ctx)
{
    const struct rp2350_qmi_model *qmi = ctx;
    return qmi->is_checked;
}

static uint64_t reader_read_ns(const void *ctx, uint32_t size)
{
    const struct rp2350_qmi_model *qmi = ctx;
    struct shape shape = shape_now(qmi);
    if (!qmi->is_checked || qmi->clock_hz == NULL) {
        return 0;
    }
    uint32_t clocks = SELECT_CLOCKS + (shape.prefix_lanes != 0 ? 8 / shape.prefix_lanes : 0) +
                      ADDRESS_BITS / shape.address_lanes + (shape.suffix_lanes != 0 ? 8 / shape.suffix_lanes : 0) +
                      shape.dummy_clocks + 8 * size / shape.data_lanes;
    return clocks * divider_of(field(qmi->windows[0].timing, 7, 0)) * (PS_PER_S / *qmi->clock_hz) / 1000;
}

static void chip_violation(void *ctx, const char *text)
{
    const struct rp2350_qmi_model *qmi = ctx;
    model_violation(qmi->bus, "flash chip: %s", text);
}

void rp2350_qmi_model_open(struct rp2350_qmi_model *qmi, struct rp2_qspi_pins_model *pins, struct nor_chip *chip,
                           const struct model_bus *bus)
{
    *qmi = (struct rp2350_qmi_model){.model = {.name = "the QMI",
                                               .base = 0x400D0000,
                                               .size = 0x1000,
                                               .read = qmi_read,
                                               .write = qmi_write,
                                               .peek = qmi_peek,
                                               .tick = qmi_tick,
                                               .busy_ns = qmi_busy_ns,
                                               .ctx = qmi},
                                     .bus = bus,
                                     .pins = pins,
                                     .chip = chip,
                                     .reader = {.check = reader_check,
                                                .is_checked = reader_is_checked,
                                                .read_ns = reader_read_ns,
                                                .chip = chip,
                                                .ctx = qmi}};
    chip->hooks = (struct nor_hooks){.violation = chip_violation, .ctx = qmi};
    pins->changed = pins_changed;
    pins->ctx = qmi;
}

void rp2350_qmi_model_reset(struct rp2350_qmi_model *qmi)
{
    for (uint32_t i = 0; i < RP2350_QMI_WINDOWS; i++) {
        qmi->windows[i] = (struct rp2350_qmi_window){
            .timing = 0x40000004, .rfmt = 0x1000, .rcmd = 0xA003, .wfmt = 0x1000, .wcmd = 0xA002};
    }
    qmi->csr = CSR_RESET;
    qmi->tx_count = 0;
    qmi->rx_count = 0;
    qmi->polls = false;
    qmi->is_checked = false;
    select_update(qmi);
}
