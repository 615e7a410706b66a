#include "client/fake_board.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* One byte from the client; -1 when the script was stopped. */
static int fake_get(struct fake_board *board)
{
    unsigned char byte;
    while (!board->stop) {
        struct pollfd one = {.fd = board->master, .events = POLLIN};
        if (poll(&one, 1, 20) > 0 && read(board->master, &byte, 1) == 1) {
            return byte;
        }
    }
    return -1;
}

static bool fake_expect(struct fake_board *board, const char *text, size_t size)
{
    char last[64] = {0};
    while (memcmp(last + sizeof(last) - size, text, size) != 0) {
        int byte = fake_get(board);
        if (byte < 0) {
            board->failed = true;
            return false;
        }
        memmove(last, last + 1, sizeof(last) - 1);
        last[sizeof(last) - 1] = (char)byte;
    }
    return true;
}

/* A client that sends what it should not does so at once. */
static void fake_quiet(struct fake_board *board)
{
    struct pollfd one = {.fd = board->master, .events = POLLIN};
    if (poll(&one, 1, 50) > 0) {
        board->failed = true;
    }
}

static void fake_send(struct fake_board *board, const char *text, size_t size)
{
    while (size > 0 && !board->stop) {
        ssize_t n = write(board->master, text, size);
        if (n > 0) {
            text += n;
            size -= (size_t)n;
        } else {
            poll(NULL, 0, 5);
        }
    }
}

/* text, if there is any, comes in the middle of the answer. */
static void fake_sync(struct fake_board *board, const char *text)
{
    char answer[64];
    char number[9] = {0};
    if (!fake_expect(board, "print('mprom-", 13)) {
        return;
    }
    for (int i = 0; i < 8; i++) {
        number[i] = (char)fake_get(board);
    }
    if (fake_expect(board, "')\004", 3)) {
        int size =
            snprintf(answer, sizeof(answer), "OKmprom-%.4s%s%s\r\n\004\004>", number, text ? text : "", number + 4);
        fake_send(board, answer, (size_t)size);
    }
}

static void fake_first(struct fake_board *board, const char *text)
{
    unsigned number = 0;
    if (!fake_expect(board, "romfs.describe(", 15)) {
        return;
    }
    for (int digit = fake_get(board); digit >= '0' && digit <= '9'; digit = fake_get(board)) {
        number = number * 10 + (unsigned)(digit - '0');
    }
    if (!fake_expect(board, "\004", 1)) {
        return;
    }
    for (; *text != '\0'; text++) {
        char part[16];
        int size = snprintf(part, sizeof(part),
                            *text == '#'   ? "%u"
                            : *text == '@' ? "%06x"
                                           : "%c",
                            *text == '#' || *text == '@' ? number : (unsigned char)*text);
        fake_send(board, part, (size_t)size);
    }
}

static void fake_flood(struct fake_board *board, const char *text, size_t size)
{
    char dropped[64];
    while (!board->stop) {
        fake_send(board, text, size);
        while (read(board->master, dropped, sizeof(dropped)) > 0) {
        }
    }
}

static void fake_drip(struct fake_board *board, const char *text, size_t size)
{
    while (!board->stop) {
        fake_send(board, text, size);
        poll(NULL, 0, 50);
    }
}

static void fake_step(struct fake_board *board, const struct fake_step *step)
{
    size_t size = step->size ? step->size : (step->text ? strlen(step->text) : 0);
    switch (step->action) {
    case FAKE_EXPECT:
        fake_expect(board, step->text, size);
        break;
    case FAKE_QUIET:
        fake_quiet(board);
        break;
    case FAKE_SEND:
        fake_send(board, step->text, size);
        break;
    case FAKE_SYNC:
        fake_sync(board, step->text);
        break;
    case FAKE_FIRST:
        fake_first(board, step->text);
        break;
    case FAKE_FLOOD:
        fake_flood(board, step->text, size);
        break;
    case FAKE_DRIP:
        fake_drip(board, step->text, size);
        break;
    case FAKE_HANG_UP:
        close(board->master);
        board->master = -1;
        break;
    case FAKE_PAUSE:
        poll(NULL, 0, (int)step->size);
        break;
    case FAKE_YIELD:
    case FAKE_END:
        break;
    }
}

static void fake_accept(struct fake_board *board)
{
    struct pollfd one = {.fd = board->slave, .events = POLLIN};
    while (!board->stop && board->master < 0) {
        if (poll(&one, 1, 20) > 0) {
            board->master = accept4(board->slave, NULL, NULL, SOCK_NONBLOCK);
        }
    }
}

/* So that a client which waits for that need not wait long. */
static void fake_hang_up_last(struct fake_board *board)
{
    struct pollfd one = {.fd = board->master, .events = POLLIN};
    char dropped[256];
    ssize_t n = 1;
    while (!board->stop && n != 0) {
        n = poll(&one, 1, 20) > 0 ? read(board->master, dropped, sizeof(dropped)) : 1;
    }
    close(board->master);
    board->master = -1;
}

static void *fake_run(void *arg)
{
    struct fake_board *board = arg;
    const struct fake_step *step = board->steps;
    if (board->is_server) {
        fake_accept(board);
    }
    for (; board->master >= 0 && !board->stop && step->action != FAKE_END && step->action != FAKE_YIELD; step++) {
        fake_step(board, step);
    }
    if (board->is_server && board->master >= 0 && step->action == FAKE_END) {
        fake_hang_up_last(board);
    }
    return NULL;
}

void fake_board_start(struct fake_board *board, const struct fake_step *steps)
{
    memset(board, 0, sizeof(*board));
    board->steps = steps;
    board->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (board->master < 0 || grantpt(board->master) || unlockpt(board->master)) {
        abort();
    }
    snprintf(board->path, sizeof(board->path), "%s", ptsname(board->master));
    /* Kept open, so that there is a board before and after the client has the port. */
    board->slave = open(board->path, O_RDWR | O_NOCTTY);
    struct termios mode;
    tcgetattr(board->slave, &mode);
    cfmakeraw(&mode);
    tcsetattr(board->slave, TCSANOW, &mode);
    if (pthread_create(&board->thread, NULL, fake_run, board)) {
        abort();
    }
}

void fake_board_serve(struct fake_board *board, const char *scheme, const struct fake_step *steps)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    memset(board, 0, sizeof(*board));
    board->steps = steps;
    board->master = -1;
    board->is_server = true;
    board->slave = socket(AF_INET, SOCK_STREAM, 0);
    signal(SIGPIPE, SIG_IGN); /* a client may close before it has read all */
    if (board->slave < 0 || bind(board->slave, (struct sockaddr *)&address, size) || listen(board->slave, 1) ||
        getsockname(board->slave, (struct sockaddr *)&address, &size)) {
        abort();
    }
    snprintf(board->path, sizeof(board->path), "%s127.0.0.1:%u", scheme, ntohs(address.sin_port));
    if (pthread_create(&board->thread, NULL, fake_run, board)) {
        abort();
    }
}

void fake_board_stop(struct fake_board *board)
{
    board->stop = true;
    pthread_join(board->thread, NULL);
    if (board->master >= 0) {
        close(board->master);
    }
    close(board->slave);
}
