/* mprom query: the ports, or what the boards at them say about themselves. */
#include <stdlib.h>
#include <string.h>

#include "cli/online_each.h"

struct query_args {
    struct online_args online; /* first, see online.h */
    bool list;
};

static const char *query_shape(enum mprom_client_shape shape)
{
    switch (shape) {
    case MPROM_CLIENT_SHAPE_NONE:
        return "absent";
    case MPROM_CLIENT_SHAPE_VIEW:
        return "view";
    case MPROM_CLIENT_SHAPE_BLOCKS:
        return "blocks";
    case MPROM_CLIENT_SHAPE_DEVICE:
        break;
    }
    return "device";
}

static json_t *query_json_image(const struct mprom_client_segment *segment)
{
    if (!segment->has_image) {
        return json_null();
    }
    json_t *seal = segment->is_sealed ? json_sprintf("%08x", segment->crc) : json_null();
    return json_pack("{s:I, s:s, s:o}", "size", (json_int_t)segment->image_size, "label", segment->label, "seal",
                     seal);
}

static json_t *query_json_segment(uint32_t id, const struct mprom_client_segment *segment)
{
    return json_pack("{s:I, s:s, s:s, s:I, s:I, s:I, s:b, s:s, s:o}", "id", (json_int_t)id, "name", segment->name,
                     "access", query_shape(segment->shape), "size", (json_int_t)segment->size, "block_size",
                     (json_int_t)segment->block_size, "group", (json_int_t)segment->group, "running",
                     segment->is_running, "state", segment->state, "image", query_json_image(segment));
}

static json_t *query_json_board(const struct online *online)
{
    const struct mprom_client_board *board = online->board;
    json_t *segments = json_array();
    for (uint32_t id = 0; id < board->segment_count; id++) {
        json_array_append_new(segments, query_json_segment(id, &board->segments[id]));
    }
    json_t *mpy = json_pack("{s:i, s:i, s:i, s:i}", "version", board->mpy_version, "sub_version",
                            board->mpy_sub_version, "arch", board->mpy_arch, "small_int_bits", board->small_int_bits);
    return json_pack("{s:o, s:s, s:s, s:s, s:o, s:b, s:b, s:I, s:o}", "port", online_json_port(online), "machine",
                     board->machine, "platform", board->platform, "version", board->version, "mpy", mpy, "romfs",
                     board->has_romfs, "mprom", board->is_mprom, "free_memory", (json_int_t)board->free_memory,
                     "segments", segments);
}

static void query_print_image(FILE *out, const struct mprom_client_segment *segment)
{
    char count[CLI_COUNT_ROOM];
    if (!segment->has_image) {
        /* The board may know more of it, such as that it is damaged. */
        fprintf(out, "no image%s%s", segment->state[0] ? ": " : "", segment->state);
        return;
    }
    fprintf(out, "image of %s bytes", cli_count_text(count, segment->image_size));
    if (segment->label[0]) {
        fprintf(out, " \"%s\"", segment->label);
    }
    if (segment->is_sealed) {
        fprintf(out, ", seal %08x", segment->crc);
    } else {
        fputs(", not sealed", out);
    }
    if (segment->state[0]) {
        fprintf(out, ", %s", segment->state);
    }
}

static void query_print_segment(struct online *online, uint32_t id)
{
    const struct mprom_client_segment *segment = &online->board->segments[id];
    char size[CLI_COUNT_ROOM];
    char block[CLI_COUNT_ROOM];
    if (segment->shape == MPROM_CLIENT_SHAPE_NONE) {
        fprintf(online->out, "  segment %u  is not there\n", id);
        return;
    }
    fprintf(online->out, "  %s  %s bytes", online_segment_text(online, id), cli_count_text(size, segment->size));
    if (segment->block_size) {
        fprintf(online->out, " in blocks of %s", cli_count_text(block, segment->block_size));
    }
    fputs(": ", online->out);
    query_print_image(online->out, segment);
    fputc('\n', online->out);
}

static int query_board(struct online *online, void *ctx)
{
    (void)ctx;
    const struct mprom_client_board *board = online->board;
    if (online->result) {
        json_array_append_new(online->result, query_json_board(online));
        return CLI_OK;
    }
    fprintf(online->out, "%s: %s\n", board->port, board->machine[0] ? board->machine : board->platform);
    fprintf(online->out, "  MicroPython %s, .mpy version %u.%u\n", board->version, board->mpy_version,
            board->mpy_sub_version);
    if (!board->has_romfs) {
        fputs("  no ROMFS: the firmware has no vfs.rom_ioctl\n", online->out);
    } else if (board->segment_count == 0) {
        fputs("  no ROM partition\n", online->out);
    }
    for (uint32_t id = 0; id < board->segment_count; id++) {
        query_print_segment(online, id);
    }
    if (board->was_reset) {
        cli_note(online->cli, "%s: the memory was full, so Python was restarted to ask", board->port);
    }
    return CLI_OK;
}

static void query_print_port(const struct mprom_client_port *port)
{
    printf("%s  %s", port->path, port->description);
    if (port->usb_vid >= 0) {
        printf("  usb %04x:%04x %s", (unsigned)port->usb_vid, (unsigned)port->usb_pid, port->usb_serial);
    } else if (port->is_emulated) {
        fputs("  emulated", stdout);
    }
    fputc('\n', stdout);
}

static json_t *query_json_port(const struct mprom_client_port *port)
{
    json_t *usb = port->usb_vid < 0 ? json_null()
                                    : json_pack("{s:i, s:i, s:s}", "vid", port->usb_vid, "pid", port->usb_pid,
                                                "serial", port->usb_serial);
    return json_pack("{s:s, s:s, s:b, s:o}", "port", port->path, "description", port->description, "emulated",
                     port->is_emulated, "usb", usb);
}

/* --list: without a word to any of them. */
static int query_list(const struct cli *cli)
{
    struct mprom_client_error error;
    struct mprom_client_port *ports;
    size_t count;
    if (mprom_client_ports(&ports, &count, &error) != 0) {
        cli_error("%s", error.text);
        return CLI_FAILED;
    }
    json_t *result = cli->json ? json_array() : NULL;
    for (size_t i = 0; i < count; i++) {
        if (cli->json) {
            json_array_append_new(result, query_json_port(&ports[i]));
        } else {
            query_print_port(&ports[i]);
        }
    }
    free(ports);
    if (count == 0) {
        cli_note(cli, "no serial port and no emulated board found");
    }
    return cli->json ? json_print(result) : CLI_OK;
}

static int query_run(const struct cli *cli)
{
    const struct query_args *args = cli->args;
    return args->list ? query_list(cli) : online_each(cli, query_board, NULL);
}

static const struct cli_option query_options[] = {
    {"list", 'l', CLI_SWITCH, offsetof(struct query_args, list), NULL, "list the ports and ask no board"},
    ONLINE_OPTIONS,
    ONLINE_OPTION_RESTART,
    {0},
};

const struct cli_command cmd_query = {
    .name = "query",
    .summary = "show a board, its segments and the images in them",
    .operands = "",
    .about = "Asks the board at the port, or the one board that is connected, about itself, its\n"
             "segments (ROM partitions) and the images in them. A program that the board runs\n"
             "is stopped for that.",
    .example = "mprom query\nmprom query -p /dev/ttyACM0 --json\nmprom query --list",
    .takes = CLI_TAKES_JSON | CLI_TAKES_PORT | CLI_TAKES_MANY,
    .options = query_options,
    .args_size = sizeof(struct query_args),
    .run = query_run,
};
