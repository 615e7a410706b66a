/*
 * Boards, from the PC: finding them, reading and writing their segments (ROM partitions). Host code for Linux.
 *
 * A board is any MicroPython from 1.25 on that has `vfs.rom_ioctl`, on a serial port or a pty, or behind a serial
 * server on the network. A client holds the port for itself (a socket: as far as the server allows) and keeps the
 * board in its raw REPL until it is closed.
 *
 * Functions return 0 or a negative value of enum mprom_error, and then fill the struct mprom_client_error that they
 * are given. They block, but never without bound: each wait for the board has a limit, after which -MPROM_ETIMEDOUT
 * is returned. -MPROM_EIO means that the board is gone; nothing but mprom_client_close() is of use then. One thread
 * at a time may use a client.
 *
 * Text in these structures ends in NUL, is UTF-8 and free of control characters, whatever the board sent.
 */
#ifndef MPROM_CLIENT_H
#define MPROM_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mprom/client_board.h"
#include "mprom/error.h"

struct mprom_client_error {
    int code;          /* the negative error that was returned */
    char text[1024];   /* one sentence for people: what failed, where, what to do */
    char detail[8192]; /* more, several lines, often ""; a traceback from the board */
};

/* A port at which there may be a board. */
struct mprom_client_port {
    char path[128];
    char description[128]; /* as the system calls the device */
    char usb_serial[64];   /* "" if unknown */
    char identity[64];     /* by which a board is known again at another path: its USB serial number; "" if unknown */
    char device[64];       /* ports of one device have the same; "" if unknown */
    int usb_vid;           /* -1 if it is no USB device */
    int usb_pid;
    bool is_emulated; /* a board that `mprom emulate` runs; description is its name */
    bool is_board;    /* emulated or on USB: what "auto" chooses from */
};

/*
 * Lists the serial ports of the system and the emulated boards of this user that are running, boards first; with
 * MPROM_PORTS=emulated in the environment only the latter. *ports is the caller's to free().
 */
int mprom_client_ports(struct mprom_client_port **ports, size_t *count, struct mprom_client_error *error);

/* What becomes of a modem line of the port. */
enum mprom_client_line {
    MPROM_CLIENT_LINE_USUAL, /* on, as opening a port makes it */
    MPROM_CLIENT_LINE_ON,
    MPROM_CLIENT_LINE_OFF,
    MPROM_CLIENT_LINE_KEEP, /* mprom does not touch it; Linux itself may switch it on when a port is opened */
};

struct mprom_client_options {
    /*
     * Path of a terminal device; "socket://HOST:PORT", a serial server; "rfc2217://HOST:PORT", one that speaks RFC
     * 2217; "auto" or NULL: the one board connected.
     */
    const char *port;
    uint32_t baud;      /* 0 for 115200; means nothing to USB and to emulated boards, must be 0 for a socket */
    uint32_t answer_ms; /* for something that speaks MicroPython to answer; 0 for 10 s */
    /*
     * Told how far an operation is, in bytes: what is a constant such as "sending". Told for the first time when a
     * board has answered. May be NULL.
     */
    void (*progress)(void *ctx, const char *what, uint64_t done, uint64_t total);
    /*
     * Told after a second or two of Ctrl-C that the board's prompt does not come, and whether other text does; then
     * about once a second. May be NULL.
     */
    void (*waiting)(void *ctx, bool hears);
    void (*opened)(void *ctx); /* told when the port is open and nothing was sent to it yet; may be NULL */
    /*
     * Told when the board's prompt comes for the first time after the port was opened, and whether a program ran
     * until then. Told even if mprom_client_open() fails later. May be NULL.
     */
    void (*prompted)(void *ctx, bool was_running);
    void *ctx;
    enum mprom_client_line dtr; /* some boards are held in reset by DTR or RTS, */
    enum mprom_client_line rts; /* or reset whenever they change */
};

struct mprom_client; /* opaque */

/*
 * Opens the port, locks it, stops the program that the board runs and asks the board about itself.
 *
 * Returns 0, or
 *   -MPROM_ENOENT     no such port; "auto": no board, or several (the sentence lists them); no such server
 *   -MPROM_EPERM      no permission to open it
 *   -MPROM_EBUSY      another program uses it
 *   -MPROM_ENODEV, -MPROM_EINVAL  not a terminal device; not a baud rate, not a name of a server
 *   -MPROM_EOPNOTSUPP  the server does not speak RFC 2217
 *   -MPROM_ETIMEDOUT  nothing that speaks MicroPython answers
 *   -MPROM_EBADMSG    what answers makes no sense
 *   -MPROM_EIO, -MPROM_ENOMEM
 */
