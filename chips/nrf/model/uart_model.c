/* UART0 of an nRF51. It holds six bytes, and an event tells of each that comes to the front of them. */
#include "chips/nrf/model/peripherals.h"

#include <string.h>

enum {
    STARTRX = 0x000,
    STARTTX = 0x008,
    RXDRDY = 0x108,
    TXDRDY = 0x11C,
    INTENSET = 0x304,
    ENABLE = 0x500,
    PSELTXD = 0x50C,
    PSELRXD = 0x514,
    RXD = 0x518,
    TXD = 0x51C,
    BAUDRATE = 0x524,

    RXDRDY_BIT = 1 << 2,
    ENABLED = 4,
    PIN_IS_OUTPUT = 1,
    PIN_INPUT_OFF = 2,
    INTERRUPT = 2,
    LOOK_NS = 20000,          /* between looks whether a byte comes while the CPU is awake, */
    LOOK_ASLEEP_NS = 1000000, /* and while it sleeps */
};

static const uint32_t BAUD_115200 = 0x01D7E000;
static const uint32_t NO_PIN = 0xFFFFFFFF;

static bool line_takes_time(const struct nrf_uart_model *uart)
{
    return uart->console != NULL && uart->console->lost != NULL;
}

static bool line_has_byte(const struct nrf_uart_model *uart)
{
    return uart->console != NULL && uart->console->ready(uart->console->ctx);
}

/* A byte has come. */
static void line_deliver(struct nrf_uart_model *uart)
{
    uint8_t byte = (uint8_t)uart->console->read(uart->console->ctx);
    if (!uart->receives) {
        return;
    }
    if (uart->count == NRF_UART_FIFO) {
        uart->console->lost(uart->console->ctx);
        return;
    }
    uart->fifo[uart->count++] = byte;
    uart->received = uart->received || uart->count == 1;
}

/* A line that waits for the program gives a byte whenever there is room. */
static void line_look(struct nrf_uart_model *uart)
{
    while (!line_takes_time(uart) && uart->receives && uart->count < NRF_UART_FIFO && line_has_byte(uart)) {
        line_deliver(uart);
    }
}

