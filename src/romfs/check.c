/* The check: the header, and the order of the rest. */
#include "romfs/check.h"

#include <string.h>

enum {
    MAGIC_SIZE = 3,
};

/* The image's own header. Returns false if nothing more can be said. */
MPROM_ROMFS_OWN_FRAME static bool check_header(struct mprom_romfs_checker *checker)
{
    static const uint8_t magic[MAGIC_SIZE] = {0xd2, 0xcd, 0x31};
    struct mprom_romfs_check *check = checker->check;
    uint32_t source_size = check->source->size;
    uint32_t off;
    uint32_t size;

    for (off = 0; off < MAGIC_SIZE; off++) {
        if (off == source_size || mprom_romfs_window_byte(&checker->window, off) != magic[off]) {
            mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_HEADER, 0);
            return false;
        }
    }
    if (!mprom_romfs_window_varuint(&checker->window, &off, source_size, &size) || size > source_size - off) {
        mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_LENGTH, MAGIC_SIZE);
        return false;
    }
    check->image_size = off + size;
    checker->payload_off = off;
    if (check->image_size % 2 != 0) {
        mprom_romfs_check_unusual(checker, MPROM_ROMFS_FAULT_ODD_SIZE, 0);
    }
    return true;
}

/*
 * Other builders pad the length to make an image even. mprom's do not, so in one of theirs it means a flipped bit,
 * and that the image may end too early.
 */
static void check_padding(struct mprom_romfs_checker *checker)
{
    bool is_ours = checker->check->has_info || checker->seal_off != 0;

    if (is_ours && mprom_romfs_window_byte(&checker->window, MAGIC_SIZE) == 0x80) {
        mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_LENGTH_PADDED, MAGIC_SIZE);
    }
}

int mprom_romfs_check(struct mprom_romfs_check *check)
{
    struct mprom_romfs_checker *checker = &check->checker;

    memset(checker, 0, sizeof(*checker));
    checker->check = check;
    check->first = MPROM_ROMFS_FAULT_NONE;
    check->first_off = 0;
    check->fault_count = 0;
    check->image_size = 0;
    check->file_count = 0;
    check->dir_count = 0;
    check->has_info = false;
    check->has_index = false;
    check->has_seal = false;
    check->crc = 0;
    mprom_romfs_window_open(&checker->window, check->source);
    if (check_header(checker)) {
        mprom_romfs_check_find_tail(checker);
        mprom_romfs_check_index(checker);
        mprom_romfs_check_records(checker);
        check_padding(checker);
        mprom_romfs_check_index_count(checker);
        mprom_romfs_check_seal(checker);
        mprom_romfs_check_trailing(checker);
    }
    if (checker->window.error != 0) {
        return checker->window.error;
    }
    if (check->fault_count == 0) {
        return 0;
    }
    return check->first == MPROM_ROMFS_FAULT_HEADER ? -MPROM_ENODEV : -MPROM_EBADMSG;
}
