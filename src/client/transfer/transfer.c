/* What a transfer needs to know beforehand, and the program on the board. */
#include "client/transfer/transfer.h"

#include "client/repl/repl_stream.h"
#include "client/transfer/transfer_frame.h"
#include "mprom/romfs.h"

#include <stdio.h>

enum {
    WINDOW_SURE = 192,          /* the smallest input buffers of MicroPython's ports hold 255 bytes */
    WINDOW_TRIED = 2048,        /* what the trial sends at once */
    FRAMES_MIN_SIZE = 2 * 1024, /* below, the program on the board is larger than what it saves */
    TRIAL_MIN_SIZE = 16 * 1024, /* below, the transfer is over before a trial would pay */
    TRIAL_SIZE = 64,
    TRIAL_PARTS = 2,
    TRIAL_UART_US = 1000, /* that they take at 640,000 baud */
    WINDOW_BITS_MIN = 9,
    WINDOW_BITS_MAX = 12,
    PACKED_CHUNK = 2048, /* smaller than plain ones: the board needs memory for the window as well */
    PACKED_ROOM = 1280,
    WINDOW_BUILTIN = 8192,
    INFLATE_MEMORY = 10 * 1024, /* of the board for a transfer that it inflates, beside the window */
};

/*
 * _r writes the segment's bytes o to e as frames arrive: payloads in pieces of w bytes, without escapes into y, which
 * has room for n, then a(offset, bytes), or b(offset, size) for what a frame leaves out. A byte costs Python itself
 * 20 times what it costs find(), so it only acts on escapes: it clears the bit in the byte behind one, and copies
 * what lies before. B does that where a piece ends with an escape.
 *
 * With z the payloads are a deflate stream with a window of 2^z bytes, of which at most c are made at a time; the u
 * bytes that are left of a payload wait at the start of y for the next one. When a frame is damaged, and before it
 * ends by an error, it reads on until the line is quiet: what is on the way must not arrive at the prompt. Not so
 * after Ctrl-C, for what follows that is for the prompt. On some ports poll() never finds input; P is true if it did,
 * in the middle of the first frame. Without it a damaged frame ends with three escapes in a row, which no frame has.
 *
 * _t tries the link: from the time that n bytes take it tells how long N bytes would, and sleeps so long while they
 * come, unless they come as slowly as over a UART. The text is a format.
 */
