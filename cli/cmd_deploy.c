/* mprom deploy: writes an image to a segment of a board, and restarts the board. */
#include <string.h>

#include "cli/deploy_follow.h"
#include "cli/deploy_images.h"
#include "cli/online_each.h"
#include "cli/starter.h"

struct deploy_args {
    struct online_args online; /* first, see online.h */
    bool no_restart;
    bool hard;
    bool confirm;
    bool full;
    bool force;
    bool no_base;
    struct cli_number follow;
    struct cli_number deploy_baud;
    struct starter_args starter;
    struct build_args build;
};

enum {
    DEPLOY_BAUD = 921600,
    NO_SLOT = MPROM_CLIENT_SEGMENTS_MAX,
};

struct mprom_deploy {
    struct deploy_images *images;
    const struct image *image; /* the one for this board */
    const struct deploy_args *args;
};

/* A new image in a slot is chosen by a hard reset, one that was there before might be rolled back from. */
static int deploy_restart(struct online *online, struct mprom_deploy *deploy, uint32_t id, bool is_new)
{
    bool hard = deploy->args->hard || (is_new && online->board->segments[id].group != 0);
    if (mprom_client_restart(online->client, hard ? MPROM_CLIENT_RESTART_HARD : MPROM_CLIENT_RESTART_SOFT,
                             &online->error) != 0) {
        return online_failed(online);
    }
    online->is_restarted = true;
    online_note(online, INTERRUPT_RESTARTED);
    if (!deploy->args->follow.given) {
        return CLI_OK;
    }
    bool confirms = deploy->args->confirm && !online_state_is(online, id, "confirmed");
    int status = deploy_follow(online, deploy->args->follow.value, hard);
    return status == CLI_OK && confirms ? deploy_confirm_late(online, id) : status;
}

/* An image that is followed is confirmed when it was seen to run. */
static bool deploy_confirms_late(const struct deploy_args *args)
{
    return args->confirm && args->follow.given && !args->no_restart;
}

static void deploy_report(struct online *online, uint32_t id, uint32_t sent_size)
{
    const struct mprom_client_segment *segment = &online->board->segments[id];
    char count[CLI_COUNT_ROOM], sent[CLI_COUNT_ROOM];
    if (online->result) {
        json_array_append_new(online->result,
                              json_pack("{s:o, s:I, s:I, s:I}", "port", online_json_port(online), "segment",
                                        (json_int_t)id, "size", (json_int_t)segment->image_size, "sent",
                                        (json_int_t)sent_size));
    } else if (sent_size == 0) {
        fprintf(online->out, "%s: %s: already there, verified: %s bytes\n", online->board->port,
                online_segment_text(online, id), cli_count_text(count, segment->image_size));
        online_flush(online);
    } else if (sent_size < segment->image_size) {
        fprintf(online->out, "%s: %s: deployed %s bytes, of which %s were sent, and read them back\n",
                online->board->port, online_segment_text(online, id), cli_count_text(count, segment->image_size),
                cli_count_text(sent, sent_size));
        online_flush(online);
    } else {
        fprintf(online->out, "%s: %s: deployed %s bytes and read them back\n", online->board->port,
                online_segment_text(online, id), cli_count_text(count, segment->image_size));
        online_flush(online);
    }
}

/*
 * The slot that runs if it holds this very image, as its seal says so far, and keeps it; else the one that can be
 * written.
 */
static int deploy_segment(struct online *online, const struct mprom_deploy *deploy, uint32_t *id)
{
    struct mprom_romfs fs;
    uint32_t crc;
    bool is_sealed =
        mprom_romfs_open(&fs, deploy->image->bytes, deploy->image->size) == 0 && mprom_romfs_seal_read(&fs, &crc);
    for (uint32_t i = 0;
         is_sealed && !deploy->args->full && !online->cli->partition && i < online->board->segment_count; i++) {
        const struct mprom_client_segment *segment = &online->board->segments[i];
        if (segment->is_running && segment->group != 0 && segment->is_sealed && segment->image_size == fs.size &&
            segment->crc == crc && !online_state_is(online, i, "rejected")) {
            *id = i;
            return CLI_OK;
        }
    }
    return online_segment(online, ONLINE_WRITE, id);
}

