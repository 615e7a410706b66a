/*
 * The first 4 bytes of a .mpy file in words: 'M', version, flags (bits 0 and 1 sub-version, bits 2 to 5 architecture
 * of native code), bits of a small int.
 */
#ifndef MPROM_CLI_MPY_HEADER_H
#define MPROM_CLI_MPY_HEADER_H

#include "cli/json.h"

enum {
    MPY_HEADER_ROOM = 80
};

/* Such as "mpy 6, bytecode, small ints of 31 bits" or "mpy 6.3, armv7emsp, …", in room[MPY_HEADER_ROOM]. Returns
 * room. */
const char *mpy_header_text(char *room, const uint8_t header[4]);

enum {
    MPY_FAULT_ROOM = 200
};

/* What a .mpy file is wanted for. */
struct mpy_target {
    const char *march;       /* the name of an architecture; NULL: any */
    unsigned small_int_bits; /* 0: any */
};

/*
 * Why boards cannot load a .mpy file that starts with size bytes (4 are enough), in room[MPY_FAULT_ROOM]; NULL if
 * nothing speaks against it. Boards are those with MicroPython 1.25 or later.
 */
const char *mpy_fault(char *room, const uint8_t *bytes, size_t size, const struct mpy_target *target);

/* The architecture of native code in the file; 0 for bytecode alone. */
unsigned mpy_header_arch(const uint8_t header[4]);

/* Whether a board of one architecture runs native code of the other. */
bool mpy_arch_runs(unsigned board, unsigned arch);

/* What --march calls the architecture of this number; NULL for 0 and for numbers that are not known. */
const char *mpy_arch_name(unsigned arch);

/* The same as an object: version, sub_version, arch ("bytecode" without native code), small_int_bits. */
json_t *mpy_header_json(const uint8_t header[4]);

#endif
