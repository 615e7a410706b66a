/* The options of a build, and what they mean to the library. */
#include "cli/build_options.h"
#include "cli/build_manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/link/utf8.h"

const struct cli_option build_options[] = {
    {"no-mpy", 0, CLI_SWITCH, offsetof(struct build_args, no_mpy), NULL,
     "do not compile: .py files go in as they are"},
    {"keep-source", 0, CLI_LIST, offsetof(struct build_args, keep_sources), "PATTERN",
     "do not compile the .py files that match; repeatable"},
    {"march", 0, CLI_TEXT, offsetof(struct build_args, march), "ARCH",
     "allow native code for ARCH, such as armv7emsp"},
    {"march-flags", 0, CLI_TEXT, offsetof(struct build_args, march_flags), "FLAGS",
     "with --march rv32imc: extensions it may use, such as zba,zcmp"},
    {"small-int-bits", 0, CLI_NUMBER, offsetof(struct build_args, small_int_bits), "N",
     "small ints of the board; 31 unless given, right for any 32-bit board"},
    {"optimise", 'O', CLI_NUMBER, offsetof(struct build_args, optimise), "LEVEL",
     "0 to 3; from 1 on without assert, with 3 without line numbers"},
    {"align", 0, CLI_LIST, offsetof(struct build_args, aligns), "[PATTERN=]N",
     "align contents to N bytes: those that match, or all at least"},
    {"exclude", 'x', CLI_LIST, offsetof(struct build_args, excludes), "PATTERN",
     "leave out what matches, as a line of .mpromignore does; repeatable"},
    {"keep-all", 0, CLI_SWITCH, offsetof(struct build_args, keep_all), NULL,
     "take what is left out by default, too; not secrets and images"},
    {"label", 0, CLI_TEXT, offsetof(struct build_args, label), "TEXT", "what the image says it is"},
    {"manifest", 0, CLI_TEXT, offsetof(struct build_args, manifest), "FILE",
     "build the files that FILE lists, as 'mprom extract --manifest' wrote it"},
    {"base", 0, CLI_TEXT, offsetof(struct build_args, base), "IMAGE",
     "lay out like IMAGE, an earlier build: what did not change stays in place"},
    {"times", 0, CLI_SWITCH, offsetof(struct build_args, times), NULL, "record when each file was changed"},
    {"no-index", 0, CLI_SWITCH, offsetof(struct build_args, no_index), NULL, "leave out the lookup table"},
    {"no-seal", 0, CLI_SWITCH, offsetof(struct build_args, no_seal), NULL, "leave out the checksum"},
    {"no-info", 0, CLI_SWITCH, offsetof(struct build_args, no_info), NULL, "leave out label, builder and versions"},
    {"workers", 0, CLI_NUMBER, offsetof(struct build_args, workers), "N",
     "compile in N processes; without it, one for each CPU"},
    {0},
};

enum {
    BUILD_ALIGN_MAX = 65536
};

/* "PATTERN=N" or "N"; the first kind goes into the job's table. */
static int take_align(struct build_job *job, const char *text)
{
    const char *equals = strrchr(text, '=');
    uint64_t align = 0;
    bool valid = cli_parse_number(equals ? equals + 1 : text, BUILD_ALIGN_MAX, &align) && align > 0;
    if (!valid || (align & (align - 1)) != 0 || equals == text) {
        return cli_usage_error(job->cli, "--align takes N or PATTERN=N, N a power of two up to %d, not '%s'",
                               BUILD_ALIGN_MAX, text);
    }
    if (!equals) {
        job->build_options.align = (uint32_t)align;
        return CLI_OK;
    }
    char *pattern = strndup(text, (size_t)(equals - text));
    if (!pattern) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    job->aligns[job->build_options.align_count++] = (struct mprom_romfs_build_align){pattern, (uint32_t)align};
    return CLI_OK;
}

static int take_aligns(struct build_job *job)
{
    const struct cli_list *list = &job->args->aligns;
    job->aligns = calloc(list->count + 1, sizeof *job->aligns);
    if (!job->aligns) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    job->build_options.aligns = job->aligns;
    int status = CLI_OK;
    for (size_t i = 0; i < list->count && status == CLI_OK; i++) {
        status = take_align(job, list->items[i]);
    }
    return status;
}

/* https://reproducible-builds.org/specs/source-date-epoch/ */
static int take_build_time(struct build_job *job)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    if (text && *text && !cli_parse_number(text, INT64_MAX, &job->build_options.build_time)) {
        cli_error("SOURCE_DATE_EPOCH is '%s'; it must be a number of seconds since 1970", text);
        return CLI_FAILED;
    }
    return CLI_OK;
}

static int take_base(struct build_job *job)
{
    if (!job->args->base) {
        job->build_options.base = job->args->base_bytes;
        job->build_options.base_size = job->args->base_size;
        return CLI_OK;
    }
    int status = image_open(&job->base, job->args->base);
    if (status == CLI_OK) {
        job->build_options.base = job->base.bytes;
        job->build_options.base_size = job->base.size;
    }
    return status;
}

int build_take_options(struct build_job *job)
{
    const struct build_args *args = job->args;
    job->tree_options = (struct mprom_romfs_tree_options){.excludes = args->excludes.items,
                                                          .exclude_count = args->excludes.count,
                                                          .keep_all = args->keep_all,
                                                          .times = args->times};
    job->build_options = (struct mprom_romfs_build_options){.align_types = true,
                                                            .label = args->label,
                                                            .no_info = args->no_info,
                                                            .no_index = args->no_index,
                                                            .no_seal = args->no_seal};
    if (args->label) {
        size_t size = strlen(args->label);
        for (size_t at = 0, n; at < size; at += n) {
            n = mprom_utf8_size(args->label + at, size - at);
            if (n == 0) {
                return cli_usage_error(job->cli, "--label is not UTF-8 text");
            }
        }
    }
    const struct cli_list *kept = &args->keep_sources;
    if (mprom_ignore_parse_options(&job->keep_sources, &job->arena, kept->items, kept->count)) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    int status = take_aligns(job);
    status = status ? status : take_build_time(job);
    status = status ? status : build_manifest_open(job);
    return status ? status : take_base(job);
}

void build_release_options(struct build_job *job)
{
    for (size_t i = 0; i < job->build_options.align_count; i++) {
        free((void *)(uintptr_t)job->aligns[i].pattern);
    }
    free(job->aligns);
    if (job->base.bytes) {
        image_close(&job->base);
    }
}
