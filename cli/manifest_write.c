/* Writing the manifest of an image. */
#include <stdlib.h>
#include <string.h>

#include "cli/manifest.h"
#include "cli/output.h"
#include "mprom/romfs_build.h"
#include "romfs/defaults.h"
#include "romfs/record.h"

enum {
    ALIGN_LEAST = 4,
    ALIGN_OTHERS_MAX = 4096, /* in images that do not say which alignment they have */
};

enum guess {
    GUESS_LEAST,
    GUESS_TYPE,
    GUESS_MOST,
    GUESS_COUNT,
};

/* The image that is described, and what it says of itself. */
struct describe {
    const struct image *image;
    struct mprom_romfs_info info;
    bool has_info;
    uint32_t align_max;
    enum guess guess;
    json_t *types; /* of each suffix, the alignment that all its files have */
    json_t *aligns;
    json_t *files;
};

/* What stands in a file's record in front of its contents. */
struct file_head {
    uint64_t time;        /* 0 for none */
    uint32_t natural_off; /* where contents without alignment would be; 0 if another file has them */
};

static uint64_t read_time(const struct mprom_romfs_span *body)
{
    uint64_t time = 0;
    for (const uint8_t *pos = body->pos; pos < body->end; pos++) {
        time = time << 7 | (*pos & 0x7fU);
    }
    return time;
}

static uint32_t varuint_size(uint32_t value)
{
    uint32_t size = 1;
    for (; value >= 0x80; value >>= 7) {
        size++;
    }
    return size;
}

/* The image was checked, so the records are sound. */
static struct file_head read_head(const struct image *image, const struct mprom_romfs_entry *entry)
{
    struct file_head head = {0};
    struct mprom_romfs_span span = {image->fs.image + entry->off, image->fs.image + image->fs.size};
    struct mprom_romfs_span body, nested;
    uint32_t kind, name_size, gap_off = 0;
    if (!mprom_romfs_record_next(&span, &kind, &body) || !mprom_romfs_record_varuint(&body, &name_size) ||
        name_size > mprom_romfs_span_size(&body)) {
        return head;
    }
    body.pos += name_size;
    while (mprom_romfs_span_size(&body) > 0) {
        uint32_t off = (uint32_t)(body.pos - image->fs.image);
        if (!mprom_romfs_record_next(&body, &kind, &nested) || kind == MPROM_ROMFS_KIND_DATA_POINTER) {
            break;
        }
        if (kind == MPROM_ROMFS_KIND_DATA) {
            head.natural_off = (gap_off > 0 ? gap_off : off) + 1 + varuint_size(entry->size);
            break;
        }
        if (kind == MPROM_ROMFS_KIND_TIME) {
            head.time = read_time(&nested);
        } else if (gap_off == 0) {
            gap_off = off;
        }
    }
    return head;
}

/* The pattern that matches this path and nothing else. NULL if out of memory. */
static char *path_pattern(const char *path)
{
    char *pattern = malloc(2 * strlen(path) + 2);
    char *end = pattern;
    if (pattern) {
        *end++ = '/';
        for (; *path; *end++ = *path++) {
            if (strchr("*?[\\", *path)) {
                *end++ = '\\';
            }
        }
        *end = '\0';
    }
    return pattern;
}

/* The largest alignment that the contents have and the image may have been made with. */
static uint32_t file_align(const struct describe *describe, const struct mprom_romfs_entry *entry)
{
    uint32_t off = (uint32_t)(entry->data - describe->image->fs.image);
    uint32_t align = 1;
    while (align < describe->align_max && off % (2 * align) == 0) {
        align *= 2;
    }
    return align;
}

static uint32_t default_align(const struct mprom_romfs_entry *entry)
{
    uint32_t align = mprom_romfs_default_align(entry->name, entry->name_size);
    return align > ALIGN_LEAST ? align : ALIGN_LEAST;
}

/* Whether contents stand where an alignment puts them. */
static bool align_explains(uint32_t natural_off, uint32_t off, uint32_t align)
{
    return off % align == 0 && off - natural_off < align;
}

static const char *suffix_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');
    return dot ? dot : "";
}

/*
 * The alignment to note for a file, or 0 if what a build does by itself puts it there too. An image does not say
 * which alignment was asked for, so there are several guesses: the least that explains where the contents are, the
 * most that all files of its type have, and the most that it has.
 */
