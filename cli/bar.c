/* The bar that shows how far an operation is. */
#include "cli/bar.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    BAR_WIDTH_MIN = 4,
    BAR_COLUMNS = 80, /* of a terminal that does not say */
};

/*
 * As the locale is chosen, the first of these that is not empty counts. The C library is not asked: in a program that
 * is linked statically it knows no locale but "C".
 */
static bool bar_has_blocks(bool unset)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && value[0]) {
            return strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
        }
    }
    return unset;
}

bool bar_tree_has_lines(void)
{
    return bar_has_blocks(true);
}

unsigned bar_columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : BAR_COLUMNS;
}

unsigned bar_width(unsigned columns, size_t taken)
{
    size_t left = taken < columns ? columns - taken : 0;
    return left < BAR_WIDTH_MIN ? 0 : left < BAR_WIDTH_MAX ? (unsigned)left : BAR_WIDTH_MAX;
}

bool bar_has_terminal(void)
{
    const char *kind = getenv("TERM");
    return isatty(STDERR_FILENO) && !(kind && strcmp(kind, "dumb") == 0);
}

const char *bar_text(char *dst, unsigned width, uint64_t done, uint64_t total)
{
    bool has_blocks = bar_has_blocks(false);
    const char *full = has_blocks ? "█" : "#";
    const char *empty = has_blocks ? "░" : ".";
    unsigned filled = total ? (unsigned)(done * width / total) : 0;
    char *end = dst;
    for (unsigned i = 0; i < width && i < BAR_WIDTH_MAX; i++) {
        end = stpcpy(end, i < filled ? full : empty);
    }
    *end = '\0';
    return dst;
}
