/*
 * A program for the emulated STM32F427, without a C library: one mistake a case, chosen by the word at CASE_ADDRESS.
 * machine.py says what the machine must say about each. Code and constants lie in flash, what runs while it is busy
 * in RAM (start copies it there).
 */
#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))
#define RAMFUNC __attribute__((section(".ramfunc"), noinline, long_call))

enum {
    CASE_ADDRESS = 0x080DFFFC,
    SECTOR = 0x080E0000,
};

#define ACR REG(0x40023C00)
#define KEYR REG(0x40023C04)
#define SR REG(0x40023C0C)
#define CR REG(0x40023C10)
#define EXIT REG(0xE00FF000)

extern uint32_t data_load[], data_start[], data_end[];
void start(void);

static volatile uint32_t *const sector = (volatile uint32_t *)SECTOR;
static const uint32_t constant_in_flash = 0x600DDA7A;
#define constant (*(const volatile uint32_t *)&constant_in_flash)

__attribute__((noinline)) static uint32_t flash_function(uint32_t value)
{
    return value * 3 + constant;
}

RAMFUNC static void unlock(void)
{
    if (CR & 0x80000000) {
        KEYR = 0x45670123;
        KEYR = 0xCDEF89AB;
    }
}

RAMFUNC static void wait(void)
{
    while (SR & 0x10000) {
    }
}

RAMFUNC static void caches_reset(uint32_t setting)
{
    ACR = 0;
    ACR = 0x1800;
    ACR = 0;
    ACR = setting;
}

RAMFUNC static void erase_start(void)
{
    unlock();
    CR = 0x25A;
    CR = 0x1025A;
}

RAMFUNC static void program(volatile uint32_t *address, uint32_t word)
{
    CR = 0x201;
    *address = word;
    wait();
}

RAMFUNC static void erase(uint32_t caches)
{
    erase_start();
    wait();
    CR = 0;
    caches_reset(caches);
}

/* All goes well, with caches on and constants of flash read before, between and after. */
RAMFUNC static uint32_t good(void)
{
    ACR = 0x600;
    uint32_t before = constant;
    erase(0x600);
    program(&sector[0], before);
    program(&sector[1], constant);
    CR = 0x80000000;
    return sector[0] == 0x600DDA7A && sector[1] == 0x600DDA7A && sector[2] == 0xFFFFFFFF ? 42 : 1;
}

/* movs r0, #n; bx lr */
static uint32_t code_returning(uint32_t n)
{
    return 0x47702000 | n;
}

/* Code in the sector is run, replaced and run again: what runs must be what is there. */
RAMFUNC static uint32_t replace_code(void)
{
    uint32_t (*code)(void) = (uint32_t(*)(void))(SECTOR | 1);
    uint32_t first_code = code_returning(1);
    uint32_t second_code = code_returning(41);
    erase(0x600);
    program(&sector[0], first_code);
    CR = 0;
    uint32_t first = code();
    erase(0x600);
    program(&sector[0], second_code);
    CR = 0;
    return first + code();
}

/* The same without an erase: bits of the instruction that ran are cleared. */
RAMFUNC static uint32_t program_over_code(void)
{
    uint32_t (*code)(void) = (uint32_t(*)(void))(SECTOR | 1);
    uint32_t first_code = code_returning(43);
    uint32_t second_code = code_returning(42);
    erase(0);
    program(&sector[0], first_code);
    CR = 0;
    uint32_t first = code();
    program(&sector[0], second_code);
    CR = 0;
    return first == 43 ? code() : 2;
}

RAMFUNC static void delay(void)
{
    for (volatile uint32_t i = 0; i < 1000; i++) {
    }
}

/* The same by somebody who waits long enough and never asks the flash. */
RAMFUNC static uint32_t program_blindly(void)
{
    uint32_t (*code)(void) = (uint32_t(*)(void))(SECTOR | 1);
    uint32_t first_code = code_returning(43);
    uint32_t second_code = code_returning(42);
    erase(0);
    program(&sector[0], first_code);
    uint32_t first = code();
    sector[1] = 0;
    delay();
    sector[0] = second_code;
    delay();
    return first == 43 ? code() : 2;
}

/* After an erase there is no code, though it ran before. */
RAMFUNC static uint32_t run_erased(void)
{
    uint32_t (*code)(void) = (uint32_t(*)(void))(SECTOR | 1);
    uint32_t first_code = code_returning(1);
    erase(0);
    program(&sector[0], first_code);
    CR = 0;
    code();
    erase(0);
    return code();
}

RAMFUNC static uint32_t fetch_while_busy(void)
{
    uint32_t value = flash_function(1); /* it is translated now */
    erase_start();
    return value + flash_function(2);
}

RAMFUNC static uint32_t load_while_busy(void)
{
    uint32_t value = constant; /* its page is known now */
    erase_start();
    return value + constant;
}

RAMFUNC static uint32_t load_while_programming(void)
{
    erase(0);
    uint32_t value = constant;
    CR = 0x201;
    sector[0] = value;
    return constant;
}

/* The page of the constant was read just before, when nothing was wrong with that. */
RAMFUNC static uint32_t load_again_while_programming(void)
{
    unlock();
    CR = 0x201;
    uint32_t value = constant;
    sector[0] = value;
    return constant;
}

/* A line of the page may be read, another one may not: a cache holds it as it was. */
RAMFUNC static uint32_t load_behind_another(void)
{
    ACR = 0x400;
    uint32_t value = sector[5];
    erase_start();
    wait();
    ACR = 0;
    value += sector[0];
    ACR = 0x400;
    return value + sector[5];
}

