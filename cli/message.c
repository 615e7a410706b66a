/* Messages on standard error. The whole line is escaped, because parts of it may come from an image or a board. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/rows.h"

/* One write for a line, so that the lines of two processes do not mix. */
__attribute__((format(printf, 2, 0))) static void message_print(const char *prefix, const char *format, va_list ap)
{
    char *text = NULL;
    int size = vasprintf(&text, format, ap);
    if (size < 0) {
        fputs("mprom: out of memory\n", stderr);
        return;
    }
    char *line = NULL;
    size_t line_size = 0;
    FILE *memory = open_memstream(&line, &line_size);
    if (memory) {
        fputs(prefix, memory);
        cli_put_text(memory, text, (size_t)size);
        fputc('\n', memory);
        fclose(memory);
        /* What was printed so far belongs before the message when both go to the same place. */
        rows_hide();
        fflush(stdout);
        fwrite(line, 1, line_size, stderr);
        rows_show();
    }
    free(line);
    free(text);
}

void cli_error(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    message_print("mprom: ", format, ap);
    va_end(ap);
}

int cli_usage_error(const struct cli *cli, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    message_print("mprom: ", format, ap);
    va_end(ap);
    if (cli->command) {
        cli_error("'mprom %s --help' explains the command", cli->command->name);
    } else {
        cli_error("'mprom --help' lists the commands");
    }
    return CLI_USAGE;
}

void cli_note(const struct cli *cli, const char *format, ...)
{
    if (cli->quiet) {
        return;
    }
    va_list ap;
    va_start(ap, format);
    message_print("mprom: ", format, ap);
    va_end(ap);
}

void cli_detail(const struct cli *cli, const char *format, ...)
{
    if (!cli->verbose) {
        return;
    }
    va_list ap;
    va_start(ap, format);
    message_print("mprom: ", format, ap);
    va_end(ap);
}

void cli_line(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    message_print("", format, ap);
    va_end(ap);
}

const char *cli_strerror(int error)
{
    /* Of a write() from a mapped file: the page is gone. */
    return abs(error) == EFAULT ? "the file that was being read shrank" : strerror(abs(error));
}
