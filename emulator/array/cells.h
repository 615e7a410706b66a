/*
 * The cells of a flash, simulated: what programming and erasing do to the bits, also when power fails half way.
 *
 * Stricter than flash chips are: what a chip would quietly get wrong (a range across a page, a unit programmed too
 * often, a bit that only an erase could set) is reported and counted as a violation.
 *
 * Contents live in memory or in a file that is mapped, so that a process that dies at any instant leaves exactly the
 * operations that were done. The file starts with the flash's bytes as a programmer would dump them; behind them
 * comes what such a dump cannot show. A file of just the bytes is accepted and completed.
 *
 * For one thread. Errors are negative values of enum mprom_error.
 */
#ifndef MPROM_EMULATOR_CELLS_H
#define MPROM_EMULATOR_CELLS_H

#include "mprom/flash.h"

enum cells_kind {
    CELLS_PROGRAM,
    CELLS_ERASE,
};

/* One program or erase, as the driver asked for it. */
struct cells_operation {
    uint64_t number; /* counts from 0, reads not counted */
    enum cells_kind kind;
    uint32_t off;
    uint32_t size;
    const uint8_t *data; /* what to program; NULL for an erase */
};

/* How far an operation got when power failed. */
enum cells_pattern {
    CELLS_TORN_FEW,    /* 0.1 % of the bits that were to change have changed; of these some are shaky */
    CELLS_TORN_SOME,   /* 1 %, the same */
    CELLS_TORN_HALF,   /* 50 %, the same */
    CELLS_TORN_MOST,   /* 99 %, the same */
    CELLS_TORN_PREFIX, /* all up to some byte, none behind it */
    CELLS_TORN_SUFFIX, /* none up to some byte, all behind it */
    CELLS_TORN_HEAD,   /* all but the first 32 to 160 bytes: a header stays as it was, or a record and some marks */
    CELLS_TORN_FIRST,  /* the first 32 to 160 bytes, and nothing behind them */
    CELLS_TORN_BITS,   /* three bits of the first 64 bytes */
    CELLS_TORN_SHAKY,  /* all, but a few are shaky */
    CELLS_TORN_COUNT
};

const char *cells_pattern_name(enum cells_pattern pattern);

enum cells_phase {
    CELLS_BEFORE,
    CELLS_DURING,
    CELLS_AFTER,
};

/* Where power fails. */
struct cells_cut {
    uint64_t number; /* of the operation */
    enum cells_phase phase;
    enum cells_pattern pattern; /* for CELLS_DURING */
    uint32_t seed;              /* for CELLS_DURING: which of the many states of that pattern */
};

enum cells_fault_kind {
    CELLS_FAULT_FAILS,      /* the operation is half done and reports -MPROM_EIO */
    CELLS_FAULT_LIES,       /* nothing is done and success reported */
    CELLS_FAULT_NOT_READY,  /* nothing is done and -MPROM_ETIMEDOUT reported */
    CELLS_FAULT_STUCK,      /* the bits of mask in the byte at off are always as in value */
    CELLS_FAULT_UNREADABLE, /* the program unit at off cannot be read */
};

struct cells_fault {
    enum cells_fault_kind kind;
    uint64_t first; /* FAILS, LIES, NOT_READY: the operations first..last */
    uint64_t last;
    uint32_t off; /* STUCK, UNREADABLE */
    uint8_t mask;
    uint8_t value;
};

struct cells_hooks {
    /* Before an operation takes effect, when its arguments were found good. A negative result is its error instead.
     */
    int (*operation)(void *ctx, const struct cells_operation *operation);
    /* At the cut. It may not return (a simulated board ends here); if it does, or is NULL, every further operation
       and read fails with -MPROM_EIO until cells_power_on(). */
    void (*power_off)(void *ctx);
    /* Told of each violation in one sentence. */
    void (*violation)(void *ctx, const char *text);
    void *ctx;
};

/* Figures since the last cells_reset_counts(). */
struct cells_counts {
    uint64_t programs;
    uint64_t erases;
    uint64_t bytes_programmed;
    uint64_t bytes_programmed_again; /* in units that were programmed since their last erase */
    uint64_t blocks_erased;          /* smallest blocks: a large erase counts as many */
    uint64_t blank_blocks_erased;    /* those of them that were blank, every cell firmly so */
    uint64_t violations;
};

struct cells {
    struct mprom_flash flash; /* hand &cells->flash to whoever wants a flash */
    const struct mprom_flash_geometry *geometry;
    uint8_t *bytes;
    uint8_t *shaky; /* of each byte, the bits that read differently from time to time until they are erased */
    uint8_t *turn;  /* of each shaky byte, how often it was read, modulo 3 */
    uint8_t *units; /* of each program unit: how often programmed since its erase, and CELLS_UNIT_BAD */
    size_t planes_size;
    bool is_file;
    bool is_heap;

    uint64_t number; /* of the next operation */
    bool power;
    bool has_cut;
    struct cells_cut cut;
    struct cells_counts counts;

    /* Set by the owner at any time. */
    struct cells_hooks hooks;
    const struct cells_fault *faults;
    uint32_t fault_count;
};

enum {
    CELLS_UNIT_BAD = 0x80, /* its error correction finds more wrong than it can mend */
};

/* How many bytes cells of that geometry keep. */
size_t cells_planes_size(const struct mprom_flash_geometry *geometry);

/*
 * Blank cells in memory of the caller's, of cells_planes_size() bytes, which must live as long, as geometry. Needs no
 * operating system. Returns 0, or -MPROM_EINVAL for the geometry's tables.
 */
int cells_open_planes(struct cells *cells, const struct mprom_flash_geometry *geometry, uint8_t *planes);

/* Blank cells in memory. geometry must live as long. Returns 0, -MPROM_EINVAL for its tables, or -MPROM_ENOMEM. */
int cells_open_memory(struct cells *cells, const struct mprom_flash_geometry *geometry);

/*
 * Cells in a file, which is created blank if it is not there.
 *
 * Returns 0, or -MPROM_EINVAL if the file is of another size than this geometry's, or the negative errno of what
 * failed.
 */
int cells_open_file(struct cells *cells, const struct mprom_flash_geometry *geometry, const char *path);

void cells_close(struct cells *cells);

/* Makes the contents of `cells` those of `from`, which has the same geometry. Counts, hooks, cut and faults stay. */
void cells_copy(struct cells *cells, const struct cells *from);

/* The flash over these cells. */
const struct mprom_flash *cells_flash(struct cells *cells);

/* Plans a power failure; the operation's number may be in the past, then nothing happens. */
void cells_set_cut(struct cells *cells, const struct cells_cut *cut);

/* Power is back: no cut is planned, operations count from 0. Contents stay. */
void cells_power_on(struct cells *cells);

void cells_reset_counts(struct cells *cells);

/* Does an operation outright or partly, without checks, counts, faults or hooks: for tests that harvest cut states.
 */
void cells_apply(struct cells *cells, const struct cells_operation *operation);
void cells_apply_torn(struct cells *cells, const struct cells_operation *operation, enum cells_pattern pattern,
                      uint32_t seed);

#endif