/* Before anything is written. What else is wrong with the segment the client says. */
static int deploy_check_confirm(struct online *online, const struct mprom_deploy *deploy, uint32_t id)
{
    const struct mprom_client_board *board = online->board;
    if (!deploy->args->confirm || id >= board->segment_count || board->segments[id].group != 0) {
        return CLI_OK;
    }
    return online_fail(online, "%s: segment %u is no slot, so there is nothing to --confirm; nothing was sent",
                       board->port, id);
}

/* The other slot whose image the board starts if the trial of this one fails; NO_SLOT if there is none. */
static uint32_t deploy_fallback(const struct online *online, uint32_t id)
{
    const struct mprom_client_board *board = online->board;
    for (uint32_t i = 0; i < board->segment_count; i++) {
        if (i != id && board->segments[i].group == board->segments[id].group && board->segments[i].has_image &&
            !online_state_is(online, i, "damaged") && !online_state_is(online, i, "rejected")) {
            return i;
        }
    }
    return NO_SLOT;
}

/* Whether the image has a program that the board starts: one without is never tried. */
static bool deploy_is_started(const struct image *image)
{
    static const char *const names[] = {"boot.py", "boot.mpy", "main.py", "main.mpy"};
    struct mprom_romfs_entry entry;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (mprom_romfs_lookup(&image->fs, NULL, names[i], strlen(names[i]), &entry) == 0) {
            return true;
        }
    }
    return false;
}

static void deploy_note_trial(const struct online *online, uint32_t id, const struct image *image)
{
    const struct mprom_client_board *board = online->board;
    if (id >= board->segment_count || board->segments[id].group == 0 || online_state_is(online, id, "confirmed") ||
        online_state_is(online, id, "rejected")) {
        return;
    }
    uint32_t fallback = deploy_fallback(online, id);
    if (fallback == NO_SLOT || !deploy_is_started(image)) {
        cli_note(online->cli, "%s: the image is not confirmed yet: romfs.confirm() or deploy --confirm does that",
                 board->port);
    } else {
        cli_note(
            online->cli,
            "%s: on trial: unless it calls romfs.confirm(), the next hard reset goes back to segment %u; --confirm "
            "skips the trial",
            board->port, fallback);
    }
}

static int deploy_board(struct online *online, void *ctx)
{
    struct mprom_deploy own =
        *(const struct mprom_deploy *)ctx; /* others may work on another board at the same time */
    struct mprom_deploy *deploy = &own;
    uint32_t id, sent_size;
    own.image = deploy_images_for(own.images, online);
    if (!own.image) {
        return CLI_FAILED;
    }
    if (deploy_segment(online, deploy, &id) != CLI_OK || deploy_check_confirm(online, deploy, id) != CLI_OK ||
        starter_check_image(online, &deploy->args->starter, own.image) != CLI_OK) {
        return CLI_FAILED;
    }
    if (id < online->board->segment_count) {
        own.image = deploy_images_fit(own.images, own.image, online->board->segments[id].size);
        if (!own.image) {
            return online_fail(online, "%s: there is no image for this board; nothing was sent", online->board->port);
        }
    }
    online_note_segment(online, id);
    online_note_loss(online, id, "takes the place of", "if neither proves good, deploy a good one with --confirm");
    const struct cli_number *baud = &deploy->args->deploy_baud;
    struct mprom_client_deploy_options options = {
        .full = deploy->args->full, .force = deploy->args->force, .baud = baud->given ? baud->value : DEPLOY_BAUD};
    options.base = deploy_images_base(own.images, own.image, &options.base_size);
    if (mprom_client_deploy(online->client, id, deploy->image->bytes, deploy->image->size, &options, &sent_size,
                            &online->error) != 0) {
        return online_failed(online);
    }
    online_note(online, INTERRUPT_NEW);
    progress_end(&online->progress);
    if (online->board->restart_count > 0) {
        cli_note(online->cli,
                 "%s: the board restarted in the middle of the deploy, which was repeated; look for a watchdog that "
                 "nobody feeds meanwhile, or a weak power supply",
                 online->board->port);
    }
    deploy_images_deployed(own.images, own.image);
    if (deploy->args->confirm && !deploy_confirms_late(deploy->args) &&
        mprom_client_confirm(online->client, id, &online->error) != 0) {
        return online_failed(online);
    }
    deploy_report(online, id, sent_size);
    if (!deploy->args->confirm) {
        deploy_note_trial(online, id, deploy->image);
    }
    bool restarts = !deploy->args->no_restart;
    int settled = starter_settle(online, &deploy->args->starter, own.image, restarts || sent_size > 0);
    int restarted = restarts ? deploy_restart(online, deploy, id, sent_size > 0) : CLI_OK;
    return settled != CLI_OK ? settled : restarted;
}

