/* The walk over all records, and the check of each. */
#include "romfs/check.h"

ROMFS_OWN_FRAME static void check_pointer(struct romfs_checker *checker, const struct romfs_window_record *record)
{
    uint32_t payload_size = checker->check->image_size - checker->payload_off;
    uint32_t pos = record->body;
    uint32_t size;
    uint32_t off;

    if (!romfs_window_varuint(&checker->window, &pos, record->end, &size) ||
        !romfs_window_varuint(&checker->window, &pos, record->end, &off)) {
        romfs_check_fault(checker, ROMFS_FAULT_VARUINT, record->off);
    } else if (off > payload_size || size > payload_size - off) {
        romfs_check_fault(checker, ROMFS_FAULT_POINTER, record->off);
    }
}

ROMFS_OWN_FRAME static void check_time(struct romfs_checker *checker, const struct romfs_window_record *record)
{
    uint64_t seconds;

    if (!romfs_window_number(&checker->window, record->body, record->end, &seconds)) {
        romfs_check_fault(checker, ROMFS_FAULT_VARUINT, record->off);
    }
}

/* The records in a file. */
ROMFS_OWN_FRAME static void check_contents(struct romfs_checker *checker, const struct romfs_window_record *file)
{
    uint32_t off = file->body;
    bool found = false; /* the contents: no reader looks at what is behind them */

    while (off != file->end && !romfs_check_over(checker)) {
        struct romfs_window_record record;

        if (found && romfs_window_record(&checker->window, off, file->end, &record) != ROMFS_FAULT_NONE) {
            romfs_check_unusual(checker, ROMFS_FAULT_SKIPPED, off);
            return;
        }
        if (!found && !romfs_check_take(checker, off, file->end, &record)) {
            return;
        }
        off = record.end;
        switch (record.kind) {
        case ROMFS_KIND_DATA:
            found = true;
            break;
        case ROMFS_KIND_DATA_POINTER:
            if (!found) {
                check_pointer(checker, &record);
            }
            found = true;
            break;
        case ROMFS_KIND_TIME:
            check_time(checker, &record);
            break;
        case ROMFS_KIND_DIR:
        case ROMFS_KIND_FILE:
        case ROMFS_KIND_IMAGE:
            romfs_check_unusual(checker, ROMFS_FAULT_SKIPPED, record.off);
            break;
        case ROMFS_KIND_INFO:
        case ROMFS_KIND_INDEX:
        case ROMFS_KIND_SEAL:
            romfs_check_fault(checker, ROMFS_FAULT_MISPLACED, record.off);
            break;
        default:
            break;
        }
    }
    if (!found) {
        romfs_check_fault(checker, ROMFS_FAULT_NO_DATA, file->off);
    }
}

/* The walk: the directory that is open. Those around it are in check->levels. */
struct check_walk {
    uint32_t off;
    uint32_t end;
    uint32_t depth;
};

static void check_enter(struct romfs_checker *checker, struct check_walk *walk, const struct romfs_window_record *dir,
                        uint32_t path_size)
{
    struct romfs_check *check = checker->check;

    if (walk->depth == check->level_count) {
        checker->lost = true;
        romfs_check_fault(checker, ROMFS_FAULT_DEPTH, dir->off);
        checker->path_size = path_size;
        return;
    }
    check->levels[walk->depth].end = walk->end;
    check->levels[walk->depth].path_size = path_size;
    walk->depth++;
    walk->off = dir->body;
    walk->end = dir->end;
    romfs_check_dir(checker, dir->off, dir->body, dir->end);
}

/* A directory or a file; for both, what is nested is left to look at behind the name. */
static void check_entry(struct romfs_checker *checker, struct check_walk *walk, struct romfs_window_record *record)
{
    uint32_t path_size = checker->path_size;
    uint32_t name_size;
    enum romfs_fault fault = romfs_window_name(&checker->window, record, &name_size);

    if (fault != ROMFS_FAULT_NONE) {
        checker->lost = true;
        romfs_check_fault(checker, fault, record->off);
        return;
    }
    fault = romfs_check_path_push(checker, record->body, name_size);
    if (fault != ROMFS_FAULT_NONE && romfs_check_wants(checker, ROMFS_CHECK_NAMES)) {
        romfs_check_fault(checker, fault, record->off);
    }
    record->body += name_size;
    if (record->kind == ROMFS_KIND_DIR) {
        checker->check->dir_count++;
        check_enter(checker, walk, record, path_size);
    } else {
        checker->check->file_count++;
        check_contents(checker, record);
        checker->path_size = path_size;
    }
}

/* A record of a directory, the root included. */
static void check_record(struct romfs_checker *checker, struct check_walk *walk, struct romfs_window_record *record)
{
    bool in_place = true;

    switch (record->kind) {
    case ROMFS_KIND_DIR:
    case ROMFS_KIND_FILE:
        check_entry(checker, walk, record);
        return;
    case ROMFS_KIND_INFO:
        in_place = record->off == checker->payload_off;
        break;
    case ROMFS_KIND_INDEX:
        in_place = record->off == checker->index_off;
        break;
    case ROMFS_KIND_SEAL:
        in_place = record->off == checker->seal_off;
        break;
    case ROMFS_KIND_DATA_POINTER:
    case ROMFS_KIND_TIME:
    case ROMFS_KIND_IMAGE:
        romfs_check_unusual(checker, ROMFS_FAULT_SKIPPED, record->off);
        break;
    default:
        break;
    }
    if (!in_place) {
        romfs_check_fault(checker, ROMFS_FAULT_MISPLACED, record->off);
    } else if (record->kind == ROMFS_KIND_INFO) {
        romfs_check_info(checker, record);
    }
}

void romfs_check_records(struct romfs_checker *checker)
{
    struct check_walk walk = {.off = checker->payload_off, .end = checker->check->image_size};

    romfs_check_dir(checker, 0, walk.off, walk.end);
    while (!romfs_check_over(checker)) {
        struct romfs_window_record record;

        if (walk.off == walk.end) {
            if (walk.depth == 0) {
                return;
            }
            /* What is nested in a directory ends where its record ends, so that is where the parent goes on. */
            walk.depth--;
            walk.end = checker->check->levels[walk.depth].end;
            checker->path_size = checker->check->levels[walk.depth].path_size;
        } else if (romfs_check_take(checker, walk.off, walk.end, &record)) {
            walk.off = record.end;
            check_record(checker, &walk, &record);
        } else {
            walk.off = walk.end;
        }
    }
}
