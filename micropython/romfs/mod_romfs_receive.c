/*
 * romfs.receive(): takes an image from the console (docs/transfer.md, "The built-in receiver"). Memory, console and
 * inflating are MicroPython's; the rest is in src/receiver.
 */
#include <limits.h>
#include <string.h>

#include "py/mphal.h"
#include "py/runtime.h"

#include "micropython/rom_binding.h"
#include "micropython/romfs/console.h"
#include "micropython/romfs/mod_romfs.h"
#include "mprom/receiver.h"

enum {
    WINDOW_BITS_MIN = 8,
    WINDOW_BITS_MAX = 15,
    QUIET_MS = 300,
};

/* A call's memory. All of it hangs on this, so that the collector sees it. */
struct receive {
    struct receiver receiver;
    struct receiver_io io;
    uint8_t *payload;
    uint8_t *block;
    uint8_t *window; /* these two only if the client compresses */
    void *inflater;
};

static int receive_read(void *ctx, uint8_t *dst, size_t size, uint32_t timeout_ms)
{
    (void)ctx;
    size = MIN(size, INT_MAX);
    return (int)romfs_console_read(dst, size, timeout_ms == RECEIVER_FOREVER ? ROMFS_CONSOLE_FOREVER : timeout_ms);
}

static void receive_write(void *ctx, const char *bytes, size_t size)
{
    (void)ctx;
    mp_hal_stdout_tx_strn(bytes, size);
}

static void receive_poll(void *ctx)
{
    (void)ctx;
    mp_event_handle_nowait();
}

#if MICROPY_PY_DEFLATE
#include "lib/uzlib/uzlib.h"

/* It stops where it has made as much as it shall, so it asks for no byte that has not come. */
static int receive_inflate(void *ctx, const uint8_t **src, const uint8_t *end, uint8_t *dst, size_t size)
{
    uzlib_uncomp_t *inflater = ((struct receive *)ctx)->inflater;
    inflater->source = *src;
    inflater->source_limit = end;
    inflater->dest = dst;
    inflater->dest_limit = dst + size;
    int status = uzlib_uncompress(inflater);
    *src = inflater->source;
    return status == UZLIB_OK && !inflater->eof ? 0 : -MPROM_EBADMSG;
}

static void receive_open_inflater(struct receive *receive, unsigned window_bits)
{
    receive->window = m_new0(uint8_t, 1u << window_bits);
    receive->inflater = m_new0(uzlib_uncomp_t, 1);
    receive->io.inflate = receive_inflate;
    uzlib_uncompress_init(receive->inflater, receive->window, 1u << window_bits);
}

static void receive_close_inflater(struct receive *receive, unsigned window_bits)
{
    m_del(uint8_t, receive->window, 1u << window_bits);
    m_del(uzlib_uncomp_t, receive->inflater, 1);
}
#else
static void receive_open_inflater(struct receive *receive, unsigned window_bits)
{
    (void)receive;
    (void)window_bits;
    mp_raise_OSError(MPROM_EOPNOTSUPP);
}

static void receive_close_inflater(struct receive *receive, unsigned window_bits)
{
    (void)receive;
    (void)window_bits;
}
#endif

static size_t receive_payload_size(const struct receiver_setup *setup)
{
    return RECEIVER_KEPT_SIZE + setup->room;
}

/* Raises MemoryError, or OSError if there is no inflater. */
static struct receive *receive_new(struct receiver_setup *setup, unsigned window_bits)
{
    struct receive *receive = m_new0(struct receive, 1);
    receive->io =
        (struct receiver_io){.read = receive_read, .write = receive_write, .poll = receive_poll, .ctx = receive};
    if (window_bits > 0) {
        receive_open_inflater(receive, window_bits);
    }
    setup->payload = receive->payload = m_new(uint8_t, receive_payload_size(setup));
    setup->block = receive->block = m_new(uint8_t, receiver_block_size(setup->rom, setup->id));
    setup->io = &receive->io;
    setup->is_packed = window_bits > 0;
    receiver_init(&receive->receiver, setup);
    return receive;
}

static void receive_free(struct receive *receive, const struct receiver_setup *setup, unsigned window_bits)
{
    m_del(uint8_t, receive->block, receiver_block_size(setup->rom, setup->id));
    m_del(uint8_t, receive->payload, receive_payload_size(setup));
    if (window_bits > 0) {
        receive_close_inflater(receive, window_bits);
    }
    m_del_obj(struct receive, receive);
}

/* What the client sends meanwhile must not wait for the prompt. */
static void receive_drain(void)
{
    uint8_t bytes[64];
    while (romfs_console_read(bytes, sizeof(bytes), QUIET_MS) > 0) {
    }
}

static struct receive *receive_new_or_drain(struct receiver_setup *setup, unsigned window_bits)
{
    nlr_buf_t nlr;
    if (nlr_push(&nlr) == 0) {
        struct receive *receive = receive_new(setup, window_bits);
        nlr_pop();
        return receive;
    }
    receive_drain();
    nlr_jump(nlr.ret_val);
}

/* As receiver_run(). An exception, such as that of Ctrl-C, leaves no session open. */
static int receive_run(struct receive *receive)
{
    nlr_buf_t nlr;
    if (nlr_push(&nlr) == 0) {
        int err = receiver_run(&receive->receiver);
        nlr_pop();
        return err;
    }
    receiver_abort(&receive->receiver);
    nlr_jump(nlr.ret_val);
}

static uint32_t number_in(mp_obj_t number_in, uint32_t from, uint32_t to)
{
    uint32_t number = rom_binding_number(number_in);
    if (number < from || number > to) {
        mp_raise_ValueError(NULL);
    }
    return number;
}

/* receive(id, size, mode, piece, room, chunk, window_bits) -> the seal of the image, or its CRC-32, as read back */
static mp_obj_t mod_romfs_receive(size_t n_args, const mp_obj_t *args)
{
    (void)n_args;
    struct receiver_setup setup = {
        .rom = rom_binding(),
        .id = mod_romfs_id(args[0]),
        .size = rom_binding_number(args[1]),
        .mode = (enum receiver_mode)number_in(args[2], RECEIVER_WHOLE, RECEIVER_DELTA),
        .piece = number_in(args[3], 1, RECEIVER_ROOM_MAX),
        .room = number_in(args[4], 1, RECEIVER_ROOM_MAX),
        .chunk = number_in(args[5], 1, RECEIVER_ROOM_MAX),
    };
    unsigned window_bits = number_in(args[6], 0, WINDOW_BITS_MAX);
    if (window_bits > 0 && window_bits < WINDOW_BITS_MIN) {
        mp_raise_ValueError(NULL);
    }
    struct receive *receive = receive_new_or_drain(&setup, window_bits);
    int err = receive_run(receive);
    receive_free(receive, &setup, window_bits);
    if (err) {
        rom_binding_raise(err);
    }
    return mp_obj_new_int_from_uint(setup.rom->states[setup.id].image.crc);
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(mod_romfs_receive_obj, 7, 7, mod_romfs_receive);
