/* The check of names: the rules, and the entries of one directory among themselves. */
#include "romfs/check.h"
#include "romfs/index.h"
#include "romfs/utf8.h"

/* A name, by offsets; and the record that it is in. */
struct check_name {
    uint32_t record_off;
    uint32_t off;
    uint32_t size;
    uint32_t next; /* behind the record */
};

/* The names of one directory so far. */
struct check_names {
    struct check_name last;
    uint32_t count;
    uint32_t unsorted_off; /* the first record whose name is less than the one before; 0 if there is none */
    uint32_t end;          /* of the directory */
};

/* Adds a byte to the path if there is room. */
static void path_add(struct mprom_romfs_checker *checker, uint8_t byte)
{
    struct mprom_romfs_check *check = checker->check;

    if (check->path != NULL && checker->path_size < check->path_room) {
        check->path[checker->path_size++] = (char)byte;
    }
}

enum mprom_romfs_fault mprom_romfs_check_path_push(struct mprom_romfs_checker *checker, uint32_t name_off,
                                                   uint32_t name_size)
{
    struct mprom_romfs_utf8 utf8 = {0};
    bool dots = true; /* nothing but dots so far */
    bool good = true;
    bool is_utf8 = true;

    if (checker->path_size != 0) {
        path_add(checker, '/');
    }
    for (uint32_t i = 0; i < name_size; i++) {
        uint8_t byte = mprom_romfs_window_byte(&checker->window, name_off + i);

        path_add(checker, byte);
        good = good && byte != '/' && byte != '\0';
        is_utf8 = is_utf8 && mprom_romfs_utf8_push(&utf8, byte);
        dots = dots && byte == '.';
    }
    if (!good || (dots && name_size <= 2)) {
        return MPROM_ROMFS_FAULT_NAME;
    }
    return is_utf8 && utf8.left == 0 ? MPROM_ROMFS_FAULT_NONE : MPROM_ROMFS_FAULT_NAME_UTF8;
}

/* Reports a fault in an entry of the directory that the path names. */
static void fault_in_entry(struct mprom_romfs_checker *checker, enum mprom_romfs_fault fault,
                           const struct check_name *name)
{
    uint32_t path_size = checker->path_size;

    mprom_romfs_check_path_push(checker, name->off, name->size);
    mprom_romfs_check_fault(checker, fault, name->record_off);
    checker->path_size = path_size;
}

/* The first of two names is compared in pieces of this many bytes. */
enum {
    PIECE_SIZE = 16,
};

/* Below, equal to or above 0, as memcmp; a name that another one starts with is less. */
static int name_compare(struct mprom_romfs_checker *checker, const struct check_name *a, const struct check_name *b)
{
    struct mprom_romfs_window *window = &checker->window;
    uint32_t common = a->size < b->size ? a->size : b->size;
    uint8_t piece[PIECE_SIZE];

    for (uint32_t i = 0; i < common; i++) {
        if (i % PIECE_SIZE == 0) {
            mprom_romfs_window_read(window, a->off + i, piece, common - i < PIECE_SIZE ? common - i : PIECE_SIZE);
        }
        int difference = piece[i % PIECE_SIZE] - mprom_romfs_window_byte(window, b->off + i);
        if (difference != 0) {
            return difference;
        }
    }
    return a->size < b->size ? -1 : a->size > b->size;
}

/*
 * Reads the record at `off`. Returns 1 if it is an entry, and its name; 0 if not, or its name is at fault; -1 if the
 * record is at fault. In all cases but the last name->next is valid; the name is empty if there is none.
 */
static int name_read(struct mprom_romfs_window *window, uint32_t off, uint32_t end, struct check_name *name)
{
    struct mprom_romfs_window_record record;

    name->record_off = off;
    name->size = 0;
    if (mprom_romfs_window_record(window, off, end, &record) != MPROM_ROMFS_FAULT_NONE) {
        return -1;
    }
    name->next = record.end;
    if ((record.kind != MPROM_ROMFS_KIND_DIR && record.kind != MPROM_ROMFS_KIND_FILE) ||
        mprom_romfs_window_name(window, &record, &name->size) != MPROM_ROMFS_FAULT_NONE) {
        name->size = 0;
        return 0;
    }
    name->off = record.body;
    return 1;
}

