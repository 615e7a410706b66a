/* mprom info: what an image says of itself, and what is in it. */
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/image.h"
#include "cli/json.h"
#include "cli/mpy_header.h"

struct info {
    struct mprom_romfs_info record;
    bool has_record;
    bool has_seal;
    uint32_t crc;
    uint32_t file_count;
    uint32_t dir_count;
    uint64_t contents_size;
};

static int info_count(const struct image *image, struct info *info)
{
    struct mprom_romfs_entry entry;
    mprom_romfs_root(&image->fs, &entry);
    struct image_walk walk;
    int result = image_walk_open(&walk, image, &entry, "", false) ? -1 : 1;
    while (result > 0 && (result = image_walk_next(&walk, &entry)) > 0) {
        info->dir_count += entry.is_dir;
        info->file_count += !entry.is_dir;
        info->contents_size += entry.is_dir ? 0 : entry.size;
    }
    image_walk_close(&walk);
    return result < 0 ? CLI_FAILED : CLI_OK;
}

static int info_collect(const struct image *image, struct info *info)
{
    *info = (struct info){0};
    int found = mprom_romfs_info_read(&image->fs, &info->record);
    if (found < 0) {
        cli_error("%s: what the image says of itself is damaged; 'mprom check' says where", image->label);
        return CLI_FAILED;
    }
    info->has_record = found > 0;
    info->has_seal = mprom_romfs_seal_read(&image->fs, &info->crc) > 0;
    return info_count(image, info);
}

/* Seconds since 1970 as a date, in room[32]; a number if it is beyond what a calendar can say. */
static const char *date_text(char *room, uint64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm tm;
    if (seconds > INT64_MAX / 2 || !gmtime_r(&time, &tm) || strftime(room, 32, "%Y-%m-%d %H:%M:%S UTC", &tm) == 0) {
        snprintf(room, 32, "%llu s", (unsigned long long)seconds);
    }
    return room;
}

static void print_row(const char *name)
{
    printf("%-12s", name);
}

static void print_text_row(const char *name, const char *text, uint32_t size)
{
    if (text) {
        print_row(name);
        cli_put_text(stdout, text, size);
        fputc('\n', stdout);
    }
}

static void print_number_row(const char *name, uint64_t value, const char *unit)
{
    char count[CLI_COUNT_ROOM];
    printf("%-12s%s%s\n", name, cli_count_text(count, value), unit);
}

static void info_print(const struct image *image, const struct info *info)
{
    const struct mprom_romfs_info *record = &info->record;
    char room[MPY_HEADER_ROOM];
    print_text_row("label", record->label, record->label_size);
    print_number_row("size", image->fs.size, " bytes");
    print_number_row("files", info->file_count, "");
    print_number_row("directories", info->dir_count, "");
    print_number_row("contents", info->contents_size, " bytes");
    print_row("seal");
    if (info->has_seal) {
        printf("CRC-32 %08x ('mprom check' compares it)\n", info->crc);
    } else {
        puts(record->sealed ? "missing, the image is damaged" : "none");
    }
    printf("%-12s%s\n", "index", image->fs.index_count ? "yes" : "none");
    print_text_row("builder", record->builder, record->builder_size);
    if (record->mpy) {
        printf("%-12s%s\n", "bytecode", mpy_header_text(room, record->mpy));
    }
    if (info->has_record) {
        print_number_row("alignment", record->align, " bytes");
    }
    if (record->build_time) {
        printf("%-12s%s\n", "built", date_text(room, record->build_time));
    }
}

static json_t *text_or_null(const char *text, uint32_t size)
{
    return text ? json_text(text, size) : json_null();
}

static int info_print_json(const struct image *image, const struct info *info)
{
    const struct mprom_romfs_info *record = &info->record;
    json_t *value = json_pack(
        "{s:o, s:o, s:I, s:I, s:I, s:I, s:b, s:b, s:o, s:I}", "image", json_text(image->label, strlen(image->label)),
        "label", text_or_null(record->label, record->label_size), "size", (json_int_t)image->fs.size, "files",
        (json_int_t)info->file_count, "dirs", (json_int_t)info->dir_count, "contents",
        (json_int_t)info->contents_size, "sealed", info->has_seal, "index", image->fs.index_count > 0, "builder",
        text_or_null(record->builder, record->builder_size), "align", (json_int_t)record->align);
    if (value && info->has_seal) {
        json_object_set_new(value, "crc", json_integer(info->crc));
    }
    if (value && record->mpy) {
        json_object_set_new(value, "mpy", mpy_header_json(record->mpy));
    }
    if (value && record->build_time) {
        json_object_set_new(value, "build_time", json_integer((json_int_t)record->build_time));
    }
    return json_print(value);
}

static int info_run(const struct cli *cli)
{
    struct image image;
    int status = image_open(&image, cli->operands[0]);
    if (status) {
        return status;
    }
    struct info info;
    status = info_collect(&image, &info);
    if (status == CLI_OK && cli->json) {
        status = info_print_json(&image, &info);
    } else if (status == CLI_OK) {
        info_print(&image, &info);
    }
    image_close(&image);
    return status;
}

const struct cli_command cmd_info = {
    .name = "info",
    .summary = "show what an image says of itself",
    .operands = "IMAGE",
    .about = "Shows label, size, number of files, seal, index, builder, bytecode version,\n"
             "alignment and build time of IMAGE, as far as the image has them.",
    .example = "mprom info app.romfs\n"
               "mprom info --json app.romfs",
    .takes = CLI_TAKES_JSON,
    .operand_min = 1,
    .operand_max = 1,
    .run = info_run,
};
