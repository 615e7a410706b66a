/* Headers of .mpy files. */
#include "cli/mpy_header.h"

#include <string.h>

#include "mprom/client.h"

enum {
    MPY_VERSION = 6,        /* of MicroPython from 1.19 on */
    MPY_SUB_VERSION = 3,    /* of native code, from 1.23 on */
    MPY_ARCH_MASK = 0x2f,   /* bit 4 says that flags of the architecture follow the header */
    MPY_ARCH_ARMV6M = 4,    /* Thumb: each architecture from this one */
    MPY_ARCH_ARMV7EMDP = 8, /* to this one also runs the code of those before it */
    MPY_ARCH_COUNT = 64,
};

static const char *arch_name(const uint8_t header[4])
{
    const char *name = mprom_client_arch_name(mpy_header_arch(header));
    return name ? name : "unknown architecture";
}

const char *mpy_arch_name(unsigned arch)
{
    return arch > 0 ? mprom_client_arch_name(arch) : NULL;
}

static unsigned sub_version(const uint8_t header[4])
{
    return header[2] & 3u;
}

const char *mpy_header_text(char *room, const uint8_t header[4])
{
    /* The sub-version counts changes of native code only; a file without any has none. */
    char sub[8] = "";
    if (header[2] >> 2 != 0) {
        snprintf(sub, sizeof sub, ".%u", sub_version(header));
    }
    snprintf(room, MPY_HEADER_ROOM, "mpy %u%s, %s, small ints of %u bits", header[1], sub, arch_name(header),
             header[3]);
    return room;
}

json_t *mpy_header_json(const uint8_t header[4])
{
    return json_pack("{s:i, s:i, s:s, s:i}", "version", header[1], "sub_version", (int)sub_version(header), "arch",
                     arch_name(header), "small_int_bits", header[3]);
}

unsigned mpy_header_arch(const uint8_t header[4])
{
    return header[2] >> 2 & MPY_ARCH_MASK;
}

bool mpy_arch_runs(unsigned board, unsigned arch)
{
    bool is_thumb = board >= MPY_ARCH_ARMV6M && board <= MPY_ARCH_ARMV7EMDP;
    return arch == board || (is_thumb && arch >= MPY_ARCH_ARMV6M && arch < board);
}

/* The number of an architecture; 0 if the name is not known. */
static unsigned arch_number(const char *name)
{
    for (unsigned arch = 1; arch < MPY_ARCH_COUNT; arch++) {
        const char *known = mprom_client_arch_name(arch);
        if (known && strcmp(known, name) == 0) {
            return arch;
        }
    }
    return 0;
}

/* Why native code is not for the target. */
static const char *native_fault(char *room, const uint8_t header[4], const struct mpy_target *target)
{
    unsigned board = target->march ? arch_number(target->march) : 0;
    if (sub_version(header) != MPY_SUB_VERSION) {
        snprintf(room, MPY_FAULT_ROOM,
                 "has native code of mpy %u.%u, and boards from MicroPython 1.25 on load %d.%d: compile it again",
                 header[1], sub_version(header), MPY_VERSION, MPY_SUB_VERSION);
        return room;
    }
    if (board != 0 && !mpy_arch_runs(board, mpy_header_arch(header))) {
        snprintf(room, MPY_FAULT_ROOM, "has native code for %s, and the image is for %s", arch_name(header),
                 target->march);
        return room;
    }
    return NULL;
}

const char *mpy_fault(char *room, const uint8_t *bytes, size_t size, const struct mpy_target *target)
{
    if (size == 0) {
        return "is empty: no board can import it";
    }
    if (bytes[0] == 'C' && size >= 4 && bytes[1] < 32) {
        return "is not a compiled file of MicroPython, but of CircuitPython: no board can import it";
    }
    if (bytes[0] != 'M') {
        return "is not a compiled file of MicroPython: no board can import it";
    }
    if (size < 4) {
        return "ends within its header: no board can import it";
    }
    if (bytes[1] != MPY_VERSION) {
        snprintf(room, MPY_FAULT_ROOM,
                 "is of .mpy version %u, and MicroPython from 1.25 on loads version %d: compile it again", bytes[1],
                 MPY_VERSION);
        return room;
    }
    if (target->small_int_bits > 0 && bytes[3] > target->small_int_bits) {
        snprintf(room, MPY_FAULT_ROOM, "was compiled for small ints of %u bits, and the board has %u", bytes[3],
                 target->small_int_bits);
        return room;
    }
    return mpy_header_arch(bytes) != 0 ? native_fault(room, bytes, target) : NULL;
}
