/*
 * The parts of the builder among themselves. The steps, in this order:
 *
 *   build.c           collects names into a tree of nodes
 *   build_order.c     brings the nodes into the order of the image
 *   build_dedupe.c    finds files with equal contents
 *   build_info.c      makes the info record
 *   build_layout.c    gives every record its offset
 *   build_base.c      gives back those that the records had in an earlier image, if there is one,
 *   build_base_place.c and finds room for the others
 *   build_write.c     writes the records, through build_output.c
 *
 * build_contents.c reads a file's contents, from memory or from the PC's filesystem, wherever a step needs them.
 */
#ifndef MPROM_ROMFS_BUILD_INTERNAL_H
#define MPROM_ROMFS_BUILD_INTERNAL_H

#include <time.h>

#include "mprom/romfs_build.h"
#include "romfs/build_arena.h"
#include "romfs/index.h"

enum {
    MPROM_BUILD_IMAGE_KIND_SIZE = 3, /* bytes of the kind in an image's header */
    MPROM_BUILD_INDEX_ALIGN = 4,
    MPROM_BUILD_LABEL_SIZE_MAX = 4096,
};

/* A directory or file in the base, in bytes from the start of that image. */
struct mprom_build_base_place {
    uint32_t off;      /* of the record; 0 if the base has none */
    uint32_t body_off; /* of what is nested in it */
    uint32_t end_off;
    uint32_t data_off; /* of a file's contents, wherever they are */
    uint32_t data_size;
};

/* One directory or file. */
struct mprom_build_node {
    struct mprom_build_node *parent;
    struct mprom_build_node *first_child;
    struct mprom_build_node *last_child;
    struct mprom_build_node *next; /* sibling */
    const char *name;              /* no NUL behind it; the root's is empty */
    uint32_t name_size;
    uint32_t hash; /* of the whole path */
    bool is_dir;
    bool is_sorted; /* children stand in the order of the image */

    /* A file's contents: data, unless host_path is given */
    const uint8_t *data;
    const char *host_path;
    struct timespec host_mtime; /* when it was first read; tv_nsec is -1 before */
    uint64_t size;
    uint64_t mtime;
    uint32_t align;
    struct mprom_build_node *owner; /* an earlier file with the same contents, or NULL */

    /* Layout: bytes from the start of the image */
    uint64_t off;      /* of the record */
    uint64_t data_off; /* of a file's own contents */
    uint64_t end_off;  /* first byte behind the record */
    uint8_t length_width;
    bool is_kept;  /* the record stands where it does in the base, in as many bytes */
    bool is_loose; /* a file's own contents stand behind a head of their own at the top level */
    struct mprom_build_base_place base;
};

/* Where everything stands that is not a node. Offsets are bytes from the start of the image. */
struct mprom_build_layout {
    uint64_t header_size;
    uint64_t pad_off;
    uint64_t pad_size;  /* of a padding record before the index and the seal; 0 for none */
    uint64_t index_off; /* 0 for none */
    uint64_t table_off; /* the index's slots */
    uint8_t index_length_width;
    uint64_t image_size;
};

struct mprom_romfs_build {
    const struct mprom_romfs_build_options *options;
    struct mprom_build_arena arena;
    struct mprom_build_node root;
    struct mprom_build_node **table; /* open addressing by hash; NULL is free */
    size_t table_size;               /* a power of two */
    uint32_t node_count;             /* without the root */
    struct mprom_build_node **order; /* in the order of the image */
    const uint8_t *info;             /* the whole info record */
    size_t info_size;
    struct mprom_build_layout layout;
    struct mprom_build_node **loose; /* files whose contents are loose, by offset */
    uint32_t loose_count;
    struct mprom_romfs_build_summary summary;
    char *error;
};

/* Sets the sentence and returns err, which is negative. */
int mprom_build_fail(struct mprom_romfs_build *build, int err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int mprom_build_fail_memory(struct mprom_romfs_build *build);

/* The same with "PATH: " before the sentence. */
int mprom_build_fail_node(struct mprom_romfs_build *build, const struct mprom_build_node *node, int err,
                          const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The path of a node in the image, to be freed by the caller; NULL if out of memory. */
char *mprom_build_node_path(const struct mprom_build_node *node);

/* The order of siblings in an image: by the bytes of their names. */
int mprom_build_node_compare(const struct mprom_build_node *a, const struct mprom_build_node *b);

/* The child of that name, or NULL. */
struct mprom_build_node *mprom_build_find(const struct mprom_romfs_build *build,
                                          const struct mprom_build_node *parent, const char *name, size_t name_size);

/* Bytes of the index's table, for a build that has one. */
static inline uint64_t mprom_build_index_size(const struct mprom_romfs_build *build)
{
    return (uint64_t)build->node_count * MPROM_ROMFS_INDEX_SLOT_SIZE + MPROM_ROMFS_INDEX_FOOTER_SIZE;
}

/* Steps. Each returns 0 or a negative error with the sentence set. */
int mprom_build_order(struct mprom_romfs_build *build);
int mprom_build_dedupe(struct mprom_romfs_build *build);
int mprom_build_info(struct mprom_romfs_build *build);
int mprom_build_layout(struct mprom_romfs_build *build);
int mprom_build_base(struct mprom_romfs_build *build);

/* Of build_layout.c, for build_base.c */

/* Sets the widths of all directories' lengths, with the nodes in the order of a plain image. */
void mprom_build_layout_widths(struct mprom_romfs_build *build);

/* What of a file stands between the length of its record and its contents. */
uint64_t mprom_build_layout_name_size(const struct mprom_build_node *node);
uint64_t mprom_build_layout_time_size(const struct mprom_build_node *file);
uint64_t mprom_build_layout_align(uint64_t off, uint64_t align);

/*
 * Places `count` nodes, one that stands at `off` and what is nested in it, and returns the offset behind them. The
 * owners of shared contents have been placed.
 */
uint64_t mprom_build_layout_place(struct mprom_build_node **nodes, uint32_t count, uint64_t off,
                                  uint64_t header_size);

/*
 * Places what stands behind the nodes: a gap of at least pad_size at pad_off, more for an even size. Returns false if
 * the image needs another header than that of header_size bytes.
 */
bool mprom_build_layout_end(struct mprom_romfs_build *build, uint64_t header_size, uint64_t pad_off,
                            uint64_t pad_size);

#endif
