/* The command line, parsed by the tables of the command and of the common options. */
#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

enum {
    OPTIONS_MAX = 48,
    OPTIONS_LONG = 256, /* getopt's value for the long form of the option of index 0; beyond every letter */
};

/* A common option, and what a command must take to have it. */
struct common_option {
    unsigned takes;
    struct cli_option option;
};

enum {
    TAKEN_BY_NONE = 1u << 30
}; /* an option of mprom itself, before any command */

static const struct common_option common_options[] = {
    {CLI_TAKES_PORT,
     {"port", 'p', CLI_LIST, offsetof(struct cli, ports), "PORT",
      "the board's port, or rfc2217:// or socket:// HOST:PORT; repeatable; auto: the only one"}},
    {CLI_TAKES_MANY,
     {"all", 0, CLI_SWITCH, offsetof(struct cli, all_boards), NULL, "every board that is connected, all at once"}},
    {CLI_TAKES_PORT,
     {"partition", 'n', CLI_TEXT, offsetof(struct cli, partition), "N", "number or name of the ROM partition"}},
    {CLI_TAKES_JSON, {"json", 0, CLI_SWITCH, offsetof(struct cli, json), NULL, "print the result as JSON"}},
    {0, {"quiet", 'q', CLI_SWITCH, offsetof(struct cli, quiet), NULL, "print results and errors only"}},
    {0, {"verbose", 'v', CLI_SWITCH, offsetof(struct cli, verbose), NULL, "print details on the way"}},
    {0, {"help", 'h', CLI_SWITCH, offsetof(struct cli, help), NULL, "print this help"}},
    {TAKEN_BY_NONE, {"version", 'V', CLI_SWITCH, offsetof(struct cli, version), NULL, "print the version"}},
};

static const size_t common_count = sizeof common_options / sizeof common_options[0];

/* Calls visit for each common option that the command takes; all of them if command is NULL. */
static void each_common_option(const struct cli_command *command,
                               void (*visit)(const struct cli_option *option, void *ctx), void *ctx)
{
    for (size_t i = 0; i < common_count; i++) {
        unsigned needs = common_options[i].takes;
        if (!command || (command->takes & needs) == needs) {
            visit(&common_options[i].option, ctx);
        }
    }
}

static void each_in_table(const struct cli_option *table, void (*visit)(const struct cli_option *option, void *ctx),
                          void *ctx)
{
    for (const struct cli_option *option = table; option && option->name; option++) {
        visit(option, ctx);
    }
}

void cli_each_option(const struct cli_command *command, void (*visit)(const struct cli_option *option, void *ctx),
                     void *ctx)
{
    if (command) {
        each_in_table(command->options, visit, ctx);
        each_in_table(command->more_options, visit, ctx);
    }
    each_common_option(command, visit, ctx);
}

/* The options of a command in the form that getopt wants. */
struct parser {
    struct cli *cli;
    uintptr_t base; /* of the struct that the options being added refer to */
    const struct cli_option *options[OPTIONS_MAX];
    void *fields[OPTIONS_MAX]; /* where the value of each goes */
    size_t count;
    struct option longs[OPTIONS_MAX + 1];
    char letters[2 * OPTIONS_MAX + 3];
};

static void parser_add(const struct cli_option *option, void *ctx)
{
    struct parser *parser = ctx;
    bool has_value = option->kind != CLI_SWITCH;
    if (parser->count == OPTIONS_MAX) {
        abort(); /* a table outgrew the parser; found by the first start of the command */
    }
    parser->longs[parser->count] = (struct option){option->name, has_value ? required_argument : no_argument, NULL,
                                                   OPTIONS_LONG + (int)parser->count};
    parser->fields[parser->count] = (void *)(parser->base + option->off);
    parser->options[parser->count++] = option;
    if (option->letter) {
        char *end = parser->letters + strlen(parser->letters);
        *end++ = option->letter;
        if (has_value) {
            *end++ = ':';
        }
        *end = '\0';
    }
}

/* mode: "+" stops at the first operand, "" takes options from anywhere. */
static void parser_init(struct parser *parser, struct cli *cli, const char *mode)
{
    memset(parser, 0, sizeof *parser);
    parser->cli = cli;
    snprintf(parser->letters, sizeof parser->letters, "%s:", mode);
    if (cli->command) {
        /* The command's struct is const for the command only; here it is being filled. */
        parser->base = (uintptr_t)cli->args;
        each_in_table(cli->command->options, parser_add, parser);
        parser->base += cli->command->more_off;
        each_in_table(cli->command->more_options, parser_add, parser);
    }
    parser->base = (uintptr_t)cli;
    each_common_option(cli->command, parser_add, parser);
}

/* The index of the option that getopt found, or count if none. */
static size_t parser_find(const struct parser *parser, int found)
{
    if (found >= OPTIONS_LONG) {
        return (size_t)(found - OPTIONS_LONG);
    }
    size_t i = 0;
    while (i < parser->count && parser->options[i]->letter != found) {
        i++;
    }
    return i;
}

