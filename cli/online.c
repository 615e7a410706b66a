#include "cli/online.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

enum {
    WAIT_MAX_S = 3600,
    REOPEN_TRIES = 100,
    REOPEN_STEP_US = 100000, /* a board on USB comes back within seconds */
};

void online_note(struct online *online, enum interrupt_state state)
{
    interrupt_note(&online->interrupt, online->board ? online->board->port : online->port, state);
}

void online_note_segment(struct online *online, uint32_t id)
{
    online->interrupt.segment = id;
    online_note(online, INTERRUPT_UNTOUCHED);
}

void online_note_progress(struct online *online, const char *what, uint64_t done, uint64_t total)
{
    bool is_change = strcmp(what, "sending") == 0 || strcmp(what, "erasing") == 0;
    if (is_change && online->interrupt.state < INTERRUPT_NEW) {
        online_note(online, done == 0 ? INTERRUPT_OLD : done < total ? INTERRUPT_NONE : INTERRUPT_ENDING);
    }
}

/* Starts the next bar whenever the client begins something else, or the same once more. */
void online_progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
    struct online *online = ctx;
    online_note_progress(online, what, done, total);
    if (online->phase != what || online->progress.total != total) {
        progress_end(&online->progress);
        progress_begin(&online->progress, online->cli, what, total);
        online->progress.port = online->prefix;
        online->phase = what;
    }
    progress_update(&online->progress, done);
}

