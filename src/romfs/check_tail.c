/* The check of what stands at the end of an image and behind it. */
#include "romfs/check.h"
#include "romfs/seal.h"

void mprom_romfs_check_find_tail(struct mprom_romfs_checker *checker)
{
    struct mprom_romfs_window_record last = {.kind = MPROM_ROMFS_KIND_UNUSED};
    struct mprom_romfs_window_record before = last;
    uint32_t off = checker->payload_off;
    uint32_t end = checker->check->image_size;

    while (off != end) {
        before = last;
        if (mprom_romfs_window_record(&checker->window, off, end, &last) != MPROM_ROMFS_FAULT_NONE) {
            return;
        }
        off = last.end;
    }
    if (last.kind == MPROM_ROMFS_KIND_SEAL) {
        checker->seal_off = last.off;
        last = before;
    }
    if (last.kind == MPROM_ROMFS_KIND_INDEX) {
        checker->index_off = last.off;
        checker->check->has_index = true;
    }
}

/* The checksum of everything in front of `end`, a window at a time. */
static uint32_t check_crc(struct mprom_romfs_checker *checker, uint32_t end)
{
    struct mprom_romfs_window *window = &checker->window;
    uint32_t crc = 0;

    for (uint32_t off = 0; off != end && !mprom_romfs_check_over(checker);) {
        mprom_romfs_window_byte(window, off); /* brings the window there */
        uint32_t skipped = off - window->off;
        uint32_t size = window->size - skipped < end - off ? window->size - skipped : end - off;

        crc = mprom_romfs_crc32(crc, window->bytes + skipped, size);
        off += size;
    }
    return crc;
}

/*
 * Whether the record at the end is exactly what a seal is. Its kind takes four bytes at least: with this size, and
 * the algorithm where it belongs, neither kind nor length can be padded.
 */
static bool check_seal_shape(struct mprom_romfs_checker *checker)
{
    return checker->check->image_size - checker->seal_off == MPROM_ROMFS_SEAL_SIZE &&
           mprom_romfs_window_byte(&checker->window, checker->seal_off + MPROM_ROMFS_SEAL_HEADER_SIZE) ==
               MPROM_ROMFS_SEAL_CRC32;
}

void mprom_romfs_check_seal(struct mprom_romfs_checker *checker)
{
    struct mprom_romfs_check *check = checker->check;
    uint32_t value_off = check->image_size - MPROM_ROMFS_SEAL_VALUE_SIZE;

    if (mprom_romfs_check_over(checker)) {
        return;
    }
    if (checker->seal_off == 0) {
        if (checker->sealed && !checker->lost) {
            mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_SEAL_MISSING, 0);
        }
        return;
    }
    if (check_seal_shape(checker)) {
        check->has_seal = true;
        check->crc = mprom_romfs_window_le32(&checker->window, value_off);
        if (mprom_romfs_check_wants(checker, MPROM_ROMFS_CHECK_NO_SEAL) ||
            check_crc(checker, value_off) == check->crc) {
            return;
        }
    }
    mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_SEAL, checker->seal_off);
}

void mprom_romfs_check_trailing(struct mprom_romfs_checker *checker)
{
    uint32_t off = checker->check->image_size;
    uint32_t end = checker->check->source->size;
    uint8_t first;

    if (off == end || !mprom_romfs_check_wants(checker, MPROM_ROMFS_CHECK_TRAILING) ||
        mprom_romfs_check_over(checker)) {
        return;
    }
    first = mprom_romfs_window_byte(&checker->window, off);
    while (off != end && !mprom_romfs_check_over(checker)) {
        uint8_t byte = mprom_romfs_window_byte(&checker->window, off);

        if (byte != first || (byte != 0x00 && byte != 0xff)) {
            mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_TRAILING, off);
            return;
        }
        off++;
    }
}
