/* The walk over all records, and the check of each. */
#include "romfs/check.h"

MPROM_ROMFS_OWN_FRAME static void check_pointer(struct mprom_romfs_checker *checker,
                                                const struct mprom_romfs_window_record *record)
{
    uint32_t payload_size = checker->check->image_size - checker->payload_off;
    uint32_t pos = record->body;
    uint32_t size;
    uint32_t off;

    if (!mprom_romfs_window_varuint(&checker->window, &pos, record->end, &size) ||
        !mprom_romfs_window_varuint(&checker->window, &pos, record->end, &off)) {
        mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_VARUINT, record->off);
    } else if (off > payload_size || size > payload_size - off) {
        mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_POINTER, record->off);
    }
}

MPROM_ROMFS_OWN_FRAME static void check_time(struct mprom_romfs_checker *checker,
                                             const struct mprom_romfs_window_record *record)
{
    uint64_t seconds;

    if (!mprom_romfs_window_number(&checker->window, record->body, record->end, &seconds)) {
        mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_VARUINT, record->off);
    }
}

/* The records in a file. */
MPROM_ROMFS_OWN_FRAME static void check_contents(struct mprom_romfs_checker *checker,
                                                 const struct mprom_romfs_window_record *file)
{
    uint32_t off = file->body;
    bool found = false; /* the contents: no reader looks at what is behind them */

    while (off != file->end && !mprom_romfs_check_over(checker)) {
        struct mprom_romfs_window_record record;

        if (found && mprom_romfs_window_record(&checker->window, off, file->end, &record) != MPROM_ROMFS_FAULT_NONE) {
            mprom_romfs_check_unusual(checker, MPROM_ROMFS_FAULT_SKIPPED, off);
            return;
        }
        if (!found && !mprom_romfs_check_take(checker, off, file->end, &record)) {
            return;
        }
        off = record.end;
        switch (record.kind) {
        case MPROM_ROMFS_KIND_DATA:
            found = true;
            break;
        case MPROM_ROMFS_KIND_DATA_POINTER:
            if (!found) {
                check_pointer(checker, &record);
            }
            found = true;
            break;
        case MPROM_ROMFS_KIND_TIME:
            check_time(checker, &record);
            break;
        case MPROM_ROMFS_KIND_DIR:
        case MPROM_ROMFS_KIND_FILE:
        case MPROM_ROMFS_KIND_IMAGE:
            mprom_romfs_check_unusual(checker, MPROM_ROMFS_FAULT_SKIPPED, record.off);
            break;
        case MPROM_ROMFS_KIND_INFO:
        case MPROM_ROMFS_KIND_INDEX:
        case MPROM_ROMFS_KIND_SEAL:
            mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_MISPLACED, record.off);
            break;
        default:
            break;
        }
    }
    if (!found) {
        mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_NO_DATA, file->off);
    }
}

/* The walk: the directory that is open. Those around it are in check->levels. */
struct check_walk {
    uint32_t off;
    uint32_t end;
    uint32_t depth;
};

static void check_enter(struct mprom_romfs_checker *checker, struct check_walk *walk,
                        const struct mprom_romfs_window_record *dir, uint32_t path_size)
{
    struct mprom_romfs_check *check = checker->check;

    if (walk->depth == check->level_count) {
        checker->lost = true;
        mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_DEPTH, dir->off);
        checker->path_size = path_size;
        return;
    }
    check->levels[walk->depth].end = walk->end;
    check->levels[walk->depth].path_size = path_size;
    walk->depth++;
    walk->off = dir->body;
    walk->end = dir->end;
    mprom_romfs_check_dir(checker, dir->off, dir->body, dir->end);
}

/* A directory or a file; for both, what is nested is left to look at behind the name. */
static void check_entry(struct mprom_romfs_checker *checker, struct check_walk *walk,
                        struct mprom_romfs_window_record *record)
{
    uint32_t path_size = checker->path_size;
    uint32_t name_size;
    enum mprom_romfs_fault fault = mprom_romfs_window_name(&checker->window, record, &name_size);

    if (fault != MPROM_ROMFS_FAULT_NONE) {
        checker->lost = true;
        mprom_romfs_check_fault(checker, fault, record->off);
        return;
    }
    fault = mprom_romfs_check_path_push(checker, record->body, name_size);
    if (fault != MPROM_ROMFS_FAULT_NONE && mprom_romfs_check_wants(checker, MPROM_ROMFS_CHECK_NAMES)) {
        mprom_romfs_check_fault(checker, fault, record->off);
    }
    record->body += name_size;
    if (record->kind == MPROM_ROMFS_KIND_DIR) {
        checker->check->dir_count++;
        check_enter(checker, walk, record, path_size);
    } else {
        checker->check->file_count++;
        check_contents(checker, record);
        checker->path_size = path_size;
    }
}

/* A record of a directory, the root included. */
static void check_record(struct mprom_romfs_checker *checker, struct check_walk *walk,
                         struct mprom_romfs_window_record *record)
{
    bool in_place = true;

    switch (record->kind) {
    case MPROM_ROMFS_KIND_DIR:
    case MPROM_ROMFS_KIND_FILE:
        check_entry(checker, walk, record);
        return;
    case MPROM_ROMFS_KIND_INFO:
        in_place = record->off == checker->payload_off;
        break;
    case MPROM_ROMFS_KIND_INDEX:
        in_place = record->off == checker->index_off;
        break;
    case MPROM_ROMFS_KIND_SEAL:
        in_place = record->off == checker->seal_off;
        break;
    case MPROM_ROMFS_KIND_DATA_POINTER:
    case MPROM_ROMFS_KIND_TIME:
    case MPROM_ROMFS_KIND_IMAGE:
        mprom_romfs_check_unusual(checker, MPROM_ROMFS_FAULT_SKIPPED, record->off);
        break;
    default:
        break;
    }
    if (!in_place) {
        mprom_romfs_check_fault(checker, MPROM_ROMFS_FAULT_MISPLACED, record->off);
    } else if (record->kind == MPROM_ROMFS_KIND_INFO) {
        mprom_romfs_check_info(checker, record);
    }
}

void mprom_romfs_check_records(struct mprom_romfs_checker *checker)
{
    struct check_walk walk = {.off = checker->payload_off, .end = checker->check->image_size};

    mprom_romfs_check_dir(checker, 0, walk.off, walk.end);
    while (!mprom_romfs_check_over(checker)) {
        struct mprom_romfs_window_record record;

        if (walk.off == walk.end) {
            if (walk.depth == 0) {
                return;
            }
            /* What is nested in a directory ends where its record ends, so that is where the parent goes on. */
            walk.depth--;
            walk.end = checker->check->levels[walk.depth].end;
            checker->path_size = checker->check->levels[walk.depth].path_size;
        } else if (mprom_romfs_check_take(checker, walk.off, walk.end, &record)) {
            walk.off = record.end;
            check_record(checker, &walk, &record);
        } else {
            walk.off = walk.end;
        }
    }
}
