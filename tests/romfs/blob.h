/*
 * Writes images for tests, by docs/format.md and by nothing else: it shares no line with the library under test.
 */
#ifndef MPROM_TESTS_BLOB_H
#define MPROM_TESTS_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BLOB_ROOM = 1 << 16,
};

/* Bytes under construction. Start with `= {0}` or blob_clear(). Running out of room aborts the test program. */
struct blob {
    size_t size;
    uint8_t bytes[BLOB_ROOM];
};

void blob_clear(struct blob *blob);
void blob_add(struct blob *blob, const void *bytes, size_t size);
void blob_byte(struct blob *blob, unsigned byte);
void blob_le32(struct blob *blob, uint32_t value);

/* A varuint with pad bytes 80 in front. */
void blob_varuint(struct blob *blob, uint64_t value, unsigned pad);

/* Kind, length, payload. */
void blob_record(struct blob *blob, uint32_t kind, const void *payload, size_t size);

/* A directory with nested records, or a file with one data record; both with a name. */
void blob_dir(struct blob *blob, const char *name, const struct blob *nested);
void blob_file(struct blob *blob, const char *name, const char *contents);

/*
 * Makes an image of a payload: an index if asked for, evenness, then a seal if asked for. The payload's records must
 * not depend on their offsets.
 */
void blob_image(struct blob *image, const struct blob *payload, bool index, bool seal);

/* A copy of exactly size bytes on the heap, so that a sanitizer sees a read outside. The caller frees it. */
uint8_t *blob_heap(const void *bytes, size_t size);

#endif