RAMFUNC static uint32_t stale_data(void)
{
    ACR = 0x400;
    uint32_t value = sector[5];
    erase_start();
    wait();
    return value + sector[5];
}

RAMFUNC static uint32_t stale_code(void)
{
    uint32_t (*code)(void) = (uint32_t(*)(void))(SECTOR | 1);
    ACR = 0x200;
    erase_start();
    wait();
    return code();
}

RAMFUNC static uint32_t second_store_while_busy(void)
{
    erase(0);
    CR = 0x201;
    sector[0] = 0;
    sector[1] = 0;
    return 1;
}

RAMFUNC static uint32_t bit_from_0_to_1(void)
{
    erase(0);
    program(&sector[0], 0);
    program(&sector[0], 1);
    return 1;
}

RAMFUNC static uint32_t store_too_narrow(void)
{
    erase(0);
    CR = 0x201;
    *(volatile uint16_t *)SECTOR = 0;
    return 1;
}

static uint32_t store_while_locked(void)
{
    sector[0] = 0;
    return 1;
}

static uint32_t wrong_key(void)
{
    KEYR = 0x45670123;
    KEYR = 0x45670123;
    return 1;
}

static uint32_t load_from_nowhere(void)
{
    return REG(0x60000000);
}

static uint32_t store_to_nowhere(void)
{
    REG(0x60000000) = 1;
    return 1;
}

static uint32_t register_nowhere(void)
{
    return REG(0x40023C80);
}

static uint32_t run_nowhere(void)
{
    return ((uint32_t(*)(void))0x60000001)();
}

static uint32_t undefined_instruction(void)
{
    __asm__ volatile("udf #0");
    return 1;
}

static uint32_t sleep_for_ever(void)
{
    __asm__ volatile("cpsid i\n\twfi");
    return 1;
}

static uint32_t sleep_unmasked(void)
{
    REG(0xE000E100) = 1u << 28;
    __asm__ volatile("cpsie i\n\twfi");
    return 1;
}

static uint32_t clock_is_off(void)
{
    return REG(0x40004800);
}

static uint32_t uart_without_pins(void)
{
    REG(0x40023840) = 1u << 18;
    REG(0x40004808) = 139;
    REG(0x4000480C) = 0x200C;
    REG(0x40004804) = 'x';
    return 1;
}

static uint32_t uart_at_a_wrong_rate(void)
{
    REG(0x40023840) = 1u << 18;
    REG(0x40004808) = 150;
    REG(0x4000480C) = 0x200C;
    REG(0x40004804) = 'x';
    return 1;
}

static uint32_t reset_without_key(void)
{
    REG(0xE000ED0C) = 4;
    return 1;
}

/* The first life leaves a word in RAM and one in flash; the second finds only the latter. */
static uint32_t reset(void)
{
    static volatile uint32_t *const ram = (volatile uint32_t *)0x20020000;
    if (sector[0] == 0xFFFFFFFF) {
        unlock();
        program(&sector[0], 7);
        *ram = 0x5A5A5A5A;
        REG(0xE000ED0C) = 0x05FA0004;
        for (;;) {
        }
    }
    return *ram != 0x5A5A5A5A && CR == 0x80000000 && sector[0] == 7 ? 42 : 3;
}

/* 20 ms asleep, woken by the timer's comparison. */
static uint32_t sleep_until(void)
{
    __asm__ volatile("cpsid i");
    REG(0x40023840) = 1;
    REG(0x40000028) = 15;
    REG(0x40000014) = 1;
    REG(0x40000034) = 20000;
    REG(0x4000000C) = 2;
    REG(0x40000010) = 0;
    REG(0x40000000) = 1;
    REG(0xE000E100) = 1u << 28;
    __asm__ volatile("wfi");
    uint32_t now = REG(0x40000024);
    return now >= 20000 && now < 20100 && (REG(0x40000010) & 2) ? 42 : now;
}

#define DMA1_STREAM_1 0x40026028u

/* A stream that fills a ring; `to` is where. */
__attribute__((noinline)) static void dma_start(uint32_t to, uint32_t control)
{
    REG(0x40023830) |= 1u << 21;
    REG(DMA1_STREAM_1 + 0x0C) = to;
    REG(DMA1_STREAM_1 + 0x04) = 64;
    REG(DMA1_STREAM_1) = control;
    REG(DMA1_STREAM_1 + 0x04) = 1;
}

static uint32_t dma_clock_is_off(void)
{
    return REG(DMA1_STREAM_1);
}

static uint32_t dma_to_ccm(void)
{
    dma_start(0x10000000, 0x08000501);
    return 1;
}

static uint32_t dma_without_a_ring(void)
{
    dma_start(0x20001000, 0x08000401);
    return 1;
}

static uint32_t dma_changed_while_enabled(void)
{
    dma_start(0x20001000, 0x08000501);
    return 1;
}

__attribute__((used)) static uint32_t (*const cases[])(void) = {
#include "machine_cases.inc"
};

/* Data is copied by hand: there is no C library. */
void start(void)
{
    for (volatile uint32_t *to = data_start, *from = data_load; to < data_end;) {
        *to++ = *from++;
    }
    EXIT = cases[REG(CASE_ADDRESS)]();
    for (;;) {
    }
}

__attribute__((section(".vectors"), used)) static const void *const vectors[] = {(const void *)0x20030000,
                                                                                 (const void *)start};
