#include "client/board.h"

#include "client/failure.h"
#include "client/segment.h"
#include "mprom/romfs.h"

#include <stdio.h>
#include <string.h>

enum {
    PROBE_MS = 15000,
    PROBE_HEAD_SIZE = 96, /* an image header and, in most images, the whole info record */
};

/* Operation 0x6d70 of rom_ioctl is mprom's own; every other firmware answers a negative error number. */
static const char probe_program[] =
    "import sys\n"
    "i=sys.implementation\n"
    "def _has(m,a):\n"
    " try:return int(hasattr(__import__(m),a))\n"
    " except ImportError:return 0\n"
    "w,v=0,getattr(sys,'maxsize',0)\n"
    "while v:w+=1;v>>=1\n"
    "try:\n"
    " import gc\n"
    " gc.collect();f=gc.mem_free()\n"
    "except(ImportError,AttributeError):f=0\n"
    "_p('python','.'.join(str(x)for x in i[1][:3]),getattr(i,'_mpy',0),w,f,sys.platform,getattr(i,'_machine',''))\n"
    "r=_has('vfs','rom_ioctl')\n"
    "n,c=0,0\n"
    "if r:\n"
    " import vfs\n"
    " n=vfs.rom_ioctl(1)\n"
    " try:c=int(vfs.rom_ioctl(0x6d70)>0)\n"
    " except Exception:pass\n"
    "_p('able',_has('binascii','crc32'),_has('binascii','a2b_base64'),_has('deflate','DeflateIO'),r,c)\n"
    "_p('segments',n)";

static const char probe_size_program[] = "import vfs\n"
                                         "d=vfs.rom_ioctl(2,%u)\n"
                                         "if isinstance(d,int):_p('segment',%u,'none',0,0)\n"
                                         "elif hasattr(d,'ioctl'):\n"
                                         " b=d.ioctl(5,0);_p('segment',%u,'device',b*d.ioctl(4,0),b)\n"
                                         "else:\n"
                                         " try:b=vfs.rom_ioctl(6,%u)\n"
                                         " except Exception:b=0\n"
                                         " _p('segment',%u,'view',len(d),b)\n"
                                         "d=None";

/*
 * The last ten bytes of the image if they are a seal. Bytes that look like one may belong to a file, so the records
 * of the top level are stepped over (as many as any board has use for).
 */
static const char probe_seal_program[] = "global _u\n"
                                         "def _u(o):\n"
                                         " v=0\n"
                                         " for i in range(9):\n"
                                         "  c=_v(o+i,1)[0];v=v<<7|c&127\n"
                                         "  if c<128:break\n"
                                         " return v,o+i+1\n"
                                         "def f(e):\n"
                                         " if bytes(_v(e,4))!=b'\\x83\\xb5\\xe0\\x03':return b''\n"
                                         " z,o=_u(3)\n"
                                         " for n in range(5000):\n"
                                         "  if o>=e:break\n"
                                         "  k,o=_u(o);z,o=_u(o);o+=z\n"
                                         "  if not k:break\n"
                                         " return _v(e,10)if o==e else b''\n"
                                         "try:t=f(%u)\n"
                                         "except Exception:t=b''\n"
                                         "_p('seal',%u,_h(t))";

/* What only the module romfs knows: name, group of slots, whether the board started from it, what it makes of it. */
static const char probe_slot_program[] = "import romfs\n"
                                         "s,t=romfs.segments()[%u],romfs.info(%u).slot\n"
                                         "w=['damaged']if s.state=='damaged'else[]\n"
                                         "if s.chosen:w.append('started from')\n"
                                         "if t:\n"
                                         " if t.rejected:w.append('rejected')\n"
                                         " else:w.append('confirmed'if t.confirmed else'on trial')\n"
                                         "_p('slot',%u,s.group,int(s.chosen),s.name,', '.join(w))";

typedef bool board_parser(struct client_board *board, struct answer_line *line);

/* Takes the next line, which must start with word. */
static bool probe_line(struct client *client, struct answer *answer, const char *word, board_parser *parse)
{
    struct answer_line line;
    return answer_next(answer, &line) && answer_is(&line, word) && parse(&client->board, &line);
}

