/* Rows at the bottom of a terminal. */
#include "cli/rows.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    ROWS_TERMINAL_HEIGHT = 24 /* of one that does not say */
};

/* Cut at the right edge rather than wrapped: a row that took two lines could not be removed. */
#define WRAP_OFF "\x1b[?7l"
#define WRAP_ON "\x1b[?7h"

static struct {
    pthread_mutex_t lock;
    rows_draw *draw; /* NULL: there are none */
    void *ctx;
    unsigned shown; /* lines that stand above the cursor now */
} rows = {.lock = PTHREAD_MUTEX_INITIALIZER};

static unsigned terminal_height(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 2 ? size.ws_row : ROWS_TERMINAL_HEIGHT;
}

static void rows_remove(FILE *to)
{
    if (rows.shown > 0) {
        fprintf(to, "\x1b[%uA\r\x1b[J", rows.shown);
        rows.shown = 0;
    }
}

/* Removes those that are shown and prints new ones in one write, so that the terminal never shows a half. */
static void rows_print(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = rows.draw ? open_memstream(&text, &size) : NULL;
    if (!memory) {
        return;
    }
    rows_remove(memory);
    fputs(WRAP_OFF, memory);
    unsigned count = rows.draw(rows.ctx, memory, terminal_height() - 1);
    fputs(WRAP_ON, memory);
    if (fclose(memory) == 0) {
        fwrite(text, 1, size, stderr);
        rows.shown = count;
    }
    free(text);
}

void rows_hide(void)
{
    pthread_mutex_lock(&rows.lock);
    rows_remove(stderr);
}

void rows_show(void)
{
    rows_print();
    fflush(stderr);
    pthread_mutex_unlock(&rows.lock);
}

void rows_refresh(void)
{
    pthread_mutex_lock(&rows.lock);
    rows_show();
}

void rows_begin(rows_draw *draw, void *ctx)
{
    rows_hide();
    rows.draw = draw;
    rows.ctx = ctx;
    rows_show();
}

void rows_end(void)
{
    rows_hide();
    rows.draw = NULL;
    rows_show();
}
