/* A board that restarts by itself in the middle of a deploy: a watchdog, its power supply, somebody's finger. */
#include "client/board/board.h"
#include "client/deploy/deploy.h"
#include "client/deploy/programs.h"
#include "client/link/clock.h"
#include "client/link/failure.h"

#include <stdio.h>
#include <string.h>

enum {
    AGAIN_ENTER_MS = 5000,  /* for the board to be at its prompt again */
    AGAIN_RETURN_MS = 8000, /* for a port that went away with it */
};

/* Whether Python on the board has forgotten what the first program of this session left there. */
static bool again_has_forgotten(struct mprom_client *client)
{
    static const char look[] = MPROM_PROGRAM_LOOK_RESTARTED;
    struct mprom_client_error error;
    int err =
        mprom_repl_exec(&client->repl, look, sizeof look - 1, MPROM_REPL_EXEC_MS, "looking for a restart", &error);
    return !err && strstr(client->repl.output, "mprom-w 1") == NULL;
}

static bool again_is_restarted(struct mprom_client *client, int err)
{
    struct mprom_client_error error;
    bool gone = err == -MPROM_EIO;
    if (gone && mprom_regain_port(&client->regain, &client->link, mprom_clock_in_ms(AGAIN_RETURN_MS)) != 0) {
        return false;
    }
    bool knows_state = err == -MPROM_EPERM && client->repl.active;
    return (knows_state || mprom_repl_enter(&client->repl, AGAIN_ENTER_MS, &error) == 0) &&
           (gone || again_has_forgotten(client));
}

bool mprom_deploy_may_go_on(struct mprom_client *client, int err)
{
    struct mprom_client_error error;
    bool may_be = err == -MPROM_EIO || err == -MPROM_EPERM || err == -MPROM_EBADMSG || err == -MPROM_ETIMEDOUT;
    if (!may_be || !again_is_restarted(client, err)) {
        return false;
    }
    const struct mprom_client_board before = client->board;
    mprom_session_begin(client);
    bool is_back = mprom_board_probe(client, &error) == 0;
    snprintf(client->board.port, sizeof client->board.port, "%s", client->link.name);
    client->board.was_interrupted = before.was_interrupted;
    client->board.restart_count = before.restart_count + 1;
    return is_back;
}

int mprom_deploy_fail_restarted(const struct mprom_client *client, int err, struct mprom_client_error *error)
{
    return mprom_failure_set(
        error, err,
        "%s: the board restarted in the middle of the deploy, and again when it was repeated; look for a "
        "watchdog that nobody feeds meanwhile, or a weak power supply",
        client->link.name);
}
