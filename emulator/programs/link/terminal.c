/*
 * The two terminals that a link lies between.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "emulator/host/host.h"

#include "emulator/programs/link/link_sim.h"

static void link_make_raw(int fd, const char *path)
{
    struct termios settings;
    if (tcgetattr(fd, &settings)) {
        host_fail("%s", path);
    }
    cfmakeraw(&settings);
    if (tcsetattr(fd, TCSANOW, &settings)) {
        host_fail("%s", path);
    }
}

int link_open_board(const char *path)
{
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        host_fail("%s", path);
    }
    link_make_raw(fd, path);
    return fd;
}

int link_make_terminal(void)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || grantpt(fd) || unlockpt(fd)) {
        host_fail("cannot make a terminal");
    }
    /* A terminal without a client keeps its settings, so they are made once. */
    const char *path = ptsname(fd);
    int client = path ? open(path, O_RDWR | O_NOCTTY) : -1;
    if (client < 0) {
        host_fail("cannot open the terminal");
    }
    link_make_raw(client, path);
    close(client);
    return fd;
}

bool link_has_client(int fd)
{
    struct pollfd terminal = {.fd = fd, .events = POLLOUT};
    if (poll(&terminal, 1, 0) == 1 && terminal.revents & POLLHUP) {
        tcflush(fd, TCOFLUSH);
        return false;
    }
    return true;
}
