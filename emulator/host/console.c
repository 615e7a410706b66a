/*
 * The console of an emulated board: a pty in raw mode.
 *
 * It behaves as a UART does: what the board sends while nobody has the terminal open is lost, and clients may come
 * and go. While a client listens, the board waits for it as long as CONSOLE_STALL_MS.
 *
 * With a receive buffer of a given size it also loses what arrives while that is full, as a UART does whose interrupt
 * finds no room. The buffer fills when the board looks at it; nothing was taken out in between, so what is kept and
 * what is lost are the same bytes as if it had filled all along.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <termios.h>
#include <unistd.h>

#include "emulator/host/chatter.h"
#include "emulator/host/host.h"
#include "emulator/host/uart.h"

enum {
    CONSOLE_STALL_MS = 5000,
    CONSOLE_BAUD = 115200, /* of a listener that sets no rate */
    CONSOLE_INTERRUPT = 3, /* Ctrl-C */
};

static int console_fd = -1;
static int console_epoll = -1;
static bool console_stalled; /* the listener does not read: drop output until it does */
static uint8_t console_input[HOST_CONSOLE_BUFFER_MAX];
static size_t console_input_pos;     /* ring: where the next byte to take is, */
static size_t console_input_size;    /* and how many there are */
static size_t (*console_room)(void); /* bytes that the ring may hold; NULL: the terminal waits instead */
static uint32_t console_baud;        /* 0: whatever the listener has */
static uint64_t console_overruns;
static const char *console_overruns_path;

int host_console_fd(void)
{
    return console_fd;
}

/* A terminal without a listener keeps its settings, so they are made once. */
static int console_make_raw(const char *path)
{
    int fd = open(path, O_RDWR | O_NOCTTY);
    if (fd < 0) {
        return -1;
    }
    struct termios settings;
    int err = tcgetattr(fd, &settings);
    if (!err) {
        cfmakeraw(&settings);
        err = tcsetattr(fd, TCSANOW, &settings);
        host_uart_set_baud(fd, CONSOLE_BAUD);
    }
    close(fd);
    return err;
}

const char *host_console_open(int fd)
{
    console_fd = fd;
    if (fd < 0) {
        console_fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    }
    if (console_fd < 0 || (fd < 0 && (grantpt(console_fd) || unlockpt(console_fd)))) {
        host_fail("cannot make a terminal");
    }
    const char *path = ptsname(console_fd);
    if (!path) {
        host_fail("the console is no terminal");
    }
    if (fd < 0 && console_make_raw(path)) {
        host_fail("%s", path);
    }
    /* Edge-triggered: a terminal without a listener is permanently in hang-up, which must not wake anybody. */
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    console_epoll = epoll_create1(EPOLL_CLOEXEC);
    if (console_epoll < 0 || epoll_ctl(console_epoll, EPOLL_CTL_ADD, console_fd, &event)) {
        host_fail("cannot watch the console");
    }
    return path;
}

void host_console_limit(size_t (*room)(void), const char *overruns_path)
{
    console_room = room;
    console_overruns_path = overruns_path;
}

void host_console_set_baud(uint32_t baud)
{
    console_baud = baud;
}

/* Whether the other end of the line has another rate, and which. */
static bool console_is_off(uint32_t *other)
{
    *other = console_baud > 0 ? host_uart_baud(console_fd) : 0;
    return *other > 0 && *other != console_baud;
}

/* Written anew whenever bytes were lost: a board may end at any moment. */
static void console_note_overruns(void)
{
    FILE *file = fopen(console_overruns_path, "we");
    if (!file || fprintf(file, "%llu\n", (unsigned long long)console_overruns) < 0 || fclose(file)) {
        host_fail("%s", console_overruns_path);
    }
}

void host_console_note_overrun(void)
{
    console_overruns++;
    console_note_overruns();
}

/* A UART's interrupt looks for Ctrl-C before it looks for room. */
static void console_keep(uint8_t byte, size_t room)
{
    bool fits = console_input_size < room || byte == CONSOLE_INTERRUPT;
    if (fits && console_input_size < sizeof(console_input)) {
        console_input[(console_input_pos + console_input_size++) % sizeof(console_input)] = byte;
    } else {
        console_overruns++;
    }
}

