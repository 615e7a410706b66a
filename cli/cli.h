/*
 * The mprom command: what its subcommands share.
 *
 * A subcommand is one file, cli/cmd_NAME.c, that defines one `const struct cli_command cmd_NAME` and keeps everything
 * else static. To add one:
 *
 *   1. write cli/cmd_NAME.c (cli/cmd_ls.c is a short one to start from) and name it in cli/CMakeLists.txt,
 *   2. declare cmd_NAME at the end of this header and put it into the table in cli/commands.c,
 *   3. describe it in docs/command.md, with an example that the tests run.
 *
 * The help, the parsing of options and the messages about bad usage all come from the command's own tables, so they
 * cannot disagree. run() is called with everything parsed; it returns an exit status.
 *
 * Rules that hold for every subcommand:
 *   - results go to standard output; what happened on the way, to standard error. --json makes the result one JSON
 *     value on standard output and changes nothing else;
 *   - a message is a sentence that says what happened, to which file or segment, and what to do next;
 *   - bytes that came from an image or a board reach a terminal only through cli_put_text() or the message functions,
 *     which escape what a terminal would obey;
 *   - a file is written through output.h and so appears whole or not at all.
 */
#ifndef MPROM_CLI_H
#define MPROM_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Exit statuses of every subcommand but diff, which has those of diff(1). */
enum cli_status {
    CLI_OK = 0,
    CLI_FAILED = 1, /* the operation failed; a message was printed */
    CLI_USAGE = 2,  /* the command line makes no sense; nothing was touched */
};

/* The values of an option that may be given several times, in order. */
struct cli_list {
    const char **items;
    size_t count;
};

/* What an option's value becomes in the command's own struct. */
enum cli_option_kind {
    CLI_SWITCH, /* bool, true if given */
    CLI_TEXT,   /* const char *, the last one given; NULL if none */
    CLI_LIST,   /* struct cli_list */
    CLI_NUMBER, /* struct cli_number */
};

struct cli_number {
    bool given;
    uint32_t value;
};

/* One option. A table of them ends with a row whose name is NULL. */
struct cli_option {
    const char *name; /* long form, without dashes */
    char letter;      /* short form; 0 for none */
    enum cli_option_kind kind;
    size_t off;        /* offsetof() of the field in the struct that the command's args point to */
    const char *value; /* what the help calls the value; NULL for a switch */
    const char *help;  /* one line, without a full stop */
};

/* Which of the common options a command takes; -q, -v and --help it always takes. */
enum cli_takes {
    CLI_TAKES_JSON = 1, /* --json */
    CLI_TAKES_PORT = 2, /* -p/--port and -n/--partition */
    CLI_TAKES_MANY = 4, /* --all, and several boards at once (many.h) */
};

enum {
    CLI_OPERANDS_MANY = 1000000
};

struct cli;

struct cli_command {
    const char *name;
    const char *summary;  /* one line for `mprom --help`, without a full stop */
    const char *operands; /* as in the usage line, such as "IMAGE [PATH]" */
    const char *about;    /* for `mprom NAME --help`: paragraphs with a blank line between; indented lines stay */
    const char *example;  /* for the same: command lines to copy, one a line */
    unsigned takes;       /* enum cli_takes */
    size_t operand_min;
    size_t operand_max; /* CLI_OPERANDS_MANY for no limit */
    const struct cli_option *options;
    /* Options that several commands have, or NULL; their offsets refer to a struct that lies in args at more_off. */
    const struct cli_option *more_options;
    size_t more_off;
    size_t args_size; /* bytes of the struct that the options' offsets refer to */
    int (*run)(const struct cli *cli);
};

/* A parsed command line. Valid until run() returns. */
struct cli {
    const struct cli_command *command;
    const void *args; /* the command's own struct, args_size bytes, zeroed where no option was given */
    char *const *operands;
    size_t operand_count;
    /* The common options */
    struct cli_list ports; /* -p, as given: a path, a name that libserialport knows, or "auto" */
    bool all_boards;       /* --all: every board that is connected */
    const char *partition; /* -n, as given: a segment's number or name; NULL if not given */
    bool json;
    bool quiet;
    bool verbose;
    bool help;
    bool version;
};

/* ---- Messages (message.c): one line on standard error, starting with "mprom: ", control characters escaped ---- */

/* An error. */
void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Bad usage of the running command: the error, and where to read about the command. Returns CLI_USAGE. */
int cli_usage_error(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Something to know that is no error; not with -q. */
void cli_note(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A detail, only with -v. */
void cli_detail(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same without "mprom: ", for lines of a form that editors know (FILE:LINE: message). */
void cli_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The sentence fragment for an error of the libraries or of errno, either sign. Valid until the next call. */
const char *cli_strerror(int error);

/* ---- Text (text.c) ---- */

/*
 * Prints text that may come from anywhere. Bytes that are not UTF-8, control characters and characters that reorder a
 * line are shown as \xNN, byte by byte; everything else as it is.
 */
void cli_put_text(FILE *stream, const char *text, size_t size);

enum {
    CLI_COUNT_ROOM = 32
};

/* A number with a comma between thousands, such as "200,112", in room[CLI_COUNT_ROOM]. Returns room. */
const char *cli_count_text(char *room, uint64_t value);

/* Reads a decimal or 0x number of at most max. Returns whether all of text is one. */
bool cli_parse_number(const char *text, uint64_t max, uint64_t *value);

/* Reads a number of bytes; K at its end stands for 1,024 bytes, M for 1,048,576. Returns whether text is a size. */
bool cli_parse_size(const char *text, uint32_t *size);

/* ---- The framework itself (options.c, help.c, commands.c) ---- */

/* Ends with NULL. */
extern const struct cli_command *const cli_commands[];

/* The command called name, or NULL. */
const struct cli_command *cli_find_command(const char *name);

/* The command whose name is most like name, or NULL if none is near. */
const struct cli_command *cli_suggest_command(const char *name);

/*
 * Parses argv[1..]: options and operands in any order. cli->command is set, all else zeroed. Returns CLI_OK, or
 * CLI_USAGE after a message. Release with cli_release(), also after an error.
 */
int cli_parse(struct cli *cli, int argc, char **argv);
void cli_release(struct cli *cli);

/*
 * Reads the common options before the command's name; index becomes that of the first argument that is none. Returns
 * CLI_OK, or CLI_USAGE after a message.
 */
int cli_parse_global(struct cli *cli, int argc, char **argv, int *index);

/* Calls visit for each option that a command takes, the common ones last; the common ones if command is NULL. */
void cli_each_option(const struct cli_command *command, void (*visit)(const struct cli_option *option, void *ctx),
                     void *ctx);

void cli_print_help(FILE *stream);
void cli_print_command_help(FILE *stream, const struct cli_command *command);
void cli_print_version(FILE *stream);

/* ---- The commands ---- */

extern const struct cli_command cmd_build;
extern const struct cli_command cmd_ls;
extern const struct cli_command cmd_query;
extern const struct cli_command cmd_deploy;
extern const struct cli_command cmd_dump;
extern const struct cli_command cmd_verify;
extern const struct cli_command cmd_erase;
extern const struct cli_command cmd_reset;
extern const struct cli_command cmd_tree;
extern const struct cli_command cmd_cat;
extern const struct cli_command cmd_extract;
extern const struct cli_command cmd_info;
extern const struct cli_command cmd_check;
extern const struct cli_command cmd_diff;
extern const struct cli_command cmd_emulate;

#endif
