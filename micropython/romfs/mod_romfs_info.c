/*
 * romfs.segments() and romfs.info(): what there is.
 */
#include "py/objtuple.h"
#include "py/runtime.h"

#include "micropython/rom_binding.h"
#include "micropython/romfs/mod_romfs.h"
#include "mprom/rom_slot.h"

static mp_obj_t info_state(const struct mprom_rom_image *image)
{
    static const uint16_t names[] = {
        [MPROM_ROM_IMAGE_NONE] = MP_QSTR_empty,
        [MPROM_ROM_IMAGE_DAMAGED] = MP_QSTR_damaged,
        [MPROM_ROM_IMAGE_UNSEALED] = MP_QSTR_unsealed,
        [MPROM_ROM_IMAGE_SEALED] = MP_QSTR_sealed,
    };
    return MP_OBJ_NEW_QSTR(names[image->state]);
}

static mp_obj_t info_segment(uint32_t id)
{
    static const qstr fields[] = {MP_QSTR_id,         MP_QSTR_name,  MP_QSTR_size,  MP_QSTR_erase_size,
                                  MP_QSTR_write_size, MP_QSTR_state, MP_QSTR_group, MP_QSTR_chosen};
    const struct mprom_rom *rom = mprom_rom_binding();
    const struct mprom_rom_segment *segment = &rom->segments[id];
    struct mprom_rom_image image;
    mprom_mod_romfs_verify_image(id, MPROM_ROM_VERIFY_START, &image);
    mp_obj_t items[MP_ARRAY_SIZE(fields)] = {
        mp_obj_new_int_from_uint(id),
        mp_obj_new_str_from_cstr(segment->name),
        mp_obj_new_int_from_uint(mprom_rom_segment_size(rom, id)),
        mp_obj_new_int_from_uint(mprom_rom_segment_block_size(rom, id)),
        mp_obj_new_int_from_uint(segment->flash->geometry->program_size),
        info_state(&image),
        MP_OBJ_NEW_SMALL_INT(segment->group),
        mp_obj_new_bool(rom->states[id].chosen),
    };
    return mp_obj_new_attrtuple(fields, MP_ARRAY_SIZE(fields), items);
}

mp_obj_t mprom_mod_romfs_segments(void)
{
    mp_obj_t list = mp_obj_new_list(0, NULL);
    for (uint32_t id = 0; id < mprom_rom_binding()->segment_count; id++) {
        mp_obj_list_append(list, info_segment(id));
    }
    return list;
}

/* What the trailer says, as a tuple; None for a segment without one, or if it says nothing about this image. */
static mp_obj_t info_slot(uint32_t id)
{
    static const qstr fields[] = {MP_QSTR_sequence,  MP_QSTR_chosen,   MP_QSTR_tried,
                                  MP_QSTR_confirmed, MP_QSTR_rejected, MP_QSTR_state};
    struct mprom_rom_slot slot;
    if (mprom_rom_slot_read(mprom_rom_binding(), id, &slot) || !slot.valid) {
        return mp_const_none;
    }
    mp_obj_t items[MP_ARRAY_SIZE(fields)] = {
        mp_obj_new_int_from_uint(slot.sequence),
        mp_obj_new_bool(mprom_rom_binding()->states[id].chosen),
        mp_obj_new_bool(slot.tried),
        mp_obj_new_bool(slot.confirmed),
        mp_obj_new_bool(slot.rejected),
        mp_obj_new_str_from_cstr(mprom_rom_slot_state_text(slot.state)),
    };
    return mp_obj_new_attrtuple(fields, MP_ARRAY_SIZE(fields), items);
}

static mp_obj_t info_text(const char *text, uint32_t size)
{
    return text ? mp_obj_new_str(text, size) : mp_const_none;
}

/* What a sound image that the CPU can read says of itself. */
static void info_read(uint32_t id, const struct mprom_rom_image *image, struct mprom_romfs_info *info)
{
    struct mprom_romfs fs;
    *info = (struct mprom_romfs_info){0};
    const void *map = mprom_rom_segment_map(mprom_rom_binding(), id);
    bool sound = image->state == MPROM_ROM_IMAGE_SEALED || image->state == MPROM_ROM_IMAGE_UNSEALED;
    if (sound && map && mprom_romfs_open(&fs, map, mprom_rom_segment_size(mprom_rom_binding(), id)) == 0 &&
        mprom_romfs_info_read(&fs, info) < 0) {
        *info = (struct mprom_romfs_info){0};
    }
}

mp_obj_t mprom_mod_romfs_info(mp_obj_t id_in)
{
    static const qstr fields[] = {MP_QSTR_id,    MP_QSTR_state, MP_QSTR_fault,      MP_QSTR_size,
                                  MP_QSTR_files, MP_QSTR_crc,   MP_QSTR_label,      MP_QSTR_builder,
                                  MP_QSTR_align, MP_QSTR_mpy,   MP_QSTR_build_time, MP_QSTR_slot};
    uint32_t id = mprom_mod_romfs_id(id_in);
    struct mprom_rom_image image;
    struct mprom_romfs_info info;
    mprom_mod_romfs_verify_image(id, MPROM_ROM_VERIFY_START, &image);
    info_read(id, &image, &info);
    mp_obj_t items[MP_ARRAY_SIZE(fields)] = {
        mp_obj_new_int_from_uint(id),
        info_state(&image),
        image.state == MPROM_ROM_IMAGE_DAMAGED ? mp_obj_new_str_from_cstr(image.what) : mp_const_none,
        mp_obj_new_int_from_uint(image.size),
        mp_obj_new_int_from_uint(image.file_count),
        image.state == MPROM_ROM_IMAGE_SEALED ? mp_obj_new_int_from_uint(image.crc) : mp_const_none,
        info_text(info.label, info.label_size),
        info_text(info.builder, info.builder_size),
        mp_obj_new_int_from_uint(info.align ? info.align : 1),
        info.mpy ? mp_obj_new_bytes(info.mpy, 4) : mp_const_none,
        info.build_time ? mp_obj_new_int_from_ull(info.build_time) : mp_const_none,
        info_slot(id),
    };
    return mp_obj_new_attrtuple(fields, MP_ARRAY_SIZE(fields), items);
}
