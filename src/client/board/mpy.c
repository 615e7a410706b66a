#include "client/board/mpy.h"

#include "client/board/image_paths.h"
#include "client/link/failure.h"

#include <stdio.h>

enum {
    HEADER_SIZE = 4,  /* 'M', version, architecture and sub-version, small ints */
    ARCH_MASK = 0x2F, /* bit 4 says that MicroPython from 1.26 on finds flags of the architecture behind the header */
    ARCH_ARMV6M = 4,  /* Thumb: each architecture from this one */
    ARCH_ARMV7EMDP = 8, /* to this one also runs the code of those before it */
    KIND_ROOM = 64,
};

/* The order of MicroPython's persistent code format: docs/reference/mpyfiles.rst, "Versioning and compatibility". */
static const char *const arch_names[] = {
    "bytecode",  "x86",       "x64",    "armv6",     "armv6m",  "armv7m",  "armv7em",
    "armv7emsp", "armv7emdp", "xtensa", "xtensawin", "rv32imc", "rv64imc",
};

const char *mprom_client_arch_name(unsigned arch)
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

static bool mpy_loads(const struct mprom_client_board *board, const uint8_t header[HEADER_SIZE])
{
    unsigned arch = mpy_arch(header);
    bool is_native = arch != 0;
    return header[1] == board->mpy_version && (board->small_int_bits == 0 || header[3] <= board->small_int_bits) &&
           (!is_native || (arch_runs(board->mpy_arch, arch) && (header[2] & 3) == board->mpy_sub_version));
}

static const char *mpy_kind(char kind[KIND_ROOM], unsigned version, unsigned sub_version, unsigned arch)
{
    const char *name = mprom_client_arch_name(arch);
    if (arch == 0) {
        snprintf(kind, KIND_ROOM, "mpy %u, bytecode", version);
    } else if (name) {
        snprintf(kind, KIND_ROOM, "mpy %u.%u, %s", version, sub_version, name);
    } else {
        snprintf(kind, KIND_ROOM, "mpy %u.%u, architecture %u", version, sub_version, arch);
    }
    return kind;
}

static int mpy_refuse(const struct mprom_client_board *board, const char *port, const char *what,
                      const uint8_t header[HEADER_SIZE], struct mprom_client_error *error)
{
    char of_file[KIND_ROOM];
    char of_board[KIND_ROOM];
    return mprom_failure_set(
        error, -MPROM_EINVAL,
        "%s: this board cannot load %s: that is %s, small ints of %u bits, and the board takes %s, small ints of up "
        "to %u bits; nothing was sent. Build it for this board, or deploy the .py with --no-mpy",
        port, what, mpy_kind(of_file, header[1], header[2] & 3, mpy_arch(header)), header[3],
        mpy_kind(of_board, board->mpy_version, board->mpy_sub_version, board->mpy_arch), board->small_int_bits);
}

/* What a file is that is called .mpy and is none. */
static const char *mpy_what(const uint8_t *bytes, uint32_t size)
{
    if (size == 0) {
        return "it is empty";
    }
    if (bytes[0] == 'C') {
        return "CircuitPython made it";
    }
    return bytes[0] == 'M' ? "it is cut off" : "it is no compiled file: it does not start with 'M'";
}

/* Looks at one file. */
static int mpy_check_file(const struct mprom_client_board *board, const char *port,
                          const struct mprom_image_paths *paths, const struct mprom_romfs_entry *entry,
                          struct mprom_client_error *error)
{
    char path[MPROM_FAILURE_PATH_SIZE];
    if (entry->is_dir || !mprom_image_paths_ends(paths, ".mpy")) {
        return 0;
    }
    mprom_failure_printable(path, sizeof path, paths->path, paths->path_size, false);
    if (entry->size < HEADER_SIZE || entry->data[0] != 'M') {
        return mprom_failure_set(
            error, -MPROM_EINVAL,
            "%s: this board cannot load %s: %s; nothing was sent. Build it again, or leave it out with "
            "--exclude",
            port, path, mpy_what(entry->data, entry->size));
    }
    return mpy_loads(board, entry->data) ? 0 : mpy_refuse(board, port, path, entry->data, error);
}

/* Builders other than mprom write no info record, and one record cannot speak for files that differ. */
static int mpy_check_files(const struct mprom_client_board *board, const char *port, const struct mprom_romfs *fs,
                           struct mprom_client_error *error)
{
    struct mprom_image_paths paths;
    struct mprom_romfs_entry entry;
    int err = mprom_image_paths_open(&paths, fs);
    if (err) {
        mprom_failure_set(error, err, "out of memory");
    }
    while (!err && mprom_image_paths_next(&paths, &entry) > 0) {
        err = mpy_check_file(board, port, &paths, &entry, error);
    }
    mprom_image_paths_close(&paths);
    return err;
}

int mprom_mpy_check(const struct mprom_client_board *board, const char *port, const struct mprom_romfs *fs,
                    struct mprom_client_error *error)
{
    struct mprom_romfs_info info;
    int err = mpy_check_files(board, port, fs, error);
    if (err == 0 && mprom_romfs_info_read(fs, &info) == 1 && info.mpy && !mpy_loads(board, info.mpy)) {
        err = mpy_refuse(board, port, "the image's .mpy files", info.mpy, error);
    }
    return err;
}
