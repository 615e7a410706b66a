#include "client/board/board.h"

#include "client/link/failure.h"

#include <stdio.h>
#include <string.h>

enum {
    PROBE_MS = 15000,
    QUICK_MEMORY = 32 * 1024, /* with less the text of programs would take too much of it */
};

/*
 * _s(id, is_mprom) describes a segment: its shape, its first bytes, the last ten of its image if they are a seal, and
 * what only the module romfs knows: name, group of slots, whether the board started from it, what it makes of it.
 * Bytes that look like a seal may belong to a file, so _f(size) steps over the records of the top level (as many as
 * any board has use for).
 */
static const char seal_program[] =
    "global _u,_f\n"
    "def _u(o):\n"
    " v=0\n"
    " for i in range(9):\n"
    "  c=_v(o+i,1)[0];v=v<<7|c&127\n"
    "  if c<128:break\n"
    " return v,o+i+1\n"
    "def _f(e):\n"
    " z,o=_u(3);z+=o-10\n"
    " if z<o or z+10>e or bytes(_v(0,3))!=b'\\xd2\\xcd1'or bytes(_v(z,4))!=b'\\x83\\xb5\\xe0\\x03':return b''\n"
    " for n in range(5000):\n"
    "  if o>=z:break\n"
    "  k,o=_u(o);q,o=_u(o);o+=q\n"
    "  if not k:break\n"
    " return _v(z,10)if o==z else b''\n";

static const char segment_program[] =
    "global _s\n"
    "def _s(i,c):\n"
    " d=_q(2,i);s='view';z=b=0;a=-1\n"
    " if isinstance(d,int):s='none'\n"
    " elif hasattr(d,'ioctl'):\n"
    "  s='samd'if hasattr(d,'flash_version')or sys.platform=='samd'else'device'\n"
    "  b=d.ioctl(5,0);z=b*d.ioctl(4,0)\n"
    " else:\n"
    "  z=len(d)\n"
    "  try:\n"
    "   b=_q(6,i)\n"
    "   if b>4096:import uctypes;a=uctypes.addressof(d)%b\n"
    "  except Exception:pass\n"
    " _p('segment',i,s,z,b,a)\n"
    " if not z:return\n"
    " _o(i,b);_p('head',i,_h(_v(0,min(z,96))))\n"
    " try:t=_f(z)\n"
    " except Exception:t=b''\n"
    " _p('seal',i,_h(t))\n"
    " if not c:return\n"
    " import romfs\n"
    " s,t=romfs.segments()[i],romfs.info(i).slot\n"
    " w=['damaged']if s.state=='damaged'else[]\n"
    " if s.chosen:w.append('started from')\n"
    " if t:\n"
    "  if t.rejected:w.append('rejected')\n"
    "  elif t.confirmed:w.append('confirmed')\n"
    "  else:w.append('on trial'if s.chosen else'gave up'if t.tried else'not started yet')\n"
    " _p('slot',i,s.group,int(s.chosen),s.name,', '.join(w))\n";

/* Operation 0x6d70 of rom_ioctl is mprom's own; every other firmware answers a negative error number. */
static const char probe_program[] =
    "i=sys.implementation\n"
    "def _has(m,a):\n"
    " try:return int(hasattr(_x(m),a))\n"
    " except ImportError:return 0\n"
    "w,v=0,getattr(sys,'maxsize',0)\n"
    "while v:w+=1;v>>=1\n"
    "try:\n"
    " import gc\n"
    " gc.collect();f=gc.mem_free()\n"
    "except(ImportError,AttributeError):f=0\n"
    "v=i[1]\n"
    "v='.'.join(str(x)for x in v[:3])+''.join('-'+x for x in v[3:]if x)\n"
    "_p('python',v,getattr(i,'_mpy',0),w,f,sys.platform,getattr(i,'_machine',''))\n"
    "r=_has('vfs','rom_ioctl')\n"
    "n,c=0,0\n"
    "if r:\n"
    " n=_q(1)\n"
    " try:c=int(_q(0x6d70)>0)\n"
    " except Exception:pass\n"
    "_p('able',_has('binascii','crc32'),_has('binascii','a2b_base64'),_has('deflate','DeflateIO'),r,c,\n"
    " _has('hashlib','sha256'))\n" MPROM_REPL_PART "try:b=_h(_x('machine').unique_id()[:32])\n"
    "except Exception:b='-'\n"
    "_p('segments',n,b)\n";

static const char probe_all_program[] = "for i in range(min(n,32)):_s(i,c)";

typedef bool board_parser(struct mprom_client_board *board, struct mprom_answer_line *line);

/* Takes the next line, which must start with word. */
static bool probe_line(struct mprom_client *client, struct mprom_answer *answer, const char *word,
                       board_parser *parse)
{
    struct mprom_answer_line line;
    return mprom_answer_next(answer, &line) && mprom_answer_is(&line, word) && parse(&client->board, &line);
}

