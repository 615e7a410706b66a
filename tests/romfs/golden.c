/*
 * The golden images of tests/golden: the check finds nothing in the valid ones, and in the invalid ones exactly the
 * faults that faults.txt lists. The reader gets through all of them.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mprom/romfs_check.h"
#include "romfs/blob.h"
#include "romfs/exercise.h"

enum {
    LEVELS = 8, /* what the image `depth` is made for */
    SORT_ROOM = 64,
    PATH_ROOM = 64,
    REPORT_ROOM = 1024,
};

static const char *const fault_names[MPROM_ROMFS_FAULT_COUNT] = {
    [MPROM_ROMFS_FAULT_HEADER] = "HEADER",
    [MPROM_ROMFS_FAULT_LENGTH] = "LENGTH",
    [MPROM_ROMFS_FAULT_LENGTH_PADDED] = "LENGTH_PADDED",
    [MPROM_ROMFS_FAULT_ODD_SIZE] = "ODD_SIZE",
    [MPROM_ROMFS_FAULT_VARUINT] = "VARUINT",
    [MPROM_ROMFS_FAULT_RECORD_BOUNDS] = "RECORD_BOUNDS",
    [MPROM_ROMFS_FAULT_UNUSED_KIND] = "UNUSED_KIND",
    [MPROM_ROMFS_FAULT_NAME_BOUNDS] = "NAME_BOUNDS",
    [MPROM_ROMFS_FAULT_NAME] = "NAME",
    [MPROM_ROMFS_FAULT_NAME_UTF8] = "NAME_UTF8",
    [MPROM_ROMFS_FAULT_NAME_TWICE] = "NAME_TWICE",
    [MPROM_ROMFS_FAULT_NO_DATA] = "NO_DATA",
    [MPROM_ROMFS_FAULT_POINTER] = "POINTER",
    [MPROM_ROMFS_FAULT_MISPLACED] = "MISPLACED",
    [MPROM_ROMFS_FAULT_SKIPPED] = "SKIPPED",
    [MPROM_ROMFS_FAULT_DEPTH] = "DEPTH",
    [MPROM_ROMFS_FAULT_INFO] = "INFO",
    [MPROM_ROMFS_FAULT_INDEX] = "INDEX",
    [MPROM_ROMFS_FAULT_SEAL_MISSING] = "SEAL_MISSING",
    [MPROM_ROMFS_FAULT_SEAL] = "SEAL",
    [MPROM_ROMFS_FAULT_TRAILING] = "TRAILING",
};

/* Lines in the form of faults.txt, without the image's name. */
struct report {
    char text[REPORT_ROOM];
    size_t size;
};

static int add_to_report(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path, uint32_t path_size)
{
    struct report *report = ctx;
    char *text = report->text + report->size;
    size_t room = REPORT_ROOM - report->size;
    int n = snprintf(text, room, "%s %lu ", fault_names[fault], (unsigned long)off);

    for (uint32_t i = 0; i < path_size; i++) {
        n += snprintf(text + n, room - (size_t)n, "%02x", (unsigned char)path[i]);
    }
    n += snprintf(text + n, room - (size_t)n, path_size == 0 ? "-\n" : "\n");
    report->size += (size_t)n;
    return 0;
}

/* Reads a file of the golden folder into memory of its very size. The caller frees it. */
static uint8_t *read_golden(const char *folder, const char *name, const char *suffix, size_t *size)
{
    static uint8_t buffer[BLOB_ROOM];
    char path[512];
    FILE *file;

    snprintf(path, sizeof(path), MPROM_GOLDEN_DIR "/%s/%s%s", folder, name, suffix);
    file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("cannot open %s", path);
    }
    *size = fread(buffer, 1, sizeof(buffer), file);
    assert_int_equal(ferror(file), 0);
    fclose(file);
    return blob_heap(buffer, *size);
}

/* Checks an image with everything on. Returns the check's result, its faults are in report. */
static int check_image(const uint8_t *image, size_t size, struct report *report)
{
    struct mprom_romfs_check_level levels[LEVELS];
    uint32_t sort[SORT_ROOM];
    char path[PATH_ROOM];
    struct mprom_romfs_memory memory = {image, (uint32_t)size};
    struct mprom_romfs_source source = mprom_romfs_source_memory(&memory);
    struct mprom_romfs_check check = {
        .source = &source,
        .flags = MPROM_ROMFS_CHECK_NAMES | MPROM_ROMFS_CHECK_INDEX | MPROM_ROMFS_CHECK_TRAILING |
                 MPROM_ROMFS_CHECK_UNUSUAL,
        .levels = levels,
        .level_count = LEVELS,
        .path = path,
        .path_room = sizeof(path),
        .sort = sort,
        .sort_room = SORT_ROOM,
        .on_fault = add_to_report,
        .ctx = report,
    };

    *report = (struct report){0};
    return mprom_romfs_check(&check);
}

