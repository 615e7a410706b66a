/*
 * How MicroPython is configured for every board that runs mprom's firmware.
 *
 * The level is the one of ordinary boards (EXTRA_FEATURES). What is set here is only what that level leaves to the
 * port. A board gives its name and console in its makefile.
 */
#ifndef MPROM_MPCONFIGPORT_H
#define MPROM_MPCONFIGPORT_H

#include <alloca.h>
#include <stdint.h>

#define MICROPY_CONFIG_ROM_LEVEL (MICROPY_CONFIG_ROM_LEVEL_EXTRA_FEATURES)

/* Core */
#define MICROPY_ENABLE_GC (1)
#define MICROPY_HELPER_REPL (1)
#define MICROPY_KBD_EXCEPTION (1)
#define MICROPY_REPL_EVENT_DRIVEN (0)
#define MICROPY_ENABLE_EMERGENCY_EXCEPTION_BUF (1)
#define MICROPY_EMERGENCY_EXCEPTION_BUF_SIZE (128)
#define MICROPY_LONGINT_IMPL (MICROPY_LONGINT_IMPL_MPZ)
#define MICROPY_FLOAT_IMPL (MICROPY_FLOAT_IMPL_FLOAT)
#define MICROPY_STACK_CHECK_MARGIN (1024)
#define MICROPY_PERSISTENT_CODE_LOAD (1)
#define MICROPY_ALLOC_PATH_MAX (256)
#define MICROPY_USE_INTERNAL_ERRNO (1)

/*
 * Consoles are polled, as the emulated CPUs deliver no interrupts: by whatever waits, and by running code once in a
 * number of jumps that is small enough for Ctrl-C and large enough not to be felt.
 */
#define MICROPY_VM_HOOK_POLL                                                                                         \
    if (--hal_jumps_to_poll == 0) {                                                                                  \
        hal_poll();                                                                                                  \
    }
#define MICROPY_VM_HOOK_LOOP MICROPY_VM_HOOK_POLL
#define MICROPY_VM_HOOK_RETURN MICROPY_VM_HOOK_POLL
#define MICROPY_INTERNAL_EVENT_HOOK hal_poll()
#define MICROPY_INTERNAL_WFE(timeout_ms) hal_wait(timeout_ms)

/* Filesystems. MICROPY_VFS_ROM makes imports run in place; rom_ioctl comes from micropython/rom_ioctl.c. */
#define MICROPY_VFS (1)
#define MICROPY_READER_VFS (1)
#define MICROPY_VFS_ROM (1)
#define MICROPY_VFS_ROM_IOCTL (0)
#define MICROPY_MODULE_ATTR_DELEGATION (1)
#define MICROPY_PORT_INIT_FUNC firmware_mount_roms()

/* Modules */
#define MICROPY_PY_SYS_PLATFORM "mprom"
#define MICROPY_PY_OS_UNAME (1)
#define MICROPY_PY_ASYNCIO (0)
#define MICROPY_PY_TIME (1)
#define MICROPY_PY_MACHINE (1)
#define MICROPY_PY_MACHINE_RESET (1)
#define MICROPY_PY_MACHINE_INCLUDEFILE "machine_port.inc"
#define MICROPY_PY_MACHINE_EXTRA_GLOBALS {MP_ROM_QSTR(MP_QSTR_unique_id), MP_ROM_PTR(&firmware_unique_id_obj)},
#define MICROPY_PY_RANDOM_SEED_INIT_FUNC (hal_random_seed())

#ifndef MICROPY_HW_MCU_NAME
#define MICROPY_HW_MCU_NAME "mprom"
#endif

#define MP_STATE_PORT MP_STATE_VM
#define MP_SSIZE_MAX INTPTR_MAX

/* Later versions define these themselves, as the same types. */
typedef intptr_t mp_int_t;
typedef uintptr_t mp_uint_t;
typedef long mp_off_t;

void firmware_mount_roms(void);
extern unsigned hal_jumps_to_poll;
void hal_poll(void);
void hal_wait(mp_uint_t timeout_ms);
unsigned long hal_random_seed(void);

#endif
