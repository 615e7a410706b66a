/*
 * What a board says about itself and its segments. Text ends in NUL, is UTF-8 and free of control characters, whatever
 * the board sent.
 */
#ifndef MPROM_CLIENT_BOARD_H
#define MPROM_CLIENT_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a board gives access to a segment. */
enum mprom_client_shape {
    MPROM_CLIENT_SHAPE_NONE,   /* the board lists it but does not have it */
    MPROM_CLIENT_SHAPE_VIEW,   /* a memoryview, erased in one go from its start */
    MPROM_CLIENT_SHAPE_BLOCKS, /* a memoryview, erased in ranges of blocks */
    MPROM_CLIENT_SHAPE_DEVICE, /* an object with ioctl(), readblocks() and writeblocks() */
};

enum {
    MPROM_CLIENT_SEGMENTS_MAX = 32,
    MPROM_CLIENT_SEGMENT_AUTO = -1,
    MPROM_CLIENT_RUNS_MAX = 8,
};

/* Erase blocks of one size, one behind the other. */
struct mprom_client_run {
    uint32_t size; /* bytes of each */
    uint32_t count;
};

struct mprom_client_segment {
    enum mprom_client_shape shape;
    bool erases_by_write; /* a DEVICE whose ioctl(6) erases other flash, but not writeblocks() of a whole block */
    uint32_t size;        /* bytes */
    uint32_t block_size;  /* the smallest that can be erased; 0 if the board does not say */
    uint32_t run_count;   /* 0: all blocks have block_size; else they differ, and these are all of them: */
    struct mprom_client_run runs[MPROM_CLIENT_RUNS_MAX];
    bool has_image;      /* it starts with an image header whose length fits the segment */
    uint32_t image_size; /* bytes of the image, header included */
    bool is_sealed;      /* the image ends in a seal, */
    uint32_t crc;        /* with this checksum (not compared with the contents) */
    char label[64];      /* from the image, "" if it has none */
    char name[32];       /* the rest only mprom's firmware knows; "" */
    char state[64];      /* what the board makes of it, such as "started from, on trial"; "" */
    uint32_t group;      /* slots of one application have the same; 0 for none */
    bool is_running;     /* its image is the one that the board started from */
};

struct mprom_client_board {
    char port[128];
    char version[32];  /* of MicroPython, such as "1.25.0" */
    char machine[128]; /* as the board describes itself */
    char platform[32]; /* sys.platform */
    char id[65];       /* hexadecimal digits that no other board has (machine.unique_id()); "" if it has none */
    uint8_t mpy_version;
    uint8_t mpy_sub_version;
    uint8_t mpy_arch;       /* 0 if the board runs no native code */
    uint8_t small_int_bits; /* 0 if the board does not say */
    uint32_t free_memory;   /* bytes of the board's heap, 0 if unknown */
    bool has_romfs;         /* vfs.rom_ioctl is there */
    bool has_crc32;         /* binascii.crc32 is there, so what is sent and read is known to arrive whole */
    bool has_sha256;        /* hashlib.sha256 is there, so contents can be compared without sending them back */
    bool has_base64;        /* binascii.a2b_base64 */
    bool has_deflate;       /* module deflate */
    bool is_mprom;          /* mprom's firmware: it checks an image before it makes it live */
    bool has_module;        /* with its module romfs */
    bool was_interrupted;   /* a program was running when the client came */
    uint32_t restart_count; /* so often the board restarted by itself in the middle of a deploy */
    bool was_reset;         /* its memory was full, so its Python was restarted */
    uint32_t link_version;  /* of what the firmware has built in for transfers; 0: nothing, Python does all of it */
    uint32_t console_room;  /* bytes that the console takes in while the firmware reads none; 0 if unknown */
    uint32_t console_baud_max; /* that the console's rate can be raised to for a transfer; 0: it cannot */
    uint32_t depth_max;   /* how deep directories may be nested in an image that the board accepts; 0: no limit */
    uint32_t path_max;    /* bytes of the longest path of a module that can be imported, mount point included */
    bool needs_even_size; /* it refuses an image of an odd size */
    uint32_t segment_count;
    struct mprom_client_segment segments[MPROM_CLIENT_SEGMENTS_MAX];
};

#endif
