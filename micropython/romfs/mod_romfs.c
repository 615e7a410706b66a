/*
 * The module romfs: reprogram ROM partitions from Python.
 */
#include "py/runtime.h"

#include "micropython/rom_binding.h"
#include "micropython/romfs/mod_romfs.h"
#include "mprom/rom_slot.h"

static mp_obj_t mod_romfs_result(int result)
{
    if (result < 0) {
        mprom_rom_binding_raise(result);
    }
    return mp_const_none;
}

/* Raises OSError unless a sound image is there. */
static void mod_romfs_verify_sound(uint32_t id, enum mprom_rom_verify_mode mode, struct mprom_rom_image *image)
{
    mprom_mod_romfs_verify_image(id, mode, image);
    if (image->state == MPROM_ROM_IMAGE_NONE) {
        mprom_rom_binding_raise_at(-MPROM_ENODEV, id, 0, "there is no image");
    }
    if (image->state == MPROM_ROM_IMAGE_DAMAGED) {
        mprom_rom_binding_raise_at(-MPROM_EBADMSG, id, image->fault_off, image->what);
    }
}

static MP_DEFINE_CONST_FUN_OBJ_0(mod_romfs_segments_obj, mprom_mod_romfs_segments);
static MP_DEFINE_CONST_FUN_OBJ_1(mod_romfs_info_obj, mprom_mod_romfs_info);

/* verify(id) -> whether there is a seal, and not only a sound structure */
static mp_obj_t mod_romfs_verify(mp_obj_t id_in)
{
    struct mprom_rom_image image;
    mod_romfs_verify_sound(mprom_mod_romfs_id(id_in), MPROM_ROM_VERIFY_FULL, &image);
    return mp_obj_new_bool(image.state == MPROM_ROM_IMAGE_SEALED);
}
static MP_DEFINE_CONST_FUN_OBJ_1(mod_romfs_verify_obj, mod_romfs_verify);

/* erase(id) */
static mp_obj_t mod_romfs_erase(mp_obj_t id_in)
{
    return mod_romfs_result(mprom_rom_erase(mprom_rom_binding(), mprom_mod_romfs_id(id_in)));
}
static MP_DEFINE_CONST_FUN_OBJ_1(mod_romfs_erase_obj, mod_romfs_erase);

/* mount(id, path) */
static mp_obj_t mod_romfs_mount(mp_obj_t id_in, mp_obj_t path_in)
{
    uint32_t id = mprom_mod_romfs_id(id_in);
    const char *path = mp_obj_str_get_str(path_in);
    struct mprom_rom_image image;
    mod_romfs_verify_sound(id, MPROM_ROM_VERIFY_START, &image);
    mprom_rom_binding_mount(id, path);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(mod_romfs_mount_obj, mod_romfs_mount);

/* The slot that a call without a number is about: the one that the board started from. */
static uint32_t mod_romfs_slot(size_t n_args, const mp_obj_t *args)
{
    const struct mprom_rom *rom = mprom_rom_binding();
    if (n_args > 0) {
        return mprom_mod_romfs_id(args[0]);
    }
    for (uint32_t id = 0; id < rom->segment_count; id++) {
        if (rom->states[id].chosen) {
            return id;
        }
    }
    mprom_rom_binding_raise_at(-MPROM_ENOENT, 0, 0, "the board did not start from a slot");
}

/* confirm([id]) */
static mp_obj_t mod_romfs_confirm(size_t n_args, const mp_obj_t *args)
{
    return mod_romfs_result(mprom_rom_slot_confirm(mprom_rom_binding(), mod_romfs_slot(n_args, args)));
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(mod_romfs_confirm_obj, 0, 1, mod_romfs_confirm);

/* rollback([id]) */
static mp_obj_t mod_romfs_rollback(size_t n_args, const mp_obj_t *args)
{
    return mod_romfs_result(mprom_rom_slot_rollback(mprom_rom_binding(), mod_romfs_slot(n_args, args)));
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(mod_romfs_rollback_obj, 0, 1, mod_romfs_rollback);

/* unlock(id): lets the slot that the board goes back to be written */
static mp_obj_t mod_romfs_unlock(mp_obj_t id_in)
{
    return mod_romfs_result(mprom_rom_slot_unlock(mprom_rom_binding(), mprom_mod_romfs_id(id_in)));
}
static MP_DEFINE_CONST_FUN_OBJ_1(mod_romfs_unlock_obj, mod_romfs_unlock);

static const mp_rom_map_elem_t mod_romfs_globals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_romfs)},
    {MP_ROM_QSTR(MP_QSTR_segments), MP_ROM_PTR(&mod_romfs_segments_obj)},
    {MP_ROM_QSTR(MP_QSTR_Update), MP_ROM_PTR(&mprom_mod_romfs_update_type)},
    {MP_ROM_QSTR(MP_QSTR_verify), MP_ROM_PTR(&mod_romfs_verify_obj)},
    {MP_ROM_QSTR(MP_QSTR_info), MP_ROM_PTR(&mod_romfs_info_obj)},
    {MP_ROM_QSTR(MP_QSTR_erase), MP_ROM_PTR(&mod_romfs_erase_obj)},
    {MP_ROM_QSTR(MP_QSTR_mount), MP_ROM_PTR(&mod_romfs_mount_obj)},
    {MP_ROM_QSTR(MP_QSTR_confirm), MP_ROM_PTR(&mod_romfs_confirm_obj)},
    {MP_ROM_QSTR(MP_QSTR_rollback), MP_ROM_PTR(&mod_romfs_rollback_obj)},
    {MP_ROM_QSTR(MP_QSTR_unlock), MP_ROM_PTR(&mod_romfs_unlock_obj)},
#if MPROM_LINK
    {MP_ROM_QSTR(MP_QSTR_describe), MP_ROM_PTR(&mprom_mod_romfs_describe_obj)},
    {MP_ROM_QSTR(MP_QSTR_digests), MP_ROM_PTR(&mprom_mod_romfs_digests_obj)},
    {MP_ROM_QSTR(MP_QSTR_digest), MP_ROM_PTR(&mprom_mod_romfs_digest_obj)},
    {MP_ROM_QSTR(MP_QSTR_crc), MP_ROM_PTR(&mprom_mod_romfs_crc_obj)},
    {MP_ROM_QSTR(MP_QSTR_receive), MP_ROM_PTR(&mprom_mod_romfs_receive_obj)},
#endif
};
static MP_DEFINE_CONST_DICT(mod_romfs_globals, mod_romfs_globals_table);

const mp_obj_module_t mprom_mod_romfs = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&mod_romfs_globals,
};

MP_REGISTER_MODULE(MP_QSTR_romfs, mprom_mod_romfs);
