/*
 * mprom-link: a link of any speed and quality between a client and a board's terminal (docs/emulator.md).
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "emulator/host/host.h"
#include "emulator/host/uart.h"

#include "emulator/programs/link/link_sim.h"

enum {
    LINK_PIECE_SIZE = 1024,
    LINK_BAUDS_MAX = 64,    /* that are told of */
    LINK_PAUSE_NS = 500000, /* bytes that come one by one are delivered together, as an adapter does */
};

static const uint64_t LINK_BYTE_NS = 10000000000u; /* of ten bits, at 1 baud */

const char host_program[] = "mprom-link";

/* The link and its ends. */
struct link_sim {
    struct line to_board;
    struct line to_client;
    int board;
    int client;
    int board_pid;
    int epoll;
    uint32_t baud;     /* of a UART; 0: another kind of link */
    uint32_t baud_max; /* that the client's port does; 0: it cannot be changed */
    uint32_t bauds[LINK_BAUDS_MAX];
    size_t baud_count;
    bool asked;     /* the client has sent something that was not answered yet */
    uint64_t turns; /* answers that the client could only wait for */
    uint64_t first_ns;
    uint64_t last_ns;
};

static volatile sig_atomic_t link_is_over;

static void link_end(int number)
{
    (void)number;
    link_is_over = 1;
}

/* Whether anything was there. -1 if the end is gone, which for a client means only that it closed the port. */
static ssize_t link_read(struct link_sim *link, int fd, struct line *line, uint64_t now_ns)
{
    uint8_t bytes[LINK_PIECE_SIZE];
    size_t room = line_room(line);
    if (room == 0) {
        return 0;
    }
    ssize_t size = read(fd, bytes, room < sizeof(bytes) ? room : sizeof(bytes));
    if (size <= 0) {
        return size < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
    }
    line_put(line, now_ns, bytes, (size_t)size);
    link->first_ns = link->first_ns ? link->first_ns : now_ns;
    link->last_ns = now_ns;
    return size;
}

static void link_set_baud(struct link_sim *link, uint32_t baud)
{
    link->baud = baud;
    if (link->baud_count < LINK_BAUDS_MAX) {
        link->bauds[link->baud_count++] = baud;
    }
    link->to_board.config.byte_ns = link->to_client.config.byte_ns = (LINK_BYTE_NS + baud / 2) / baud;
    host_uart_set_baud(link->board, baud);
}

/* The client has set its port to another rate before it sends what is there now. */
static void link_follow_client(struct link_sim *link)
{
    uint32_t baud = link->baud_max > 0 ? host_uart_baud(link->client) : 0;
    if (baud > 0 && baud <= link->baud_max && baud != link->baud) {
        link_set_baud(link, baud);
    }
}

static void link_read_client(struct link_sim *link, uint64_t now_ns)
{
    link_follow_client(link);
    while (link_read(link, link->client, &link->to_board, now_ns) > 0) {
        link->asked = true;
    }
}

static void link_read_board(struct link_sim *link, uint64_t now_ns)
{
    ssize_t size;
    while ((size = link_read(link, link->board, &link->to_client, now_ns)) > 0) {
        if (link->asked && link->to_board.count == 0) {
            link->turns += link_has_client(link->client); /* it may have left without waiting */
            link->asked = false;
        }
    }
    if (size < 0) {
        link_is_over = 1;
    }
}

/* Hands over what has arrived. Returns an event that stands before the rest, or -1. */
static int link_deliver(struct link_sim *link, int fd, struct line *line, uint64_t now_ns)
{
    uint8_t bytes[LINK_PIECE_SIZE];
    size_t size;
    while ((size = line_peek(line, now_ns, bytes, sizeof(bytes))) > 0) {
        bool heard = fd == link->board || link_has_client(fd);
        ssize_t done = heard ? write(fd, bytes, size) : (ssize_t)size;
        if (done <= 0) {
            break; /* full: the receiver does not read */
        }
        line_pop(line, (size_t)done, heard);
        link->last_ns = now_ns;
    }
    return line_event(line, now_ns);
}

static void link_happen(const struct link_sim *link, int event)
{
    if (event == LINE_CUT) {
        link_is_over = 1;
    } else if (event == LINE_RESET && kill(link->board_pid, SIGUSR1)) {
        host_fail("cannot reset process %d", link->board_pid);
    }
}

