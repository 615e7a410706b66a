/* Stand-in for irq.h of MicroPython's alif port, on a PC, which does not have Arm's instructions. */
#ifndef MPROM_TESTS_FAKES_ALIF_IRQ_H
#define MPROM_TESTS_FAKES_ALIF_IRQ_H

#include <stdint.h>

#define IRQ_PRI_USB (7 << 1)

uint32_t disable_irq(void);
void enable_irq(uint32_t state);
uint32_t raise_irq_pri(uint32_t priority);
void restore_irq_pri(uint32_t before);

#endif