static void console_keep_all(const uint8_t *bytes, ssize_t size, size_t room)
{
    uint32_t other;
    bool is_off = console_is_off(&other);
    for (ssize_t i = 0; i < size; i++) {
        uint8_t seen[HOST_UART_BYTES_MAX] = {bytes[i]};
        size_t count = is_off ? host_uart_receive(bytes[i], other, console_baud, seen) : 1;
        for (size_t k = 0; k < count; k++) {
            console_keep(seen[k], room);
        }
    }
}

/* Takes what the terminal has: all of it, whether there is room or not, if the buffer is limited. */
static void console_fill(void)
{
    uint8_t bytes[512];
    size_t room = console_room ? console_room() : sizeof(console_input);
    uint64_t overruns = console_overruns;
    ssize_t size = 1;
    while (size > 0 && (console_room || console_input_size == 0)) {
        size = read(console_fd, bytes, sizeof(bytes));
        console_keep_all(bytes, size, room);
    }
    if (console_overruns != overruns) {
        console_note_overruns();
    }
}

static void console_chatter(void);

bool host_console_ready(void)
{
    console_chatter();
    console_fill();
    return console_input_size > 0;
}

size_t host_console_take(uint8_t *dst, size_t size)
{
    if (!host_console_ready()) {
        return 0;
    }
    size_t whole = sizeof(console_input) - console_input_pos;
    size_t count = console_input_size < whole ? console_input_size : whole;
    count = count < size ? count : size;
    memcpy(dst, console_input + console_input_pos, count);
    console_input_pos = (console_input_pos + count) % sizeof(console_input);
    console_input_size -= count;
    return count;
}

int host_console_read(void)
{
    uint8_t byte;
    return host_console_take(&byte, 1) > 0 ? byte : -1;
}

/* Waits until the listener takes bytes. Returns whether it does. */
static bool console_wait_writable(int timeout_ms)
{
    struct pollfd console = {.fd = console_fd, .events = POLLOUT};
    int count;
    do {
        count = poll(&console, 1, timeout_ms);
    } while (count < 0 && errno == EINTR);
    if (console.revents & POLLHUP) {
        tcflush(console_fd, TCOFLUSH); /* what the last listener left unread is not for the next one */
        return false;
    }
    return count == 1;
}

static void console_put(const char *bytes, size_t size)
{
    while (size > 0 && console_wait_writable(console_stalled ? 0 : CONSOLE_STALL_MS)) {
        console_stalled = false;
        ssize_t count = write(console_fd, bytes, size);
        if (count < 0 && errno != EAGAIN && errno != EINTR) {
            return;
        }
        if (count > 0) {
            bytes += count;
            size -= (size_t)count;
        }
    }
    console_stalled = size > 0;
}

static void console_send(const char *bytes, size_t size)
{
    uint32_t other;
    if (!console_is_off(&other)) {
        console_put(bytes, size);
        return;
    }
    for (size_t i = 0; i < size; i++) {
        uint8_t seen[HOST_UART_BYTES_MAX];
        console_put((const char *)seen, host_uart_receive((uint8_t)bytes[i], console_baud, other, seen));
    }
}

/* What another task prints (chatter.h), if it is time for that. */
static void console_chatter(void)
{
    char line[HOST_CHATTER_LINE_MAX];
    size_t size = host_chatter_line(line);
    if (size > 0) {
        console_send(line, size);
    }
}

void host_console_write(const char *bytes, size_t size)
{
    while (size > 0) {
        size_t part = host_chatter_send(size);
        console_send(bytes, part);
        bytes += part;
        size -= part;
        console_chatter();
    }
}

void host_console_wait(uint32_t timeout_ms)
{
    struct epoll_event event;
    if (console_input_size == 0) {
        epoll_wait(console_epoll, &event, 1, (int)host_chatter_wait_ms(timeout_ms));
    }
    console_chatter();
}
