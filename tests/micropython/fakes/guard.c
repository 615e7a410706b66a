/*
 * Torn units fault when the CPU reads them. Pages with such units cannot be touched; what touches one is let through if
 * its unit is good, for one instruction.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "tests/micropython/fakes/flash.h"

#ifdef __x86_64__

enum {
    PAGE_SIZE = 4096,
    UNIT_SIZE_MIN = 16, /* of those that have error correction */
    TRAP_FLAG = 0x100,  /* of EFLAGS: a trap after the next instruction */
    OPEN_MAX = 4,
    PAGE_COUNT_MAX = 256
};

static uint8_t *guarded;
static uint32_t guarded_size;
static uint8_t *opened[OPEN_MAX];
static int opened_count;
static bool is_closed[PAGE_COUNT_MAX];
static bool has_changed; /* a page was closed, and is to be looked at again */

static void set_closed(uint8_t *page, bool closed)
{
    bool *now = &is_closed[(page - guarded) / PAGE_SIZE];
    if (*now != closed && mprotect(page, PAGE_SIZE, closed ? PROT_NONE : PROT_READ | PROT_WRITE)) {
        fake_violation("the view of the flash cannot be protected");
    }
    *now = closed;
}

static bool any_torn(uint32_t off, uint32_t size)
{
    for (uint32_t at = off; at < off + size; at += UNIT_SIZE_MIN) {
        if (fake_flash_is_torn(at)) {
            return true;
        }
    }
    return false;
}

static void protect(uint8_t *page)
{
    set_closed(page, any_torn((uint32_t)(page - guarded), PAGE_SIZE));
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    ucontext_t *cpu = context;
    size_t off = (size_t)((uint8_t *)info->si_addr - guarded);
    if (off >= guarded_size || opened_count == OPEN_MAX) {
        signal(number, SIG_DFL);
        return;
    }
    if (fake_flash_is_torn((uint32_t)off)) {
        fake_violation("bus fault: a torn unit was read");
    }
    uint8_t *page = guarded + off / PAGE_SIZE * PAGE_SIZE;
    set_closed(page, false);
    opened[opened_count++] = page;
    cpu->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

static void on_step(int number, siginfo_t *info, void *context)
{
    ucontext_t *cpu = context;
    (void)number;
    (void)info;
    while (opened_count > 0) {
        protect(opened[--opened_count]);
    }
    cpu->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
}

void fake_guard_start(uint8_t *view, uint32_t size)
{
    struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    struct sigaction step = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO};
    if (size > PAGE_COUNT_MAX * PAGE_SIZE) {
        fake_violation("the view of the flash is larger than the guard allows");
    }
    guarded = view;
    guarded_size = size;
    sigaction(SIGSEGV, &fault, NULL);
    sigaction(SIGTRAP, &step, NULL);
    fake_guard_update(0, size);
}

void fake_guard_open(uint32_t off, uint32_t size)
{
    uint32_t start = off - off % PAGE_SIZE;
    for (uint32_t page = start; guarded_size > 0 && page < off + size; page += PAGE_SIZE) {
        has_changed = has_changed || is_closed[page / PAGE_SIZE];
        set_closed(guarded + page, false);
    }
}

void fake_guard_update(uint32_t off, uint32_t size)
{
    uint32_t start = off - off % PAGE_SIZE;
    if (guarded_size == 0 || (!has_changed && !any_torn(off, size))) {
        return;
    }
    for (uint32_t page = start; page < off + size; page += PAGE_SIZE) {
        protect(guarded + page);
    }
    has_changed = false;
}

#else

void fake_guard_start(uint8_t *view, uint32_t size)
{
    (void)view;
    (void)size;
}

void fake_guard_open(uint32_t off, uint32_t size)
{
    (void)off;
    (void)size;
}

void fake_guard_update(uint32_t off, uint32_t size)
{
    (void)off;
    (void)size;
}

#endif
