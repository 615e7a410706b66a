/* The help texts and the version, made from the commands' own tables. */
#include <string.h>

#include "cli.h"
#include "compile/compile.h"

enum {
    HELP_COLUMN = 26
};

static void print_option(const struct cli_option *option, void *ctx)
{
    FILE *stream = ctx;
    int column = option->letter ? fprintf(stream, "  -%c, ", option->letter) : fprintf(stream, "      ");
    column += fprintf(stream, "--%s", option->name);
    if (option->value) {
        column += fprintf(stream, " %s", option->value);
    }
    if (column >= HELP_COLUMN) {
        fputc('\n', stream);
        column = 0;
    }
    fprintf(stream, "%*s%s\n", HELP_COLUMN - column, "", option->help);
}

void cli_print_command_help(FILE *stream, const struct cli_command *command)
{
    fprintf(stream, "Usage: mprom %s [OPTION]... %s\n\n%s\n\nOptions:\n", command->name, command->operands,
            command->about);
    cli_each_option(command, print_option, stream);
    fputs(strchr(command->example, '\n') ? "\nExamples:\n" : "\nExample:\n", stream);
    for (const char *line = command->example; *line;) {
        size_t size = strcspn(line, "\n");
        fprintf(stream, "  %.*s\n", (int)size, line);
        line += size + (line[size] == '\n');
    }
}

void cli_print_help(FILE *stream)
{
    fputs("Usage: mprom COMMAND [OPTION]... [OPERAND]...\n\n"
          "Builds read-only filesystems (ROMFS) for MicroPython, writes them into a board's\n"
          "flash, and looks into them.\n\nCommands:\n",
          stream);
    for (const struct cli_command *const *command = cli_commands; *command; command++) {
        fprintf(stream, "  %-10s%s\n", (*command)->name, (*command)->summary);
    }
    fputs("\nCommon options, taken by the commands that they make sense for:\n", stream);
    cli_each_option(NULL, print_option, stream);
    fputs("\n'mprom COMMAND --help' explains a command. An IMAGE of '-' is standard input.\n"
          "Exit status: 0 done, 1 the operation failed, 2 bad usage.\n",
          stream);
}

void cli_print_version(FILE *stream)
{
    static const struct compile_options options;
    struct compile *compile = compile_new(&options);
    fprintf(stream, "mprom %s\n", MPROM_VERSION);
    switch (compile ? compile_kind(compile) : COMPILE_NONE) {
    case COMPILE_LINKED:
        fprintf(stream, "compiler: %s, built in\n", compile_version(compile));
        break;
    case COMPILE_MPY_CROSS:
        fprintf(stream, "compiler: %s, mpy-cross in PATH\n", compile_version(compile));
        break;
    case COMPILE_NONE:
        fputs("compiler: none is built in and there is no mpy-cross in PATH\n", stream);
        break;
    }
    compile_free(compile);
}