static void uart_tick(void *ctx, uint64_t ns)
{
    struct nrf_uart_model *uart = ctx;
    uart->now_ns += ns;
    if (uart->leaves_ns != 0 && uart->leaves_ns <= uart->now_ns) {
        uart->leaves_ns = 0;
        uart->sent = true;
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
    const struct nrf_uart_model *uart = ctx;
    uint64_t event_ns = uart->arrives_ns != 0 ? uart->arrives_ns : uart->now_ns + LOOK_ASLEEP_NS;
    return line_takes_time(uart) && event_ns > uart->now_ns ? event_ns - uart->now_ns : UINT64_MAX;
}

/* What is wrong with how it is set up, or NULL. */
static const char *uart_fault(const struct nrf_uart_model *uart)
{
    if (uart->enable != ENABLED) {
        return "is not enabled";
    }
    if (uart->baudrate != BAUD_115200) {
        return "does not run at 115200 baud";
    }
    return uart->clock->runs ? NULL : "has no clock that is exact enough";
}

static void write_byte(struct nrf_uart_model *uart, uint32_t value)
{
    const char *fault = uart_fault(uart);
    char byte = (char)value;
    if (fault != NULL || !uart->sends) {
        model_violation(uart->bus, "UART0 sends but %s", fault != NULL ? fault : "was not started");
    } else if (uart->pin_tx != uart->tx || !(uart->gpio->configuration[uart->tx] & PIN_IS_OUTPUT)) {
        model_violation(uart->bus, "UART0 sends but is not connected to its pin");
    } else if (uart->leaves_ns != 0) {
        model_violation(uart->bus, "UART0 is given a byte before the one before it has left");
    } else if (uart->console != NULL) {
        uart->console->write(uart->console->ctx, &byte, 1);
    }
    if (line_takes_time(uart)) {
        uart->leaves_ns = uart->now_ns + uart->console->byte_ns;
    } else {
        uart->sent = true;
    }
}

static uint32_t read_byte(struct nrf_uart_model *uart)
{
    const char *fault = uart_fault(uart);
    if (fault != NULL) {
        model_violation(uart->bus, "UART0 receives but %s", fault);
    } else if (uart->count == 0) {
        model_violation(uart->bus, "read of UART0's RXD, which is empty");
        return 0;
    } else if (uart->received) {
        model_violation(uart->bus, "read of UART0's RXD before RXDRDY was cleared: the next byte's would be lost");
    }
    uint8_t byte = uart->fifo[0];
    memmove(uart->fifo, uart->fifo + 1, sizeof uart->fifo - 1);
    uart->count -= uart->count > 0;
    uart->received = uart->count > 0;
    return byte;
}

static uint32_t uart_read(void *ctx, uint32_t off, uint32_t size)
{
    struct nrf_uart_model *uart = ctx;
    switch (size == 4 ? off : UINT32_MAX) {
    case RXDRDY:
        line_look(uart);
        return uart->received;
    case TXDRDY:
        return uart->sent;
    case RXD:
        return read_byte(uart);
    default:
        model_violation(uart->bus, "read of %u bytes from UART0 at 0x%03x", size, off);
        return 0;
    }
}

/* Pins and rate are set up while the UART is off. The input's pin must be connected. */
static void write_setting(struct nrf_uart_model *uart, uint32_t off, uint32_t value)
{
    if (uart->enable != 0) {
        model_violation(uart->bus, "UART0 is set up while it is enabled");
    }
    *(off == PSELTXD ? &uart->pin_tx : off == PSELRXD ? &uart->pin_rx : &uart->baudrate) = value;
}

static void start_receiver(struct nrf_uart_model *uart)
{
    if (uart->pin_rx != uart->rx || (uart->gpio->configuration[uart->rx] & (PIN_IS_OUTPUT | PIN_INPUT_OFF))) {
        model_violation(uart->bus, "UART0 receives but is not connected to its pin");
    }
    uart->receives = true;
}

/* Whether off and value are a task, an event or a level of those that it has. */
static bool write_control(struct nrf_uart_model *uart, uint32_t off, uint32_t value)
{
    if (off == STARTRX && value == 1) {
        start_receiver(uart);
    } else if (off == STARTTX && value == 1) {
        uart->sends = true;
    } else if (off == RXDRDY && value == 0) {
        uart->received = false;
    } else if (off == TXDRDY && value == 0) {
        uart->sent = false;
    } else if (off == INTENSET && value == RXDRDY_BIT) {
        uart->interrupts = true;
    } else if (off == ENABLE && value == ENABLED) {
        uart->enable = value;
    } else {
        return false;
    }
    return true;
}

static void uart_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct nrf_uart_model *uart = ctx;
    if (size != 4) {
        model_violation(uart->bus, "write of %u bytes to UART0 at 0x%03x", size, off);
    } else if (off == TXD) {
        write_byte(uart, value);
    } else if (off == PSELTXD || off == PSELRXD || off == BAUDRATE) {
        write_setting(uart, off, value);
    } else if (uart->enable == 0 && off != ENABLE) {
        model_violation(uart->bus, "write of UART0 at 0x%03x while it is not enabled", off);
    } else if (!write_control(uart, off, value)) {
        model_violation(uart->bus, "write of 0x%x to UART0 at 0x%03x", value, off);
    }
}

static void uart_sample(void *ctx)
{
    struct nrf_uart_model *uart = ctx;
    line_look(uart);
    if (uart->received && uart->interrupts) {
        model_irq(uart->bus, INTERRUPT);
    }
}

void nrf_uart_model_open(struct nrf_uart_model *uart, const struct nrf_clock_model *clock,
                         const struct nrf_gpio_model *gpio, const struct model_bus *bus)
{
    *uart = (struct nrf_uart_model){.model = {.name = "UART0",
                                              .base = 0x40002000,
                                              .size = 0x1000,
                                              .read = uart_read,
                                              .write = uart_write,
                                              .tick = uart_tick,
                                              .next_event_ns = uart_next_event_ns,
                                              .sample = uart_sample,
                                              .ctx = uart},
                                    .bus = bus,
                                    .clock = clock,
                                    .gpio = gpio};
    nrf_uart_model_reset(uart);
}

void nrf_uart_model_reset(struct nrf_uart_model *uart)
{
    uart->enable = 0;
    uart->pin_tx = NO_PIN;
    uart->pin_rx = NO_PIN;
    uart->baudrate = 0x04000000;
    uart->sends = false;
    uart->receives = false;
    uart->interrupts = false;
    uart->received = false;
    uart->sent = false;
    uart->count = 0;
    uart->now_ns = 0;
    uart->look_ns = 0;
    uart->arrives_ns = 0;
    uart->leaves_ns = 0;
}
