/* What flash layers of several ports need. */
#ifndef MPROM_PORT_FLASH_H
#define MPROM_PORT_FLASH_H

#include <stdint.h>

/*
 * The port's partition 0, which its own rom_ioctl(2, 0) answers with as a memoryview: the address at which the CPU reads
 * it, and its bytes. Returns NULL, or what is wrong.
 */
const char *mprom_port_view(uintptr_t *start, uint32_t *size);

/* What a function of the port's that returns 0 or an errno means for mprom/flash.h. */
int mprom_port_result(int answer);

#endif
