/*
 * What MicroPython's qemu port leaves out and a client needs: whether the console has input, and time.
 *
 * The port's uart_rx_chr() takes a byte or says that there is none, so a byte that was found by asking is kept for
 * whoever reads next. Time comes from the MPS2 board's counter of hundredths of a second (Arm DAI0385D, "FPGA system
 * control and I/O", CLK100HZ at 0x40028014).
 */
#include "py/mphal.h"
#include "py/stream.h"

#include "uart.h"

static volatile uint32_t *const clk100hz = (volatile uint32_t *)0x40028014;

static int kept = UART_RX_NO_CHAR;

/* What the linker calls in place of the port's functions, and how one of these is then reached. */
int __wrap_uart_rx_chr(void);
int __real_uart_rx_chr(void);
uintptr_t __wrap_mp_hal_stdio_poll(uintptr_t poll_flags);

int __wrap_uart_rx_chr(void)
{
    int byte = kept != UART_RX_NO_CHAR ? kept : __real_uart_rx_chr();
    kept = UART_RX_NO_CHAR;
    return byte;
}

uintptr_t __wrap_mp_hal_stdio_poll(uintptr_t poll_flags)
{
    if (kept == UART_RX_NO_CHAR) {
        kept = __real_uart_rx_chr();
    }
    uintptr_t ready = poll_flags & MP_STREAM_POLL_WR;
    return kept != UART_RX_NO_CHAR ? ready | (poll_flags & MP_STREAM_POLL_RD) : ready;
}

/* From 1.29 on the port has its own. */
MP_WEAK mp_uint_t mp_hal_ticks_ms(void)
{
    return *clk100hz * 10;
}
