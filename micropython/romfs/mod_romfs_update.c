/*
 * romfs.Update: one update session as a context manager.
 */
#include "py/mphal.h"
#include "py/runtime.h"

#include "micropython/rom_binding.h"
#include "micropython/romfs/mod_romfs.h"

/* Between pieces of this size, Ctrl-C is looked at. */
enum {
    UPDATE_PIECE_SIZE = 64 * 1024
};

struct update {
    mp_obj_base_t base;
    uint32_t id;
    uint32_t generation; /* of the segment while this session is the open one */
    bool ended;          /* committed or aborted through this object */
};

/* Whether the board's session is this object's, and not closed or another's. */
static bool update_is_open(const struct update *self)
{
    const struct mprom_rom *rom = mprom_rom_binding();
    return !self->ended && rom->update.mode == MPROM_ROM_UPDATE_STREAM && rom->update.segment == self->id &&
           rom->states[self->id].generation == self->generation;
}

static struct update *update_enter(mp_obj_t self_in)
{
    struct update *self = MP_OBJ_TO_PTR(self_in);
    if (!update_is_open(self)) {
        mprom_rom_binding_raise_at(-MPROM_EINVAL, self->id, 0, "this update is closed");
    }
    return self;
}

static mp_obj_t update_result(int err)
{
    if (err) {
        mprom_rom_binding_raise(err);
    }
    return mp_const_none;
}

/* Update(id, size): opens the session. Dropped without commit() it ends when the garbage collector finds it. */
static mp_obj_t update_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args)
{
    mp_arg_check_num(n_args, n_kw, 2, 2, false);
    uint32_t id = mprom_mod_romfs_id(args[0]);
    struct update *self = mp_obj_malloc_with_finaliser(struct update, type);
    self->id = id;
    self->ended = true;
    update_result(mprom_rom_update_begin(mprom_rom_binding(), id, mprom_rom_binding_number(args[1])));
    self->generation = mprom_rom_binding()->states[id].generation;
    self->ended = false;
    return MP_OBJ_FROM_PTR(self);
}

/* write(buf) -> bytes written */
static mp_obj_t update_write(mp_obj_t self_in, mp_obj_t buf_in)
{
    struct update *self = update_enter(self_in);
    mp_buffer_info_t buf;
    mp_get_buffer_raise(buf_in, &buf, MP_BUFFER_READ);
    if (mprom_rom_binding_overlaps(self->id, buf.buf, buf.len)) {
        mprom_rom_binding_raise_at(-MPROM_EINVAL, self->id, 0,
                                   "the bytes to write lie in the segment that is written");
    }
    for (size_t done = 0; done < buf.len;) {
        size_t size = MIN(buf.len - done, UPDATE_PIECE_SIZE);
        update_result(mprom_rom_update_write(mprom_rom_binding(), (const uint8_t *)buf.buf + done, size));
        done += size;
        mp_event_handle_nowait();
        update_enter(self_in); /* the event may have been a callback that closed it */
    }
    return mp_obj_new_int_from_uint(buf.len);
}
static MP_DEFINE_CONST_FUN_OBJ_2(update_write_obj, update_write);

/* keep(size): the next bytes are those that the segment holds there already */
static mp_obj_t update_keep(mp_obj_t self_in, mp_obj_t size)
{
    update_enter(self_in);
    return update_result(mprom_rom_update_keep(mprom_rom_binding(), mprom_rom_binding()->update.written_end,
                                               mprom_rom_binding_number(size)));
}
static MP_DEFINE_CONST_FUN_OBJ_2(update_keep_obj, update_keep);

static mp_obj_t update_commit(mp_obj_t self_in)
{
    struct update *self = update_enter(self_in);
    update_result(mprom_rom_update_commit(mprom_rom_binding()));
    self->ended = true;
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(update_commit_obj, update_commit);

static mp_obj_t update_abort(mp_obj_t self_in)
{
    struct update *self = MP_OBJ_TO_PTR(self_in);
    if (update_is_open(self)) {
        mprom_rom_update_abort(mprom_rom_binding());
    }
    self->ended = true;
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(update_abort_obj, update_abort);

/* A block that is left cannot bring what is missing, so a session that cannot be committed ends here. */
static mp_obj_t update_commit_or_abort(mp_obj_t self_in)
{
    struct mprom_rom *rom = mprom_rom_binding();
    struct update *self = update_enter(self_in);
    int err = mprom_rom_update_commit(rom);
    if (err) {
        struct mprom_rom_error why = rom->error;
        update_abort(self_in);
        rom->error = why;
    }
    self->ended = true;
    return update_result(err);
}

/*
 * The end of the block commits, an exception aborts. A session that something else has ended is an error even if its
 * own exception was caught.
 */
static mp_obj_t update_exit(size_t n_args, const mp_obj_t *args)
{
    (void)n_args;
    if (args[1] != mp_const_none) {
        return update_abort(args[0]);
    }
    const struct update *self = MP_OBJ_TO_PTR(args[0]);
    return self->ended ? mp_const_none : update_commit_or_abort(args[0]);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(update_exit_obj, 4, 4, update_exit);

static const mp_rom_map_elem_t update_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_write), MP_ROM_PTR(&update_write_obj)},
    {MP_ROM_QSTR(MP_QSTR_keep), MP_ROM_PTR(&update_keep_obj)},
    {MP_ROM_QSTR(MP_QSTR_commit), MP_ROM_PTR(&update_commit_obj)},
    {MP_ROM_QSTR(MP_QSTR_abort), MP_ROM_PTR(&update_abort_obj)},
    {MP_ROM_QSTR(MP_QSTR___enter__), MP_ROM_PTR(&mp_identity_obj)},
    {MP_ROM_QSTR(MP_QSTR___exit__), MP_ROM_PTR(&update_exit_obj)},
    {MP_ROM_QSTR(MP_QSTR___del__), MP_ROM_PTR(&update_abort_obj)},
};
static MP_DEFINE_CONST_DICT(update_locals, update_locals_table);

MP_DEFINE_CONST_OBJ_TYPE(mprom_mod_romfs_update_type, MP_QSTR_Update, MP_TYPE_FLAG_NONE, make_new, update_make_new,
                         locals_dict, &update_locals);
