/* Not written yet: it refuses whatever the program does. */
#include "chips/template/model/peripherals.h"

static uint32_t uart_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct template_uart_model *uart = ctx;
    model_violation(uart->bus, "read of %u bytes from the UART at 0x%03x, which its model does not have yet", size,
                    off);
    return 0;
}

static void uart_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    const struct template_uart_model *uart = ctx;
    model_violation(uart->bus, "write of %u bytes, 0x%x, to the UART at 0x%03x, which its model does not have yet",
                    size, value, off);
}

void template_uart_model_open(struct template_uart_model *uart, const struct model_console *console,
                              const struct model_bus *bus)
{
    *uart = (struct template_uart_model){.bus = bus, .console = console};
    uart->model = (struct model){
        .name = "UART", .base = 0x40001000, .size = 0x1000, .read = uart_read, .write = uart_write, .ctx = uart};
}

void template_uart_model_reset(struct template_uart_model *uart)
{
    (void)uart;
}
