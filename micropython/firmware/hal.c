/*
 * What MicroPython calls a port's HAL, on top of board.h: console with Ctrl-C, clock, waiting.
 */
#include "py/gc.h"
#include "py/mphal.h"
#include "py/mpstate.h"
#include "py/ringbuf.h"
#include "py/runtime.h"
#include "py/stream.h"
#include "shared/runtime/gchelper.h"

#include "board.h"

enum {
    HAL_INPUT_SIZE = 4096,
    HAL_JUMPS_PER_POLL = 256,
    HAL_WAIT_MS_MAX = 1000
};

unsigned hal_jumps_to_poll = HAL_JUMPS_PER_POLL;

static uint8_t hal_input_bytes[HAL_INPUT_SIZE];
static ringbuf_t hal_input = {.buf = hal_input_bytes, .size = sizeof(hal_input_bytes)};

/*
 * Moves what the console has into the input ring, and turns the interrupt character into KeyboardInterrupt. While a
 * program runs that never reads its input, a full ring loses bytes as a UART does: what matters is to see Ctrl-C.
 * Otherwise bytes wait in the console until the ring has room.
 */
void hal_poll(void)
{
    hal_jumps_to_poll = HAL_JUMPS_PER_POLL;
    while (ringbuf_free(&hal_input) > 0 || mp_interrupt_char >= 0) {
        int byte = board_console_read();
        if (byte < 0) {
            return;
        }
        if (byte == mp_interrupt_char) {
            mp_sched_keyboard_interrupt();
        } else {
            ringbuf_put(&hal_input, (uint8_t)byte);
        }
    }
}

size_t firmware_console_waiting(void)
{
    return ringbuf_avail(&hal_input);
}

void hal_wait(mp_uint_t timeout_ms)
{
    hal_poll();
    if (ringbuf_avail(&hal_input) == 0) {
        board_wait(timeout_ms < HAL_WAIT_MS_MAX ? (uint32_t)timeout_ms : HAL_WAIT_MS_MAX);
        hal_poll();
    }
}

int mp_hal_stdin_rx_chr(void)
{
    int byte = ringbuf_get(&hal_input);
    while (byte < 0) {
        mp_event_wait_indefinite();
        byte = ringbuf_get(&hal_input);
    }
    return byte;
}

mp_uint_t mp_hal_stdout_tx_strn(const char *str, size_t len)
{
    board_console_write(str, len);
    return len;
}

uintptr_t mp_hal_stdio_poll(uintptr_t poll_flags)
{
    hal_poll();
    uintptr_t ready = poll_flags & MP_STREAM_POLL_WR;
    if ((poll_flags & MP_STREAM_POLL_RD) && ringbuf_avail(&hal_input) > 0) {
        ready |= MP_STREAM_POLL_RD;
    }
    return ready;
}

mp_uint_t mp_hal_ticks_ms(void)
{
    return (mp_uint_t)(board_clock_us() / 1000);
}

mp_uint_t mp_hal_ticks_us(void)
{
    return (mp_uint_t)board_clock_us();
}

mp_uint_t mp_hal_ticks_cpu(void)
{
    return (mp_uint_t)board_clock_us();
}

uint64_t mp_hal_time_ns(void)
{
    return board_time_ns();
}

void mp_hal_delay_ms(mp_uint_t ms)
{
    uint64_t end = board_clock_us() + (uint64_t)ms * 1000;
    for (uint64_t now = board_clock_us(); now < end; now = board_clock_us()) {
        mp_event_handle_nowait();
        board_wait((uint32_t)MIN((end - now + 999) / 1000, HAL_WAIT_MS_MAX));
    }
    mp_event_handle_nowait();
}

void mp_hal_delay_us(mp_uint_t us)
{
    uint64_t end = board_clock_us() + us;
    while (board_clock_us() < end) {
    }
}

unsigned long hal_random_seed(void)
{
    return (unsigned long)board_clock_us();
}

void gc_collect(void)
{
    gc_collect_start();
    gc_helper_collect_regs_and_stack();
    gc_collect_end();
}

/* An exception that nothing catches is a fault of the firmware itself. */
void nlr_jump_fail(void *val)
{
    (void)val;
    static const char text[] = "FATAL: uncaught exception; the board starts again\r\n";
    board_console_write(text, sizeof(text) - 1);
    board_reset();
}
