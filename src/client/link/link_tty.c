/* The link over a terminal device: serial port or pty. */
#include "client/link/failure.h"
#include "client/link/link_open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

enum {
    DRAIN_READS_MAX = 64 /* a board that prints without end has always more */
};

static ptrdiff_t tty_read(struct mprom_link *link, void *dst, size_t room)
{
    ssize_t n = read(link->fd, dst, room);
    if (n > 0) {
        return n;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return 0;
    }
    /* No bytes although the read was allowed to find none: the other end of a pty was closed, a USB plug pulled. */
    return -MPROM_EIO;
}

static ptrdiff_t tty_write(struct mprom_link *link, const void *src, size_t size)
{
    ssize_t n = write(link->fd, src, size);
    if (n >= 0) {
        return n;
    }
    return errno == EAGAIN || errno == EINTR ? 0 : -MPROM_EIO;
}

/* tcflush() would leave what the terminal's own buffer has no room for. */
static void tty_drain(struct mprom_link *link)
{
    for (int i = 0; i < DRAIN_READS_MAX && tty_read(link, link->rx, MPROM_LINK_RX_SIZE) > 0; i++) {
    }
}

static void tty_close(struct mprom_link *link)
{
    if (link->exclusive) {
        ioctl(link->fd, TIOCNXCL);
    }
    close(link->fd);
}

static const struct {
    uint32_t baud;
    speed_t speed;
} tty_speeds[] = {
    {9600, B9600},       {19200, B19200},     {38400, B38400},     {57600, B57600},     {115200, B115200},
    {230400, B230400},   {460800, B460800},   {500000, B500000},   {576000, B576000},   {921600, B921600},
    {1000000, B1000000}, {1500000, B1500000}, {2000000, B2000000}, {3000000, B3000000}, {4000000, B4000000},
};

/* 0, or -1 if this system cannot set the rate. */
static int tty_speed(uint32_t baud, speed_t *speed)
{
    for (size_t i = 0; i < sizeof(tty_speeds) / sizeof(tty_speeds[0]); i++) {
        if (tty_speeds[i].baud == baud) {
            *speed = tty_speeds[i].speed;
            return 0;
        }
    }
    return -1;
}

/* tcsetattr is content if it could set anything at all, so look at what became of the speed. */
static bool tty_set_mode(int fd, int when, struct termios *mode, speed_t speed)
{
    cfsetispeed(mode, speed);
    cfsetospeed(mode, speed);
    return tcsetattr(fd, when, mode) == 0 && tcgetattr(fd, mode) == 0 && cfgetospeed(mode) == speed;
}

static int tty_set_baud(struct mprom_link *link, uint32_t baud)
{
    speed_t speed;
    struct termios mode;
    bool done = tty_speed(baud, &speed) == 0 && tcgetattr(link->fd, &mode) == 0 &&
                tty_set_mode(link->fd, TCSADRAIN, &mode, speed);
    return done ? 0 : -MPROM_EINVAL;
}

static int tty_set_line(struct mprom_link *link, enum mprom_link_line which, bool is_on)
{
    int bit = which == MPROM_LINK_DTR ? TIOCM_DTR : TIOCM_RTS;
    return ioctl(link->fd, is_on ? TIOCMBIS : TIOCMBIC, &bit) == 0 ? 0 : -MPROM_EOPNOTSUPP;
}

static const struct mprom_link_ops tty_ops = {
    .read = tty_read,
    .write = tty_write,
    .wait = mprom_link_wait_fd,
    .close = tty_close,
    .drain = tty_drain,
    .set_baud = tty_set_baud,
    .set_line = tty_set_line,
};

uint32_t mprom_link_baud_below(const struct mprom_link *link, uint32_t baud)
{
    size_t i = sizeof(tty_speeds) / sizeof(tty_speeds[0]);
    while (i > 0 && tty_speeds[i - 1].baud > baud) {
        i--;
    }
    return link->ops->set_baud != NULL && i > 0 ? tty_speeds[i - 1].baud : 0;
}

static int tty_open_failure(const char *path, struct mprom_client_error *error)
{
    switch (errno) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
        return mprom_failure_set(error, -MPROM_ENOENT, "%s: no such port; is the board connected?", path);
    case EACCES:
    case EPERM:
        return mprom_failure_set(error, -MPROM_EPERM,
                                 "%s: no permission to open the port; become a member of its group (often `dialout`)",
                                 path);
    case EBUSY:
        return mprom_failure_set(error, -MPROM_EBUSY, "%s is in use by another program; close it and try again",
                                 path);
    case EIO:
        return mprom_failure_set(error, -MPROM_EIO, "%s: there is no board behind this port any more", path);
    default:
        return mprom_failure_set(error, -MPROM_EIO, "%s: cannot open the port: %s", path, strerror(errno));
    }
}

/* A pty's number is that of the kernel's documented list of devices, Unix98 pty slaves. */
static bool tty_is_pty(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && major(status.st_rdev) >= 136 && major(status.st_rdev) <= 143;
}

/*
 * Two locks, since each alone lets somebody in: programs that ask first see the flock, programs that just open the
 * port meet the exclusive flag. A pty gets no flag: the emulator keeps the pty open, so the flag would outlive a
 * client that was killed, and the port would stay closed to everybody.
 */
static int tty_lock(struct mprom_link *link, struct mprom_client_error *error)
{
    int exclusive = 0;
    if (flock(link->fd, LOCK_EX | LOCK_NB) != 0 || (ioctl(link->fd, TIOCGEXCL, &exclusive) == 0 && exclusive)) {
        return mprom_failure_set(error, -MPROM_EBUSY, "%s is in use by another program; close it and try again",
                                 link->name);
    }
    if (!tty_is_pty(link->fd)) {
        link->exclusive = ioctl(link->fd, TIOCEXCL) == 0;
    }
    return 0;
}

static int tty_configure(struct mprom_link *link, uint32_t baud, struct mprom_client_error *error)
{
    speed_t speed;
    struct termios mode;
    if (tty_speed(baud, &speed) != 0) {
        return mprom_failure_set(error, -MPROM_EINVAL,
                                 "%s: %u baud cannot be set here; use a usual rate such as 115200", link->name, baud);
    }
    if (tcgetattr(link->fd, &mode) != 0) {
        return mprom_failure_set(error, -MPROM_EIO, "%s: cannot read the port's settings: %s", link->name,
                                 strerror(errno));
    }
    /* HUPCL stays as it is: boards learn from DTR that nobody reads their output any more. */
    cfmakeraw(&mode);
    mode.c_cflag |= CLOCAL | CREAD;
    mode.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS);
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    if (!tty_set_mode(link->fd, TCSANOW, &mode, speed)) {
        return mprom_failure_set(error, -MPROM_EINVAL, "%s: the port does not do %u baud", link->name, baud);
    }
    return 0;
}

int mprom_link_open_tty(struct mprom_link *link, const char *path, uint32_t baud, struct mprom_client_error *error)
{
    *link = (struct mprom_link){.ops = &tty_ops, .lost = "check the cable and try again"};
    snprintf(link->name, sizeof(link->name), "%s", path);
    link->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (link->fd < 0) {
        return tty_open_failure(path, error);
    }
    int err = 0;
    if (!isatty(link->fd)) {
        err = mprom_failure_set(error, -MPROM_ENODEV, "%s is no serial port or terminal", path);
    }
    if (!err) {
        err = tty_lock(link, error);
    }
    if (!err) {
        err = tty_configure(link, baud, error);
    }
    if (err) {
        mprom_link_close(link);
    }
    link->baud = baud;
    return err;
}
