/* Prints what was left out of an image. */
#include "cli/build_left_out.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEFT_OUT_SHOWN = 5
};

static const char *const left_out_causes[] = {
    [MPROM_ROMFS_TREE_SECRET] = "secret", [MPROM_ROMFS_TREE_IMAGE] = "image",   [MPROM_ROMFS_TREE_OPTION] = "exclude",
    [MPROM_ROMFS_TREE_FILE] = "ignore",   [MPROM_ROMFS_TREE_LITTER] = "litter",
};

/* Secrets stand first, then what the user may miss; those of one reason stand together. */
static int left_out_compare(const void *a, const void *b)
{
    const struct mprom_romfs_tree_left_out *const *left = a;
    const struct mprom_romfs_tree_left_out *const *right = b;
    if ((*left)->cause != (*right)->cause) {
        return (*left)->cause < (*right)->cause ? -1 : 1;
    }
    int order = strcmp((*left)->reason, (*right)->reason);
    return order != 0 ? order : (*left < *right ? -1 : 1);
}

/* Allocated; NULL if there are none, or no memory: then the summary has to do without. */
static const struct mprom_romfs_tree_left_out **left_out_sort(const struct build_job *job, size_t *count)
{
    const struct mprom_romfs_tree_left_out *all = mprom_romfs_tree_left_out(job->tree, count);
    const struct mprom_romfs_tree_left_out **sorted = *count > 0 ? malloc(*count * sizeof *sorted) : NULL;
    for (size_t i = 0; sorted && i < *count; i++) {
        sorted[i] = &all[i];
    }
    if (sorted) {
        qsort(sorted, *count, sizeof sorted[0], left_out_compare);
    }
    return sorted;
}

/* Whether the reason of one is said once for both. */
static bool left_out_goes_on(const struct mprom_romfs_tree_left_out *one,
                             const struct mprom_romfs_tree_left_out *next)
{
    return one->cause == next->cause && strcmp(one->reason, next->reason) == 0;
}

static void put_path(FILE *stream, const struct mprom_romfs_tree_left_out *out)
{
    cli_put_text(stream, out->path, strlen(out->path));
}

/* What --exclude left out needs no reason. */
static void put_reason(FILE *stream, const struct mprom_romfs_tree_left_out *out)
{
    if (out->cause != MPROM_ROMFS_TREE_OPTION) {
        fputs(": ", stream);
        cli_put_text(stream, out->reason, strlen(out->reason));
    }
}

void left_out_print(FILE *stream, const struct build_job *job)
{
    size_t count;
    const struct mprom_romfs_tree_left_out **sorted = left_out_sort(job, &count);
    size_t shown = job->cli->verbose || count <= LEFT_OUT_SHOWN ? count : LEFT_OUT_SHOWN;
    bool begins = true;
    for (size_t i = 0; sorted && i < shown; i++) {
        fputs(!begins ? ", " : i == 0 ? "  left out  " : "            ", stream);
        put_path(stream, sorted[i]);
        begins = i + 1 == shown || !left_out_goes_on(sorted[i], sorted[i + 1]);
        if (begins) {
            put_reason(stream, sorted[i]);
            fputc('\n', stream);
        }
    }
    if (sorted && shown < count) {
        fprintf(stream, "            and %zu more (-v lists them)\n", count - shown);
    }
    free(sorted);
}

void left_out_note(const struct build_job *job, const char *dir)
{
    size_t count;
    const struct mprom_romfs_tree_left_out **sorted = left_out_sort(job, &count);
    char *text = NULL;
    size_t text_size = 0;
    FILE *stream = sorted ? open_memstream(&text, &text_size) : NULL;
    size_t told = 0;
    size_t shown_max = job->cli->verbose ? count : LEFT_OUT_SHOWN;
    for (size_t i = 0; stream && i < count; i++) {
        /* What an option names is no news. */
        if (sorted[i]->cause != MPROM_ROMFS_TREE_OPTION && told++ < shown_max) {
            fprintf(stream, "%s%s (%s)", told > 1 ? ", " : "", sorted[i]->path, sorted[i]->reason);
        }
    }
    if (stream && told > shown_max) {
        fprintf(stream, " and %zu more (-v lists them)", told - shown_max);
    }
    if (stream && fclose(stream) == 0 && told > 0) {
        cli_note(job->cli, "%s: left out: %s", dir, text);
    }
    free(text);
    free(sorted);
}

json_t *left_out_paths_json(const struct build_job *job)
{
    size_t count;
    const struct mprom_romfs_tree_left_out *all = mprom_romfs_tree_left_out(job->tree, &count);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, json_text(all[i].path, strlen(all[i].path)));
    }
    return list;
}

json_t *left_out_json(const struct build_job *job)
{
    size_t count;
    const struct mprom_romfs_tree_left_out *all = mprom_romfs_tree_left_out(job->tree, &count);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *value =
            json_pack("{s:o, s:o, s:s}", "path", json_text(all[i].path, strlen(all[i].path)), "reason",
                      json_text(all[i].reason, strlen(all[i].reason)), "cause", left_out_causes[all[i].cause]);
        if (value && all[i].pattern) {
            json_object_set_new(value, "pattern", json_text(all[i].pattern, strlen(all[i].pattern)));
        }
        if (value && all[i].line > 0) {
            json_object_set_new(value, "line", json_integer(all[i].line));
        }
        json_array_append_new(list, value);
    }
    return list;
}
