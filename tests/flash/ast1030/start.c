/* Start-up, console and end of a program on QEMU's ast1030-evb. */
#include "ast1030.h"

extern uint32_t bss_start[];
extern uint32_t bss_end[];
extern uint32_t stack_top[];

void reset_handler(void);

/* UART5, a 16550 with registers four bytes apart: AST1030 data sheet, UART; QEMU hw/arm/aspeed_ast10x0.c. */
static volatile uint32_t *const uart = (volatile uint32_t *)0x7e784000;

enum {
    UART_THR = 0,
    UART_LSR = 5,
    UART_LSR_EMPTY = 0x20,
};

void put_text(const char *text)
{
    for (; *text != '\0'; text++) {
        while ((uart[UART_LSR] & UART_LSR_EMPTY) == 0) {
        }
        uart[UART_THR] = (uint8_t)*text;
    }
}

void put_hex(uint32_t value, int digits)
{
    char text[9];
    for (int i = 0; i < digits; i++) {
        text[i] = "0123456789abcdef"[value >> 4 * (digits - 1 - i) & 15];
    }
    text[digits] = '\0';
    put_text(text);
}

/* Semihosting SYS_EXIT, "application exit". */
static void leave(void)
{
    register uint32_t operation __asm__("r0") = 0x18;
    register uint32_t reason __asm__("r1") = 0x20026;
    __asm__ volatile("bkpt 0xAB" : : "r"(operation), "r"(reason) : "memory");
}

void reset_handler(void)
{
    for (uint32_t *word = bss_start; word < bss_end; word++) {
        *word = 0;
    }
    run();
    for (;;) {
        leave();
    }
}

static void fault_handler(void)
{
    put_text("fault\n");
    for (;;) {
        leave();
    }
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    stack_top,
    (void *)reset_handler,
    (void *)fault_handler,
    (void *)fault_handler,
    (void *)fault_handler,
    (void *)fault_handler,
    (void *)fault_handler,
};
