/* Registers that every Cortex-M has, by the names that manuals print: Armv6-M manual B3, Armv7-M manual B3. */
#ifndef MPROM_CORTEX_M_REGS_H
#define MPROM_CORTEX_M_REGS_H

#define NVIC_ISER 0xE000E100u
#define NVIC_ICPR 0xE000E280u
#define SCB_VTOR 0xE000ED08u /* not of every Cortex-M0 */
#define SCB_AIRCR 0xE000ED0Cu
#define SCB_AIRCR_RESET 0x05FA0004u
#define SCB_CPACR 0xE000ED88u /* Armv7-M */
#define SCB_CPACR_FPU 0x00F00000u

#endif
