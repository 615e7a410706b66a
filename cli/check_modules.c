/* Looks at the modules of an image. */
#include "cli/check_modules.h"

#include <stdlib.h>
#include <string.h>

#include "cli/modules.h"
#include "cli/mpy_header.h"

struct module_check {
    const struct image *image;
    json_t *warnings;
    struct modules modules;
};

static void check_warn(struct module_check *check, const char *path, size_t size, const char *text)
{
    if (check->warnings) {
        json_array_append_new(check->warnings, json_pack("{s:o, s:s}", "path", json_text(path, size), "text", text));
    } else {
        cli_error("%s: %.*s %s", check->image->label, (int)size, path, text);
    }
}

static void warn_hidden(void *ctx, const char *hidden, const char *by, bool by_is_dir)
{
    char *text = NULL;
    if (by_is_dir &&
        asprintf(&text, "cannot be imported: the directory %s has its name; rename one of them", by) >= 0) {
        check_warn(ctx, hidden, strlen(hidden), text);
        free(text);
    }
}

static void check_entry(struct module_check *check, const struct image_walk *walk,
                        const struct mprom_romfs_entry *entry)
{
    static const struct mpy_target any = {0};
    char room[MPY_FAULT_ROOM];
    size_t size = walk->path_size;
    modules_add(&check->modules, walk->path, size, entry->is_dir);
    if (!entry->is_dir && size > 4 && memcmp(walk->path + size - 4, ".mpy", 4) == 0) {
        const char *fault = mpy_fault(room, entry->data, entry->size, &any);
        if (fault) {
            check_warn(check, walk->path, size, fault);
        }
    }
}

int check_modules(const struct image *image, json_t *warnings)
{
    struct module_check check = {.image = image, .warnings = warnings};
    struct image opened = *image;
    struct image_walk walk;
    struct mprom_romfs_entry entry;
    if (mprom_romfs_open(&opened.fs, image->bytes, image->size)) {
        return CLI_OK; /* the check has said so */
    }
    mprom_romfs_root(&opened.fs, &entry);
    int status = image_walk_open(&walk, &opened, &entry, "", false);
    int more = 0;
    while (status == CLI_OK && (more = image_walk_next(&walk, &entry)) > 0) {
        check_entry(&check, &walk, &entry);
    }
    image_walk_close(&walk);
    modules_find(&check.modules, warn_hidden, &check);
    modules_free(&check.modules);
    return status == CLI_OK && more == 0 ? CLI_OK : CLI_FAILED;
}