static int list_add(struct cli_list *list, const char *item)
{
    const char **items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (!items) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    items[list->count] = item;
    list->items = items;
    list->count++;
    return CLI_OK;
}

/* "needs a port" for a value that is called PORT; its name if that is no word. */
static int complain_empty(const struct parser *parser, const struct cli_option *option)
{
    char word[32] = "";
    size_t size = strlen(option->value);
    for (size_t i = 0; i < size && i < sizeof word - 1; i++) {
        word[i] = (char)tolower((unsigned char)option->value[i]);
    }
    if (strspn(word, "abcdefghijklmnopqrstuvwxyz") != size || size < 2) {
        return cli_usage_error(parser->cli, "--%s needs a value: --%s %s", option->name, option->name, option->value);
    }
    const char *article = word[size - 1] == 's' ? "" : strchr("aeiou", word[0]) ? "an " : "a ";
    return cli_usage_error(parser->cli, "--%s needs %s%s; the value is empty", option->name, article, word);
}

static int parser_set(struct parser *parser, size_t index, const char *value)
{
    const struct cli_option *option = parser->options[index];
    void *field = parser->fields[index];
    uint64_t number = 0;
    if (option->kind != CLI_SWITCH && value[0] == '\0') {
        return complain_empty(parser, option);
    }
    switch (option->kind) {
    case CLI_SWITCH:
        *(bool *)field = true;
        return CLI_OK;
    case CLI_TEXT:
        *(const char **)field = value;
        return CLI_OK;
    case CLI_LIST:
        return list_add(field, value);
    case CLI_NUMBER:
        if (!cli_parse_number(value, UINT32_MAX, &number)) {
            return cli_usage_error(parser->cli, "--%s takes a number, not '%s'", option->name, value);
        }
        *(struct cli_number *)field = (struct cli_number){true, (uint32_t)number};
        return CLI_OK;
    default:
        abort();
    }
}

/* getopt returned '?' or ':'; says what is wrong with the option. */
static int parser_complain(const struct parser *parser, int found, const char *arg)
{
    const struct cli *cli = parser->cli;
    size_t index = optopt ? parser_find(parser, optopt) : parser->count;
    if (found == ':') {
        const struct cli_option *option = parser->options[index];
        return cli_usage_error(cli, "--%s needs a value: --%s %s", option->name, option->name, option->value);
    }
    if (index < parser->count) {
        return cli_usage_error(cli, "--%s takes no value", parser->options[index]->name);
    }
    const char *where = cli->command ? cli->command->name : "mprom";
    if (optopt) {
        return cli_usage_error(cli, "%s has no option -%c", where, optopt);
    }
    return cli_usage_error(cli, "%s has no option %s, or it is short for more than one", where, arg);
}

/* Parses options until getopt is done, which leaves optind at the first operand. */
static int parser_run(struct parser *parser, int argc, char **argv)
{
    opterr = 0;
    optind = 0; /* glibc: start anew, and forget how the last line was permuted */
    for (;;) {
        int found = getopt_long(argc, argv, parser->letters, parser->longs, NULL);
        if (found == -1) {
            return CLI_OK;
        }
        if (found == '?' || found == ':') {
            return parser_complain(parser, found, argv[optind - 1]);
        }
        int status = parser_set(parser, parser_find(parser, found), optarg);
        if (status) {
            return status;
        }
    }
}

int cli_parse_global(struct cli *cli, int argc, char **argv, int *index)
{
    struct parser parser;
    parser_init(&parser, cli, "+");
    int status = parser_run(&parser, argc, argv);
    *index = optind;
    return status;
}

static int check_operand_count(const struct cli *cli)
{
    const struct cli_command *command = cli->command;
    if (cli->operand_count < command->operand_min) {
        return cli_usage_error(cli, "%s needs more: mprom %s %s", command->name, command->name, command->operands);
    }
    if (cli->operand_count > command->operand_max) {
        return cli_usage_error(cli, "%s does not take '%s': mprom %s %s", command->name,
                               cli->operands[command->operand_max], command->name, command->operands);
    }
    return CLI_OK;
}

int cli_parse(struct cli *cli, int argc, char **argv)
{
    cli->args = calloc(1, cli->command->args_size + 1);
    if (!cli->args) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    struct parser parser;
    parser_init(&parser, cli, "");
    int status = parser_run(&parser, argc, argv);
    if (status) {
        return status;
    }
    cli->operands = argv + optind;
    cli->operand_count = (size_t)(argc - optind);
    return cli->help ? CLI_OK : check_operand_count(cli);
}

/* Frees the lists of the options in table, whose offsets refer to base. */
static void release_lists(const struct cli_option *table, uintptr_t base)
{
    for (const struct cli_option *option = table; option && option->name; option++) {
        if (option->kind == CLI_LIST) {
            free(((const struct cli_list *)(base + option->off))->items);
        }
    }
}

void cli_release(struct cli *cli)
{
    if (cli->args) {
        uintptr_t base = (uintptr_t)cli->args;
        release_lists(cli->command->options, base);
        release_lists(cli->command->more_options, base + cli->command->more_off);
        free((void *)base);
    }
    free(cli->ports.items);
}
