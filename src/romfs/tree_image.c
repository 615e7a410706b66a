/* Tells images from other files by what is in them: a file of any name may be what a build wrote. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mprom/romfs_check.h"
#include "romfs/tree_internal.h"

enum {
    IMAGE_LEVEL_COUNT = 1024
};

static const uint8_t image_magic[] = {0xd2, 0xcd, 0x31};

/* Faults of an image that is one nevertheless: it was changed, or another tool made it. */
static bool image_fault_is_small(enum mprom_romfs_fault fault)
{
    return fault == MPROM_ROMFS_FAULT_LENGTH_PADDED || fault == MPROM_ROMFS_FAULT_ODD_SIZE ||
           fault == MPROM_ROMFS_FAULT_NAME_TWICE || fault == MPROM_ROMFS_FAULT_SEAL ||
           fault == MPROM_ROMFS_FAULT_SEAL_MISSING || fault == MPROM_ROMFS_FAULT_INDEX ||
           fault == MPROM_ROMFS_FAULT_INFO;
}

static int image_note_fault(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path,
                            uint32_t path_size)
{
    bool *sound = ctx;
    (void)off;
    (void)path;
    (void)path_size;
    *sound = *sound && image_fault_is_small(fault);
    return *sound ? 0 : 1;
}

/* Whether bytes start with a well-formed image; others may follow, as in a dump of a segment. */
static bool image_is_sound(const uint8_t *bytes, uint64_t size)
{
    bool sound = true;
    struct mprom_romfs_memory memory = {bytes, size < UINT32_MAX ? (uint32_t)size : UINT32_MAX};
    struct mprom_romfs_source source = mprom_romfs_source_memory(&memory);
    struct mprom_romfs_check check = {
        .source = &source,
        .flags = MPROM_ROMFS_CHECK_NO_SEAL,
        .levels = calloc(IMAGE_LEVEL_COUNT, sizeof *check.levels),
        .level_count = IMAGE_LEVEL_COUNT,
        .on_fault = image_note_fault,
        .ctx = &sound,
    };
    int err = check.levels != NULL ? mprom_romfs_check(&check) : -MPROM_ENOMEM;
    free(check.levels);
    return err == 0 || (err == -MPROM_EBADMSG && sound);
}

/* A file that the tree did not read. */
static bool image_is_sound_file(const struct mprom_romfs_tree *tree, const struct mprom_romfs_tree_entry *entry)
{
    uint8_t head[sizeof image_magic];
    bool sound = false;
    int fd = openat(tree->fd, entry->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return false; /* the build will say so */
    }
    if (pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head && memcmp(head, image_magic, sizeof head) == 0) {
        void *bytes = mmap(NULL, (size_t)entry->size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes != MAP_FAILED) {
            sound = image_is_sound(bytes, entry->size);
            munmap(bytes, (size_t)entry->size);
        }
    }
    close(fd);
    return sound;
}

bool mprom_tree_is_image(const struct mprom_romfs_tree *tree, const struct mprom_romfs_tree_entry *entry)
{
    if (entry->size < MPROM_ROMFS_HEADER_SIZE_MIN) {
        return false;
    }
    if (entry->data == NULL) {
        return image_is_sound_file(tree, entry);
    }
    return memcmp(entry->data, image_magic, sizeof image_magic) == 0 && image_is_sound(entry->data, entry->size);
}
