/*
 * Boards, from the PC: finding them, reading and writing their segments (ROM partitions). Host code for Linux.
 *
 * A board is any MicroPython from 1.25 on that has `vfs.rom_ioctl`, on a serial port or a pty. A client holds the
 * port for itself and keeps the board in its raw REPL until it is closed.
 *
 * Functions return 0 or a negative value of enum mprom_error, and then fill the struct client_error that they are
 * given. They block, but never without bound: each wait for the board has a limit, after which -MPROM_ETIMEDOUT is
 * returned. -MPROM_EIO means that the board is gone; nothing but client_close() is of use then. One thread at a time
 * may use a client.
 *
 * Text in these structures ends in NUL, is UTF-8 and free of control characters, whatever the board sent.
 */
#ifndef MPROM_CLIENT_H
#define MPROM_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mprom/error.h"

struct client_error {
    int code;          /* the negative error that was returned */
    char text[512];    /* one sentence for people: what failed, where, what to do */
    char detail[8192]; /* more, several lines, often ""; a traceback from the board */
};

/* A port at which there may be a board. */
struct client_port {
    char path[128];
    char description[128]; /* as the system calls the device */
    char usb_serial[64];   /* "" if unknown */
    int usb_vid;           /* -1 if it is no USB device */
    int usb_pid;
    bool is_emulated; /* a board that `mprom emulate` runs; description is its name */
    bool is_board;    /* emulated or on USB: what "auto" chooses from */
};

/*
 * Lists the serial ports of the system and the emulated boards of this user that are running, boards first. *ports is
 * the caller's to free().
 */
int client_ports(struct client_port **ports, size_t *count, struct client_error *error);

#endif
