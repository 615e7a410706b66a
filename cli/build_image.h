/*
 * From a directory to an image, for the commands that build one. Every failure prints its message.
 *
 *     struct build_job job;
 *     status = build_prepare(&job, cli, args, dir, NULL);       scan, compile, add
 *     if (status == CLI_OK) status = build_write(&job, sink, ctx);
 *     build_release(&job);
 */
#ifndef MPROM_CLI_BUILD_IMAGE_H
#define MPROM_CLI_BUILD_IMAGE_H

#include "cli/cli.h"
#include "cli/image.h"
#include "cli/json.h"
#include "mprom/romfs_build.h"
#include "romfs/build_arena.h"
#include "romfs/ignore.h"
#include "romfs/tree.h"

/* What the options of a build say; part of the args of a command that has them. */
struct build_args {
    bool no_mpy;
    const char *march;
    const char *march_flags;
    struct cli_number optimise;
    struct cli_number small_int_bits;
    struct cli_list aligns;
    struct cli_list excludes;
    struct cli_list keep_sources;
    bool keep_all;
    const char *label;
    const char *manifest; /* the file of that name, or NULL */
    const char *base;
    const uint8_t *base_bytes; /* without base: an image that is in memory already, or NULL */
    size_t base_size;
    bool no_index;
    bool no_seal;
    bool no_info;
    bool times;
    struct cli_number workers;
};

/* The options of a build, for cli_command.more_options; more_off says where in the args the struct build_args is. */
extern const struct cli_option build_options[];

/* How a build went. */
struct build_report {
    struct mprom_romfs_build_summary image;
    size_t source_count;   /* .py files found, */
    size_t pair_count;     /* x.py beside x.mpy, which cannot both go in */
    size_t compiled_count; /* and how many of them went in as .mpy */
    bool wants_march;      /* it failed, but only for want of --march */
    uint8_t compiled[4];   /* the header of what was compiled; all 0 if nothing was */
    uint8_t mpy[4];        /* what the image needs of a board, as a header; all 0 if it has no .mpy files */
    const char *mpy_path;  /* of the file whose native code mpy speaks of; NULL for none */
    json_t *warnings;      /* array of objects: path, text */
};

/* A build between its steps. */
struct build_job {
    const struct cli *cli;
    const struct build_args *args;
    const char *dir;
    struct mprom_romfs_tree_options tree_options;
    struct mprom_romfs_build_options build_options;
    struct mprom_romfs_build_align *aligns;
    struct mprom_romfs_tree *tree;
    struct mprom_romfs_build *build;
    struct image base;             /* open if args->base is given */
    struct build_sources *sources; /* build_sources.c: the .py files and what became of them */
    json_t *manifest;              /* build_manifest.c: NULL for none */
    struct image *files;           /* the contents of what it lists */
    size_t file_count;
    struct build_report report;
    bool is_for_file;    /* not for a board that is asked what it takes */
    bool may_want_march; /* a build that fails only for want of --march prints no message */
    struct mprom_build_arena arena;
    struct mprom_ignore_list keep_sources; /* rules of .py files that are not compiled */
};

/*
 * Scans dir, compiles its .py files and adds everything to a build. output is the path that the image will be written
 * to, or NULL: a file of an earlier build there is left out. dir, output and args must live as long as the job.
 *
 * Returns CLI_OK, CLI_FAILED, or CLI_USAGE if the options make no sense. Nothing was written.
 */
int build_prepare(struct build_job *job, const struct cli *cli, const struct build_args *args, const char *dir,
                  const char *output);

/*
 * The same for an image that stays in memory. wants_march, which may be NULL, becomes true if the directory cannot be
 * built for the only reason that its native code needs --march; then there is no message.
 */
int build_prepare_memory(struct build_job *job, const struct cli *cli, const struct build_args *args, const char *dir,
                         bool *wants_march);

/* Lays out the image and hands it to sink, which prints its own messages. Returns CLI_OK or CLI_FAILED. */
int build_write(struct build_job *job, mprom_romfs_build_sink *sink, void *ctx);

/*
 * The same into an image called label, which the caller closes. size_max is what it has to fit, in bytes, or 0: an
 * image that is laid out like an earlier one becomes tighter for it, and one that no layout makes small enough is as
 * small as it can be. May be called again, with another size_max.
 */
int build_write_memory(struct build_job *job, const char *label, uint32_t size_max, struct image *image);

/* Whether path names a directory, and so an image is to be built; otherwise path names an image. */
bool build_is_dir(const char *path);

/*
 * Opens what path names: an image file, "-", or a directory, of which an image is built in memory. Returns as
 * image_open(), or CLI_USAGE as build_prepare().
 */
int build_or_open(struct image *image, const struct cli *cli, const struct build_args *args, const char *path);

/* After any of the above, also when it failed. */
void build_release(struct build_job *job);

#endif
