#include "cli/verify_files.h"

#include <string.h>

#include "cli/image_check.h"
#include "cli/listing.h"

/* What differs between two listings. */
struct difference {
    const struct listing_item *first;
    const char *how; /* of the first */
    size_t count;
};

static void note(struct difference *difference, const struct listing_item *item, const char *how)
{
    if (difference->count++ == 0) {
        difference->first = item;
        difference->how = how;
    }
}

static bool contents_equal(const struct mprom_romfs_entry *a, const struct mprom_romfs_entry *b)
{
    return a->is_dir || (a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0));
}

/* Both in step, as one merges two sorted lists. */
static void compare_listings(struct difference *difference, const struct listing *there, const struct listing *wanted)
{
    for (size_t i = 0, j = 0; i < there->count || j < wanted->count;) {
        int order = i == there->count    ? 1
                    : j == wanted->count ? -1
                                         : listing_compare(&there->items[i], &wanted->items[j]);
        if (order < 0) {
            note(difference, &there->items[i++], "is only on the board");
        } else if (order > 0) {
            note(difference, &wanted->items[j++], "is not on the board");
        } else {
            if (!contents_equal(&there->items[i].entry, &wanted->items[j].entry)) {
                note(difference, &there->items[i], "has other contents");
            }
            i++;
            j++;
        }
    }
}

static void say(const struct difference *difference, char text[VERIFY_TEXT_ROOM])
{
    char more[48] = "";
    int shown = difference->first->path_size < VERIFY_TEXT_ROOM / 2 ? (int)difference->first->path_size
                                                                    : VERIFY_TEXT_ROOM / 2;
    if (difference->count > 1) {
        snprintf(more, sizeof more, " (and %zu more differ)", difference->count - 1);
    }
    snprintf(text, VERIFY_TEXT_ROOM, "%.*s %s%s", shown, difference->first->path, difference->how, more);
}

static void ignore_fault(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path, uint32_t path_size)
{
    (void)ctx;
    (void)fault;
    (void)off;
    (void)path;
    (void)path_size;
}

int verify_files(const struct image *there, const struct image *wanted, char text[VERIFY_TEXT_ROOM])
{
    struct listing list_there;
    struct listing list_wanted = {0};
    struct difference difference = {0};
    struct image_verdict verdict;
    int result = -1;
    if (image_check(there, ignore_fault, NULL, &verdict) != CLI_OK || !verdict.ok) {
        return -1;
    }
    if (listing_make(&list_there, there) == CLI_OK && listing_make(&list_wanted, wanted) == CLI_OK) {
        compare_listings(&difference, &list_there, &list_wanted);
        result = difference.count == 0;
        if (!result) {
            say(&difference, text);
        }
    }
    listing_release(&list_there);
    listing_release(&list_wanted);
    return result;
}
