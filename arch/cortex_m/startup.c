/* From reset to main(): vectors, memory, FPU. Faults start the board again: there is nobody to tell. */
#include "arch/cortex_m/startup.h"

#include <stdint.h>
#include <string.h>

#include "arch/cortex_m/cortex_m_regs.h"
#include "arch/mmio.h"

/* From the linker script. */
extern uint32_t link_data_load[];
extern uint32_t link_data_start[];
extern uint32_t link_data_end[];
extern uint32_t link_bss_start[];
extern uint32_t link_bss_end[];
extern uint32_t link_stack_end[];

int main(void);
void startup_reset(void) __attribute__((noreturn));
void startup_fault(void) __attribute__((noreturn));

enum {
    VECTORS = 16 /* the CPU's own; interrupts are never taken */
};

__attribute__((section(".vectors"), used)) static const void *const vectors[VECTORS] = {
    link_stack_end,
    (const void *)startup_reset,
    (const void *)startup_fault,
    (const void *)startup_fault,
    (const void *)startup_fault,
    (const void *)startup_fault,
    (const void *)startup_fault,
    [11] = (const void *)startup_fault,
    [12] = (const void *)startup_fault,
    [14] = (const void *)startup_fault,
    [15] = (const void *)startup_fault,
};

void mprom_cpu_reset(void)
{
    mprom_mmio_write32(SCB_AIRCR, SCB_AIRCR_RESET);
    mprom_cpu_barrier();
    for (;;) {
    }
}

void startup_fault(void)
{
    mprom_cpu_reset();
}

/* From here on there is RAM, and a stack. */
static void __attribute__((used, noreturn)) startup_run(void)
{
#ifdef __ARM_FP
    mprom_mmio_write32(SCB_CPACR, mprom_mmio_read32(SCB_CPACR) | SCB_CPACR_FPU);
    mprom_cpu_barrier();
#endif
    memcpy(link_data_start, link_data_load, (uint32_t)link_data_end - (uint32_t)link_data_start);
    memset(link_bss_start, 0, (uint32_t)link_bss_end - (uint32_t)link_bss_start);
    main();
    mprom_cpu_reset();
}

/*
 * In assembly, because C may use the stack, and RAM may not be usable before mprom_startup_power_up() has returned.
 * Interrupts stay masked: the firmware polls, and they only wake the CPU.
 */
__attribute__((naked, noreturn)) void startup_reset(void)
{
    __asm__ volatile("cpsid i\n\t"
                     "bl mprom_startup_power_up\n\t"
                     "bl startup_run");
}
