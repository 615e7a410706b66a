/* Prints the tables of docs/defaults.md (defaults.py puts them into the page). */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "romfs/defaults.h"

/* A row for each reason, in the order of the table. */
static void print_kind(enum mprom_romfs_default_kind kind)
{
    const char *reason = NULL;
    for (const struct mprom_romfs_default_left_out *at = mprom_romfs_default_left_out; at->pattern != NULL; at++) {
        if (at->kind != kind) {
            continue;
        }
        if (reason == NULL || strcmp(reason, at->reason) != 0) {
            printf("%s| %s | `%s`", reason != NULL ? " |\n" : "", at->reason, at->pattern);
        } else {
            printf(", `%s`", at->pattern);
        }
        reason = at->reason;
    }
    puts(" |");
}

static void print_table(const char *name, enum mprom_romfs_default_kind kind)
{
    printf("@%s\n| what | patterns |\n| --- | --- |\n", name);
    print_kind(kind);
}

int main(void)
{
    print_table("secrets", MPROM_ROMFS_DEFAULT_SECRET);
    print_table("images", MPROM_ROMFS_DEFAULT_IMAGE);
    print_table("litter", MPROM_ROMFS_DEFAULT_LITTER);
    puts("@markers\n| what | file |\n| --- | --- |");
    for (const struct mprom_romfs_default_marker *at = mprom_romfs_default_markers; at->name != NULL; at++) {
        printf("| %s | `%s` |\n", at->reason, at->name);
    }
    puts("@aligns\n| files | bytes | why |\n| --- | --- | --- |");
    for (const struct mprom_romfs_default_align *at = mprom_romfs_default_aligns; at->pattern != NULL; at++) {
        printf("| `%s` | %u | %s |\n", at->pattern, (unsigned)at->align, at->reason);
    }
    return 0;
}
