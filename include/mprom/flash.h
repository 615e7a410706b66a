/*
 * Flash: the contract between a driver and everything above it.
 *
 * A flash is a const table of operations and a geometry. Callers use the mprom_flash_*() functions below and never the
 * table: they check ranges, alignment and results on every build, and read back what was programmed. Drivers may
 * therefore rely on the arguments being in range and aligned.
 *
 * Offsets and sizes are bytes relative to the start of the flash. All functions block until done, are not for
 * interrupt handlers, and are not reentrant for one flash. Errors are negative values of enum mprom_error; no driver
 * result is dropped.
 */
#ifndef MPROM_FLASH_H
#define MPROM_FLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mprom/error.h"

/* A run of erase blocks of one size. */
struct mprom_flash_region {
    uint32_t erase_size; /* bytes of one erase block; a multiple of page_size and of MPROM_FLASH_PROGRAM_SIZE_MAX */
    uint32_t count;
};

/*
 * Bytes of the largest program unit, which the layers above hold in RAM; a power of two. Firmware whose flash has larger
 * ones is compiled with this set for all of its files.
 */
#ifndef MPROM_FLASH_PROGRAM_SIZE_MAX
#define MPROM_FLASH_PROGRAM_SIZE_MAX 32
#endif

enum {
    MPROM_FLASH_ERASE_SIZES_MAX = 4,
    MPROM_FLASH_PROGRAM_ANY = 0, /* program_count: as often as wanted */
};

struct mprom_flash_geometry {
    uint32_t size; /* bytes; the sum of the regions */
    const struct mprom_flash_region *regions;
    uint32_t region_count;
    /*
     * Larger erase sizes that the flash also offers (SPI-NOR: 32K, 64K), ascending, each a multiple of the one before
     * and of the region's; 0 ends the list. An erase of one must be aligned to it.
     */
    uint32_t large_erase_sizes[MPROM_FLASH_ERASE_SIZES_MAX];
    uint32_t program_size; /* bytes of the smallest unit; a power of two, at most MPROM_FLASH_PROGRAM_SIZE_MAX */
    uint32_t page_size;    /* most bytes that one program may take, and the boundary that it may not cross */
    uint32_t
        program_count; /* how often a unit may be programmed between erases; MPROM_FLASH_PROGRAM_ANY for any number */
    uint8_t erased_value; /* of every byte of an erased block; 0xFF for NOR */
    bool overwrites;      /* program replaces what is there, set bits included (MRAM); erase is then a fill */
    bool bad_read_faults; /* a direct read of a badly programmed unit faults the CPU; probe() finds out instead */
};

struct mprom_flash;

struct mprom_flash_ops {
    int (*read)(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size);
    /* One call stays within one page. */
    int (*program)(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size);
    /* One call is one block: of a region, or of one of the large sizes. */
    int (*erase)(const struct mprom_flash *flash, uint32_t off, uint32_t size);
    /* Makes all that was written so far last, and seen through map(): caches, power-down. */
    int (*sync)(const struct mprom_flash *flash);
    /* The address at which the CPU reads the byte at off, or NULL if it cannot. The op itself may be NULL. */
    const void *(*map)(const struct mprom_flash *flash, uint32_t off);
    /* Needed if bad_read_faults, else NULL: 0 if the range reads well, -MPROM_EBADMSG if not. */
    int (*probe)(const struct mprom_flash *flash, uint32_t off, uint32_t size);
};

struct mprom_flash {
    const struct mprom_flash_ops *ops;
    const struct mprom_flash_geometry *geometry; /* constant once the driver has been started */
    void *ctx;                                   /* the driver's own */
};

/*
 * Says whether the geometry makes sense (sizes add up, are powers of two where they must be, fit each other). For
 * start-up and tests. Returns 0 or -MPROM_EINVAL.
 */
int mprom_flash_geometry_check(const struct mprom_flash_geometry *geometry);

/* The same for a whole flash: its geometry, and that no operation that it needs is missing. */
int mprom_flash_check(const struct mprom_flash *flash);

/*
 * Finds the erase block that holds off: its start and size, the smallest the flash offers there.
 *
 * Returns 0, or -MPROM_EINVAL if off is not in the flash.
 */
int mprom_flash_block_at(const struct mprom_flash *flash, uint32_t off, uint32_t *block_off, uint32_t *block_size);

/*
 * The largest erase that can start at off without touching more than size bytes: what mprom_flash_erase() would begin
 * with.
 *
 * Returns its bytes, or 0 if no block starts at off or the smallest there is larger than size.
 */
uint32_t mprom_flash_erase_size(const struct mprom_flash *flash, uint32_t off, uint32_t size);

/*
 * Reads size bytes. On flash whose bad reads fault the range is probed first.
 *
 * Returns 0, or
 *   -MPROM_EINVAL   the range is not inside the flash; dst is unchanged
 *   -MPROM_EBADMSG  the range holds a badly programmed unit; dst is unchanged
 *   -MPROM_EIO      the driver failed
 */
int mprom_flash_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size);

/*
 * Programs size bytes into erased flash, page by page, and reads each page back.
 *
 * off and size are multiples of program_size. src may have any alignment and is not kept. Units that are to hold the
 * erased value are left as they are at either end of a page; where a unit may be programmed once, everywhere:
 * programming it with the erased value would use it up, and no read could tell. The read-back covers them.
 *
 * Returns 0, or
 *   -MPROM_EINVAL   range or alignment wrong; nothing was written
 *   -MPROM_EROFS    write-protected; nothing was written
 *   -MPROM_EIO      the controller failed or the read-back differs; the range is undefined until it is erased
 *   -MPROM_ETIMEDOUT the controller was never ready; as -MPROM_EIO
 *
 * If power fails, each unit may hold its old bytes, its new bytes or a mixture.
 */
int mprom_flash_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size);

/*
 * Erases a range of whole blocks, each with the largest erase that fits, and reads each back once.
 *
 * Returns as mprom_flash_program(); -MPROM_EIO too if a block is not blank afterwards. If power fails, each block may
 * hold any mixture of old and erased bits, and bits that read differently from one read to the next, until it is
 * erased again.
 */
int mprom_flash_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size);

/*
 * Says whether a range is blank: three full reads must all find it so, because a cell left half erased by a power cut
 * may read differently each time (the assumption: such a cell shows itself in at least one of three reads).
 *
 * Returns 1 if blank, 0 if not (an unreadable unit counts as not blank), or as mprom_flash_read().
 */
int mprom_flash_is_blank(const struct mprom_flash *flash, uint32_t off, uint32_t size);

/* 0 if the range can be read directly, -MPROM_EBADMSG if not; always 0 where bad reads do not fault. */
int mprom_flash_probe(const struct mprom_flash *flash, uint32_t off, uint32_t size);

/* Makes what was written last and visible through mprom_flash_map(). Returns 0 or -MPROM_EIO. */
int mprom_flash_sync(const struct mprom_flash *flash);

/* The address at which the CPU reads off, valid for the rest of the flash; NULL if it cannot or off is outside. */
const void *mprom_flash_map(const struct mprom_flash *flash, uint32_t off);

#endif