/* Compares two entries by name, equal names by their place. */
static bool entry_is_less(struct mprom_romfs_checker *checker, uint32_t a_off, uint32_t b_off, uint32_t end)
{
    struct check_name a;
    struct check_name b;
    int difference;

    name_read(&checker->window, a_off, end, &a);
    name_read(&checker->window, b_off, end, &b);
    difference = name_compare(checker, &a, &b);
    return difference != 0 ? difference < 0 : a_off < b_off;
}

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t was = *a;

    *a = *b;
    *b = was;
}

/* Heap sort: no bad case, no memory, no recursion. In one function, for the sake of the stack. */
static void names_sort(struct mprom_romfs_checker *checker, uint32_t count, uint32_t end)
{
    uint32_t *sort = checker->check->sort;
    uint32_t heap = count / 2; /* those from here on to count are in heap order */

    while (count > 1 && !mprom_romfs_check_over(checker)) {
        uint32_t parent;
        uint32_t child;

        if (heap != 0) {
            heap--;
        } else {
            count--;
            swap(&sort[0], &sort[count]);
        }
        for (parent = heap; (child = 2 * parent + 1) < count; parent = child) {
            if (child + 1 < count && entry_is_less(checker, sort[child], sort[child + 1], end)) {
                child++;
            }
            if (!entry_is_less(checker, sort[parent], sort[child], end)) {
                break;
            }
            swap(&sort[parent], &sort[child]);
        }
    }
}

/* Reports the equal names of a directory that is not sorted; those in front of unsorted_off were reported before. */
static void names_finish(struct mprom_romfs_checker *checker, const struct check_names *names)
{
    const uint32_t *sort = checker->check->sort;

    if (names->unsorted_off == 0 || sort == NULL || names->count > checker->check->sort_room) {
        return;
    }
    names_sort(checker, names->count, names->end);
    for (uint32_t i = 1; i < names->count && !mprom_romfs_check_over(checker); i++) {
        struct check_name a;
        struct check_name b;

        name_read(&checker->window, sort[i - 1], names->end, &a);
        name_read(&checker->window, sort[i], names->end, &b);
        if (sort[i] >= names->unsorted_off && name_compare(checker, &a, &b) == 0) {
            fault_in_entry(checker, MPROM_ROMFS_FAULT_NAME_TWICE, &b);
        }
    }
}

static void names_add(struct mprom_romfs_checker *checker, struct check_names *names, const struct check_name *name)
{
    struct mprom_romfs_check *check = checker->check;

    if (names->count != 0 && names->unsorted_off == 0) {
        int difference = name_compare(checker, &names->last, name);

        if (difference == 0) {
            fault_in_entry(checker, MPROM_ROMFS_FAULT_NAME_TWICE, name);
        } else if (difference > 0) {
            names->unsorted_off = name->record_off;
        }
    }
    if (check->sort != NULL && names->count < check->sort_room) {
        check->sort[names->count] = name->record_off;
    }
    names->count++;
    names->last = *name;
}

/* Looks for the slot of an entry in the directory whose record is at dir_off. */
static void check_slot_of(struct mprom_romfs_checker *checker, uint32_t dir_off, const struct check_name *name)
{
    uint32_t hash = mprom_romfs_index_hash_start(dir_off);

    for (uint32_t i = 0; i < name->size; i++) {
        hash = mprom_romfs_index_hash_push(hash, mprom_romfs_window_byte(&checker->window, name->off + i));
    }
    if (!mprom_romfs_check_index_has(checker, hash, name->record_off)) {
        fault_in_entry(checker, MPROM_ROMFS_FAULT_INDEX, name);
    }
}

void mprom_romfs_check_dir(struct mprom_romfs_checker *checker, uint32_t dir_off, uint32_t off, uint32_t end)
{
    struct check_names names = {.end = end};
    bool wants_names = mprom_romfs_check_wants(checker, MPROM_ROMFS_CHECK_NAMES);

    if (!wants_names && checker->slots_off == 0) {
        return;
    }
    while (off != end && !mprom_romfs_check_over(checker)) {
        struct check_name name;
        int r = name_read(&checker->window, off, end, &name);

        if (r < 0) {
            break;
        }
        off = name.next;
        if (r > 0 && wants_names) {
            names_add(checker, &names, &name);
        }
        if (r > 0 && checker->slots_off != 0) {
            check_slot_of(checker, dir_off, &name);
        }
    }
    names_finish(checker, &names);
}