static bool probe_parse_count(struct client_board *board, struct answer_line *line)
{
    int64_t count;
    if (!answer_number(line, INT32_MIN, INT32_MAX, &count) || !answer_end(line)) {
        return false;
    }
    /* A negative count is how a board says that it has no segments. */
    board->segment_count = count < 0 ? 0 : (uint32_t)count;
    return true;
}

static int probe_slot(struct client *client, uint32_t id, const char *doing, struct client_error *error)
{
    struct answer answer;
    int err = session_run(client, doing, PROBE_MS, &answer, error, probe_slot_program, id, id, id);
    if (!err && !probe_line(client, &answer, "slot", board_parse_slot)) {
        err = session_nonsense(client, doing, error);
    }
    return err;
}

int board_probe_segment(struct client *client, uint32_t id, struct client_error *error)
{
    char doing[48];
    struct answer answer;
    struct client_segment *segment = &client->board.segments[id];
    *segment = (struct client_segment){.shape = CLIENT_SHAPE_NONE};
    snprintf(doing, sizeof(doing), "asking about segment %u", id);
    int err = session_run(client, doing, PROBE_MS, &answer, error, probe_size_program, id, id, id, id, id);
    if (!err && !probe_line(client, &answer, "segment", board_parse_segment)) {
        err = session_nonsense(client, doing, error);
    }
    if (err || segment->size == 0) {
        return err;
    }
    err = segment_open(client, id, error);
    if (!err) {
        err = session_run(client, doing, PROBE_MS, &answer, error, "_p('head',%u,_h(_v(0,%u)))", id,
                          segment->size < PROBE_HEAD_SIZE ? segment->size : PROBE_HEAD_SIZE);
    }
    if (!err && !probe_line(client, &answer, "head", board_parse_head)) {
        err = session_nonsense(client, doing, error);
    }
    if (!err && segment->image_size > ROMFS_SEAL_SIZE) {
        err = session_run(client, doing, PROBE_MS, &answer, error, probe_seal_program,
                          segment->image_size - ROMFS_SEAL_SIZE, id);
        if (!err && !probe_line(client, &answer, "seal", board_parse_seal)) {
            err = session_nonsense(client, doing, error);
        }
    }
    return !err && client->board.is_mprom ? probe_slot(client, id, doing, error) : err;
}

int board_probe(struct client *client, struct client_error *error)
{
    static const char doing[] = "asking the board about itself";
    struct answer answer;
    struct client_board *board = &client->board;
    int err = session_run(client, doing, PROBE_MS, &answer, error, "%s", probe_program);
    if (err) {
        return err;
    }
    if (!probe_line(client, &answer, "python", board_parse_python) ||
        !probe_line(client, &answer, "able", board_parse_able) ||
        !probe_line(client, &answer, "segments", probe_parse_count)) {
        return session_nonsense(client, doing, error);
    }
    if (board->segment_count > CLIENT_SEGMENTS_MAX) {
        return failure_set(error, -MPROM_EBADMSG,
                           "%s: the board says that it has %u segments; mprom knows boards of up to %u",
                           client->link.name, board->segment_count, CLIENT_SEGMENTS_MAX);
    }
    for (uint32_t id = 0; id < board->segment_count && !err; id++) {
        err = board_probe_segment(client, id, error);
    }
    return err;
}

int board_require_segment(const struct client *client, uint32_t id, struct client_error *error)
{
    const struct client_board *board = &client->board;
    if (!board->has_romfs) {
        return failure_set(error, -MPROM_EOPNOTSUPP,
                           "%s: this board's firmware has no ROMFS (no vfs.rom_ioctl); it needs MicroPython 1.25 or "
                           "later with ROMFS enabled",
                           client->link.name);
    }
    if (board->segment_count == 0) {
        return failure_set(error, -MPROM_EOPNOTSUPP, "%s: this board has no ROM partition", client->link.name);
    }
    if (id >= board->segment_count || board->segments[id].shape == CLIENT_SHAPE_NONE) {
        return failure_set(error, -MPROM_EINVAL, "%s: there is no segment %u; the board has %u, see mprom query",
                           client->link.name, id, board->segment_count);
    }
    return 0;
}
