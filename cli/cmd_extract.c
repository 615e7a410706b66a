/*
 * mprom extract: files of an image, into a directory.
 *
 * Names come from the image and are hostile. The image is checked as a whole first, which refuses every name that is
 * not one plain name; then each path is walked from the target's own descriptor, name by name, without following a
 * symbolic link. So nothing outside the target can be reached, whatever lies in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/image_check.h"
#include "cli/manifest.h"
#include "cli/output.h"
#include "cli/target.h"

struct extract_args {
    const char *target;
    const char *manifest;
    bool force;
};

static const struct cli_option extract_options[] = {
    {"directory", 'C', CLI_TEXT, offsetof(struct extract_args, target), "DIR",
     "put the files here; made if it is not there"},
    {"manifest", 0, CLI_TEXT, offsetof(struct extract_args, manifest), "FILE",
     "write there what 'mprom build --manifest' makes the same image of"},
    {"force", 0, CLI_SWITCH, offsetof(struct extract_args, force), NULL, "replace files that exist"},
    {0},
};

struct extract {
    const struct cli *cli;
    const struct image *image;
    const char *target;
    int target_fd;
    bool force;
    bool has_twins; /* some names occur twice in one directory */
    uint32_t conflict_count;
    uint32_t file_count;
    uint64_t size;
};

enum {
    EXTRACT_CONFLICTS_SHOWN = 10
};

static int extract_fail(const struct extract *extract, const char *path, const char *why)
{
    cli_error("%s/%s: %s", extract->target, path, why);
    return CLI_FAILED;
}

static const char *dir_error(int error)
{
    if (error == ELOOP || error == ENOTDIR) {
        return "a symbolic link or a file is where a directory must be; it was left alone";
    }
    return cli_strerror(error);
}

/* What is done with each entry that was asked for. Returns CLI_OK or CLI_FAILED. */
typedef int extract_step(struct extract *extract, const char *path, const struct mprom_romfs_entry *entry);

/* The first pass: is anything in the way? */
static int look_for_conflict(struct extract *extract, const char *path, const struct mprom_romfs_entry *entry)
{
    size_t dir_size = strlen(path);
    const char *name = entry->is_dir ? NULL : target_split(path, &dir_size);
    int fd = target_open_dir(extract->target_fd, path, dir_size, false);
    if (fd < 0) {
        return errno == ENOENT ? CLI_OK : extract_fail(extract, path, dir_error(errno));
    }
    struct stat st;
    if (name && fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        ++extract->conflict_count <= EXTRACT_CONFLICTS_SHOWN) {
        extract_fail(extract, path, "exists already");
    }
    close(fd);
    return CLI_OK;
}

static int write_file(struct extract *extract, int dir_fd, const char *name, const char *path,
                      const struct mprom_romfs_entry *entry)
{
    struct output out;
    if (output_open_at(&out, dir_fd, name, path, OUTPUT_LATER | (extract->force ? 0U : OUTPUT_KEEP))) {
        return CLI_FAILED;
    }
    if (output_write(&out, entry->data, entry->size)) {
        output_abort(&out);
        return CLI_FAILED;
    }
    extract->file_count++;
    extract->size += entry->size;
    return output_commit(&out);
}

/* The second pass: the entry is made. */
static int make_entry(struct extract *extract, const char *path, const struct mprom_romfs_entry *entry)
{
    size_t dir_size = strlen(path);
    const char *name = entry->is_dir ? NULL : target_split(path, &dir_size);
    if (name && !target_name_is_plain(name)) {
        return extract_fail(extract, path, dir_error(EINVAL));
    }
    int fd = target_open_dir(extract->target_fd, path, dir_size, true);
    if (fd < 0) {
        return extract_fail(extract, path, dir_error(errno));
    }
    cli_detail(extract->cli, "%s/%s", extract->target, path);
    int status = name ? write_file(extract, fd, name, path, entry) : CLI_OK;
    close(fd);
    return status;
}

/* Whether the entry is what a board finds at its path: of equal names the first. */
static bool is_found(const struct extract *extract, const struct image_walk *walk,
                     const struct mprom_romfs_entry *entry)
{
    struct mprom_romfs_entry found;
    return !extract->has_twins ||
           (mprom_romfs_lookup(&extract->image->fs, NULL, walk->path, walk->path_size, &found) == 0 &&
            found.off == entry->off);
}

/* Takes step with the entry at path and, if it is a directory, with all that lies below it. */
static int extract_each(struct extract *extract, const char *path, extract_step *step)
{
    struct mprom_romfs_entry entry;
    struct image_walk walk;
    if (image_find(extract->image, path, &entry)) {
        return CLI_FAILED;
    }
    if (image_walk_open(&walk, extract->image, &entry, path, !entry.is_dir)) {
        image_walk_close(&walk);
        return CLI_FAILED;
    }
    int status = walk.path_size > 0 ? step(extract, walk.path, &entry) : CLI_OK;
    int more = entry.is_dir;
    while (status == CLI_OK && more && (more = image_walk_next(&walk, &entry)) > 0) {
        status = is_found(extract, &walk, &entry) ? step(extract, walk.path, &entry) : CLI_OK;
    }
    image_walk_close(&walk);
    return more < 0 ? CLI_FAILED : status;
}

