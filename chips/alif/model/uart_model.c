/* The console's UART: a 16550 with FIFOs of 32 bytes and a divider with sixteenths. */
#include "chips/alif/model/peripherals.h"

#include <string.h>

enum {
    RBR_THR_DLL = 0x00,
    IER_DLH = 0x04,
    FCR = 0x08,
    LCR = 0x0C,
    MCR = 0x10,
    LSR = 0x14,
    USR = 0x7C,
    DLF = 0xC0,

    LCR_DLAB = 0x80,
    LCR_8N1 = 0x03,
    FCR_ENABLE = 0x01,
    FCR_EMPTY_BOTH = 0x06,
    IER_RECEIVED = 0x01,
    LSR_DR = 0x01,
    LSR_THRE = 0x20,
    LSR_TEMT = 0x40,
    USR_BUSY = 0x01,
    USR_TFNF = 0x02,
    USR_TFE = 0x04,
    USR_RFNE = 0x08,

    INTERRUPT = 124, /* of UART0 */
    BITS = 10,       /* of a byte on the line */
    PAD_READ = 0x01,
    RATE_PARTS = 50, /* a rate may be so much off: 2 % */
    LOOK_NS = 20000,
    LOOK_ASLEEP_NS = 1000000,
};

static const uint64_t NS_PER_S = 1000000000;
static const uint32_t PCLK_HZ = 100000000;

static bool line_takes_time(const struct alif_uart_model *uart)
{
    return uart->console != NULL && uart->console->lost != NULL;
}

static bool line_has_byte(const struct alif_uart_model *uart)
{
    return uart->console != NULL && uart->console->ready(uart->console->ctx);
}

/* Clocks of PCLK in a bit; 0 for none. */
static uint32_t bit_clocks(const struct alif_uart_model *uart)
{
    return uart->divider * 16 + uart->fraction;
}

/* What is wrong with how it is set up, or NULL. */
static const char *uart_fault(const struct alif_uart_model *uart, bool sends)
{
    uint32_t clock = 0x101u << uart->board->uart;
    if ((uart->pins->uart_ctrl & clock) != clock) {
        return "has no clock, or another one than SYST_PCLK";
    }
    if (uart->lcr != LCR_8N1 || !(uart->fcr & FCR_ENABLE) || bit_clocks(uart) == 0) {
        return "is not set up for 8 bits, with its FIFOs and a rate";
    }
    bool connected = sends ? alif_pins_model_has(uart->pins, &uart->board->tx, 0)
                           : alif_pins_model_has(uart->pins, &uart->board->rx, PAD_READ);
    return connected ? NULL : "is not connected to its pin";
}

static void line_deliver(struct alif_uart_model *uart)
{
    uint8_t byte = (uint8_t)uart->console->read(uart->console->ctx);
    if (uart_fault(uart, false) != NULL) {
        return;
    }
    if (uart->count == ALIF_UART_FIFO) {
        uart->console->lost(uart->console->ctx);
        return;
    }
    uart->received[uart->count++] = byte;
}

/* A line that waits for the program gives a byte whenever there is room. */
static void line_look(struct alif_uart_model *uart)
{
    while (!line_takes_time(uart) && uart_fault(uart, false) == NULL && uart->count < ALIF_UART_FIFO &&
           line_has_byte(uart)) {
        line_deliver(uart);
    }
}

static uint64_t byte_ns(const struct alif_uart_model *uart)
{
    return line_takes_time(uart) ? NS_PER_S * BITS * bit_clocks(uart) / PCLK_HZ : 0;
}