/* The lines of faults.txt that are about an image, without its name. */
static void read_expected(const char *faults, const char *name, struct report *expected)
{
    size_t name_size = strlen(name);

    *expected = (struct report){0};
    for (const char *line = faults; *line != '\0';) {
        size_t size = strcspn(line, "\n") + 1;

        if (strncmp(line, name, name_size) == 0 && line[name_size] == ' ') {
            memcpy(expected->text + expected->size, line + name_size + 1, size - name_size - 1);
            expected->size += size - name_size - 1;
        }
        line += size;
    }
    expected->text[expected->size] = '\0';
}

static char *read_faults(void)
{
    size_t size;
    uint8_t *bytes = read_golden("invalid", "faults", ".txt", &size);
    char *text = malloc(size + 1);

    assert_non_null(text);
    memcpy(text, bytes, size);
    text[size] = '\0';
    free(bytes);
    return text;
}

/* Calls visit with the name of each image in a folder, without ".romfs". Returns how many there were. */
static unsigned each_image(const char *folder, void (*visit)(const char *name, void *ctx), void *ctx)
{
    char path[512];
    DIR *dir;
    struct dirent *entry;
    unsigned count = 0;

    snprintf(path, sizeof(path), MPROM_GOLDEN_DIR "/%s", folder);
    dir = opendir(path);
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        char *suffix = strstr(entry->d_name, ".romfs");

        if (suffix != NULL) {
            *suffix = '\0';
            visit(entry->d_name, ctx);
            count++;
        }
    }
    closedir(dir);
    return count;
}

static void visit_valid(const char *name, void *ctx)
{
    size_t size;
    uint8_t *image = read_golden("valid", name, ".romfs", &size);
    struct report report;
    int r = check_image(image, size, &report);

    (void)ctx;
    if (r != 0) {
        fail_msg("%s: %s", name, report.text);
    }
    exercise_image(image, size);
    free(image);
}

static void visit_invalid(const char *name, void *ctx)
{
    size_t size;
    uint8_t *image = read_golden("invalid", name, ".romfs", &size);
    struct report report;
    struct report expected;
    int r = check_image(image, size, &report);

    read_expected(ctx, name, &expected);
    if (expected.size == 0 || strcmp(report.text, expected.text) != 0) {
        fail_msg("%s: found\n%sexpected\n%s", name, report.text, expected.text);
    }
    assert_int_equal(r, strncmp(report.text, "HEADER", 6) == 0 ? -MPROM_ENODEV : -MPROM_EBADMSG);
    exercise_image(image, size);
    free(image);
}

static void test_valid(void **state)
{
    (void)state;
    assert_true(each_image("valid", visit_valid, NULL) >= 18);
}

static void test_invalid(void **state)
{
    char *faults = read_faults();

    (void)state;
    assert_true(each_image("invalid", visit_invalid, faults) >= 50);
    free(faults);
}

/* Each fault that the check can name is named by some golden image, and has a text of its own. */
static void test_every_fault_occurs(void **state)
{
    char *faults = read_faults();

    (void)state;
    for (int fault = MPROM_ROMFS_FAULT_NONE + 1; fault < MPROM_ROMFS_FAULT_COUNT; fault++) {
        char word[32];

        snprintf(word, sizeof(word), " %s ", fault_names[fault]);
        if (strstr(faults, word) == NULL) {
            fail_msg("no golden image has the fault%s", word);
        }
        for (int other = MPROM_ROMFS_FAULT_NONE; other < fault; other++) {
            assert_string_not_equal(mprom_romfs_fault_text((enum mprom_romfs_fault)fault),
                                    mprom_romfs_fault_text((enum mprom_romfs_fault)other));
        }
    }
    assert_non_null(mprom_romfs_fault_text(MPROM_ROMFS_FAULT_COUNT));
    free(faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_invalid),
        cmocka_unit_test(test_every_fault_occurs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