int mprom_client_open(struct mprom_client **client, const struct mprom_client_options *options,
                      struct mprom_client_error *error);

/* Leaves the board at its ordinary prompt, best effort, and releases the port. client may be NULL. */
void mprom_client_close(struct mprom_client *client);

/* What the board said about itself. Valid until the next call with this client. */
const struct mprom_client_board *mprom_client_board(const struct mprom_client *client);

/*
 * What MicroPython's documentation calls the architecture of this number: mpy_arch above, or that of a .mpy file's
 * header; "bytecode" for 0. NULL if it is not known.
 */
const char *mprom_client_arch_name(unsigned arch);

struct mprom_client_deploy_options {
    bool full;  /* write everything, whatever the segment holds */
    bool force; /* also over the image that the board goes back to after romfs.rollback() */
    /*
     * What the rate of the port's line may be raised to while the image is sent, where the board can change its own
     * and the port can follow; it is back at the port's rate afterwards. 0: the line stays as it is.
     */
    uint32_t baud;
    const void *base; /* an image that the segment is believed to hold, or NULL; it need not be true */
    size_t base_size;
};

/*
 * Writes an image to a segment and makes it live.
 *
 * Blocks of the flash that hold what they shall hold already (as checksums say that the board computes) stay, where
 * the board can erase the others without them; so a deploy that was interrupted goes on where it was. If nothing
 * differs, nothing is touched. mprom's firmware also takes what moved, or what is left of a block that changed, from
 * where the segment holds it, if it still holds a part of the base: options->base, of which each block is compared by
 * its checksum first. *sent_size becomes the number of bytes that were sent for the image (before compression), at
 * most its size.
 *
 * The board's Python is restarted first, so that nothing from the segment is in use. The image's first bytes are
 * written last, after all others were read back and found right; so at every instant the segment holds the old image,
 * nothing, or the new one, as far as the board's interface allows (docs/deploy.md). At the end the whole image is
 * read back and compared once more. The new image is not mounted before the board restarts: mprom_client_restart().
 *
 * If the board restarts in the middle, the deploy is repeated once, also if its port goes away and comes back.
 *
 * Returns 0, or
 *   -MPROM_EINVAL   no such segment, the bytes are no image, or one that this board would refuse or cannot use (the
 *                   sentence names the file and the limit); nothing was touched
 *   -MPROM_ENOSPC   the image is larger than the segment; nothing was touched
 *   -MPROM_EOPNOTSUPP  the board has no vfs.rom_ioctl; nothing was touched
 *   -MPROM_EPERM    the board refused or failed: the sentence has its words. The segment holds the old image or none
 *   -MPROM_EBADMSG  what was read back differs, or an answer makes no sense; the segment holds no image, as far as
 *                   the board's interface allows
 *   -MPROM_ETIMEDOUT, -MPROM_EIO, -MPROM_ENOMEM
 */
int mprom_client_deploy(struct mprom_client *client, uint32_t segment, const void *image, size_t size,
                        const struct mprom_client_deploy_options *options, uint32_t *sent_size,
                        struct mprom_client_error *error);

/*
 * Reads a segment: the image in it, or with raw all its bytes. *bytes is the caller's to free(). What arrives is
 * compared with checksums that the board computes.
 *
 * Returns 0, or -MPROM_ENODEV if the segment holds no image, and errors as mprom_client_deploy().
 */
int mprom_client_dump(struct mprom_client *client, uint32_t segment, bool raw, uint8_t **bytes, size_t *size,
                      struct mprom_client_error *error);

/*
 * Compares what a segment holds with an image, or if image is NULL with the seal that it carries. Nothing is written.
 *
 * Returns 0 if it is right, or
 *   -MPROM_EBADMSG  it is not; the sentence says where it differs
 *   -MPROM_ENODEV   the segment holds no image, or without `image` one that has no seal
 *   errors as mprom_client_deploy()
 */
int mprom_client_verify(struct mprom_client *client, uint32_t segment, const void *image, size_t size,
                        struct mprom_client_error *error);

