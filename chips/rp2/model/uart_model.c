/* UART0, a PL011: FIFOs of 32 bytes each way, DMA for the receiver, and no more than a console needs. */
#include "chips/rp2/model/peripherals.h"

#include <string.h>

enum {
    DR = 0x00,
    FR = 0x18,
    IBRD = 0x24,
    FBRD = 0x28,
    LCR_H = 0x2C,
    CR = 0x30,
    IMSC = 0x38,
    DMACR = 0x48,

    FR_BUSY = 1 << 3,
    FR_RXFE = 1 << 4,
    FR_TXFF = 1 << 5,
    FR_RXFF = 1 << 6,
    FR_TXFE = 1 << 7,
    LCR_H_8N1_FIFO = 0x70,
    CR_UARTEN = 1 << 0,
    CR_TXE = 1 << 8,
    CR_RXE = 1 << 9,
    CR_BITS = CR_UARTEN | CR_TXE | CR_RXE,
    CR_RESET = CR_TXE | CR_RXE,
    IMSC_RX = 1 << 4,
    IMSC_TIMEOUT = 1 << 6,
    IBRD_MAX = 0xFFFF,
    FBRD_MAX = 0x3F,
    PERI_ENABLE = 1 << 11,
    FUNCTION_UART = 2,
    PAD_INPUT = 1 << 6,
    PAD_OFF = 1 << 7,
    DMACR_RX = 1,
    PERCENT_OFF = 2,
    LOOK_NS = 20000,          /* between looks whether a byte comes while the CPU is awake, */
    LOOK_ASLEEP_NS = 1000000, /* and while it sleeps */
};

static const uint32_t rates[] = {9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600};

static const struct rp2_series *series_of(const struct rp2_uart_model *uart)
{
    return uart->resets->series;
}

static bool line_takes_time(const struct rp2_uart_model *uart)
{
    return uart->console != NULL && uart->console->lost != NULL;
}

static bool line_has_byte(const struct rp2_uart_model *uart)
{
    return uart->console != NULL && uart->console->ready(uart->console->ctx);
}

static bool uart_receives(const struct rp2_uart_model *uart)
{
    return (uart->cr & (CR_UARTEN | CR_RXE)) == (CR_UARTEN | CR_RXE);
}

/* DMA takes what it can. */
static void fifo_drain(struct rp2_uart_model *uart)
{
    while ((uart->dmacr & DMACR_RX) && uart->count > 0 &&
           rp2_dma_model_take(uart->dma, series_of(uart)->dma_uart0_rx, uart->model.base + DR, uart->fifo[0])) {
        memmove(uart->fifo, uart->fifo + 1, --uart->count);
    }
}

/* A byte has come. */
static void line_deliver(struct rp2_uart_model *uart)
{
    uint8_t byte = (uint8_t)uart->console->read(uart->console->ctx);
    if (!uart_receives(uart)) {
        return;
    }
    if (uart->count == RP2_UART_FIFO) {
        uart->console->lost(uart->console->ctx);
        return;
    }
    uart->fifo[uart->count++] = byte;
    fifo_drain(uart);
}

/*
 * A line that waits for the program gives a byte whenever there is room; with DMA one each time that the program looks how
 * far that has come.
 */
static void line_look(struct rp2_uart_model *uart)
{
    while (!(uart->dmacr & DMACR_RX) && !line_takes_time(uart) && uart_receives(uart) &&
           uart->count < RP2_UART_FIFO && line_has_byte(uart)) {
        line_deliver(uart);
    }
}

static void dma_looked_at(void *ctx)
{
    struct rp2_uart_model *uart = ctx;
    if (!line_takes_time(uart) && uart_receives(uart) && (uart->dmacr & DMACR_RX) && line_has_byte(uart)) {
        line_deliver(uart);
    }
}

