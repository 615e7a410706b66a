/*
 * The first 4 bytes of a .mpy file in words: 'M', version, flags (bits 0 and 1 sub-version, bits 2 to 5 architecture
 * of native code), bits of a small int.
 */
#ifndef MPROM_CLI_MPY_HEADER_H
#define MPROM_CLI_MPY_HEADER_H

#include "json.h"

enum {
    MPY_HEADER_ROOM = 80
};

/* Such as "mpy 6, bytecode, small ints of 31 bits" or "mpy 6.3, armv7emsp, …", in room[MPY_HEADER_ROOM]. Returns
 * room. */
const char *mpy_header_text(char *room, const uint8_t header[4]);

/* What --march calls the architecture of this number; NULL for 0 and for numbers that are not known. */
const char *mpy_arch_name(unsigned arch);

/* The same as an object: version, sub_version, arch ("bytecode" without native code), small_int_bits. */
json_t *mpy_header_json(const uint8_t header[4]);

#endif