/* segments COUNT [ID]: the id if the board has not said it before */
static bool probe_parse_count(struct mprom_client_board *board, struct mprom_answer_line *line)
{
    int64_t count;
    if (!mprom_answer_number(line, INT32_MIN, INT32_MAX, &count)) {
        return false;
    }
    if (!mprom_answer_end(line)) {
        mprom_board_take_id(board, line);
    }
    if (!mprom_answer_end(line)) {
        return false;
    }
    /* A negative count is how a board says that it has no segments. */
    board->segment_count = count < 0 ? 0 : (uint32_t)count;
    return true;
}

/* What _s() printed about one segment. */
static bool probe_segment(struct mprom_client *client, struct mprom_answer *answer, uint32_t id)
{
    struct mprom_client_board *board = &client->board;
    board->segments[id] = (struct mprom_client_segment){.shape = MPROM_CLIENT_SHAPE_NONE};
    if (!probe_line(client, answer, "segment", mprom_board_parse_segment)) {
        return false;
    }
    return board->segments[id].size == 0 ||
           (probe_line(client, answer, "head", mprom_board_parse_head) &&
            probe_line(client, answer, "seal", mprom_board_parse_seal) &&
            (!board->is_mprom || probe_line(client, answer, "slot", mprom_board_parse_slot)));
}

/* What follows the segments. Lines that only later clients know are passed over. */
static bool probe_rest(struct mprom_client *client, struct mprom_answer *answer)
{
    struct mprom_answer_line line;
    while (mprom_answer_next(answer, &line)) {
        if (mprom_answer_is(&line, "erase") && !mprom_board_parse_erase(&client->board, &line)) {
            return false;
        }
    }
    return true;
}

/*
 * Runs a program that uses _s(). It is sent with it in one go, behind `first`; a board with too little memory to
 * compile all of that at once gets the definitions one by one before, and *is_split tells that.
 */
static int probe_run(struct mprom_client *client, const char *doing, const char *first, const char *program,
                     struct mprom_answer *answer, bool *is_split, struct mprom_client_error *error)
{
    int err = mprom_session_run(client, doing, PROBE_MS, answer, error,
                                "%s" MPROM_REPL_PART "%s" MPROM_REPL_PART "%s" MPROM_REPL_PART "%s", first,
                                seal_program, segment_program, program);
    *is_split = err == -MPROM_EPERM;
    if (*is_split) {
        const char *const parts[] = {"", seal_program, segment_program, first[0] ? first : program};
        err = 0;
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && !err; i++) {
            err = mprom_session_run(client, doing, PROBE_MS, answer, error, "%s", parts[i]);
        }
    }
    return err;
}

/*
 * Has the firmware describe a segment, or with "None" all of the board. If another task prints as well, it is told to
 * describe it to Python, for an answer that can be asked for once more.
 */
static int probe_describe(struct mprom_client *client, const char *doing, const char *about,
                          struct mprom_answer *answer, struct mprom_client_error *error)
{
    int err = -MPROM_EBADMSG;
    if (!client->is_noisy) {
        mprom_session_bare(client);
        mprom_session_direct(client);
        err = mprom_session_run(client, doing, PROBE_MS, answer, error,
                                "try:\n"
                                " import vfs\n"
                                " if vfs.rom_ioctl(28016)>0:\n"
                                "  import romfs\n"
                                "  romfs.describe(_n,%s)\n"
                                "except(ImportError,AttributeError):pass",
                                about);
    }
    if (err == -MPROM_EBADMSG && client->is_noisy) {
        mprom_session_bare(client);
        err = mprom_session_run(client, doing, PROBE_MS, answer, error,
                                "_j=_n,''\n"
                                "try:\n"
                                " import vfs\n"
                                " if vfs.rom_ioctl(28016)>0:\n"
                                "  import romfs,io\n"
                                "  _s=io.StringIO();romfs.describe(_n,%s,_s);_j=_n,_s.getvalue()\n"
                                "except(ImportError,AttributeError):pass",
                                about);
    }
    return err;
}

/* The firmware says it by itself. */
static int probe_described_segment(struct mprom_client *client, uint32_t id, const char *doing,
                                   struct mprom_client_error *error)
{
    struct mprom_answer answer;
    char about[16];
    snprintf(about, sizeof(about), "%u", id);
    int err = probe_describe(client, doing, about, &answer, error);
    if (!err && !(probe_segment(client, &answer, id) && probe_rest(client, &answer))) {
        err = mprom_session_nonsense(client, doing, error);
    }
    return err;
}

int mprom_board_probe_segment(struct mprom_client *client, uint32_t id, struct mprom_client_error *error)
{
    char doing[48];
    char program[32];
    bool is_split;
    struct mprom_answer answer;
    snprintf(doing, sizeof(doing), "asking about segment %u", id);
    if (client->board.link_version > 0) {
        return probe_described_segment(client, id, doing, error);
    }
    snprintf(program, sizeof(program), "_s(%u,%d)", id, client->board.is_mprom);
    client->keeps = true;
    client->is_full = false;
    int err = probe_run(client, doing, "", program, &answer, &is_split, error);
    if (err && mprom_session_makes_room(client)) {
        err = probe_run(client, doing, "", program, &answer, &is_split, error);
    }
    client->keeps = false;
    if (!err && !probe_segment(client, &answer, id)) {
        err = mprom_session_nonsense(client, doing, error);
    }
    return err;
}

