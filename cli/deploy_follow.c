#include "cli/deploy_follow.h"

#include <string.h>

#include "cli/follow_watch.h"

enum {
    LINE_SIZE = 1024,
};

struct follow {
    struct online *online;
    struct watch watch;
    size_t line_size;
    char line[LINE_SIZE]; /* what the board printed, while its line goes on */
};

static void follow_show_line(struct follow *follow)
{
    size_t size = follow->line_size;
    if (size > 0 && follow->line[size - 1] == '\r') {
        size--;
    }
    struct online *online = follow->online;
    const char *prefix = online->prefix ? online->prefix : "";
    follow->line_size = 0;
    watch_line(&follow->watch, follow->line, size);
    if (online->result) {
        cli_line("%s%s%.*s", prefix, *prefix ? ": " : "", (int)size, follow->line); /* not between the results */
        return;
    }
    fprintf(online->out, "%s%s", prefix, *prefix ? ": " : "");
    cli_put_text(online->out, follow->line, size);
    fputc('\n', online->out);
    online_flush(online);
}

/* Shows what the board prints, a line at a time, until it is back at its prompt or nobody reads on. */
static int follow_show(void *ctx, const char *bytes, size_t size)
{
    struct follow *follow = ctx;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\n' || follow->line_size == LINE_SIZE) {
            follow_show_line(follow);
        }
        if (bytes[i] != '\n') {
            follow->line[follow->line_size++] = bytes[i];
        }
    }
    bool is_unread = ferror(follow->online->result ? stderr : stdout) != 0;
    return is_unread || (follow->line_size == 4 && memcmp(follow->line, ">>> ", 4) == 0);
}

static int follow_judge(struct online *online, const struct follow *follow)
{
    const char *raised = watch_raised(&follow->watch);
    return raised ? online_fail(online, "%s: the program ended with an exception: %s", online->board->port, raised)
                  : CLI_OK;
}

int deploy_follow(struct online *online, uint32_t seconds, bool was_hard)
{
    struct follow follow = {.online = online};
    uint32_t ms = seconds * 1000;
    char port[sizeof online->board->port];
    snprintf(port, sizeof port, "%s", online->board->port);
    int err = mprom_client_follow(online->client, ms, ms, follow_show, &follow, &online->error);
    if (follow.line_size > 0) {
        bool is_prompt = follow.line_size == 4 && memcmp(follow.line, ">>> ", 4) == 0;
        struct watch before = follow.watch;
        follow_show_line(&follow);
        follow.watch = is_prompt ? before : follow.watch;
    }
    if (err == -MPROM_EIO && was_hard) {
        cli_note(online->cli, "%s: the port went away with the reset and did not come back within %u s", port,
                 seconds);
        return CLI_OK;
    }
    if (strcmp(port, online->board->port) != 0) {
        cli_note(online->cli, "%s: the board came back as %s", port, online->board->port);
    }
    return err ? online_failed(online) : follow_judge(online, &follow);
}

static int confirm_started(struct online *online, uint32_t id)
{
    if (id >= online->board->segment_count || !online->board->segments[id].is_running) {
        return online_fail(online, "%s: the board did not start segment %u, so its image was not confirmed",
                           online->board->port, id);
    }
    return mprom_client_confirm(online->client, id, &online->error) != 0 ? online_failed(online) : CLI_OK;
}

/* What was stopped for it runs afterwards, whichever image it belongs to. */
int deploy_confirm_late(struct online *online, uint32_t id)
{
    if (online_reopen(online) != CLI_OK) {
        return CLI_FAILED;
    }
    bool was_running = online->board->was_interrupted;
    int status = confirm_started(online, id);
    if (was_running && mprom_client_restart(online->client, MPROM_CLIENT_RESTART_SOFT, &online->error) != 0) {
        return online_failed(online);
    }
    return status;
}