int online_failed(struct online *online)
{
    progress_end(&online->progress);
    cli_error("%s", online->error.text);
    char *rest = NULL;
    for (char *line = strtok_r(online->error.detail, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        cli_detail(online->cli, "  %s", line);
    }
    return CLI_FAILED;
}

int online_fail(struct online *online, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vsnprintf(online->error.text, sizeof online->error.text, format, ap);
    va_end(ap);
    online->error.detail[0] = '\0';
    return online_failed(online);
}

json_t *online_json_port(const struct online *online)
{
    return json_text(online->board->port, strlen(online->board->port));
}

void online_flush(struct online *online)
{
    if (online->flush) {
        online->flush(online);
    } else {
        fflush(online->out);
    }
}

int online_reopen(struct online *online)
{
    char port[sizeof online->board->port];
    struct mprom_client_options options = online->options;
    int err = -MPROM_ENOENT;
    snprintf(port, sizeof port, "%s", online->board->port);
    options.port = port;
    mprom_client_close(online->client);
    online->client = NULL;
    online->board = NULL;
    for (int tries = 0; err == -MPROM_ENOENT && tries < REOPEN_TRIES; tries++) {
        if (tries > 0) {
            usleep(REOPEN_STEP_US);
        }
        err = mprom_client_open(&online->client, &options, &online->error);
    }
    if (err) {
        return online_failed(online);
    }
    online->board = mprom_client_board(online->client);
    return CLI_OK;
}

static void online_note_stopped(struct online *online)
{
    json_t *last = json_array_get(online->result, json_array_size(online->result) - 1);
    if (last) {
        json_object_set_new(last, "stopped", json_boolean(online->was_interrupted));
        json_object_set_new(last, "restarted", json_boolean(online->is_restarted));
    }
}

int online_settle(struct online *online, int status)
{
    const struct online_args *args = online->cli->args;
    if (!online->client) {
        return status; /* it went away */
    }
    bool was_stopped = online->was_interrupted;
    if (args->restart && !online->is_restarted) {
        struct mprom_client_error error; /* that of work may still be wanted */
        online->is_restarted = mprom_client_restart(online->client, MPROM_CLIENT_RESTART_SOFT, &error) == 0;
        if (!online->is_restarted) {
            cli_error("%s", error.text);
            online->error = status == CLI_OK ? error : online->error;
            status = CLI_FAILED;
        }
    }
    if (was_stopped && !online->is_restarted) {
        cli_note(online->cli, "%s: a program was stopped and stays so; `mprom reset` starts it again",
                 online->board->port);
    }
    if (online->has_result && (was_stopped || args->restart)) {
        online_note_stopped(online);
    }
    return status;
}

/* on, off, keep, or not given. */
static int online_take_line(const struct cli *cli, const char *name, const char *value, enum mprom_client_line *line)
{
    static const char *const words[] = {
        [MPROM_CLIENT_LINE_ON] = "on", [MPROM_CLIENT_LINE_OFF] = "off", [MPROM_CLIENT_LINE_KEEP] = "keep"};
    *line = MPROM_CLIENT_LINE_USUAL;
    for (size_t i = 0; value != NULL && i < sizeof words / sizeof words[0]; i++) {
        if (words[i] && strcmp(words[i], value) == 0) {
            *line = (enum mprom_client_line)i;
        }
    }
    return value != NULL && *line == MPROM_CLIENT_LINE_USUAL
               ? cli_usage_error(cli, "--%s takes on, off or keep, not '%s'", name, value)
               : CLI_OK;
}

int online_take_options(const struct cli *cli, struct mprom_client_options *options)
{
    const struct online_args *args = cli->args;
    if (args->baud.given && args->baud.value == 0) {
        return cli_usage_error(cli, "--baud wants a rate such as 115200");
    }
    if (args->wait.given && (args->wait.value == 0 || args->wait.value > WAIT_MAX_S)) {
        return cli_usage_error(cli, "--wait takes seconds, 1 to %d", WAIT_MAX_S);
    }
    options->baud = args->baud.value;
    options->answer_ms = args->wait.given ? args->wait.value * 1000 : 0;
    int status = online_take_line(cli, "dtr", args->dtr, &options->dtr);
    return status ? status : online_take_line(cli, "rts", args->rts, &options->rts);
}

/* The segment that -n names. */
static int online_named(struct online *online, uint32_t *id)
{
    const char *name = online->cli->partition;
    uint64_t number;
    for (uint32_t i = 0; i < online->board->segment_count; i++) {
        if (strcmp(online->board->segments[i].name, name) == 0 && name[0]) {
            *id = i;
            return CLI_OK;
        }
    }
    if (!cli_parse_number(name, UINT32_MAX, &number) || number >= online->board->segment_count) {
        return online_fail(online, "%s: there is no segment '%s'; 'mprom query' lists them", online->board->port,
                           name);
    }
    *id = (uint32_t)number;
    return CLI_OK;
}

/* Whether a slot of the group has the image that the board starts at its next restart, as it has started from none.
 */
static bool online_starts_later(const struct mprom_client_board *board, uint32_t id)
{
    uint32_t group = board->segments[id].group;
    for (uint32_t i = 0; i < board->segment_count; i++) {
        if (board->segments[i].group == group && board->segments[i].is_running) {
            return false;
        }
    }
    return board->segments[id].has_image;
}

int online_segment(struct online *online, enum online_purpose purpose, uint32_t *id)
{
    const struct mprom_client_board *board = online->board;
    if (online->cli->partition) {
        return online_named(online, id);
    }
    *id = 0;
    uint32_t group = board->segment_count > 0 ? board->segments[0].group : 0;
    for (uint32_t i = 0; group != 0 && i < board->segment_count; i++) {
        const struct mprom_client_segment *segment = &board->segments[i];
        if (segment->group == group && segment->is_running == (purpose == ONLINE_READ) &&
            (purpose == ONLINE_READ || !online_starts_later(board, i))) {
            *id = i;
            break;
        }
    }
    return CLI_OK;
}

const char *online_segment_text(struct online *online, uint32_t id)
{
    const char *name = online->board->segments[id].name;
    snprintf(online->segment_text, sizeof online->segment_text, name[0] ? "segment %u (%s)" : "segment %u", id, name);
    return online->segment_text;
}

bool online_state_is(const struct online *online, uint32_t id, const char *state)
{
    const struct mprom_client_board *board = online->board;
    return id < board->segment_count && strstr(board->segments[id].state, state) != NULL;
}

void online_note_loss(const struct online *online, uint32_t id, const char *does, const char *advice)
{
    const struct mprom_client_board *board = online->board;
    for (uint32_t i = 0; i < board->segment_count; i++) {
        if (i != id && board->segments[i].is_running && online_state_is(online, i, "on trial") &&
            online_state_is(online, id, "confirmed")) {
            cli_note(online->cli,
                     "%s: segment %u runs on trial, so this %s the only image that is confirmed, in segment %u; %s",
                     board->port, i, does, id, advice);
        }
    }
}
