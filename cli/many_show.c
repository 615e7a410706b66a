#include "cli/many_show.h"

#include <string.h>

#include "cli/bar.h"
#include "client/link/utf8.h"

enum {
    MANY_BAR_WIDTH = 20,
    MANY_PHASE_WIDTH = 12,
};

static int text_width(const char *text)
{
    int width = 0;
    for (size_t size = strlen(text); size > 0; width++) {
        size_t n = mprom_utf8_size(text, size);
        text += n ? n : 1;
        size -= n ? n : 1;
    }
    return width;
}

void many_measure_ports(struct many *many)
{
    for (size_t i = 0; i < many->count; i++) {
        int width = text_width(many->boards[i].port);
        many->port_width = width > many->port_width ? width : many->port_width;
    }
}

/* A column of width, and two spaces. */
static void put_cell(FILE *to, const char *text, int width)
{
    int more = width - text_width(text);
    cli_put_text(to, text, strlen(text));
    fprintf(to, "%*s", more > 0 ? more + 2 : 2, "");
}

static void draw_board(const struct many *many, const struct many_board *board, FILE *to)
{
    put_cell(to, board->port, many->port_width);
    fprintf(to, "%-*s", MANY_PHASE_WIDTH, board->phase);
    if (board->total > 0) {
        char bar[BAR_ROOM];
        /* Two spaces behind the port, one around the bar each, and the number. */
        unsigned width = bar_width(bar_columns(), (size_t)many->port_width + 2 + MANY_PHASE_WIDTH + 2 + 4);
        width = width < MANY_BAR_WIDTH ? width : MANY_BAR_WIDTH;
        fprintf(to, "%s%s %3u%%", width > 0 ? " " : "", bar_text(bar, width, board->done, board->total),
                (unsigned)(board->done * 100 / board->total));
    }
    fputc('\n', to);
}

/* A row for each board that works, and one for the count; on a low terminal as many as there is room for. */
unsigned many_draw(void *ctx, FILE *to, unsigned room)
{
    struct many *many = ctx;
    unsigned drawn = 0;
    unsigned running = 0;
    pthread_mutex_lock(&many->lock);
    for (size_t i = 0; i < many->count; i++) {
        running += many->boards[i].state == MANY_RUNNING;
        if (many->boards[i].state == MANY_RUNNING && drawn + 1 < room) {
            draw_board(many, &many->boards[i], to);
            drawn++;
        }
    }
    pthread_mutex_unlock(&many->lock);
    fprintf(to, "%zu of %zu done", many->count - running, many->count);
    if (running > drawn) {
        fprintf(to, ", %u more at work", running - drawn);
    }
    fputc('\n', to);
    return drawn + 1;
}

void many_print_table(const struct many *many)
{
    int port_width = (int)strlen("port");
    int board_width = (int)strlen("board");
    for (size_t i = 0; i < many->count; i++) {
        int port = text_width(many->boards[i].port);
        int board = text_width(many->boards[i].machine);
        port_width = port > port_width ? port : port_width;
        board_width = board > board_width ? board : board_width;
    }
    put_cell(stdout, "port", port_width);
    put_cell(stdout, "board", board_width);
    puts("result   seconds");
    for (size_t i = 0; i < many->count; i++) {
        const struct many_board *board = &many->boards[i];
        put_cell(stdout, board->port, port_width);
        put_cell(stdout, board->machine, board_width);
        printf("%-7s  %7.2f\n", many_state_name(board->state), (double)(board->end_us - board->start_us) / 1e6);
    }
}
