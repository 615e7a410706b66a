/* Progress on standard error. */
#include "cli/progress.h"

#include <string.h>
#include <time.h>

#include "cli/bar.h"

enum {
    PROGRESS_QUIET_US = 300000, /* an operation shorter than this shows no bar */
    PROGRESS_STEP_US = 100000,
    BAR_WITH_RATE_MIN = 12, /* columns of a bar beside which there is room for the rate */
};

static int64_t now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void progress_begin(struct progress *progress, const struct cli *cli, const char *what, uint64_t total)
{
    *progress = (struct progress){.total = total};
    if (cli->quiet) {
        return;
    }
    progress->what = what;
    progress->terminal = bar_has_terminal();
    progress->start_us = now_us();
    progress->next_us = progress->start_us + PROGRESS_QUIET_US;
}

static void print_bar(struct progress *progress, uint64_t done, int64_t now)
{
    char count[CLI_COUNT_ROOM];
    char bar[BAR_ROOM];
    char numbers[64];
    char rate[32];
    double seconds = (double)(now - progress->start_us) / 1e6;
    snprintf(numbers, sizeof numbers, " %3u%%  %s bytes",
             progress->total ? (unsigned)(done * 100 / progress->total) : 0, cli_count_text(count, done));
    snprintf(rate, sizeof rate, "  %.1f KB/s", (double)done / 1e3 / seconds);
    /* On a narrow terminal the rate goes first, then the bar shrinks; the numbers stay. */
    size_t taken = strlen(progress->what) + 1 + strlen(numbers);
    unsigned columns = bar_columns();
    if (taken + strlen(rate) + BAR_WITH_RATE_MIN > columns) {
        rate[0] = '\0';
    }
    unsigned width = bar_width(columns, taken + strlen(rate));
    /* Cut at the right edge rather than wrapped: of a bar in two lines the first would stay, each time. */
    fprintf(stderr, "\r\x1b[?7l%s%s%s%s%s\x1b[K\x1b[?7h", progress->what, width > 0 ? " " : "",
            bar_text(bar, width, done, progress->total), numbers, rate);
    fflush(stderr);
}

/* A line for each quarter, so that a log stays short. */
static void print_line(struct progress *progress, uint64_t done)
{
    unsigned quarters = progress->total ? (unsigned)(done * 4 / progress->total) : 4;
    if (quarters <= progress->quarters) {
        return;
    }
    char count[CLI_COUNT_ROOM];
    char total[CLI_COUNT_ROOM];
    progress->quarters = quarters;
    fprintf(stderr, "mprom: %s%s%s: %s of %s bytes\n", progress->port ? progress->port : "",
            progress->port ? ": " : "", progress->what, cli_count_text(count, done),
            cli_count_text(total, progress->total));
}

void progress_update(struct progress *progress, uint64_t done)
{
    if (!progress->what) {
        return;
    }
    int64_t now = now_us();
    if (now < progress->next_us) {
        return;
    }
    progress->next_us = now + PROGRESS_STEP_US;
    progress->shown = true;
    if (progress->terminal) {
        print_bar(progress, done, now);
    } else {
        print_line(progress, done);
    }
}

void progress_end(struct progress *progress)
{
    if (progress->what && progress->shown && progress->terminal) {
        fputs("\r\x1b[K", stderr);
        fflush(stderr);
    }
    progress->what = NULL;
}