static int deploy_run(const struct cli *cli)
{
    const struct deploy_args *args = cli->args;
    struct mprom_deploy deploy = {.args = args};
    if (args->follow.value > FOLLOW_SECONDS_MAX) {
        return cli_usage_error(cli, "--follow takes at most %d seconds", FOLLOW_SECONDS_MAX);
    }
    int status = starter_check_usage(cli, &args->starter);
    if (status != CLI_OK) {
        return status;
    }
    status = deploy_images_open(&deploy.images, cli, &args->build, cli->operands[0], args->no_base);
    if (status == CLI_OK) {
        status = online_each(cli, deploy_board, &deploy);
    }
    deploy_images_close(deploy.images);
    return status;
}

static const struct cli_option deploy_options[] = {
    {"confirm", 0, CLI_SWITCH, offsetof(struct deploy_args, confirm), NULL,
     "in a slot: the image is good, do not try it first"},
    {"force", 0, CLI_SWITCH, offsetof(struct deploy_args, force), NULL,
     "also over the image that the board goes back to after a rollback"},
    {"full", 0, CLI_SWITCH, offsetof(struct deploy_args, full), NULL,
     "write everything, also what the board holds already"},
    {"follow", 'f', CLI_NUMBER, offsetof(struct deploy_args, follow), "SECONDS",
     "after the restart show what the board prints, so long at most"},
    {"hard", 0, CLI_SWITCH, offsetof(struct deploy_args, hard), NULL, "restart the chip, not only Python"},
    {"no-base", 0, CLI_SWITCH, offsetof(struct deploy_args, no_base), NULL,
     "do not lay DIR out like the image of it that was deployed last"},
    {"install-starter", 0, CLI_SWITCH, offsetof(struct deploy_args, starter.install), NULL,
     "stock MicroPython: write a main.py to the board that starts the image"},
    {"remove-starter", 0, CLI_SWITCH, offsetof(struct deploy_args, starter.remove), NULL, "remove that main.py"},
    {"entry", 0, CLI_TEXT, offsetof(struct deploy_args, starter.entry), "MODULE[:FUNCTION]",
     "what the starter imports, and calls (default main)"},
    {"no-restart", 0, CLI_SWITCH, offsetof(struct deploy_args, no_restart), NULL, "leave the board at its prompt"},
    ONLINE_OPTIONS,
    {"deploy-baud", 0, CLI_NUMBER, offsetof(struct deploy_args, deploy_baud), "RATE",
     "raise a UART so far while the image is sent, if the board can; 0: do not (default 921600)"},
    {0},
};

const struct cli_command cmd_deploy = {
    .name = "deploy",
    .summary = "write an image to a board, read it back and restart the board",
    .operands = "DIR|IMAGE",
    .about = "Writes IMAGE, or an image made of all that is in DIR, to a segment (ROM partition)\n"
             "of the board at the port, or of the one board that is connected, reads it back\n"
             "and compares, makes it live and restarts the board. The segment is that of -n,\n"
             "else the slot that the board does not run, else segment 0. The image's first\n"
             "bytes are written last: a deploy that stops half way leaves a segment without an\n"
             "image, never a part of one.",
    .example = "mprom deploy app\nmprom deploy app.romfs -p /dev/ttyACM0 -n 1 --follow 5",
    .takes = CLI_TAKES_JSON | CLI_TAKES_PORT | CLI_TAKES_MANY,
    .operand_min = 1,
    .operand_max = 1,
    .options = deploy_options,
    .more_options = build_options,
    .more_off = offsetof(struct deploy_args, build),
    .args_size = sizeof(struct deploy_args),
    .run = deploy_run,
};
