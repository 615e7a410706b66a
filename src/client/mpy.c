#include "client/mpy.h"

#include "client/failure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEADER_SIZE = 4,  /* 'M', version, architecture and sub-version, small ints */
    ARCH_MASK = 0x2F, /* bit 4 says that MicroPython from 1.26 on finds flags of the architecture behind the header */
    ARCH_ARMV6M = 4,  /* Thumb: each architecture from this one */
    ARCH_ARMV7EMDP = 8, /* to this one also runs the code of those before it */
    LEVELS_MAX = 1024,
    KIND_ROOM = 64,
};

/* The order of MicroPython's persistent code format: docs/reference/mpyfiles.rst, "Versioning and compatibility". */
static const char *const arch_names[] = {
    "bytecode",  "x86",       "x64",    "armv6",     "armv6m",  "armv7m",  "armv7em",
    "armv7emsp", "armv7emdp", "xtensa", "xtensawin", "rv32imc", "rv64imc",
};

const char *client_arch_name(unsigned arch)
{
    return arch < sizeof arch_names / sizeof arch_names[0] ? arch_names[arch] : NULL;
}

static unsigned mpy_arch(const uint8_t header[HEADER_SIZE])
{
    return header[2] >> 2 & ARCH_MASK;
}

static bool arch_runs(unsigned board, unsigned arch)
{
    bool is_thumb = board >= ARCH_ARMV6M && board <= ARCH_ARMV7EMDP;
    return arch == board || (is_thumb && arch >= ARCH_ARMV6M && arch < board);
}

static bool mpy_loads(const struct client_board *board, const uint8_t header[HEADER_SIZE])
{
    unsigned arch = mpy_arch(header);
    bool is_native = arch != 0;
    return header[1] == board->mpy_version && (board->small_int_bits == 0 || header[3] <= board->small_int_bits) &&
           (!is_native || (arch_runs(board->mpy_arch, arch) && (header[2] & 3) == board->mpy_sub_version));
}

static const char *mpy_kind(char kind[KIND_ROOM], unsigned version, unsigned sub_version, unsigned arch)
{
    const char *name = client_arch_name(arch);
    if (arch == 0) {
        snprintf(kind, KIND_ROOM, "mpy %u, bytecode", version);
    } else if (name) {
        snprintf(kind, KIND_ROOM, "mpy %u.%u, %s", version, sub_version, name);
    } else {
        snprintf(kind, KIND_ROOM, "mpy %u.%u, architecture %u", version, sub_version, arch);
    }
    return kind;
}

static int mpy_refuse(const struct client_board *board, const char *port, const char *what,
                      const uint8_t header[HEADER_SIZE], struct client_error *error)
{
    char of_file[KIND_ROOM];
    char of_board[KIND_ROOM];
    return failure_set(
        error, -MPROM_EINVAL,
        "%s: this board cannot load %s: that is %s, small ints of %u bits, and the board takes %s, small ints of up "
        "to %u bits; nothing was sent. Build it for this board, or deploy the .py with --no-mpy",
        port, what, mpy_kind(of_file, header[1], header[2] & 3, mpy_arch(header)), header[3],
        mpy_kind(of_board, board->mpy_version, board->mpy_sub_version, board->mpy_arch), board->small_int_bits);
}

static bool entry_is_mpy(const struct romfs_entry *entry)
{
    static const char end[] = {'.', 'm', 'p', 'y'};
    return !entry->is_dir && entry->name_size > sizeof end && entry->size >= HEADER_SIZE && entry->data[0] == 'M' &&
           memcmp(entry->name + entry->name_size - sizeof end, end, sizeof end) == 0;
}

/* Builders other than mprom write no info record, and one record cannot speak for files that differ. */
static int mpy_check_files(const struct client_board *board, const char *port, const struct romfs *fs,
                           struct client_error *error)
{
    struct romfs_level *levels = calloc(LEVELS_MAX, sizeof *levels);
    struct romfs_entry entry;
    struct romfs_walk walk;
    int err = 0;
    if (levels == NULL) {
        return failure_set(error, -MPROM_ENOMEM, "out of memory");
    }
    romfs_root(fs, &entry);
    romfs_walk_open(&walk, &entry, levels, LEVELS_MAX);
    while (err == 0 && romfs_walk_next(fs, &walk, &entry) > 0) {
        if (entry_is_mpy(&entry) && !mpy_loads(board, entry.data)) {
            char name[FAILURE_QUOTE_SIZE];
            failure_printable(name, sizeof name, entry.name, entry.name_size, false);
            err = mpy_refuse(board, port, name, entry.data, error);
        }
    }
    free(levels);
    return err;
}

int mpy_check(const struct client_board *board, const char *port, const struct romfs *fs, struct client_error *error)
{
    struct romfs_info info;
    int err = mpy_check_files(board, port, fs, error);
    if (err == 0 && romfs_info_read(fs, &info) == 1 && info.mpy && !mpy_loads(board, info.mpy)) {
        err = mpy_refuse(board, port, "the image's .mpy files", info.mpy, error);
    }
    return err;
}
