/*
 * Reads images with mprom's reader and its check, and prints a line for each.
 *
 *     differential_ours BATCH FIRST COUNT    BATCH holds images, each behind its size in 4 bytes, little-endian; the
 *                                            first FIRST are left out, COUNT are read
 *     differential_ours --faults             the number and the sentence of each fault
 *
 * A line is what a walk finds, in its order, and behind a tab the number of the first fault that the full check
 * names; without a fault that of the first note, 0 for none:
 *
 *     = dNAME:SIZE ( ... ) fNAME:SIZE:CRC ...     names in hexadecimal; in brackets what is in the directory
 *     ! FAULT                                     the walk, or the lookup of an entry, failed: the fault's number
 *
 * An entry whose name cannot be part of a path, or that an equal name stands in front of, is listed and not opened.
 * Each image lies directly in front of memory that cannot be read, so that reading behind its end is a crash, and a
 * timer ends the process when one takes too long. A line that is missing is that of the image that ended it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "mprom/romfs_check.h"

enum {
    ROOM = 1 << 16,
    CPU_US = 250000, /* of one image, which takes some microseconds */
    LEVELS = 1024,
    PATH_ROOM = ROOM,
};

struct reading {
    struct mprom_romfs fs;
    FILE *out;
    char path[PATH_ROOM]; /* of the directory that is being listed */
    uint32_t path_size;
    uint32_t failed_off; /* after a failure: a record here or behind it is at fault, */
    bool index_failed;   /* or the index */
};

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

