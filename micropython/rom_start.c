#include "py/mphal.h"
#include "py/runtime.h"

#include "micropython/rom_binding.h"
#include "micropython/rom_start.h"
#include "micropython/rom_start_report.h"
#include "mprom/rom_slot.h"

static int start_chosen = MPROM_ROM_SEGMENT_NONE;

int mprom_rom_start_chosen(void)
{
    return start_chosen;
}

/* Nothing of the life before goes on: its session is given up, and what ran then runs no more. */
static void start_clear(struct mprom_rom *rom)
{
    mprom_rom_update_abort(rom);
    for (uint32_t id = 0; id < rom->segment_count; id++) {
        rom->states[id].running = false;
    }
    start_chosen = MPROM_ROM_SEGMENT_NONE;
}

static bool start_mount_at(uint32_t id, const char *path)
{
    nlr_buf_t nlr;
    if (nlr_push(&nlr) != 0) {
        mp_printf(&mp_plat_print, "rom: segment %u cannot be mounted: ", (unsigned)id);
        mp_obj_print_exception(&mp_plat_print, MP_OBJ_FROM_PTR(nlr.ret_val));
        return false;
    }
    mprom_rom_binding_mount(id, path);
    nlr_pop();
    return true;
}

static void start_mount_chosen(struct mprom_rom *rom, bool hard_reset)
{
    int chosen = mprom_rom_boot_choose(rom, hard_reset);
    if (chosen >= 0 && hard_reset) {
        mprom_rom_report_trial(rom, (uint32_t)chosen);
    }
    if (chosen >= 0 && start_mount_at((uint32_t)chosen, "/rom")) {
        start_chosen = chosen;
        /* A port of a PC makes sys.path later, and alone. */
        if (MICROPY_PY_SYS_PATH_ARGV_DEFAULTS) {
            mp_obj_list_append(mp_sys_path, MP_OBJ_NEW_QSTR(MP_QSTR__slash_rom));
            mp_obj_list_append(mp_sys_path, MP_OBJ_NEW_QSTR(MP_QSTR__slash_rom_slash_lib));
        }
    }
}

/* Whether it is mounted at /rom<id> if it can be: all but the candidates for /rom. */
static bool start_has_place(const struct mprom_rom *rom, uint32_t id)
{
    return id != 0 && rom->segments[id].group == MPROM_ROM_GROUP_NONE;
}

static void start_mount_other(uint32_t id)
{
    vstr_t path;
    vstr_init(&path, 8);
    vstr_printf(&path, "/rom%u", (unsigned)id);
    start_mount_at(id, vstr_null_terminated_str(&path));
}

/* So that clients, which read segments as the CPU sees them, meet nothing that faults. */
static void start_make_readable(struct mprom_rom *rom)
{
    for (uint32_t id = 0; id < rom->segment_count; id++) {
        int erased = mprom_rom_make_readable(rom, id);
        if (erased > 0) {
            mprom_rom_report_erased(rom, id, erased);
        }
    }
}

void mprom_rom_start_mount(bool hard_reset)
{
    struct mprom_rom *rom = mprom_rom_binding();
    start_clear(rom);
    start_make_readable(rom);
    start_mount_chosen(rom, hard_reset);
    unsigned sound = 0;
    unsigned damaged = 0;
    for (uint32_t id = 0; id < rom->segment_count; id++) {
        struct mprom_rom_image image;
        int err = mprom_rom_verify(rom, id, MPROM_ROM_VERIFY_START, &image);
        if (err) {
            mprom_rom_report_unread(rom, id);
            damaged++;
        } else if (image.long_size != 0) {
            mprom_rom_report_long(rom, id, &image);
        } else if (image.state == MPROM_ROM_IMAGE_DAMAGED) {
            mprom_rom_report_damage(rom, id, &image);
            damaged++;
        } else if (image.state != MPROM_ROM_IMAGE_NONE) {
            sound++;
            if (start_has_place(rom, id)) {
                start_mount_other(id);
            }
        }
    }
    if (damaged > 0 && sound == 0) {
        mprom_rom_report_none();
    }
}