static int probe_about(struct mprom_client *client, struct mprom_answer *answer, const char *doing,
                       struct mprom_client_error *error)
{
    struct mprom_client_board *board = &client->board;
    if (!probe_line(client, answer, "python", mprom_board_parse_python) ||
        !probe_line(client, answer, "able", mprom_board_parse_able) ||
        !probe_line(client, answer, "segments", probe_parse_count)) {
        return mprom_session_nonsense(client, doing, error);
    }
    if (board->segment_count > MPROM_CLIENT_SEGMENTS_MAX) {
        return mprom_failure_set(error, -MPROM_EBADMSG,
                                 "%s: the board says that it has %u segments; mprom knows boards of up to %u",
                                 client->link.name, board->segment_count, MPROM_CLIENT_SEGMENTS_MAX);
    }
    client->repl.is_quick &= board->free_memory == 0 || board->free_memory >= QUICK_MEMORY;
    return 0;
}

/* Takes the firmware's own description. Returns whether it is whole and makes sense. */
static bool probe_described(struct mprom_client *client, struct mprom_answer *answer, const char *doing)
{
    struct mprom_client_error error;
    struct mprom_client_board *board = &client->board;
    bool good = probe_line(client, answer, "link", mprom_board_parse_link) &&
                probe_about(client, answer, doing, &error) == 0 && board->is_mprom && board->has_romfs;
    for (uint32_t id = 0; good && id < board->segment_count; id++) {
        good = probe_segment(client, answer, id);
    }
    good = good && probe_rest(client, answer);
    if (!good) {
        *board = (struct mprom_client_board){0};
    }
    client->repl.is_brief = good;
    return good;
}

/* What the first program was answered; or asks once more if that could not be sent, or was disturbed. */
static int probe_firmware(struct mprom_client *client, const char *doing, struct mprom_client_error *error)
{
    struct mprom_repl *repl = &client->repl;
    struct mprom_answer answer = {repl->output, repl->output_size, repl->description_number};
    int err = 0;
    client->is_noisy |= repl->is_described && (repl->error_size > 0 || !mprom_answer_is_clean(&answer));
    bool is_asked = repl->is_loading || (repl->is_described && !client->is_noisy);
    if (!is_asked) {
        err = probe_describe(client, doing, "None", &answer, error);
    }
    return err ? err : !repl->is_loading && probe_described(client, &answer, doing);
}

/* What any other board is asked, by a program of some size. */
static int probe_query(struct mprom_client *client, const char *doing, struct mprom_client_error *error)
{
    bool is_split;
    struct mprom_answer answer;
    int err = probe_run(client, doing, probe_program, probe_all_program, &answer, &is_split, error);
    err = err ? err : probe_about(client, &answer, doing, error);
    if (!err && is_split) {
        err = mprom_session_run(client, doing, PROBE_MS, &answer, error, "%s", probe_all_program);
    }
    for (uint32_t id = 0; id < client->board.segment_count && !err; id++) {
        if (!probe_segment(client, &answer, id)) {
            err = mprom_session_nonsense(client, doing, error);
        }
    }
    return err;
}

int mprom_board_probe(struct mprom_client *client, struct mprom_client_error *error)
{
    static const char doing[] = "asking the board about itself";
    client->keeps = true;
    client->is_full = false;
    int described = probe_firmware(client, doing, error);
    if (described == -MPROM_EPERM) {
        described = 0; /* what the firmware could not say, a program may find out */
    }
    int err = described < 0 ? described : described > 0 ? 0 : probe_query(client, doing, error);
    if (mprom_session_asks_again(client, err) || (err && mprom_session_makes_room(client))) {
        err = probe_query(client, doing, error);
    }
    client->keeps = false;
    if (!err) {
        mprom_board_fill_limits(&client->board);
    }
    return err;
}

int mprom_board_require_segment(const struct mprom_client *client, uint32_t id, struct mprom_client_error *error)
{
    const struct mprom_client_board *board = &client->board;
    if (!board->has_romfs) {
        return mprom_failure_set(
            error, -MPROM_EOPNOTSUPP,
            "%s: this board's firmware has no ROMFS (no vfs.rom_ioctl); it needs MicroPython 1.25 or "
            "later with ROMFS enabled",
            client->link.name);
    }
    if (board->segment_count == 0) {
        return mprom_failure_set(error, -MPROM_EOPNOTSUPP, "%s: this board has no ROM partition", client->link.name);
    }
    if (id >= board->segment_count || board->segments[id].shape == MPROM_CLIENT_SHAPE_NONE) {
        return mprom_failure_set(error, -MPROM_EINVAL,
                                 "%s: there is no segment %u; the board has %u, see mprom query", client->link.name,
                                 id, board->segment_count);
    }
    return 0;
}
