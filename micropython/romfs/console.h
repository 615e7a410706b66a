/*
 * The console in runs of bytes, as they come, for romfs.receive(). The firmware has it in its HAL; elsewhere the
 * module brings its own (host_console.c).
 */
#ifndef MPROM_ROMFS_CONSOLE_H
#define MPROM_ROMFS_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

#define MPROM_ROMFS_CONSOLE_FOREVER UINT32_MAX /* a timeout that never ends */

/*
 * Takes what has arrived, at most size bytes (> 0), to dst; waits for at least one, timeout_ms at most. Returns how
 * many, 0 after the timeout. Runs what is pending, and raises KeyboardInterrupt after Ctrl-C.
 */
size_t mprom_romfs_console_read(uint8_t *dst, size_t size, uint32_t timeout_ms);

#endif