static const char receiver_program[] =
    "global _r,_t,sys,poll,sleep_ms,ticks_us,ticks_diff,crc32,DeflateIO,RAW,BytesIO\n"
    "def _r(o,e,w,n,a,b,z,c):\n"
    " s=sys.stdin.buffer;g=sys.stdout.write;m=memoryview(bytearray(w+1));q=poll();q.register(sys.stdin,1);f=u=P=0\n"
    " def d():\n"
    "  while q.poll(300):s.read(1)\n"
    " try:\n"
    "  y=BytesIO(n)\n"
    "  if z:z=DeflateIO(y,RAW,z);v=memoryview(bytearray(c))\n"
    "  while o<e:\n"
    "   h=s.read(24)\n"
    "   if f<1:P=P or q.poll(200)\n"
    "   try:l=int(h[:4],16);t=int(h[4:8],16);p=int(h[8:16],16);k=int(h[16:],16)\n"
    "   except ValueError:l=n+1\n"
    "   if l<=n:\n"
    "    y.seek(u);B=255\n"
    "    while l>0:\n"
    "     j=min(w,l);s.readinto(m[:j]);g('\\x16');l-=j\n"
    "     x=bytes(m[:j]);m[0]&=B;B=(255,63)[x[-1]==27];j=0;i=x.find(b'\\x1b')\n"
    "     while i>=0:m[i+1]&=63;y.write(m[j:i]);j=i+1;i=x.find(b'\\x1b',j)\n"
    "     y.write(m[j:len(x)])\n"
    "    j=y.tell()-u;y.seek(u);x=y.read(j)\n"
    "    if crc32(x,crc32(h[:16],f))&0xffffffff==k:\n"
    "     if z and f:\n"
    "      y.seek(0)\n"
    "      if t:z.readinto(v[:t])\n"
    "      x=y.read(u+j-y.tell());u=len(x);y.seek(0);y.write(x);x=v[:t]\n"
    "     r=p>o and b(o,p-o)or t and a(p,x)\n"
    "     if r:d();g('\\x18');return r\n"
    "     o=p+t;f+=1;g('\\6');continue\n"
    "   if P:g('\\x15');d()\n"
    "   else:\n"
    "    g('\\x1d');j=0\n"
    "    while j<3:j=(j+1)*(s.read(1)==b'\\x1b')\n"
    "   g('\\x0e%%d\\x0f'%%f)\n"
    " except Exception:d();raise\n"
    " g('\\x17');return 0\n"
    "def _t(n,N,l):\n"
    " s=sys.stdin.buffer;g=sys.stdout.write;c=k=0;q=poll();q.register(sys.stdin,1)\n"
    " g('\\x16');s.read(1);t=ticks_us();s.read(n-1);t=ticks_diff(ticks_us(),t)\n"
    " if t<l:\n"
    "  g('\\x16');sleep_ms(10+t*N//n//500)\n"
    "  while c<N and q.poll(100):k=crc32(s.read(1),k);c+=1\n"
    " g('\\x17');return c,k&0xffffffff\n"
    "z=0\n"
    "try:\n"
    " BytesIO=_x('io').BytesIO\n"
    " from deflate import DeflateIO,RAW\n"
    " z=int(DeflateIO(BytesIO(b'K\\4\\0'),RAW,9).read(1)==b'a')\n"
    "except(ImportError,AttributeError,TypeError,ValueError,OSError):pass\n"
    "try:\n"
    " import sys\n"
    " poll=_x('select').poll;crc32=_x('binascii').crc32\n"
    " t=_x('time');sleep_ms=t.sleep_ms;ticks_us=t.ticks_us;ticks_diff=t.ticks_diff\n"
    " sys.stdin.buffer.readinto\n"
    " _p('can',1,z)\n"
    "except(ImportError,AttributeError):_p('can',0,0)";

int mprom_transfer_ask(struct mprom_client *client, const char *program, const struct mprom_repl_stream *stream,
                       const char *doing, struct mprom_answer_line *line, struct mprom_client_error *error)
{
    struct mprom_answer answer;
    int err = mprom_session_run_stream(client, doing, stream, &answer, error, "%s", program);
    if (!err && !(mprom_answer_next(&answer, line) && mprom_answer_is(line, "did"))) {
        err = mprom_session_nonsense(client, doing, error);
    }
    return err;
}

/*
 * The trial: how fast TRIAL_SIZE bytes arrive, and if that is no UART's pace what is there of WINDOW_TRIED bytes that
 * are sent while the board does not read.
 */
struct trial {
    uint8_t bytes[WINDOW_TRIED];
    size_t size; /* of what is to be sent next */
    int asked;   /* for so many parts */
};

static void trial_next(void *ctx, const uint8_t **bytes, size_t *size)
{
    struct trial *trial = ctx;
    *bytes = trial->bytes;
    *size = trial->size;
    trial->size = 0;
}

static int trial_take(void *ctx, char byte)
{
    struct trial *trial = ctx;
    if (byte == MPROM_WIRE_ROOM && trial->asked < TRIAL_PARTS) {
        trial->size = trial->asked == 0 ? TRIAL_SIZE : sizeof trial->bytes;
        trial->asked++;
        return 0;
    }
    return byte == MPROM_WIRE_DONE ? 1 : MPROM_REPL_STREAM_TEXT;
}

static int trial_stall(void *ctx)
{
    (void)ctx;
    return -MPROM_ETIMEDOUT;
}

