/* The check of the index record. */
#include "romfs/check.h"
#include "romfs/index.h"

/*
 * Finds the table in the record, by the same rules as the reader, and that the bytes in front of it are 00. Returns
 * false if the record is not an index.
 */
static bool check_shape(struct mprom_romfs_checker *checker, const struct mprom_romfs_window_record *record)
{
    uint32_t size = record->end - record->body;
    uint32_t table_size;
    uint32_t fill;

    if (size < MPROM_ROMFS_INDEX_FOOTER_SIZE) {
        return false;
    }
    table_size = mprom_romfs_window_le32(&checker->window, record->end - MPROM_ROMFS_INDEX_FOOTER_SIZE);
    fill = size - table_size;
    if (table_size > size || fill > MPROM_ROMFS_INDEX_FILL_MAX ||
        table_size % MPROM_ROMFS_INDEX_SLOT_SIZE != MPROM_ROMFS_INDEX_FOOTER_SIZE ||
        (record->end - table_size) % 4 != 0) {
        return false;
    }
    for (uint32_t i = 0; i < fill; i++) {
        if (mprom_romfs_window_byte(&checker->window, record->body + i) != 0) {
            return false;
        }
    }
    checker->slots_off = record->end - table_size;
    checker->slot_count = table_size / MPROM_ROMFS_INDEX_SLOT_SIZE;
    return true;
}

/* Hash above, offset below: what slots are sorted by. */
static uint64_t check_slot(struct mprom_romfs_checker *checker, uint32_t i)
{
    uint32_t off = checker->slots_off + i * MPROM_ROMFS_INDEX_SLOT_SIZE;
    uint32_t hash = mprom_romfs_window_le32(&checker->window, off);

    return (uint64_t)hash << 32 | mprom_romfs_window_le32(&checker->window, off + 4);
}

static bool check_order(struct mprom_romfs_checker *checker)
{
    uint64_t last = 0;

    for (uint32_t i = 0; i < checker->slot_count && !mprom_romfs_check_over(checker); i++) {
        uint64_t slot = check_slot(checker, i);

        if (i != 0 && slot <= last) {
            return false;
        }
        last = slot;
    }
    return true;
}

void mprom_romfs_check_index(struct mprom_romfs_checker *checker)
{
    struct mprom_romfs_window_record record;

    if (checker->index_off == 0 || !mprom_romfs_check_wants(checker, MPROM_ROMFS_CHECK_INDEX) ||
        mprom_romfs_check_over(checker)) {
        return;
    }
    if (mprom_romfs_window_record(&checker->window, checker->index_off, checker->check->image_size, &record) !=
            MPROM_ROMFS_FAULT_NONE ||
        !check_shape(checker, &record) || !check_order(checker)) {
        checker->slots_off = 0;
        mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_INDEX, checker->index_off);
    }
}

bool mprom_romfs_check_index_has(struct mprom_romfs_checker *checker, uint32_t hash, uint32_t off)
{
    uint64_t wanted = (uint64_t)hash << 32 | off;
    uint32_t first = 0;
    uint32_t count = checker->slot_count;

    while (count != 0) {
        uint32_t half = count / 2;
        uint64_t slot = check_slot(checker, first + half);

        if (slot == wanted) {
            return true;
        }
        if (slot < wanted) {
            first += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return false;
}

void mprom_romfs_check_index_count(struct mprom_romfs_checker *checker)
{
    /* Every entry found a slot or was reported, and slots differ: as many slots as entries are exactly theirs. */
    if (checker->slots_off != 0 && !checker->lost &&
        checker->slot_count != checker->check->dir_count + checker->check->file_count) {
        mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_INDEX, checker->index_off);
    }
}
