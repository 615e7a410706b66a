/*
 * romfs.receive(): takes an image from the console (docs/transfer.md, "The built-in receiver"). Memory, console and
 * its rate, and inflating are here and MicroPython's; the rest is in src/receiver.
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
    INTERRUPTS_MAX = 16, /* in a row, that do not keep what comes behind them from being read */
    GREETING_MS = 1000,  /* at that rate, for the first frame to come whole, */
    PATIENCE_MS = 3000,  /* and for each later one */
    RATE_BACK_MS = 1000, /* for the client to say that it is back at the old rate */
};

/* A call's memory. All of it hangs on this, so that the collector sees it. */
struct receive {
    struct mprom_receiver receiver;
    struct mprom_receiver_io io;
    uint8_t *payload;
    uint8_t *block;
    uint8_t *window; /* these two only if the client compresses */
    void *inflater;
    bool is_raised; /* the console's rate, */
    mp_uint_t since_ms;
    uint32_t patience_ms; /* until so long after that */
};

static void receive_slow_down(struct receive *receive)
{
    if (receive->is_raised) {
        receive->is_raised = false;
        mprom_rom_binding_console_set_baud(0);
    }
}

/* How long a client may go on at the raised rate that nothing whole comes from: it may be gone, or not able to. */
static uint32_t receive_patience_left(const struct receive *receive)
{
    mp_uint_t waited = mp_hal_ticks_ms() - receive->since_ms;
    return waited < receive->patience_ms ? receive->patience_ms - (uint32_t)waited : 0;
}

/* Noise, too, ends with the patience: at the wrong rate everything is. */
static int receive_read(void *ctx, uint8_t *dst, size_t size, uint32_t timeout_ms)
{
    struct receive *receive = ctx;
    uint32_t left = receive->is_raised ? receive_patience_left(receive) : timeout_ms;
    size = MIN(size, INT_MAX);
    if (left > 0 && left < timeout_ms) {
        size_t count = mprom_romfs_console_read(dst, size, left);
        if (count > 0) {
            return (int)count;
        }
        left = 0;
    }
    if (left == 0) {
        receive_slow_down(receive);
    }
    return (int)mprom_romfs_console_read(
        dst, size, timeout_ms == MPROM_RECEIVER_FOREVER ? MPROM_ROMFS_CONSOLE_FOREVER : timeout_ms);
}

static void receive_next(void *ctx)
{
    struct receive *receive = ctx;
    receive->since_ms = mp_hal_ticks_ms();
    receive->patience_ms = PATIENCE_MS;
}

static void receive_speed_up(struct receive *receive, uint32_t baud)
{
    static const char word = MPROM_WIRE_RATE;
    if (baud > 0) {
        mp_hal_stdout_tx_strn(&word, 1);
        mprom_rom_binding_console_set_baud(baud);
        receive->is_raised = true;
        receive->since_ms = mp_hal_ticks_ms();
        receive->patience_ms = GREETING_MS;
    }
}

