/* Headers of .mpy files. */
#include "mpy_header.h"

#include "mprom/client.h"

static const char *arch_name(const uint8_t header[4])
{
    const char *name = client_arch_name(header[2] >> 2 & 0x0fu);
    return name ? name : "unknown architecture";
}

const char *mpy_arch_name(unsigned arch)
{
    return arch > 0 ? client_arch_name(arch) : NULL;
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
