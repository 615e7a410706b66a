/*
 * The life of a board after its hardware is up: mount, boot, main, REPL, and again after each soft reset.
 */
#include "py/cstack.h"
#include "py/gc.h"
#include "py/mphal.h"
#include "py/runtime.h"
#include "shared/readline/readline.h"
#include "shared/runtime/pyexec.h"

#include "micropython/rom_binding.h"
#include "micropython/rom_scripts.h"
#include "micropython/rom_start.h"

#include "micropython/firmware/firmware.h"
#include "micropython/firmware/flash_disk.h"

const struct board *firmware_board;

const struct mprom_rom_hooks firmware_rom_hooks = {.release = mprom_rom_binding_release};

static int reset_cause = FIRMWARE_RESET_HARD;

struct mprom_rom *mprom_rom_binding(void)
{
    return firmware_board->rom;
}

bool mprom_rom_binding_has_ioctl(void)
{
    return true;
}

size_t mprom_rom_binding_console_room(void)
{
    return board_console_room();
}

uint32_t mprom_rom_binding_console_baud_max(void)
{
    return board_console_baud_max();
}

void mprom_rom_binding_console_set_baud(uint32_t baud)
{
    board_console_set_baud(baud);
}

size_t mprom_rom_binding_board_id(const uint8_t **id)
{
    *id = firmware_board->id;
    return firmware_board->id_size;
}

/* The firmware writes no scripts. */
bool mprom_rom_scripts_is_default(const char *path)
{
    (void)path;
    return false;
}

int firmware_reset_cause(void)
{
    return reset_cause;
}

/* MicroPython calls this at the end of mp_init(). */
void firmware_mount_roms(void)
{
    mprom_rom_start_mount(reset_cause == FIRMWARE_RESET_HARD);
}

static void firmware_mount_disk(void)
{
    const struct board *board = firmware_board;
    if (!board->disk) {
        return;
    }
    int err = flash_disk_mount(board->disk, board->disk_off, board->disk_size);
    if (err) {
        mp_printf(&mp_plat_print, "disk: the filesystem at / cannot be mounted (errno %d)\n", -err);
    }
}

/* boot and main, as other boards do it: main only after a boot that did not fail, and never in raw mode. */
static bool firmware_run_scripts(void)
{
    if (board_safe_mode()) {
        return true;
    }
    int ret = mprom_rom_scripts_run("boot");
    bool sound = ret != 0 && !(ret & PYEXEC_FORCED_EXIT);
    if (sound && pyexec_mode_kind == PYEXEC_MODE_FRIENDLY_REPL) {
        ret = mprom_rom_scripts_run("main");
    }
    return !(ret & PYEXEC_FORCED_EXIT);
}

static void firmware_repl(void)
{
    int ret;
    do {
        ret = pyexec_mode_kind == PYEXEC_MODE_RAW_REPL ? pyexec_raw_repl() : pyexec_friendly_repl();
    } while (ret == 0);
}

/* From one reset to the next soft reset. */
static void firmware_live(void)
{
    gc_init(firmware_board->heap, (char *)firmware_board->heap + firmware_board->heap_size);
    mp_init();
    mp_obj_list_append(mp_sys_path, MP_OBJ_NEW_QSTR(MP_QSTR__slash_lib));
    readline_init0();
    firmware_mount_disk();
    if (firmware_run_scripts()) {
        firmware_repl();
    }
    mp_printf(&mp_plat_print, "MPY: soft reboot\n");
    gc_sweep_all();
    mp_deinit();
}

void firmware_run(const struct board *board)
{
    firmware_board = board;
    mp_cstack_init_with_sp_here(board->stack_size);
    for (;;) {
        firmware_live();
        reset_cause = FIRMWARE_RESET_SOFT;
    }
}
