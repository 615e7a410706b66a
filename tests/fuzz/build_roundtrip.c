/*
 * Fuzz target: the builder. The input says what to add, under which names, and with which options; most names can be
 * had, some must be refused. What was accepted, and nothing else, is what the check counts and the reader finds.
 *
 *     options     which, alignment, alignment of matches, build time, length of the label, label
 *     then        kind of addition and of path, path, size and place of the contents
 *
 * What is expected stands in a list that this file keeps by rules of its own (include/mprom/romfs_build.h).
 */
#include "mprom/romfs_build.h"
#include "mprom/romfs_check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/input.h"
#include "rom/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    ADDITIONS_MAX = 40,
    PATH_ROOM = 33000,
    LEVELS = 512,     /* a path of one input cannot have more */
    NODES_MAX = 4096, /* directories on the way to all paths */
    NAME_SIZE_MAX = 32767,
    POOL_SIZE = 4096,
};

struct node {
    char *path;
    size_t path_size;
    bool is_dir;
    const uint8_t *data;
    size_t size;
    uint64_t mtime;
};

struct tree {
    size_t count;
    struct node nodes[NODES_MAX];
};

/* Whether bytes are UTF-8 as Unicode defines it: decoded, then asked whether this is the shortest form of a scalar.
 */
static bool is_utf8(const uint8_t *text, size_t size)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    for (size_t i = 0; i < size;) {
        uint32_t lead = text[i++];
        size_t more = lead < 0x80 ? 0 : lead < 0xC0 ? 4 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF8 ? 3 : 4;
        if (more == 4 || more > size - i) {
            return false;
        }
        uint32_t scalar = more == 0 ? lead : lead & (0x3FU >> more);
        for (size_t k = 0; k < more; k++, i++) {
            if ((text[i] & 0xC0) != 0x80) {
                return false;
            }
            scalar = scalar << 6 | (text[i] & 0x3FU);
        }
        if (scalar < least[more] || scalar > 0x10FFFF || (scalar >= 0xD800 && scalar < 0xE000)) {
            return false;
        }
    }
    return true;
}

static bool is_name(const char *name, size_t size)
{
    bool dots = (size == 1 && name[0] == '.') || (size == 2 && name[0] == '.' && name[1] == '.');
    return size > 0 && size <= NAME_SIZE_MAX && !dots && is_utf8((const uint8_t *)name, size);
}

static bool is_path(const char *path)
{
    for (;; path++) {
        size_t size = strcspn(path, "/");
        if (!is_name(path, size)) {
            return false;
        }
        path += size;
        if (*path == '\0') {
            return true;
        }
    }
}

static struct node *find(struct tree *tree, const char *path, size_t size)
{
    for (size_t i = 0; i < tree->count; i++) {
        if (tree->nodes[i].path_size == size && memcmp(tree->nodes[i].path, path, size) == 0) {
            return &tree->nodes[i];
        }
    }
    return NULL;
}

static struct node *put(struct tree *tree, const char *path, size_t size)
{
    struct node *node = &tree->nodes[tree->count++];
    REQUIRE(tree->count < NODES_MAX);
    *node = (struct node){.path = strndup(path, size), .path_size = size, .is_dir = true};
    REQUIRE(node->path != NULL);
    return node;
}

/* Does to the list what the builder is to do, and returns what it is to return. */
static int expect(struct tree *tree, const struct node *wanted)
{
    const char *path = wanted->path;
    if (!is_path(path)) {
        return -MPROM_EINVAL;
    }
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        const struct node *parent = find(tree, path, (size_t)(slash - path));
        if (parent != NULL && !parent->is_dir) {
            return -MPROM_EEXIST;
        }
    }
    struct node *there = find(tree, path, strlen(path));
    if (there != NULL) {
        return wanted->is_dir && there->is_dir ? 0 : -MPROM_EEXIST;
    }
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        if (find(tree, path, (size_t)(slash - path)) == NULL) {
            put(tree, path, (size_t)(slash - path));
        }
    }
    struct node *node = put(tree, path, strlen(path));
    node->is_dir = wanted->is_dir;
    node->data = wanted->data;
    node->size = wanted->size;
    node->mtime = wanted->mtime;
    return 0;
}