static int transfer_try(struct mprom_client *client, struct mprom_transfer *transfer,
                        struct mprom_client_error *error)
{
    static const char doing[] = "trying the link";
    struct trial trial = {.size = 0};
    const struct mprom_repl_stream stream = {
        &trial, trial_next, trial_take, trial_stall, MPROM_TRANSFER_STALL_MS, MPROM_TRANSFER_END_MS};
    char program[64];
    struct mprom_answer_line line;
    int64_t count;
    int64_t crc;
    mprom_frame_pattern(trial.bytes, sizeof trial.bytes);
    snprintf(program, sizeof program, "_p('did',*_t(%d,%d,%d))", TRIAL_SIZE, WINDOW_TRIED, TRIAL_UART_US);
    int err = mprom_transfer_ask(client, program, &stream, doing, &line, error);
    if (err) {
        return err;
    }
    if (!mprom_answer_number(&line, 0, WINDOW_TRIED, &count) || !mprom_answer_number(&line, 0, UINT32_MAX, &crc) ||
        !mprom_answer_end(&line)) {
        return mprom_session_nonsense(client, doing, error);
    }
    bool is_clean = mprom_romfs_crc32(0, trial.bytes, (size_t)count) == crc;
    if (is_clean && count == WINDOW_TRIED) {
        transfer->window = WINDOW_TRIED;
    } else if (!is_clean) {
        transfer->window = 0;
    }
    /* If this PC or the link was late, the bytes of the second part are at the prompt now. */
    return trial.asked > 1 && count < WINDOW_TRIED ? mprom_repl_enter(&client->repl, MPROM_REPL_ENTER_MS, error) : 0;
}

/* The window that a board has memory for: a quarter of it at most goes into a transfer. */
static int transfer_window_bits(uint32_t free_memory)
{
    int bits = WINDOW_BITS_MAX;
    while (bits >= WINDOW_BITS_MIN && free_memory < 4 * (INFLATE_MEMORY + (1u << bits))) {
        bits--;
    }
    return bits >= WINDOW_BITS_MIN ? bits : 0;
}

int mprom_transfer_begin(struct mprom_client *client, uint32_t id, uint32_t size, struct mprom_transfer *transfer,
                         struct mprom_client_error *error)
{
    static const char doing[] = "preparing the transfer";
    struct mprom_answer_line line;
    int64_t can = 0, can_inflate = 0;
    *transfer = (struct mprom_transfer){
        .chunk = mprom_segment_chunk_size(client, id),
        .packed_chunk = PACKED_CHUNK,
        .packed_room = PACKED_ROOM,
    };
    if (size < FRAMES_MIN_SIZE) {
        return 0;
    }
    int err = mprom_session_ask(client, doing, MPROM_REPL_EXEC_MS, "can", &line, error, receiver_program);
    if (!err && !(mprom_answer_number(&line, 0, 1, &can) && mprom_answer_number(&line, 0, 1, &can_inflate) &&
                  mprom_answer_end(&line))) {
        err = mprom_session_nonsense(client, doing, error);
    }
    if (err || can == 0) {
        return err == -MPROM_EPERM ? 0 : err; /* such as MemoryError: text takes less */
    }
    transfer->window = WINDOW_SURE;
    transfer->window_bits = can_inflate ? transfer_window_bits(client->board.free_memory) : 0;
    return size < TRIAL_MIN_SIZE ? 0 : transfer_try(client, transfer, error);
}

void mprom_transfer_begin_builtin(const struct mprom_client *client, uint32_t id, struct mprom_transfer *transfer)
{
    uint32_t room = client->board.console_room;
    uint32_t chunk = mprom_segment_chunk_size(client, id);
    uint32_t window = room ? (uint32_t)((uint64_t)room * 3 / 4) : WINDOW_SURE;
    *transfer = (struct mprom_transfer){
        .window = window < WINDOW_BUILTIN ? window : WINDOW_BUILTIN,
        .chunk = chunk,
        .window_bits = transfer_window_bits(client->board.free_memory),
        .packed_chunk = chunk,
        .packed_room = chunk / 2 + chunk / 16,
    };
}
