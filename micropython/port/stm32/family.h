/*
 * What the internal flashes of the STM32 families differ in, besides what MicroPython's functions hide. These sources
 * reach the registers by themselves; ST's headers define some of the same names.
 */
#ifndef MPROM_PORT_STM32_FAMILY_H
#define MPROM_PORT_STM32_FAMILY_H

#include <stdbool.h>
#include <stdint.h>

struct mprom_port_stm32_family {
    uint32_t program_size;
    uint32_t program_count;
    bool bad_read_faults;
    /* Says what is wrong with how the chip is set up, or returns NULL. */
    const char *(*fault)(void);
    /* Clears the errors of earlier operations, with which ST's HAL refuses to program at this address. */
    void (*clear_errors)(uint32_t address);
    /* Makes the CPU read anew what was written. */
    void (*written)(uint32_t address, uint32_t size);
    /* Reads, or only looks if dst is NULL. Returns 0 or -MPROM_EBADMSG. */
    int (*load)(uint32_t address, void *dst, uint32_t size);
};

extern const struct mprom_port_stm32_family mprom_port_stm32_f4;
extern const struct mprom_port_stm32_family mprom_port_stm32_f7;
extern const struct mprom_port_stm32_family mprom_port_stm32_h7;

#endif