/* Fills path with what the input says, NUL-terminated. */
static void take_path(struct input *input, const struct tree *tree, uint32_t how, char *path)
{
    static const char *const names[] = {"a", "b", "ab", "main.py", "lib", "\xc3\xa4", ".x", "..."};
    size_t size = 0;
    if (how == 1 && tree->count > 0) { /* below, or beside, or equal to one that is there */
        const char *other = tree->nodes[input_byte(input) % tree->count].path;
        size = strlen(other) < PATH_ROOM - 256 ? strlen(other) : 0;
        memcpy(path, other, size);
    } else if (how == 2) { /* of good names */
        for (uint32_t left = 1 + input_byte(input) % 6; left > 0; left--) {
            const char *name = names[input_byte(input) % (sizeof names / sizeof names[0])];
            memcpy(path + size, name, strlen(name));
            size += strlen(name);
            path[size++] = '/';
        }
        size--;
    } else if (how == 3 && tree->count == 0) { /* about as long as a name may be; it takes its time, so one must do */
        size = NAME_SIZE_MAX - 4 + input_byte(input) % 8;
        memset(path, 'n', size);
    }
    if (how < 2 || size == 0) {
        size += input_bytes(input, path + size, input_byte(input) % 64);
    }
    path[size] = '\0';
}

/* Contents: of the pool, where equal ones are frequent, or of the input itself. */
static void take_contents(struct input *input, const uint8_t *pool, struct node *node)
{
    uint32_t how = input_byte(input);
    node->size = how & 1 ? input_16(input) % POOL_SIZE : input_byte(input) % 16;
    node->data = pool + how / 64;
    if (how & 2) {
        node->size = node->size < input_left(input) ? node->size : input_left(input);
        node->data = input->pos;
    }
    node->mtime = how & 4 ? (uint64_t)input_32(input) << (how & 8 ? 32 : 0) : 0;
}

static void add_all(struct input *input, const uint8_t *pool, struct mprom_romfs_build *build, struct tree *tree)
{
    static char path[PATH_ROOM];
    for (int i = 0; i < ADDITIONS_MAX && input_left(input) > 0; i++) {
        uint32_t how = input_byte(input);
        struct node node = {.path = path, .is_dir = (how & 1) != 0};
        take_path(input, tree, how >> 1 & 3, path);
        if (!node.is_dir) {
            take_contents(input, pool, &node);
        }
        int expected = expect(tree, &node);
        int r = node.is_dir ? mprom_romfs_build_add_dir(build, path)
                            : mprom_romfs_build_add_file(build, path, node.data, node.size, node.mtime);
        REQUIRE(r == expected);
        REQUIRE(r == 0 || mprom_romfs_build_error(build)[0] != '\0');
    }
}

/* The same tree, added from its end. */
static void add_backwards(struct mprom_romfs_build *build, const struct tree *tree)
{
    for (size_t i = tree->count; i-- > 0;) {
        const struct node *node = &tree->nodes[i];
        int r = node->is_dir ? mprom_romfs_build_add_dir(build, node->path)
                             : mprom_romfs_build_add_file(build, node->path, node->data, node->size, node->mtime);
        REQUIRE(r == 0);
    }
}

