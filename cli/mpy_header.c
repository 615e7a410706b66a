/* Headers of .mpy files. */
#include "mpy_header.h"

/* The order of MicroPython's persistent code format: docs/reference/mpyfiles.rst, "Versioning and compatibility". */
static const char *const arch_names[] = {
    "bytecode",  "x86",       "x64",    "armv6",     "armv6m",  "armv7m",  "armv7em",
    "armv7emsp", "armv7emdp", "xtensa", "xtensawin", "rv32imc", "rv64imc",
};

static const char *arch_name(const uint8_t header[4])
{
    unsigned arch = header[2] >> 2 & 0x0fu;
    return arch < sizeof arch_names / sizeof arch_names[0] ? arch_names[arch] : "unknown architecture";
}

const char *mpy_arch_name(unsigned arch)
{
    return arch > 0 && arch < sizeof arch_names / sizeof arch_names[0] ? arch_names[arch] : NULL;
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