/* Returns the first byte that cannot be read; ROOM bytes in front of it can be. */
static uint8_t *make_room(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *start = mmap(NULL, page + ROOM + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (start == MAP_FAILED || mprotect(start + page, ROOM, PROT_READ | PROT_WRITE) != 0) {
        fail("mmap");
    }
    return start + page + ROOM;
}

static enum mprom_romfs_fault check(const uint8_t *image, uint32_t size, unsigned flags,
                                    int (*on_fault)(void *, enum mprom_romfs_fault, uint32_t, const char *, uint32_t),
                                    void *ctx)
{
    static struct mprom_romfs_check_level levels[LEVELS];
    static uint32_t sort[LEVELS];
    struct mprom_romfs_memory memory = {image, size};
    struct mprom_romfs_source source = mprom_romfs_source_memory(&memory);
    struct mprom_romfs_check check = {.source = &source,
                                      .flags = flags,
                                      .levels = levels,
                                      .level_count = LEVELS,
                                      .sort = sort,
                                      .sort_room = LEVELS,
                                      .on_fault = on_fault,
                                      .ctx = ctx};

    mprom_romfs_check(&check);
    return check.first;
}

/* The search for the fault that stopped the reader. */
struct reason {
    uint32_t off; /* no record in front of it did */
    bool index;   /* the index did */
    enum mprom_romfs_fault fault;
};

/* Takes the first fault that is one for the reader, too: it cares for what it needs to get on, and for nothing else.
 */
static int weigh_fault(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path, uint32_t path_size)
{
    static const enum mprom_romfs_fault reader_faults[] = {
        MPROM_ROMFS_FAULT_HEADER,        MPROM_ROMFS_FAULT_LENGTH,      MPROM_ROMFS_FAULT_VARUINT,
        MPROM_ROMFS_FAULT_RECORD_BOUNDS, MPROM_ROMFS_FAULT_UNUSED_KIND, MPROM_ROMFS_FAULT_NAME_BOUNDS,
        MPROM_ROMFS_FAULT_NO_DATA,       MPROM_ROMFS_FAULT_POINTER,
    };
    struct reason *reason = ctx;
    bool fits = reason->index && fault == MPROM_ROMFS_FAULT_INDEX;

    (void)path;
    (void)path_size;
    for (size_t i = 0; i < sizeof(reader_faults) / sizeof(reader_faults[0]); i++) {
        fits = fits || (!reason->index && fault == reader_faults[i] && off >= reason->off);
    }
    reason->fault = fits ? fault : MPROM_ROMFS_FAULT_NONE;
    return fits;
}

static bool is_in_front(const struct mprom_romfs *fs, const struct mprom_romfs_entry *dir,
                        const struct mprom_romfs_entry *entry)
{
    struct mprom_romfs_dir it;
    struct mprom_romfs_entry other;

    mprom_romfs_dir_open(&it, dir);
    while (mprom_romfs_dir_next(fs, &it, &other) > 0 && other.off != entry->off) {
        if (other.name_size == entry->name_size && memcmp(other.name, entry->name, other.name_size) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_usable(const struct mprom_romfs *fs, const struct mprom_romfs_entry *dir,
                      const struct mprom_romfs_entry *entry)
{
    return entry->name_size != 0 && memchr(entry->name, '/', entry->name_size) == NULL &&
           memchr(entry->name, '\0', entry->name_size) == NULL && !is_in_front(fs, dir, entry);
}

/* Appends the name to the path; the caller puts path_size back. Returns whether a lookup finds the same entry. */
static bool find_again(struct reading *reading, const struct mprom_romfs_entry *entry)
{
    struct mprom_romfs_entry found;

    if (entry->name_size + 1 > PATH_ROOM - reading->path_size) {
        return false;
    }
    reading->path[reading->path_size++] = '/';
    memcpy(reading->path + reading->path_size, entry->name, entry->name_size);
    reading->path_size += entry->name_size;
    return mprom_romfs_lookup(&reading->fs, NULL, reading->path, reading->path_size, &found) == 0 &&
           found.is_dir == entry->is_dir && found.off == entry->off && found.data == entry->data &&
           found.size == entry->size;
}

static bool list(struct reading *reading, const struct mprom_romfs_entry *dir);

/* Prints one entry and what is in it. Returns false if something of it cannot be read. */
static bool show(struct reading *reading, const struct mprom_romfs_entry *dir, const struct mprom_romfs_entry *entry)
{
    uint32_t path_size = reading->path_size;
    bool usable = is_usable(&reading->fs, dir, entry);
    bool ok = true;

    fputs(entry->is_dir ? " d" : " f", reading->out);
    for (uint32_t i = 0; i < entry->name_size; i++) {
        fprintf(reading->out, "%02x", (unsigned char)entry->name[i]);
    }
    fprintf(reading->out, ":%lu", (unsigned long)entry->size);
    if (usable) {
        ok = find_again(reading, entry);
        reading->index_failed = !ok;
    }
    if (!entry->is_dir) {
        fprintf(reading->out, usable ? ":%08lx" : ":-",
                (unsigned long)mprom_romfs_crc32(0, entry->data, entry->size));
    } else if (usable && ok) {
        fputs(" (", reading->out);
        ok = list(reading, entry);
        fputs(" )", reading->out);
    }
    reading->path_size = path_size;
    return ok;
}

/* A directory nests another in fewer bytes than its own, so the recursion is bounded by ROOM. */
static bool list(struct reading *reading, const struct mprom_romfs_entry *dir)
{
    struct mprom_romfs_dir it;
    struct mprom_romfs_entry entry;
    int r;

    mprom_romfs_dir_open(&it, dir);
    while ((r = mprom_romfs_dir_next(&reading->fs, &it, &entry)) > 0) {
        if (!show(reading, dir, &entry)) {
            return false;
        }
    }
    reading->failed_off = (uint32_t)(it.pos - reading->fs.image);
    return r == 0;
}

static bool read_image(struct reading *reading, const uint8_t *image, uint32_t size)
{
    struct mprom_romfs_entry root;

    reading->path_size = 0;
    reading->failed_off = 0;
    reading->index_failed = false;
    if (mprom_romfs_open(&reading->fs, image, size) != 0) {
        return false;
    }
    mprom_romfs_root(&reading->fs, &root);
    return list(reading, &root);
}

/* A fault counts more than a note, and the first of each counts. */
static int keep_first(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path, uint32_t path_size)
{
    enum mprom_romfs_fault *kept = ctx;

    (void)off;
    (void)path;
    (void)path_size;
    if (*kept == MPROM_ROMFS_FAULT_NONE || (mprom_romfs_fault_is_note(*kept) && !mprom_romfs_fault_is_note(fault))) {
        *kept = fault;
    }
    return 0;
}

/*
 * The fault that stopped the reader. A lookup goes wrong when the index does not fit; where a record is so damaged
 * that it hides others, the check does not count the slots, and that record is the reason.
 */
static enum mprom_romfs_fault find_reason(const struct reading *reading, const uint8_t *image, uint32_t size)
{
    struct reason reason = {.off = reading->failed_off, .index = reading->index_failed};

    check(image, size, MPROM_ROMFS_CHECK_NO_SEAL | MPROM_ROMFS_CHECK_INDEX, weigh_fault, &reason);
    if (reason.index && reason.fault == MPROM_ROMFS_FAULT_NONE) {
        reason = (struct reason){0};
        check(image, size, MPROM_ROMFS_CHECK_NO_SEAL, weigh_fault, &reason);
    }
    return reason.fault;
}

static void print_line(const uint8_t *image, uint32_t size)
{
    static struct reading reading;
    unsigned flags =
        MPROM_ROMFS_CHECK_NAMES | MPROM_ROMFS_CHECK_INDEX | MPROM_ROMFS_CHECK_TRAILING | MPROM_ROMFS_CHECK_UNUSUAL;
    enum mprom_romfs_fault fault = MPROM_ROMFS_FAULT_NONE;
    char *text = NULL;
    size_t text_size = 0;

    reading.out = open_memstream(&text, &text_size);
    if (reading.out == NULL) {
        fail("open_memstream");
    }
    check(image, size, flags, keep_first, &fault);
    bool ok = read_image(&reading, image, size);
    fclose(reading.out);
    if (ok) {
        printf("=%s\t%d\n", text, (int)fault);
    } else {
        printf("! %d\t%d\n", (int)find_reason(&reading, image, size), (int)fault);
    }
    free(text);
}

static int print_faults(void)
{
    for (int fault = 0; fault < MPROM_ROMFS_FAULT_COUNT; fault++) {
        const char *kind = mprom_romfs_fault_is_note((enum mprom_romfs_fault)fault) ? "note: " : "";
        printf("%d\t%s%s\n", fault, kind, mprom_romfs_fault_text((enum mprom_romfs_fault)fault));
    }
    return 0;
}

/* Reads an image to in front of `end`. Returns its size. */
static uint32_t take_image(FILE *batch, uint8_t *end)
{
    uint8_t bytes[4];
    uint32_t size;

    if (fread(bytes, 1, sizeof(bytes), batch) != sizeof(bytes)) {
        fail("differential_ours: BATCH");
    }
    size = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;
    if (bytes[3] != 0 || size > ROOM || fread(end - size, 1, size, batch) != size) {
        fail("differential_ours: BATCH");
    }
    return size;
}

int main(int argc, char **argv)
{
    static const struct itimerval timer = {.it_value.tv_usec = CPU_US};
    uint8_t *end = make_room();
    FILE *batch;

    if (argc == 2 && strcmp(argv[1], "--faults") == 0) {
        return print_faults();
    }
    batch = argc == 4 ? fopen(argv[1], "rb") : NULL;
    if (batch == NULL) {
        fail("differential_ours: BATCH FIRST COUNT");
    }
    unsigned long first = strtoul(argv[2], NULL, 10);
    unsigned long count = strtoul(argv[3], NULL, 10);
    for (unsigned long i = 0; i < first + count; i++) {
        uint32_t size = take_image(batch, end);

        if (i >= first) {
            setitimer(ITIMER_VIRTUAL, &timer, NULL);
            print_line(end - size, size);
            fflush(stdout); /* a crash must be attributed to the right image */
        }
    }
    fclose(batch);
    return 0;
}
