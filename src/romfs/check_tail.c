/* The check of what stands at the end of an image and behind it. */
#include "romfs/check.h"
#include "romfs/seal.h"

void romfs_check_find_tail(struct romfs_checker *checker)
{
    struct romfs_window_record last = {.kind = ROMFS_KIND_UNUSED};
    struct romfs_window_record before = last;
    uint32_t off = checker->payload_off;
    uint32_t end = checker->check->image_size;

    while (off != end) {
        before = last;
        if (romfs_window_record(&checker->window, off, end, &last) != ROMFS_FAULT_NONE) {
            return;
        }
        off = last.end;
    }
    if (last.kind == ROMFS_KIND_SEAL) {
        checker->seal_off = last.off;
        last = before;
    }
    if (last.kind == ROMFS_KIND_INDEX) {
        checker->index_off = last.off;
        checker->check->has_index = true;
    }
}

/* The checksum of everything in front of `end`, a window at a time. */
static uint32_t check_crc(struct romfs_checker *checker, uint32_t end)
{
    struct romfs_window *window = &checker->window;
    uint32_t crc = 0;

    for (uint32_t off = 0; off != end && !romfs_check_over(checker);) {
        romfs_window_byte(window, off); /* brings the window there */
        uint32_t skipped = off - window->off;
        uint32_t size = window->size - skipped < end - off ? window->size - skipped : end - off;

        crc = romfs_crc32(crc, window->bytes + skipped, size);
        off += size;
    }
    return crc;
}

/*
 * Whether the record at the end is exactly what a seal is. Its kind takes four bytes at least: with this size, and
 * the algorithm where it belongs, neither kind nor length can be padded.
 */
static bool check_seal_shape(struct romfs_checker *checker)
{
    return checker->check->image_size - checker->seal_off == ROMFS_SEAL_SIZE &&
           romfs_window_byte(&checker->window, checker->seal_off + ROMFS_SEAL_HEADER_SIZE) == ROMFS_SEAL_CRC32;
}

void romfs_check_seal(struct romfs_checker *checker)
{
    struct romfs_check *check = checker->check;
    uint32_t value_off = check->image_size - ROMFS_SEAL_VALUE_SIZE;

    if (romfs_check_over(checker)) {
        return;
    }
    if (checker->seal_off == 0) {
        if (checker->sealed && !checker->lost) {
            romfs_check_fault(checker, ROMFS_FAULT_SEAL_MISSING, 0);
        }
        return;
    }
    if (check_seal_shape(checker)) {
        check->has_seal = true;
        check->crc = romfs_window_le32(&checker->window, value_off);
        if (romfs_check_wants(checker, ROMFS_CHECK_NO_SEAL) || check_crc(checker, value_off) == check->crc) {
            return;
        }
    }
    romfs_check_fault(checker, ROMFS_FAULT_SEAL, checker->seal_off);
}

void romfs_check_trailing(struct romfs_checker *checker)
{
    uint32_t off = checker->check->image_size;
    uint32_t end = checker->check->source->size;
    uint8_t first;

    if (off == end || !romfs_check_wants(checker, ROMFS_CHECK_TRAILING) || romfs_check_over(checker)) {
        return;
    }
    first = romfs_window_byte(&checker->window, off);
    while (off != end && !romfs_check_over(checker)) {
        uint8_t byte = romfs_window_byte(&checker->window, off);

        if (byte != first || (byte != 0x00 && byte != 0xff)) {
            romfs_check_fault(checker, ROMFS_FAULT_TRAILING, off);
            return;
        }
        off++;
    }
}