static void uart_tick(void *ctx, uint64_t ns)
{
    struct alif_uart_model *uart = ctx;
    uart->now_ns += ns;
    while (uart->sending > 0 && uart->leaves_ns <= uart->now_ns) {
        uart->sending--;
        uart->leaves_ns += byte_ns(uart);
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
    const struct alif_uart_model *uart = ctx;
    uint64_t event_ns = uart->arrives_ns != 0 ? uart->arrives_ns : uart->now_ns + LOOK_ASLEEP_NS;
    return line_takes_time(uart) && event_ns > uart->now_ns ? event_ns - uart->now_ns : UINT64_MAX;
}

static void send(struct alif_uart_model *uart, uint32_t value)
{
    const char *fault = uart_fault(uart, true);
    char byte = (char)value;
    if (fault != NULL) {
        model_violation(uart->bus, "UART%u sends but %s", uart->board->uart, fault);
        return;
    }
    if (uart->sending == ALIF_UART_FIFO) {
        model_violation(uart->bus, "UART%u is given a byte that it has no room for", uart->board->uart);
        return;
    }
    if (uart->console != NULL) {
        uart->console->write(uart->console->ctx, &byte, 1);
    }
    uart->leaves_ns = uart->sending == 0 ? uart->now_ns + byte_ns(uart) : uart->leaves_ns;
    uart->sending += line_takes_time(uart);
}

static uint32_t receive(struct alif_uart_model *uart)
{
    if (uart->count == 0) {
        model_violation(uart->bus, "read of UART%u's RBR, which is empty", uart->board->uart);
        return 0;
    }
    uint8_t byte = uart->received[0];
    memmove(uart->received, uart->received + 1, sizeof uart->received - 1);
    uart->count--;
    return byte;
}

static uint32_t line_status(const struct alif_uart_model *uart)
{
    return (uart->count > 0 ? LSR_DR : 0u) | (uart->sending == 0 ? LSR_THRE | LSR_TEMT : 0u);
}

static uint32_t fifo_status(struct alif_uart_model *uart)
{
    line_look(uart);
    return (uart->sending > 0 ? USR_BUSY : USR_TFE) | (uart->sending < ALIF_UART_FIFO ? USR_TFNF : 0u) |
           (uart->count > 0 ? USR_RFNE : 0u);
}

static uint32_t uart_read(void *ctx, uint32_t off, uint32_t size)
{
    struct alif_uart_model *uart = ctx;
    if (size == 4 && off == RBR_THR_DLL && !(uart->lcr & LCR_DLAB)) {
        return receive(uart);
    }
    if (size == 4 && off == LSR) {
        return line_status(uart);
    }
    if (size == 4 && off == USR) {
        return fifo_status(uart);
    }
    model_violation(uart->bus, "read of %u bytes from UART%u at 0x%02x", size, uart->board->uart, off);
    return 0;
}

/* What the line is told when the divider is complete. */
static void rate_changes(const struct alif_uart_model *uart)
{
    if (uart->console != NULL && uart->console->set_baud != NULL) {
        uint32_t clocks = bit_clocks(uart);
        static const uint32_t rates[] = {115200, 230400, 460800, 921600};
        uint32_t baud = clocks != 0 ? PCLK_HZ / clocks : 0;
        for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
            uint32_t off = baud > rates[i] ? baud - rates[i] : rates[i] - baud;
            baud = off <= rates[i] / RATE_PARTS ? rates[i] : baud;
        }
        uart->console->set_baud(uart->console->ctx, baud);
    }
}

/* Rate and format change while nothing is being sent: the manual of the block asks for that. */
static void write_format(struct alif_uart_model *uart, uint32_t off, uint32_t value)
{
    if (uart->sending > 0) {
        model_violation(uart->bus, "UART%u is set up while it sends", uart->board->uart);
    } else if (off == LCR && (value & ~(uint32_t)LCR_DLAB) == LCR_8N1) {
        bool was_open = uart->lcr & LCR_DLAB;
        uart->lcr = value;
        if (was_open && !(value & LCR_DLAB)) {
            rate_changes(uart);
        }
    } else if (off == RBR_THR_DLL && value <= 0xFF) {
        uart->divider = (uart->divider & 0xFF00) | value;
    } else if (off == IER_DLH && value <= 0xFF) {
        uart->divider = (uart->divider & 0x00FF) | value << 8;
    } else if (off == DLF && value < 16) {
        uart->fraction = value;
    } else {
        model_violation(uart->bus, "write of 0x%x to UART%u at 0x%02x", value, uart->board->uart, off);
    }
}

static void write_control(struct alif_uart_model *uart, uint32_t off, uint32_t value)
{
    if (off == RBR_THR_DLL && value <= 0xFF) {
        send(uart, value);
    } else if (off == IER_DLH && (value & ~(uint32_t)IER_RECEIVED) == 0) {
        uart->ier = value;
    } else if (off == FCR && (value & ~(uint32_t)(FCR_ENABLE | FCR_EMPTY_BOTH)) == 0) {
        uart->fcr = value;
        uart->count = value & 2 ? 0 : uart->count;
    } else if (off != MCR || value != 0) {
        model_violation(uart->bus, "write of 0x%x to UART%u at 0x%02x", value, uart->board->uart, off);
    }
}

static void uart_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct alif_uart_model *uart = ctx;
    bool is_open = uart->lcr & LCR_DLAB;
    if (size != 4 || (off == DLF && !is_open)) {
        model_violation(uart->bus, "write of %u bytes to UART%u at 0x%02x", size, uart->board->uart, off);
    } else if (off == LCR || off == DLF || (is_open && (off == RBR_THR_DLL || off == IER_DLH))) {
        write_format(uart, off, value);
    } else {
        write_control(uart, off, value);
    }
}

static void uart_sample(void *ctx)
{
    struct alif_uart_model *uart = ctx;
    line_look(uart);
    if (uart->count > 0 && (uart->ier & IER_RECEIVED)) {
        model_irq(uart->bus, INTERRUPT + uart->board->uart);
    }
}

void alif_uart_model_open(struct alif_uart_model *uart, const struct alif_pins_model *pins,
                          const struct mprom_alif_board *board, const struct model_bus *bus)
{
    *uart = (struct alif_uart_model){.bus = bus, .pins = pins, .board = board};
    uart->model = (struct model){.name = "the UART",
                                 .base = 0x49018000 + 0x1000u * board->uart,
                                 .size = 0x1000,
                                 .read = uart_read,
                                 .write = uart_write,
                                 .tick = uart_tick,
                                 .next_event_ns = uart_next_event_ns,
                                 .sample = uart_sample,
                                 .ctx = uart};
}

void alif_uart_model_reset(struct alif_uart_model *uart)
{
    uart->ier = uart->lcr = uart->fcr = 0;
    uart->divider = uart->fraction = 0;
    uart->count = uart->sending = 0;
    uart->now_ns = uart->look_ns = uart->arrives_ns = uart->leaves_ns = 0;
}