/* What is printed next must not come before the client listens at the old rate again. */
static void receive_settle(struct receive *receive)
{
    uint8_t byte;
    if (receive->is_raised) {
        receive_slow_down(receive);
        mprom_romfs_console_read(&byte, 1, RATE_BACK_MS);
    }
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

static size_t receive_payload_size(const struct mprom_receiver_setup *setup)
{
    return MPROM_RECEIVER_KEPT_SIZE + setup->room;
}

/* Raises MemoryError, or OSError if there is no inflater. */
static struct receive *receive_new(struct mprom_receiver_setup *setup, unsigned window_bits)
{
    struct receive *receive = m_new0(struct receive, 1);
    receive->io = (struct mprom_receiver_io){
        .read = receive_read, .write = receive_write, .poll = receive_poll, .next = receive_next, .ctx = receive};
    if (window_bits > 0) {
        receive_open_inflater(receive, window_bits);
    }
    setup->payload = receive->payload = m_new(uint8_t, receive_payload_size(setup));
    setup->block = receive->block = m_new(uint8_t, mprom_receiver_block_size(setup->rom, setup->id));
    setup->io = &receive->io;
    setup->is_packed = window_bits > 0;
    mprom_receiver_init(&receive->receiver, setup);
    return receive;
}

static void receive_free(struct receive *receive, const struct mprom_receiver_setup *setup, unsigned window_bits)
{
    m_del(uint8_t, receive->block, mprom_receiver_block_size(setup->rom, setup->id));
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
    while (mprom_romfs_console_read(bytes, sizeof(bytes), QUIET_MS) > 0) {
    }
}

/* Returns false if another Ctrl-C came meanwhile. */
static bool receive_drain_undisturbed(void)
{
    nlr_buf_t nlr;
    if (nlr_push(&nlr) == 0) {
        receive_drain();
        nlr_pop();
        return true;
    }
    return false;
}

/* An exception is on its way to a client that listens at the raised rate. Whatever comes, that rate must end. */
static void receive_give_up(struct receive *receive)
{
    static const char word = MPROM_WIRE_REFUSED;
    if (receive->is_raised) {
        for (int i = 0; i < INTERRUPTS_MAX && !receive_drain_undisturbed(); i++) {
        }
        mp_hal_stdout_tx_strn(&word, 1);
        receive_settle(receive);
    }
}

static struct receive *receive_new_or_drain(struct mprom_receiver_setup *setup, unsigned window_bits)
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

/* As mprom_receiver_run(). An exception, such as that of Ctrl-C, leaves no session open and the console as it was. */
static int receive_run(struct receive *receive, uint32_t baud)
{
    nlr_buf_t nlr;
    if (nlr_push(&nlr) == 0) {
        receive_speed_up(receive, baud);
        int err = mprom_receiver_run(&receive->receiver);
        receive_settle(receive);
        nlr_pop();
        return err;
    }
    mprom_receiver_abort(&receive->receiver);
    receive_give_up(receive);
    nlr_jump(nlr.ret_val);
}

static uint32_t number_in(mp_obj_t number_in, uint32_t from, uint32_t to)
{
    uint32_t number = mprom_rom_binding_number(number_in);
    if (number < from || number > to) {
        mp_raise_ValueError(NULL);
    }
    return number;
}

/* receive(id, size, mode, piece, room, chunk, window_bits, baud) -> the seal of the image, or its CRC-32, as read
 * back */
static mp_obj_t mod_romfs_receive(size_t n_args, const mp_obj_t *args)
{
    (void)n_args;
    struct mprom_receiver_setup setup = {
        .rom = mprom_rom_binding(),
        .id = mprom_mod_romfs_id(args[0]),
        .size = mprom_rom_binding_number(args[1]),
        .mode = (enum mprom_wire_mode)number_in(args[2], MPROM_WIRE_WHOLE, MPROM_WIRE_DELTA),
        .piece = number_in(args[3], 1, MPROM_WIRE_PAYLOAD_SIZE_MAX),
        .room = number_in(args[4], 1, MPROM_WIRE_PAYLOAD_SIZE_MAX),
        .chunk = number_in(args[5], 1, MPROM_WIRE_PAYLOAD_SIZE_MAX),
    };
    unsigned window_bits = number_in(args[6], 0, WINDOW_BITS_MAX);
    if (window_bits > 0 && window_bits < WINDOW_BITS_MIN) {
        mp_raise_ValueError(NULL);
    }
    uint32_t baud = number_in(args[7], 0, mprom_rom_binding_console_baud_max());
    struct receive *receive = receive_new_or_drain(&setup, window_bits);
    int err = receive_run(receive, baud);
    receive_free(receive, &setup, window_bits);
    if (err) {
        mprom_rom_binding_raise(err);
    }
    return mp_obj_new_int_from_uint(setup.rom->states[setup.id].image.crc);
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(mprom_mod_romfs_receive_obj, 8, 8, mod_romfs_receive);