static uint32_t noted_align(const struct describe *describe, const char *path, const struct file_head *head,
                            const struct mprom_romfs_entry *entry)
{
    uint32_t usual = default_align(entry);
    uint32_t most = file_align(describe, entry);
    uint32_t off = (uint32_t)(entry->data - describe->image->fs.image);
    if (entry->size == 0) {
        return 0;
    }
    if (describe->guess == GUESS_TYPE) {
        most = (uint32_t)json_integer_value(json_object_get(describe->types, suffix_of(path)));
    }
    if (describe->guess != GUESS_LEAST || most < usual) {
        return most == usual ? 0 : most;
    }
    if (head->natural_off == 0 || align_explains(head->natural_off, off, usual)) {
        return 0;
    }
    uint32_t align = usual;
    while (align < most && !align_explains(head->natural_off, off, align)) {
        align *= 2;
    }
    return align;
}

static int describe_align(struct describe *describe, const char *path, const struct file_head *head,
                          const struct mprom_romfs_entry *entry)
{
    uint32_t align = noted_align(describe, path, head, entry);
    if (align == 0) {
        return CLI_OK;
    }
    char *pattern = path_pattern(path);
    int failed = !pattern || json_object_set_new(describe->aligns, pattern, json_integer(align));
    free(pattern);
    return failed ? CLI_FAILED : CLI_OK;
}

static int describe_entry(struct describe *describe, const char *path, const struct mprom_romfs_entry *entry)
{
    struct file_head head = {0};
    if (!entry->is_dir) {
        head = read_head(describe->image, entry);
    }
    json_t *file = json_object();
    json_t *from = json_sprintf("%s%s", path, entry->is_dir ? "/" : "");
    if (!from) {
        cli_error("%s: a name in it is not UTF-8, so there can be no manifest", describe->image->label);
        json_decref(file);
        return CLI_FAILED;
    }
    json_object_set_new(file, "from", from);
    if (head.time > 0 && head.time <= INT64_MAX) {
        json_object_set_new(file, "time", json_integer((json_int_t)head.time));
    }
    if (json_array_append_new(describe->files, file)) {
        return CLI_FAILED;
    }
    if (!entry->is_dir && entry->size > 0) {
        json_t *type = json_object_get(describe->types, suffix_of(path));
        uint32_t most = file_align(describe, entry);
        if (describe->guess == GUESS_LEAST && (!type || json_integer_value(type) > (json_int_t)most)) {
            json_object_set_new(describe->types, suffix_of(path), json_integer(most));
        }
    }
    return entry->is_dir ? CLI_OK : describe_align(describe, path, &head, entry);
}

static int describe_entries(struct describe *describe)
{
    struct mprom_romfs_entry root, entry;
    struct image_walk walk;
    int more;
    if (image_find(describe->image, "", &root)) {
        return CLI_FAILED;
    }
    int status = image_walk_open(&walk, describe->image, &root, "", false);
    while (status == CLI_OK && (more = image_walk_next(&walk, &entry)) != 0) {
        status = more < 0 ? CLI_FAILED : describe_entry(describe, walk.path, &entry);
    }
    image_walk_close(&walk);
    return status;
}

static json_t *describe_json(const struct describe *describe)
{
    const struct mprom_romfs_info *info = &describe->info;
    uint32_t crc;
    json_t *root = json_pack("{s:i, s:b}", "mprom", MANIFEST_VERSION, "compile", 0);
    if (info->label) {
        json_object_set_new(root, "label", json_text(info->label, info->label_size));
    }
    if (info->build_time > 0 && info->build_time <= INT64_MAX) {
        json_object_set_new(root, "build_time", json_integer((json_int_t)info->build_time));
    }
    if (info->mpy) {
        json_object_set_new(root, "mpy",
                            json_sprintf("%02x%02x%02x%02x", info->mpy[0], info->mpy[1], info->mpy[2], info->mpy[3]));
    }
    json_object_set_new(root, "info", json_boolean(describe->has_info));
    json_object_set_new(root, "index", json_boolean(describe->image->fs.index_count > 0));
    json_object_set_new(root, "seal", json_boolean(mprom_romfs_seal_read(&describe->image->fs, &crc) == 1));
    json_object_set(root, "align", describe->aligns);
    json_object_set(root, "files", describe->files);
    return root;
}