static void uart_tick(void *ctx, uint64_t ns)
{
    struct rp2_uart_model *uart = ctx;
    uart->now_ns += ns;
    while (uart->sending > 0 && uart->leaves_ns <= uart->now_ns) {
        uart->sending--;
        uart->leaves_ns += uart->console->byte_ns;
    }
    if (!line_takes_time(uart) || (uart->arrives_ns == 0 && uart->now_ns < uart->look_ns)) {
        return;
    }
    uart->look_ns = uart->now_ns + LOOK_NS;
    if (uart->arrives_ns == 0 && line_has_byte(uart)) {
        uart->arrives_ns = uart->now_ns + uart->console->byte_ns;
    }
    while (uart->arrives_ns != 0 && uart->arrives_ns <= uart->now_ns) {
        line_deliver(uart);
        uart->arrives_ns = line_has_byte(uart) ? uart->arrives_ns + uart->console->byte_ns : 0;
    }
}

static uint64_t uart_next_event_ns(void *ctx)
{
    const struct rp2_uart_model *uart = ctx;
    uint64_t event_ns = uart->arrives_ns != 0 ? uart->arrives_ns : uart->now_ns + LOOK_ASLEEP_NS;
    return line_takes_time(uart) && event_ns > uart->now_ns ? event_ns - uart->now_ns : UINT64_MAX;
}

/* What is wrong with how it is set up, or NULL. */
static const char *uart_fault(const struct rp2_uart_model *uart)
{
    const struct rp2_gpio_model *gpio = uart->gpio;
    const struct rp2_series *series = series_of(uart);
    if (!(uart->cr & CR_UARTEN) || uart->lcr_h != LCR_H_8N1_FIFO) {
        return "is not enabled, or not for 8N1 with FIFOs";
    }
    if (uart->baud == 0) {
        return "has a rate that nobody else has";
    }
    if (gpio->ctrl[uart->tx] != FUNCTION_UART || gpio->ctrl[uart->rx] != FUNCTION_UART ||
        (uart->resets->held & (1u << series->io_bank0.reset | 1u << series->pads_bank0.reset))) {
        return "is not connected to its pins";
    }
    if ((gpio->pad[uart->tx] & PAD_OFF) || !(gpio->pad[uart->rx] & PAD_INPUT)) {
        return "has pads that are off";
    }
    if ((gpio->pad[uart->tx] | gpio->pad[uart->rx]) & series->pad_iso) {
        return "has pads that are isolated";
    }
    return NULL;
}

/* The rate that the registers make of clk_peri, if it is near enough to one that others have; else 0. */
static uint32_t rate_now(const struct rp2_uart_model *uart)
{
    uint32_t divider = 64 * uart->ibrd + uart->fbrd;
    uint32_t clock_hz = (uart->clocks->peri_ctrl & PERI_ENABLE) ? uart->clocks->sys_hz : 0;
    if (divider < 64) {
        return 0;
    }
    uint64_t baud = (uint64_t)clock_hz * 4 / divider;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        uint64_t off = baud > rates[i] ? baud - rates[i] : rates[i] - baud;
        if (off * 100 <= (uint64_t)rates[i] * PERCENT_OFF) {
            return rates[i];
        }
    }
    return 0;
}

static void write_byte(struct rp2_uart_model *uart, uint32_t value)
{
    const char *fault = uart_fault(uart);
    char byte = (char)value;
    if (fault != NULL || !(uart->cr & CR_TXE)) {
        model_violation(uart->bus, "UART0 sends but %s", fault != NULL ? fault : "its transmitter is off");
    } else if (uart->sending == RP2_UART_FIFO) {
        model_violation(uart->bus, "UART0 is given a byte while its FIFO is full");
    } else if (uart->console != NULL) {
        uart->console->write(uart->console->ctx, &byte, 1);
    }
    if (line_takes_time(uart)) {
        uart->leaves_ns = uart->sending == 0 ? uart->now_ns + uart->console->byte_ns : uart->leaves_ns;
        uart->sending++;
    }
}

static uint32_t read_byte(struct rp2_uart_model *uart)
{
    const char *fault = uart_fault(uart);
    if (fault != NULL) {
        model_violation(uart->bus, "UART0 receives but %s", fault);
    }
    if (uart->count == 0) {
        model_violation(uart->bus, "read of UART0's DR, which is empty");
        return 0;
    }
    uint8_t byte = uart->fifo[0];
    memmove(uart->fifo, uart->fifo + 1, --uart->count);
    return byte;
}