/* Sleeps until bytes come, or are due, or may be written. */
static void link_wait(const struct link_sim *link, const sigset_t *signals)
{
    struct epoll_event event;
    uint64_t board_ns = line_next_ns(&link->to_board);
    uint64_t client_ns = line_next_ns(&link->to_client);
    uint64_t next_ns = board_ns < client_ns ? board_ns : client_ns;
    uint64_t now_ns = host_clock_ns();
    uint64_t left_ns = next_ns > now_ns + LINK_PAUSE_NS ? next_ns - now_ns : LINK_PAUSE_NS;
    struct timespec left = {.tv_sec = (time_t)(left_ns / 1000000000u), .tv_nsec = (long)(left_ns % 1000000000u)};
    epoll_pwait2(link->epoll, &event, 1, next_ns == UINT64_MAX ? NULL : &left, signals);
}

static void link_run(struct link_sim *link, const sigset_t *signals)
{
    while (!link_is_over) {
        uint64_t now_ns = host_clock_ns();
        link_read_client(link, now_ns);
        link_read_board(link, now_ns);
        link_happen(link, link_deliver(link, link->board, &link->to_board, now_ns));
        link_happen(link, link_deliver(link, link->client, &link->to_client, now_ns));
        if (!link_is_over) {
            link_wait(link, signals);
        }
    }
}

static void link_print_line(const char *name, const struct line_counts *counts)
{
    printf("\"%s\": {\"sent\": %llu, \"delivered\": %llu, \"unheard\": %llu, \"lost\": %llu, \"added\": %llu, "
           "\"faults\": %llu}, ",
           name, (unsigned long long)counts->sent, (unsigned long long)counts->delivered,
           (unsigned long long)counts->unheard, (unsigned long long)counts->lost, (unsigned long long)counts->added,
           (unsigned long long)counts->faults);
}

static void link_print(const struct link_sim *link)
{
    printf("{");
    link_print_line("to_board", &link->to_board.counts);
    link_print_line("to_client", &link->to_client.counts);
    printf("\"bauds\": [");
    for (size_t i = 0; i < link->baud_count; i++) {
        printf("%s%u", i > 0 ? ", " : "", (unsigned)link->bauds[i]);
    }
    printf("], \"turns\": %llu, \"seconds\": %.6f}\n", (unsigned long long)link->turns,
           (double)(link->last_ns - link->first_ns) / 1e9);
}

static void link_watch(const struct link_sim *link, int fd)
{
    /* Edge-triggered: a terminal without a client is permanently in hang-up, which must not wake anybody. */
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET};
    if (epoll_ctl(link->epoll, EPOLL_CTL_ADD, fd, &event)) {
        host_fail("cannot watch a terminal");
    }
}

/* Signals arrive only while nothing else is done. Fills the mask for that time. */
static void link_catch_signals(sigset_t *while_waiting)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction action = {.sa_handler = link_end};
    sigset_t blocked;
    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        sigaddset(&blocked, numbers[i]);
        sigaction(numbers[i], &action, NULL);
    }
    sigprocmask(SIG_BLOCK, &blocked, while_waiting);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        sigdelset(while_waiting, numbers[i]);
    }
}

int main(int argc, char **argv)
{
    static struct link_sim link;
    struct link_options options;
    sigset_t signals;
    link_options_read(&options, argc, argv);
    link_catch_signals(&signals);
    line_init(&link.to_board, &options.to_board);
    line_init(&link.to_client, &options.to_client);
    link.board_pid = options.board_pid;
    link.board = link_open_board(options.board);
    link.client = link_make_terminal();
    link.baud_max = options.baud_max;
    if (options.baud > 0) {
        host_uart_set_baud(link.client, options.baud);
        link_set_baud(&link, options.baud);
    }
    link.epoll = epoll_create1(EPOLL_CLOEXEC);
    link_watch(&link, link.board);
    link_watch(&link, link.client);
    printf("%s\n", ptsname(link.client));
    fflush(stdout);
    link_run(&link, &signals);
    close(link.client);
    link_print(&link);
    return 0;
}
