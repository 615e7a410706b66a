/*
 * A stand-in for Renesas' FSP and the code flash of an RA6M2 or RA4W1 (as RA6M2 and RA4W1 say) under it, on a PC. FSP is
 * compiled without checks of arguments, so what they must be ends the program here. flash.h has what else the environment
 * says.
 *
 *   FAKE_LOCKED   set: the block is protected
 *   FAKE_TIMEOUT  set: an operation that fails reports a time-out
 *   FAKE_CLOSED   set: FSP cannot be opened
 *
 * FAKE_START and FAKE_SIZE are what the linker script says of the partition; with FAKE_NO_PARTITION it says nothing. With
 * MICROPY_HW_HAS_QSPI_FLASH the port has not opened FSP.
 */
#include <stdlib.h>

#include "py/runtime.h"

#include "hal_data.h"

#include "arch/mmio.h"
#include "tests/micropython/fakes/flash.h"

/* The partitions of EK_RA6M2 and EK_RA4W1. */
#ifdef RA6M2
#define ROMFS_START 0xa0000
#define ROMFS_SIZE 0x40000
#define ERASE_BYTES 32768
#define UNIT 128
#define FSP(verb) R_FLASH_HP_##verb
#define CONTROL flash_hp_instance_ctrl_t
#else
#define ROMFS_START 0x60000
#define ROMFS_SIZE 0x10000
#define ERASE_BYTES 2048
#define UNIT 8
#define FSP(verb) R_FLASH_LP_##verb
#define CONTROL flash_lp_instance_ctrl_t
#endif

#ifndef FAKE_START
#define FAKE_START ROMFS_START
#define FAKE_SIZE ROMFS_SIZE
#endif

#define TEXT_OF(x) #x
#define SET_SYMBOL(name, value) ".globl " #name "\n.set " #name ", " TEXT_OF(value) "\n"

#ifndef FAKE_NO_PARTITION
__asm__(SET_SYMBOL(_micropy_hw_romfs_part0_start, FAKE_START) SET_SYMBOL(_micropy_hw_romfs_part0_size, FAKE_SIZE));
#endif

enum {
    STACK_NEAR = 8192,
    MASKED = 1
};

CONTROL g_flash0_ctrl;
const flash_cfg_t g_flash0_cfg = {0};

static struct mprom_flash_region region = {.erase_size = ERASE_BYTES, .count = ROMFS_SIZE / ERASE_BYTES};
static const struct mprom_flash_geometry geometry = {.size = ROMFS_SIZE,
                                                     .regions = &region,
                                                     .region_count = 1,
                                                     .program_size = UNIT,
                                                     .page_size = ERASE_BYTES,
                                                     .program_count = 1,
                                                     .erased_value = 0xFF};
static uint32_t mask;

static void check_end(void)
{
    if (mask) {
        fake_violation("interrupts were left off");
    }
}

__attribute__((constructor)) static void power_on(void)
{
    atexit(check_end);
    fake_flash_open(&geometry, false);
    fake_flash_map(ROMFS_START);
    g_flash0_ctrl.opened = !MICROPY_HW_HAS_QSPI_FLASH;
}

uint32_t mprom_cpu_fault_mask(void)
{
    uint32_t before = mask;
    mask = MASKED;
    return before;
}

void mprom_cpu_fault_restore(uint32_t faultmask)
{
    mask = faultmask;
}

fsp_err_t FSP(Open)(flash_ctrl_t *const p_api_ctrl, flash_cfg_t const *const p_cfg)
{
    if (p_api_ctrl != &g_flash0_ctrl || p_cfg != &g_flash0_cfg || g_flash0_ctrl.opened) {
        fake_violation("FSP is opened twice, or with something else than the board's");
    }
    if (getenv("FAKE_CLOSED")) {
        return FSP_ERR_TIMEOUT;
    }
    g_flash0_ctrl.opened = 1;
    return FSP_SUCCESS;
}

/* Returns the place in the partition. */
static uint32_t check(const void *control, uint32_t address, uint32_t size)
{
    if (control != &g_flash0_ctrl || !g_flash0_ctrl.opened) {
        fake_violation("FSP is not open");
    }
    if (!mask) {
        fake_violation("an interrupt would fetch its vector from flash that cannot be read");
    }
    if (address < ROMFS_START || address - ROMFS_START > ROMFS_SIZE || size > ROMFS_SIZE - (address - ROMFS_START)) {
        fake_violation("this is where the firmware or the filesystem lies");
    }
    return address - ROMFS_START;
}

static fsp_err_t result_of(int err, fsp_err_t failed)
{
    fake_flash_show(0, geometry.size);
    if (err == 0) {
        return FSP_SUCCESS;
    }
    return getenv("FAKE_TIMEOUT") ? FSP_ERR_TIMEOUT : failed;
}

/* The source has only the lower 32 bits of its address here. It lies on the stack, a bit above what is here. */
static const uint8_t *source_at(const uint8_t *here, uint32_t address, uint32_t size)
{
    uint32_t distance = address - (uint32_t)(uintptr_t)here;
    if (distance > STACK_NEAR || size > STACK_NEAR) {
        fake_violation("the code flash cannot be read while it is written; the source must lie in RAM");
    }
    return here + distance;
}

fsp_err_t FSP(Write)(flash_ctrl_t *const p_api_ctrl, uint32_t const src_address, uint32_t flash_address,
                     uint32_t const num_bytes)
{
    uint32_t off = check(p_api_ctrl, flash_address, num_bytes);
    if (flash_address % UNIT != 0 || num_bytes % UNIT != 0 || num_bytes == 0) {
        fake_violation("FSP writes whole units only");
    }
    uint8_t here;
    const uint8_t *bytes = source_at(&here, src_address, num_bytes);
    if (src_address % 2 != 0) {
        fake_violation("FSP reads its source by halfwords");
    }
    if (getenv("FAKE_LOCKED")) {
        return FSP_ERR_CMD_LOCKED;
    }
    return result_of(fake_flash_program(off, bytes, num_bytes, false), FSP_ERR_WRITE_FAILED);
}

fsp_err_t FSP(Erase)(flash_ctrl_t *const p_api_ctrl, uint32_t const address, uint32_t const num_blocks)
{
    uint32_t off = check(p_api_ctrl, address, num_blocks * ERASE_BYTES);
    if (address % ERASE_BYTES != 0 || num_blocks == 0) {
        fake_violation("FSP erases whole blocks only");
    }
    if (getenv("FAKE_LOCKED")) {
        return FSP_ERR_CMD_LOCKED;
    }
    int err = 0;
    for (uint32_t n = 0; n < num_blocks && err == 0; n++) {
        err = fake_flash_erase(off + n * ERASE_BYTES, ERASE_BYTES, false);
    }
    return result_of(err, FSP_ERR_ERASE_FAILED);
}
