#include "client/board/board.h"

#include "client/board/programs.h"
#include "client/link/failure.h"

#include <stdio.h>
#include <string.h>

enum {
    PROBE_MS = 15000,
    QUICK_MEMORY = 32 * 1024, /* with less the text of programs would take too much of it */
};

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

/* What was said about one segment. */
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
            (!board->has_module || probe_line(client, answer, "slot", mprom_board_parse_slot)));
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
 * Runs a program that uses describe_segment(). It is sent with it in one go, behind `first`; a board with too little memory to
 * compile all of that at once gets the definitions one by one before, and *is_split tells that.
 */
static int probe_run(struct mprom_client *client, const char *doing, const char *first, const char *program,
                     struct mprom_answer *answer, bool *is_split, struct mprom_client_error *error)
{
    int err = mprom_session_run(client, doing, PROBE_MS, answer, error,
                                "%s\n" MPROM_REPL_PART "%s\n" MPROM_REPL_PART "%s\n" MPROM_REPL_PART "%s", first,
                                MPROM_PROGRAM_SEAL, MPROM_PROGRAM_SEGMENT, program);
    *is_split = err == -MPROM_EPERM;
    if (*is_split) {
        const char *const parts[] = {"", MPROM_PROGRAM_SEAL, MPROM_PROGRAM_SEGMENT, first[0] ? first : program};
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
        err = mprom_session_run(client, doing, PROBE_MS, answer, error, MPROM_PROGRAM_DESCRIBE, about);
    }
    if (err == -MPROM_EBADMSG && client->is_noisy) {
        mprom_session_bare(client);
        err = mprom_session_run(client, doing, PROBE_MS, answer, error, MPROM_PROGRAM_DESCRIBE_SILENTLY, about);
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
    snprintf(program, sizeof(program), MPROM_PROGRAM_PROBE_ONE, id, client->board.has_module);
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
                probe_about(client, answer, doing, &error) == 0 && board->has_module && board->has_romfs;
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
    int err = probe_run(client, doing, MPROM_PROGRAM_PROBE, MPROM_PROGRAM_PROBE_ALL, &answer, &is_split, error);
    err = err ? err : probe_about(client, &answer, doing, error);
    if (!err && is_split) {
        err = mprom_session_run(client, doing, PROBE_MS, &answer, error, "%s", MPROM_PROGRAM_PROBE_ALL);
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