/*
 * Says that the image in a slot is good, so that the board does not go back to the one before. For mprom's firmware.
 *
 * Returns 0, or -MPROM_EOPNOTSUPP if there is nothing to confirm (other firmware, no slot), and errors as
 * mprom_client_deploy().
 */
int mprom_client_confirm(struct mprom_client *client, uint32_t segment, struct mprom_client_error *error);

/*
 * Erases a segment, with `force` also the slot that the board goes back to after romfs.rollback(). The board's Python
 * is restarted first. Returns 0, or errors as mprom_client_deploy().
 */
int mprom_client_erase(struct mprom_client *client, uint32_t segment, bool force, struct mprom_client_error *error);

/* What main.py of a board's writable filesystem is, which stock MicroPython runs at start. */
enum mprom_client_main {
    MPROM_CLIENT_MAIN_NONE,    /* not there */
    MPROM_CLIENT_MAIN_DEFAULT, /* as the firmware wrote it to a fresh filesystem */
    MPROM_CLIENT_MAIN_STARTER, /* mprom's: it starts an entry from /rom */
    MPROM_CLIENT_MAIN_OWN,     /* anything else */
};

struct mprom_client_starter {
    enum mprom_client_main main;
    bool boot_names_rom; /* boot.py mentions /rom, or imports main, so it may start the image */
    uint32_t version;    /* of the starter; 0 if main.py is none */
    char entry[64];      /* what it starts: MODULE or MODULE:FUNCTION; "" */
    char path[128];      /* of main.py, as far as the board's current directory is the one at start */
};

/* Looks at main.py. Returns 0, or -MPROM_EPERM, -MPROM_EBADMSG, -MPROM_ETIMEDOUT, -MPROM_EIO. */
int mprom_client_starter_look(struct mprom_client *client, struct mprom_client_starter *starter,
                              struct mprom_client_error *error);

/* Whether a text is MODULE or MODULE:FUNCTION, with names as Python has them. */
bool mprom_client_starter_is_entry(const char *entry);

/*
 * Writes a main.py that starts `entry` from /rom: a module ("main", "app.start"), or a function of one ("main:run").
 * Only a file that is missing, the firmware's untouched default or another starter is replaced. The board's Python is
 * restarted first.
 *
 * Returns 0, or
 *   -MPROM_EINVAL  entry is neither; nothing was touched
 *   -MPROM_EBUSY   main.py is somebody else's; nothing was written
 *   -MPROM_EPERM   the board could not write it: the sentence has its words
 *   errors as mprom_client_starter_look()
 */
int mprom_client_starter_install(struct mprom_client *client, const char *entry, struct mprom_client_starter *starter,
                                 struct mprom_client_error *error);

/*
 * Removes the starter; *starter says what was there. Returns 0, also if there was none, or errors as
 * mprom_client_starter_install().
 */
int mprom_client_starter_remove(struct mprom_client *client, struct mprom_client_starter *starter,
                                struct mprom_client_error *error);

enum mprom_client_restart {
    MPROM_CLIENT_RESTART_SOFT, /* Python starts anew: boot and main run, segments are mounted */
    MPROM_CLIENT_RESTART_HARD, /* machine.reset(): the chip starts anew. A board on USB disappears for a moment */
};

/*
 * Restarts the board and returns when it has begun to. The client is of no use for anything but mprom_client_follow()
 * and mprom_client_close() then. That the port goes away with a hard restart is no error.
 *
 * Returns 0, or -MPROM_EPERM (the board has no such function), -MPROM_ETIMEDOUT, -MPROM_EIO.
 */
int mprom_client_restart(struct mprom_client *client, enum mprom_client_restart how,
                         struct mprom_client_error *error);

/*
 * Passes on what the board prints, as it comes, until nothing came for quiet_ms or in all total_ms have passed. sink
 * may return non-zero to end it. What a board prints may hold anything. A port that goes away after
 * MPROM_CLIENT_RESTART_HARD is waited for, under any name: mprom_client_board()->port is the new one.
 *
 * Returns 0, or -MPROM_EIO if the board is gone.
 */
int mprom_client_follow(struct mprom_client *client, uint32_t quiet_ms, uint32_t total_ms,
                        int (*sink)(void *ctx, const char *bytes, size_t size), void *ctx,
                        struct mprom_client_error *error);

#endif
