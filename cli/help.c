/* The help texts and the version, made from the commands' own tables. */
#include <string.h>

#include "cli/cli.h"
#include "compile/compile.h"

enum {
    HELP_COLUMN = 26, /* where the explanation of an option starts */
    HELP_WIDTH = 79
};

/* Prints the words of text (size bytes) from column on, with line breaks where they are needed. */
static void print_wrapped(FILE *stream, const char *text, size_t size, size_t column)
{
    const char *end = text + size;
    size_t at = column;
    while (text < end) {
        size_t word = strcspn(text, " \n");
        word = word < (size_t)(end - text) ? word : (size_t)(end - text);
        if (at > column && at + 1 + word > HELP_WIDTH) {
            fprintf(stream, "\n%*s", (int)column, "");
            at = column;
        }
        at += (size_t)fprintf(stream, "%s%.*s", at > column ? " " : "", (int)word, text);
        text += word;
        text += text < end;
    }
    fputc('\n', stream);
}

/* Prints paragraphs: a blank line or an indented line ends one; an indented line stays as it is. */
static void print_paragraphs(FILE *stream, const char *text)
{
    while (*text) {
        const char *end = text;
        if (*text == ' ' || *text == '\n') {
            end += strcspn(text, "\n");
            fprintf(stream, "%.*s\n", (int)(end - text), text);
        } else {
            while (*end && !(end[0] == '\n' && (end[1] == '\n' || end[1] == ' '))) {
                end++;
            }
            print_wrapped(stream, text, (size_t)(end - text), 0);
        }
        text = end + (*end == '\n');
    }
}

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
    fprintf(stream, "%*s", HELP_COLUMN - column, "");
    print_wrapped(stream, option->help, strlen(option->help), HELP_COLUMN);
}

void cli_print_command_help(FILE *stream, const struct cli_command *command)
{
    fprintf(stream, "Usage: mprom %s [OPTION]... %s\n\n", command->name, command->operands);
    print_paragraphs(stream, command->about);
    fputs("\nOptions:\n", stream);
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
          "Builds read-only filesystems (ROMFS) for MicroPython, writes them into a\n"
          "board's flash, and looks into them.\n\nCommands:\n",
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
    static const struct mprom_compile_options options;
    struct compile *compile = mprom_compile_new(&options);
    fprintf(stream, "mprom %s\n", MPROM_VERSION);
    switch (compile ? mprom_compile_kind(compile) : MPROM_COMPILE_NONE) {
    case MPROM_COMPILE_LINKED:
        fprintf(stream, "compiler: %s, built in\n", mprom_compile_version(compile));
        break;
    case MPROM_COMPILE_MPY_CROSS:
        fprintf(stream, "compiler: %s, mpy-cross in PATH\n", mprom_compile_version(compile));
        break;
    case MPROM_COMPILE_NONE:
        fputs("compiler: none is built in and there is no mpy-cross in PATH\n", stream);
        break;
    }
    mprom_compile_free(compile);
}