static void take_options(struct input *input, struct mprom_romfs_build_options *options,
                         struct mprom_romfs_build_align *align, char *label)
{
    static const uint32_t odd[] = {3, 6, 65535, 65537, 131072, UINT32_MAX};
    static const uint8_t mpy[4] = {'M', 6, 0, 31};
    uint32_t how = input_byte(input);
    uint32_t small = input_byte(input);
    uint32_t match = input_byte(input);
    uint32_t shift = match == 251 ? 16 : match % 12;
    *options = (struct mprom_romfs_build_options){
        .no_info = (how & 1) != 0,
        .no_index = (how & 2) != 0,
        .no_seal = (how & 4) != 0,
        .build_time = how & 8 ? input_32(input) : 0,
        .mpy = how & 16 ? mpy : NULL,
        .align = small >= 250 ? odd[small - 250]
                 : small == 0 ? 0
                              : 1U << small % 10,
        .aligns = align,
        .align_count = how >> 5 & 1,
    };
    *align =
        (struct mprom_romfs_build_align){match & 1 ? "*.py" : "*", match >= 252 ? odd[match - 252] : 1U << shift};
    if (how & 64) {
        label[input_bytes(input, label, input_byte(input) % 32)] = '\0';
        options->label = label;
    }
}

static bool is_align(uint32_t align)
{
    bool found = false;
    for (uint32_t power = 1; power <= 65536; power *= 2) {
        found = found || power == align;
    }
    return found;
}

static bool is_good(const struct mprom_romfs_build_options *options)
{
    return (options->align == 0 || is_align(options->align)) &&
           (options->align_count == 0 || is_align(options->aligns[0].align)) &&
           (options->no_info || options->label == NULL ||
            is_utf8((const uint8_t *)options->label, strlen(options->label)));
}

static uint32_t wanted_align(const struct mprom_romfs_build_options *options, const char *path)
{
    size_t size = strlen(path);
    bool is_py = size >= 3 && memcmp(path + size - 3, ".py", 3) == 0;
    if (options->align_count != 0 && (options->aligns[0].pattern[1] == '\0' || is_py)) {
        return options->aligns[0].align;
    }
    return options->align != 0 ? options->align : 4;
}

static void check_node(const struct mprom_romfs *fs, const struct mprom_romfs_build_options *options,
                       const struct node *node, const struct mprom_romfs_entry *entry)
{
    REQUIRE(entry->is_dir == node->is_dir);
    if (!node->is_dir) {
        REQUIRE(entry->size == node->size);
        REQUIRE(node->size == 0 || memcmp(entry->data, node->data, node->size) == 0);
        REQUIRE(node->size == 0 || (size_t)(entry->data - fs->image) % wanted_align(options, node->path) == 0);
    }
}

static void check_lookups(const struct mprom_romfs *fs, const struct mprom_romfs_build_options *options,
                          const struct tree *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        struct mprom_romfs_entry entry;
        const char *path = tree->nodes[i].path;
        REQUIRE(mprom_romfs_lookup(fs, NULL, path, tree->nodes[i].path_size, &entry) == 0);
        check_node(fs, options, &tree->nodes[i], &entry);
    }
}

static void check_walk(const struct mprom_romfs *fs, const struct mprom_romfs_build_options *options,
                       struct tree *tree)
{
    static char path[PATH_ROOM * 2];
    static size_t path_sizes[LEVELS + 2]; /* of the directory at each depth, the slash behind it included */
    struct mprom_romfs_level levels[LEVELS];
    struct mprom_romfs_walk walk;
    struct mprom_romfs_entry entry;
    size_t count = 0;
    int r;
    mprom_romfs_root(fs, &entry);
    mprom_romfs_walk_open(&walk, &entry, levels, LEVELS);
    while ((r = mprom_romfs_walk_next(fs, &walk, &entry)) > 0) {
        size_t at = path_sizes[walk.depth - 1];
        REQUIRE(entry.name_size <= sizeof path - 1 - at);
        memcpy(path + at, entry.name, entry.name_size);
        at += entry.name_size;
        const struct node *node = find(tree, path, at);
        REQUIRE(node != NULL);
        check_node(fs, options, node, &entry);
        path[at] = '/';
        path_sizes[walk.depth] = at + 1;
        count++;
    }
    REQUIRE(r == 0);
    REQUIRE(count == tree->count);
}

