/*
 * A reader of images for the builder's tests, written from docs/format.md alone and sharing no code with src/romfs,
 * so that a mistake made there is not made here. It fails the test at the first thing that the rules for writers
 * forbid.
 */
#ifndef MPROM_TESTS_ROMFS_BUILD_PARSE_H
#define MPROM_TESTS_ROMFS_BUILD_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PARSE_ENTRIES_MAX = 4096,
    PARSE_PATH_SIZE = 512,
    PARSE_DEPTH_MAX = 200
};

struct parse_entry {
    char path[PARSE_PATH_SIZE];
    bool is_dir;
    bool is_pointer;
    uint32_t off;        /* of the record */
    uint32_t parent_off; /* of the directory that it is in; 0 for the root */
    uint32_t data_off;
    uint32_t size;
    uint64_t mtime; /* 0 for none */
};

struct parse_image {
    const uint8_t *bytes;
    uint32_t size;
    uint32_t header_size;
    uint32_t info_off; /* of the payload; 0 for none, as for all of these */
    uint32_t info_size;
    uint32_t index_off;
    uint32_t index_size;
    bool sealed;
    bool has_base;
    size_t count;
    struct parse_entry *entries;
};

/* Parses the image, all of whose bytes are given, and checks structure, order, index and seal. */
void parse_image(struct parse_image *image, const uint8_t *bytes, size_t size);
/* The same for an image that was laid out like another: entries in any order, contents at the top level. */
void parse_image_with_base(struct parse_image *image, const uint8_t *bytes, size_t size);

void parse_free(struct parse_image *image);

/* NULL if there is none. */
const struct parse_entry *parse_find(const struct parse_image *image, const char *path);

/* The value of a tag of the info record; NULL if it is not there. */
const uint8_t *parse_info(const struct parse_image *image, uint32_t tag, uint32_t *size);

/* A number that fills the value exactly. */
uint64_t parse_info_number(const struct parse_image *image, uint32_t tag);

/* CRC-32 of zlib, bit by bit. */
uint32_t parse_crc32(const uint8_t *bytes, size_t size);

#endif
