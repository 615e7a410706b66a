/* The check of the info record. */
#include "romfs/check.h"
#include "romfs/info.h"
#include "romfs/utf8.h"

static bool check_text(struct mprom_romfs_checker *checker, uint32_t off, uint32_t end)
{
    struct mprom_romfs_utf8 utf8 = {0};

    for (; off != end; off++) {
        if (!mprom_romfs_utf8_push(&utf8, mprom_romfs_window_byte(&checker->window, off))) {
            return false;
        }
    }
    return utf8.left == 0;
}

/* One value: whether it is what its tag wants. */
static bool check_value(struct mprom_romfs_checker *checker, uint32_t tag, uint32_t off, uint32_t end)
{
    uint64_t number;

    switch (tag) {
    case MPROM_ROMFS_INFO_LABEL:
    case MPROM_ROMFS_INFO_BUILDER:
        return check_text(checker, off, end);
    case MPROM_ROMFS_INFO_BUILD_TIME:
        return mprom_romfs_window_number(&checker->window, off, end, &number);
    case MPROM_ROMFS_INFO_ALIGN:
        return mprom_romfs_window_number(&checker->window, off, end, &number) && mprom_romfs_info_is_align(number);
    case MPROM_ROMFS_INFO_MPY:
        return end - off == MPROM_ROMFS_INFO_MPY_SIZE;
    case MPROM_ROMFS_INFO_SEALED:
        checker->sealed = true;
        return end == off;
    default:
        return true;
    }
}

/* Moves *off over one tag and its value. Returns false if it breaks the format. */
static bool check_field(struct mprom_romfs_checker *checker, uint32_t *off, uint32_t end, uint32_t *seen)
{
    uint32_t tag;
    uint32_t size;
    uint32_t value_off;

    if (!mprom_romfs_window_varuint(&checker->window, off, end, &tag) ||
        !mprom_romfs_window_varuint(&checker->window, off, end, &size) || size > end - *off) {
        return false;
    }
    value_off = *off;
    *off += size;
    return mprom_romfs_info_is_new(tag, seen) && check_value(checker, tag, value_off, *off);
}

void mprom_romfs_check_info(struct mprom_romfs_checker *checker, const struct mprom_romfs_window_record *record)
{
    uint32_t off = record->body;
    uint32_t seen = 0;

    checker->check->has_info = true;
    while (off != record->end) {
        if (!check_field(checker, &off, record->end, &seen)) {
            mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_INFO, record->off);
            return;
        }
    }
}