static void check_image(const uint8_t *image, size_t size, const struct mprom_romfs_build_options *options,
                        struct tree *tree, const struct mprom_romfs_build_summary *summary)
{
    static struct mprom_romfs_check_level levels[LEVELS];
    static uint32_t sort[NODES_MAX];
    struct mprom_romfs_memory memory = {image, (uint32_t)size};
    struct mprom_romfs_source source = mprom_romfs_source_memory(&memory);
    struct mprom_romfs_check check = {.source = &source,
                                      .flags = MPROM_ROMFS_CHECK_NAMES | MPROM_ROMFS_CHECK_INDEX |
                                               MPROM_ROMFS_CHECK_TRAILING | MPROM_ROMFS_CHECK_UNUSUAL,
                                      .levels = levels,
                                      .level_count = LEVELS,
                                      .sort = sort,
                                      .sort_room = NODES_MAX};
    size_t file_count = 0;
    for (size_t i = 0; i < tree->count; i++) {
        file_count += !tree->nodes[i].is_dir;
    }
    REQUIRE(mprom_romfs_check(&check) == 0);
    REQUIRE(check.image_size == size && summary->image_size == size);
    REQUIRE(check.file_count == file_count && summary->file_count == file_count);
    REQUIRE(check.dir_count == tree->count - file_count && summary->dir_count == tree->count - file_count);
    REQUIRE(check.has_info == !options->no_info);
    REQUIRE(check.has_index == (!options->no_index && tree->count > 0));
    REQUIRE(check.has_seal == !options->no_seal && check.crc == summary->crc);
}

/* An image from the build, or NULL if the options are such that there is none. The caller frees it. */
static uint8_t *build_image(struct mprom_romfs_build *build, const struct mprom_romfs_build_options *options,
                            size_t *size, struct mprom_romfs_build_summary *summary)
{
    uint8_t *image = NULL;
    int r = mprom_romfs_build_write_memory(build, &image, size, summary);
    REQUIRE(r == (is_good(options) ? 0 : -MPROM_EINVAL));
    return image;
}

static void run(struct input *input, const uint8_t *pool, struct tree *tree)
{
    char label[32];
    struct mprom_romfs_build_options options;
    struct mprom_romfs_build_align align;
    struct mprom_romfs_build_summary summary;
    struct mprom_romfs fs;
    size_t size;
    size_t size_again;
    take_options(input, &options, &align, label);
    struct mprom_romfs_build *build = mprom_romfs_build_new(&options);
    struct mprom_romfs_build *again = mprom_romfs_build_new(&options);
    REQUIRE(build != NULL && again != NULL);
    add_all(input, pool, build, tree);
    uint8_t *image = build_image(build, &options, &size, &summary);
    if (image != NULL) {
        check_image(image, size, &options, tree, &summary);
        REQUIRE(mprom_romfs_open(&fs, image, size) == 0);
        REQUIRE((fs.index_count != 0) == (!options.no_index && tree->count > 0));
        check_lookups(&fs, &options, tree);
        check_walk(&fs, &options, tree);
        add_backwards(again, tree);
        uint8_t *same = build_image(again, &options, &size_again, &summary);
        REQUIRE(size_again == size && memcmp(image, same, size) == 0);
        free(same);
    }
    free(image);
    mprom_romfs_build_free(build);
    mprom_romfs_build_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t pool[POOL_SIZE + 4];
    static struct tree tree;
    struct input input = {data, data + size};
    for (size_t i = sizeof pool; pool[0] == 0 && i-- > 0;) {
        pool[i] = (uint8_t)(1 + i % 5);
    }
    tree.count = 0;
    run(&input, pool, &tree);
    for (size_t i = 0; i < tree.count; i++) {
        free(tree.nodes[i].path);
    }
    return 0;
}
