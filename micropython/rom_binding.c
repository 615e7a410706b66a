#include "extmod/vfs.h"
#include "extmod/vfs_rom.h"
#include "py/runtime.h"

#include "micropython/rom_binding.h"

bool mprom_rom_binding_holds(uint32_t id, const void *mem)
{
    const struct mprom_rom *rom = mprom_rom_binding();
    if (id >= rom->segment_count) {
        return false;
    }
    uintptr_t start = (uintptr_t)mprom_rom_segment_map(rom, id);
    return start != 0 && (uintptr_t)mem - start < mprom_rom_segment_size(rom, id);
}

bool mprom_rom_binding_overlaps(uint32_t id, const void *mem, size_t size)
{
    const struct mprom_rom *rom = mprom_rom_binding();
    uintptr_t start = id < rom->segment_count ? (uintptr_t)mprom_rom_segment_map(rom, id) : 0;
    uintptr_t at = (uintptr_t)mem;
    if (start == 0 || size == 0) {
        return false;
    }
    return at < start ? size > start - at : at - start < rom->segments[id].size;
}

int mprom_rom_binding_find(const void *mem)
{
    for (uint32_t id = 0; id < mprom_rom_binding()->segment_count; id++) {
        if (mprom_rom_binding_holds(id, mem)) {
            return (int)id;
        }
    }
    return MPROM_ROM_SEGMENT_NONE;
}

mp_obj_t mprom_rom_binding_view(uint32_t id)
{
    const struct mprom_rom *rom = mprom_rom_binding();
    const void *map = mprom_rom_segment_map(rom, id);
    return map ? mp_obj_new_memoryview('B', mprom_rom_segment_size(rom, id), (void *)map) : MP_OBJ_NULL;
}

mp_obj_t mprom_rom_binding_mount(uint32_t id, const char *path)
{
    mp_obj_t view = mprom_rom_binding_view(id);
    if (view == MP_OBJ_NULL) {
        mprom_rom_binding_raise_at(-MPROM_EOPNOTSUPP, id, 0, "the CPU cannot read this flash directly");
    }
    mp_obj_t vfs = mp_call_function_1(MP_OBJ_FROM_PTR(&mp_type_vfs_rom), view);
    mp_obj_t args[] = {vfs, mp_obj_new_str_from_cstr(path)};
    mp_map_t no_keywords = mp_const_empty_map;
    mp_vfs_mount(MP_ARRAY_SIZE(args), args, &no_keywords);
    return vfs;
}

/* An integer that is no small int, or a bool. */
static uint32_t number_of_other(mp_obj_t number)
{
    mp_obj_t zero = MP_OBJ_NEW_SMALL_INT(0);
    mp_obj_t most = mp_obj_new_int_from_uint(UINT32_MAX);
    if (mp_obj_is_true(mp_binary_op(MP_BINARY_OP_LESS, number, zero)) ||
        mp_obj_is_true(mp_binary_op(MP_BINARY_OP_MORE, number, most))) {
        return UINT32_MAX;
    }
    return (uint32_t)mp_obj_get_int_truncated(number);
}

uint32_t mprom_rom_binding_number(mp_obj_t number)
{
    if (mp_obj_is_small_int(number)) {
        mp_int_t value = MP_OBJ_SMALL_INT_VALUE(number);
        return value < 0 || (uint64_t)value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
    }
    if (!mp_obj_is_int(number) && !mp_obj_is_bool(number)) {
        mp_raise_TypeError(MP_ERROR_TEXT("an integer is required"));
    }
    return number_of_other(number);
}

/* "segment N, offset X: why", and which segment to write instead if there is one. */
static void raise_sentence(int err, uint32_t id, uint32_t off, const char *why, int other)
{
    vstr_t text;
    vstr_init(&text, 64);
    vstr_printf(&text, "segment %u, offset %u: %s", (unsigned)id, (unsigned)off, why);
    if (other != MPROM_ROM_SEGMENT_NONE) {
        vstr_printf(&text, ", segment %u", (unsigned)other);
    }
    mp_obj_t args[] = {MP_OBJ_NEW_SMALL_INT(-err), mp_obj_new_str_from_vstr(&text)};
    nlr_raise(mp_obj_new_exception_args(&mp_type_OSError, MP_ARRAY_SIZE(args), args));
}

void mprom_rom_binding_raise(int err)
{
    const struct mprom_rom_error *error = &mprom_rom_binding()->error;
    raise_sentence(err, error->segment, error->off, error->what ? error->what : "failed", error->other);
    __builtin_unreachable();
}

void mprom_rom_binding_raise_at(int err, uint32_t id, uint32_t off, const char *why)
{
    raise_sentence(err, id, off, why, MPROM_ROM_SEGMENT_NONE);
    __builtin_unreachable();
}
