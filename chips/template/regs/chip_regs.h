/* The registers, by the names that the manual prints. */
#ifndef MPROM_TEMPLATE_CHIP_REGS_H
#define MPROM_TEMPLATE_CHIP_REGS_H

#endif
