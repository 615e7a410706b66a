/*
 * The boot.py and main.py that a port writes into a filesystem that it has just made. While nobody has changed them
 * they count as absent: they do nothing, and a user who has deployed an application expects that it runs.
 */
#include "extmod/vfs.h"
#include "py/builtin.h"
#include "py/runtime.h"
#include "py/stream.h"

#include "micropython/rom_scripts.h"
#include "mprom/romfs.h"

/* A file by its size and CRC-32; tests/micropython/test_ports.py takes both from MicroPython's tree. */
struct port_default {
    uint32_t size;
    uint32_t crc;
};

static const struct port_default defaults[] = {
    {34, 0x98c6cdb8},  /* main.py of stm32 and renesas-ra */
    {86, 0x311b50ac},  /* boot.py of renesas-ra, */
    {139, 0x523e6a0f}, /* of esp32, */
    {228, 0x00cadf64}, /* of esp8266, */
    {173, 0x71ce92b9}, /* and of stm32: without USB and network, */
    {301, 0x65e39f1e}, /* with the one, */
    {326, 0x7b595423}, /* with the other, */
    {454, 0x51215b71}, /* with both; */
    {290, 0xa7d66da9}, /* and with the USB of 1.29, */
    {443, 0xfd6f6576}, /* that and network */
};

enum {
    PIECE = 64
};

/* Raises what the filesystem does. */
static struct port_default digest_of(const char *path)
{
    struct port_default digest = {0};
    const mp_obj_t args[] = {mp_obj_new_str_from_cstr(path), MP_OBJ_NEW_QSTR(MP_QSTR_rb)};
    mp_obj_t file = mp_vfs_open(MP_ARRAY_SIZE(args), args, (mp_map_t *)&mp_const_empty_map);
    uint8_t piece[PIECE];
    int err = 0;
    mp_uint_t count = mp_stream_rw(file, piece, sizeof piece, &err, MP_STREAM_RW_READ | MP_STREAM_RW_ONCE);
    while (err == 0 && count > 0) {
        digest.crc = mprom_romfs_crc32(digest.crc, piece, (uint32_t)count);
        digest.size += (uint32_t)count;
        count = mp_stream_rw(file, piece, sizeof piece, &err, MP_STREAM_RW_READ | MP_STREAM_RW_ONCE);
    }
    mp_stream_close(file);
    return digest;
}

bool mprom_rom_scripts_is_default(const char *path)
{
    nlr_buf_t nlr;
    if (nlr_push(&nlr) != 0) {
        return false;
    }
    struct port_default found = digest_of(path);
    nlr_pop();
    for (size_t i = 0; i < MP_ARRAY_SIZE(defaults); i++) {
        if (found.size == defaults[i].size && found.crc == defaults[i].crc) {
            return true;
        }
    }
    return false;
}