static uint32_t flags(struct rp2_uart_model *uart)
{
    line_look(uart);
    return (uart->sending > 0 ? FR_BUSY : FR_TXFE) | (uart->count == 0 ? FR_RXFE : 0u) |
           (uart->sending == RP2_UART_FIFO ? FR_TXFF : 0u) | (uart->count == RP2_UART_FIFO ? FR_RXFF : 0u);
}

static uint32_t uart_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rp2_uart_model *uart = ctx;
    if (!rp2_block_check(uart->resets, series_of(uart)->uart0.reset, &uart->model)) {
        return 0;
    }
    switch (size == 4 ? off : UINT32_MAX) {
    case DR:
        return read_byte(uart);
    case FR:
        return flags(uart);
    case CR:
        return uart->cr;
    default:
        model_violation(uart->bus, "read of %u bytes from UART0 at 0x%02x", size, off);
        return 0;
    }
}

/* Rate and format are taken over together. */
static void write_format(struct rp2_uart_model *uart, uint32_t value)
{
    if (uart->cr & CR_UARTEN) {
        model_violation(uart->bus, "UART0 is set up while it is enabled");
    }
    uart->lcr_h = value;
    uart->baud = rate_now(uart);
    if (uart->console != NULL && uart->console->set_baud != NULL) {
        uart->console->set_baud(uart->console->ctx, uart->baud);
    }
}

static void uart_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2_uart_model *uart = ctx;
    if (!rp2_block_check(uart->resets, series_of(uart)->uart0.reset, &uart->model)) {
        return;
    }
    if (size == 4 && off == DR) {
        write_byte(uart, value);
    } else if (size == 4 && off == IBRD && value <= IBRD_MAX) {
        uart->ibrd = value;
    } else if (size == 4 && off == FBRD && value <= FBRD_MAX) {
        uart->fbrd = value;
    } else if (size == 4 && off == LCR_H && value == LCR_H_8N1_FIFO) {
        write_format(uart, value);
    } else if (size == 4 && off == CR && (value & ~(uint32_t)CR_BITS) == 0) {
        uart->cr = value;
    } else if (size == 4 && off == IMSC && (value == 0 || value == (IMSC_RX | IMSC_TIMEOUT))) {
        uart->imsc = value;
    } else if (size == 4 && off == DMACR && value <= DMACR_RX) {
        uart->dmacr = value;
        fifo_drain(uart);
    } else {
        model_violation(uart->bus, "write of 0x%08x to UART0 at 0x%02x, which is not modelled", value, off);
    }
}

/* Fewer bytes than half a FIFO ask for the interrupt after a time-out, which is short. */
static void uart_sample(void *ctx)
{
    struct rp2_uart_model *uart = ctx;
    line_look(uart);
    dma_looked_at(uart);
    if (uart->count > 0 && uart->imsc != 0) {
        model_irq(uart->bus, series_of(uart)->uart0.interrupt);
    }
}

static void uart_clear(void *ctx)
{
    struct rp2_uart_model *uart = ctx;
    uart->ibrd = 0;
    uart->fbrd = 0;
    uart->lcr_h = 0;
    uart->cr = CR_RESET;
    uart->imsc = 0;
    uart->dmacr = 0;
    uart->baud = 0;
    uart->count = 0;
    uart->sending = 0;
    uart->now_ns = 0;
    uart->look_ns = 0;
    uart->arrives_ns = 0;
    uart->leaves_ns = 0;
}

void rp2_uart_model_open(struct rp2_uart_model *uart, struct rp2_resets_model *resets,
                         const struct rp2_clocks_model *clocks, const struct rp2_gpio_model *gpio,
                         struct rp2_dma_model *dma, const struct model_bus *bus)
{
    *uart = (struct rp2_uart_model){.model = {.name = "UART0",
                                              .base = resets->series->uart0.base,
                                              .size = 0x1000,
                                              .read = uart_read,
                                              .write = uart_write,
                                              .tick = uart_tick,
                                              .next_event_ns = uart_next_event_ns,
                                              .sample = uart_sample,
                                              .ctx = uart},
                                    .bus = bus,
                                    .resets = resets,
                                    .clocks = clocks,
                                    .gpio = gpio,
                                    .dma = dma};
    rp2_resets_model_add(resets, resets->series->uart0.reset, uart_clear, uart);
    dma->looked_at = dma_looked_at;
    dma->ctx = uart;
    uart_clear(uart);
}