static int add_described(const struct describe *describe, struct mprom_romfs_build *build)
{
    size_t i;
    json_t *file;
    json_array_foreach(describe->files, i, file)
    {
        const char *from = json_string_value(json_object_get(file, "from"));
        size_t size = strlen(from);
        bool is_dir = from[size - 1] == '/';
        char *path = strndup(from, size - is_dir);
        struct mprom_romfs_entry entry;
        int error = path ? mprom_romfs_lookup(&describe->image->fs, NULL, path, strlen(path), &entry) : -MPROM_ENOMEM;
        if (error == 0) {
            uint64_t time = (uint64_t)json_integer_value(json_object_get(file, "time"));
            error = is_dir ? mprom_romfs_build_add_dir(build, path)
                           : mprom_romfs_build_add_file(build, path, entry.data, entry.size, time);
        }
        free(path);
        if (error) {
            return error;
        }
    }
    return 0;
}

/* Whether a build with what was noted gives the image. */
static bool describe_makes_image(const struct describe *describe)
{
    const struct mprom_romfs *fs = &describe->image->fs;
    size_t count = 0, size = 0;
    const char *pattern;
    json_t *align;
    uint32_t crc;
    uint8_t *bytes = NULL;
    char *label = describe->info.label ? strndup(describe->info.label, describe->info.label_size) : NULL;
    struct mprom_romfs_build_align *aligns = calloc(json_object_size(describe->aligns) + 1, sizeof *aligns);
    json_object_foreach(describe->aligns, pattern, align)
    {
        if (aligns) {
            aligns[count++] = (struct mprom_romfs_build_align){pattern, (uint32_t)json_integer_value(align)};
        }
    }
    struct mprom_romfs_build_options options = {
        .align_types = true,
        .aligns = aligns,
        .align_count = count,
        .label = label,
        .build_time = describe->info.build_time,
        .mpy = describe->info.mpy,
        .no_info = !describe->has_info,
        .no_index = fs->index_count == 0,
        .no_seal = mprom_romfs_seal_read(fs, &crc) != 1,
    };
    struct mprom_romfs_build *build = mprom_romfs_build_new(&options);
    bool same = build && aligns && add_described(describe, build) == 0 &&
                mprom_romfs_build_write_memory(build, &bytes, &size, NULL) == 0 && size == fs->size &&
                memcmp(bytes, fs->image, size) == 0;
    mprom_romfs_build_free(build);
    free(bytes);
    free(aligns);
    free(label);
    return same;
}

/* Whether path is free, or has a manifest or nothing in it. */
static int check_target(const char *path)
{
    char head[512];
    FILE *file = strcmp(path, "-") != 0 ? fopen(path, "re") : NULL;
    if (!file) {
        return CLI_OK; /* what cannot be read cannot be written either, or is not there */
    }
    size_t size = fread(head, 1, sizeof head - 1, file);
    fclose(file);
    head[size] = '\0';
    if (size == 0 || (head[0] == '{' && strstr(head, "\"mprom\""))) {
        return CLI_OK;
    }
    cli_error("%s exists and is no manifest, so it was left alone; name another file with --manifest, or replace it "
              "with --force",
              path);
    return CLI_FAILED;
}

static int write_text(const char *path, json_t *root)
{
    struct output out;
    char *text = json_dumps(root, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    if (!text) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    int status = output_open(&out, path);
    if (status == CLI_OK && (output_write(&out, text, strlen(text)) || output_write(&out, "\n", 1))) {
        output_abort(&out);
        status = CLI_FAILED;
    }
    free(text);
    return status ? status : output_commit(&out);
}

int manifest_write(const struct image *image, const char *path, bool force)
{
    if (!force && check_target(path)) {
        return CLI_FAILED;
    }
    struct describe describe = {
        .image = image, .aligns = json_object(), .files = json_array(), .types = json_object()};
    describe.has_info = mprom_romfs_info_read(&image->fs, &describe.info) == 1;
    describe.align_max = describe.has_info ? describe.info.align : ALIGN_OTHERS_MAX;
    int status = CLI_OK;
    for (int guess = GUESS_LEAST; guess <= GUESS_COUNT && status == CLI_OK; guess++) {
        describe.guess =
            guess < GUESS_COUNT ? (enum guess)guess : GUESS_TYPE; /* none was right: another tool made it */
        json_object_clear(describe.aligns);
        json_array_clear(describe.files);
        status = describe_entries(&describe);
        if (status == CLI_OK && describe_makes_image(&describe)) {
            break;
        }
    }
    json_t *root = describe_json(&describe);
    status = status ? status : write_text(path, root);
    json_decref(root);
    json_decref(describe.aligns);
    json_decref(describe.files);
    json_decref(describe.types);
    return status;
}
