/* How the parts of the check report what they find. */
#include "romfs/check.h"

void mprom_romfs_check_fault(struct mprom_romfs_checker *checker, enum mprom_romfs_fault fault, uint32_t off)
{
    struct mprom_romfs_check *check = checker->check;

    if (mprom_romfs_check_over(checker)) {
        return;
    }
    if (check->fault_count++ == 0) {
        check->first = fault;
        check->first_off = off;
    }
    if (check->on_fault == NULL ||
        check->on_fault(check->ctx, fault, off, check->path != NULL ? check->path : "", checker->path_size) != 0) {
        checker->over = true;
    }
}

void mprom_romfs_check_unusual(struct mprom_romfs_checker *checker, enum mprom_romfs_fault fault, uint32_t off)
{
    if (mprom_romfs_check_wants(checker, MPROM_ROMFS_CHECK_UNUSUAL)) {
        mprom_romfs_check_fault(checker, fault, off);
    }
}

bool mprom_romfs_check_take(struct mprom_romfs_checker *checker, uint32_t off, uint32_t end,
                            struct mprom_romfs_window_record *record)
{
    enum mprom_romfs_fault fault = mprom_romfs_window_record(&checker->window, off, end, record);

    if (fault != MPROM_ROMFS_FAULT_NONE) {
        checker->lost = true;
        mprom_romfs_check_fault(checker, fault, off);
    }
    return fault == MPROM_ROMFS_FAULT_NONE;
}