/* Whether path is that of other, or lies below it. Slashes count as little as they do in a lookup. */
static bool path_is_within(const char *path, const char *other)
{
    for (;;) {
        path += strspn(path, "/");
        other += strspn(other, "/");
        if (*other == '\0') {
            return true;
        }
        size_t size = strcspn(other, "/");
        if (strcspn(path, "/") != size || memcmp(path, other, size) != 0) {
            return false;
        }
        path += size;
        other += size;
    }
}

/* Whether an operand says what another one says already; of equal ones the first counts. */
static bool operand_is_covered(const struct cli *cli, size_t index)
{
    for (size_t i = 1; i < cli->operand_count; i++) {
        bool within = path_is_within(cli->operands[index], cli->operands[i]);
        if (i != index && within && (i < index || !path_is_within(cli->operands[i], cli->operands[index]))) {
            return true;
        }
    }
    return false;
}

/* Takes step with all that the command line asks for, once. */
static int extract_pass(struct extract *extract, extract_step *step)
{
    const struct cli *cli = extract->cli;
    int status = cli->operand_count == 1 ? extract_each(extract, "", step) : CLI_OK;
    for (size_t i = 1; i < cli->operand_count && status == CLI_OK; i++) {
        if (!operand_is_covered(cli, i)) {
            status = extract_each(extract, cli->operands[i], step);
        }
    }
    return status;
}

static void complain_fault(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path,
                           uint32_t path_size)
{
    struct extract *extract = ctx;
    const char *label = extract->image->label;
    if (!mprom_romfs_fault_is_note(fault)) {
        cli_error("%s: offset %u, %.*s: %s", label, off, (int)path_size, path, mprom_romfs_fault_text(fault));
    } else if (fault == MPROM_ROMFS_FAULT_NAME_TWICE) {
        extract->has_twins = true;
        cli_note(extract->cli, "%s: offset %u, %.*s: %s", label, off, (int)path_size, path,
                 mprom_romfs_fault_text(fault));
    }
}

/* Refuses an image with any fault: what is damaged would be extracted wrong without a word. */
static int refuse_damaged(struct extract *extract)
{
    struct image_verdict verdict;
    if (image_check(extract->image, complain_fault, extract, &verdict)) {
        return CLI_FAILED;
    }
    if (verdict.ok) {
        return CLI_OK;
    }
    cli_error("%s: nothing was extracted; 'mprom cat' reads single files of a damaged image", extract->image->label);
    return CLI_FAILED;
}

static int open_target(struct extract *extract)
{
    if (mkdir(extract->target, 0777) && errno != EEXIST) {
        cli_error("cannot make the directory %s: %s", extract->target, cli_strerror(errno));
        return CLI_FAILED;
    }
    extract->target_fd = open(extract->target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (extract->target_fd < 0) {
        cli_error("cannot open the directory %s: %s", extract->target, cli_strerror(errno));
        return CLI_FAILED;
    }
    return CLI_OK;
}

static int extract_all(struct extract *extract)
{
    int status = extract->force ? CLI_OK : extract_pass(extract, look_for_conflict);
    if (extract->conflict_count > 0) {
        cli_error("%u file%s in the way; nothing was extracted; --force replaces them", extract->conflict_count,
                  extract->conflict_count == 1 ? " is" : "s are");
        return CLI_FAILED;
    }
    if (status == CLI_OK) {
        status = extract_pass(extract, make_entry);
    }
    if (status == CLI_OK && !extract->cli->quiet) {
        char size[CLI_COUNT_ROOM];
        printf("%s: %u file%s, %s bytes\n", extract->target, extract->file_count, extract->file_count == 1 ? "" : "s",
               cli_count_text(size, extract->size));
    }
    return status;
}

static int extract_run(const struct cli *cli)
{
    const struct extract_args *args = cli->args;
    struct image image;
    struct extract extract = {.cli = cli, .image = &image, .target = ".", .target_fd = -1, .force = args->force};
    if (args->target) {
        extract.target = args->target;
    }
    int status = image_open(&image, cli->operands[0]);
    if (status) {
        return status;
    }
    status = refuse_damaged(&extract);
    if (status == CLI_OK) {
        status = open_target(&extract);
    }
    if (status == CLI_OK) {
        status = extract_all(&extract);
        if (status == CLI_OK && args->manifest) {
            status = manifest_write(&image, args->manifest, args->force);
        }
        close(extract.target_fd);
    }
    image_close(&image);
    return status;
}

const struct cli_command cmd_extract = {
    .name = "extract",
    .summary = "write files of an image to a directory",
    .operands = "IMAGE [PATH]...",
    .about = "Writes all files of IMAGE, or those named or below the directories named, to the\n"
             "current directory or that of -C, under their whole paths. Never writes outside\n"
             "that directory, whatever the names in the image, and never through a symbolic\n"
             "link in it. A damaged image is refused as a whole.",
    .example = "mprom extract app.romfs -C out\n"
               "mprom extract --force app.romfs lib/sensor.mpy",
    .operand_min = 1,
    .operand_max = CLI_OPERANDS_MANY,
    .options = extract_options,
    .args_size = sizeof(struct extract_args),
    .run = extract_run,
};
