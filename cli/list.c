/* Entries of an image as JSON. */
#include "cli/list.h"

json_t *list_json_entry(const struct image *image, const char *path, size_t path_size,
                        const struct mprom_romfs_entry *entry)
{
    json_t *name = json_text(path, path_size);
    if (!name || entry->is_dir) {
        return json_pack("{s:o, s:s}", "path", name, "type", "dir");
    }
    return json_pack("{s:o, s:s, s:I, s:I}", "path", name, "type", "file", "size", (json_int_t)entry->size, "offset",
                     (json_int_t)(entry->data - image->bytes));
}

int list_json_walk(struct image_walk *walk)
{
    json_t *array = json_array();
    struct mprom_romfs_entry entry;
    int result = 0;
    while (array && (result = image_walk_next(walk, &entry)) > 0) {
        if (json_array_append_new(array, list_json_entry(walk->image, walk->path, walk->path_size, &entry))) {
            json_decref(array);
            array = NULL;
        }
    }
    if (result < 0) {
        json_decref(array);
        return CLI_FAILED;
    }
    return json_print(array);
}
