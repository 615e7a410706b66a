/* From reset to main(), for every Cortex-M. */
#ifndef MPROM_STARTUP_H
#define MPROM_STARTUP_H

/*
 * Called first of all, before the program's data are in RAM, which may not be written to yet on some chips. Must use
 * neither variables nor the stack; the emulated H7 refuses a load or store of RAM there.
 */
void mprom_startup_power_up(void);

/* Starts the chip again as after a reset of its pin: RAM may be kept, what the program holds is lost. */
void mprom_cpu_reset(void) __attribute__((noreturn));

#endif
