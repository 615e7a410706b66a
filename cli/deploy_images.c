/* The images of a deploy. */
#include "cli/deploy_images.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cli/deploy_cache.h"
#include "cli/image_check.h"
#include "cli/mpy_header.h"

enum {
    ARCH_COUNT = 64, /* the bits that sys.implementation has for it */
    NOTES_MAX = 5,
};

enum images_state {
    IMAGE_UNKNOWN,
    IMAGE_READY,
    IMAGE_FAILED, /* a message said why */
};

/* One layout of the tree; a segment that is too small for the first gets one of its own. */
struct images_layout {
    struct images_layout *next;
    uint32_t size_max; /* bytes that it was made to fit; 0 for none */
    struct image image;
    bool is_deployed; /* some board has it */
};

/* What one architecture gets. */
struct images_arch {
    enum images_state state;
    struct build_args args;
    struct build_job job; /* of a directory: for further layouts */
    bool has_job;
    struct images_layout *layouts; /* the first one made comes first */
    uint8_t *kept;                 /* the one deployed before, or NULL */
    size_t kept_size;
};

struct deploy_images {
    const struct cli *cli;
    const struct build_args *args;
    const char *path;
    bool by_arch; /* the second kind */
    bool uses_cache;
    struct image base;                 /* of the command line, bytes NULL for none */
    pthread_mutex_t lock;              /* over all below */
    struct images_arch of[ARCH_COUNT]; /* with one image for all, of[0] */
};

struct images_faults {
    const struct cli *cli;
    const struct image *image;
    uint32_t fault_count;
    uint32_t note_count;
};

/* The first fault is enough to refuse. Of notes, the size and the rest of the file are nothing to act on. */
static void images_fault(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path, uint32_t path_size)
{
    struct images_faults *faults = ctx;
    const char *label = faults->image->label;
    const char *comma = path_size ? ", " : "";
    if (!mprom_romfs_fault_is_note(fault) && faults->fault_count++ == 0) {
        cli_error("%s: offset %u%s%.*s: %s; nothing was sent", label, off, comma, (int)path_size, path,
                  mprom_romfs_fault_text(fault));
    } else if ((fault == MPROM_ROMFS_FAULT_NAME_TWICE || fault == MPROM_ROMFS_FAULT_NAME_UTF8) &&
               faults->note_count++ < NOTES_MAX) {
        cli_note(faults->cli, "%s: offset %u%s%.*s: %s", label, off, comma, (int)path_size, path,
                 mprom_romfs_fault_text(fault));
    }
}

/* Not every board checks what it is sent. */
static int images_check(const struct cli *cli, const struct image *image)
{
    struct image_verdict verdict;
    struct images_faults faults = {.cli = cli, .image = image};
    int status = image_check(image, images_fault, &faults, &verdict);
    return status == CLI_OK && !verdict.ok ? CLI_FAILED : status;
}

/* Makes a layout of what is built, or takes the image that is in a file, and adds it. Returns NULL after a message.
 */
static struct images_layout *images_add_layout(struct deploy_images *images, struct images_arch *of,
                                               uint32_t size_max)
{
    struct images_layout *layout = calloc(1, sizeof *layout);
    struct images_layout **end = &of->layouts;
    if (!layout) {
        cli_error("out of memory");
        return NULL;
    }
    layout->size_max = size_max;
    int status = of->has_job ? build_write_memory(&of->job, images->path, size_max, &layout->image)
                             : image_open(&layout->image, images->path);
    if (status == CLI_OK && images_check(images->cli, &layout->image) != CLI_OK) {
        image_close(&layout->image);
        status = CLI_FAILED;
    }
    if (status != CLI_OK) {
        free(layout);
        return NULL;
    }
    while (*end) {
        end = &(*end)->next;
    }
    *end = layout;
    return layout;
}

/* Builds or reads the image of number arch. */
static int images_make(struct deploy_images *images, unsigned arch, const struct build_args *args, bool *wants_march)
{
    struct images_arch *of = &images->of[arch];
    int status = CLI_OK;
    of->args = *args;
    of->kept = images->uses_cache ? deploy_cache_get(args, images->path, &of->kept_size) : NULL;
    of->args.base_bytes = of->kept;
    of->args.base_size = of->kept_size;
    of->has_job = build_is_dir(images->path);
    if (of->has_job) {
        status = build_prepare_memory(&of->job, images->cli, &of->args, images->path, wants_march);
    }
    if (status == CLI_OK && !images_add_layout(images, of, 0)) {
        status = CLI_FAILED;
    }
    of->state = status == CLI_OK ? IMAGE_READY : IMAGE_FAILED;
    return status;
}

int deploy_images_open(struct deploy_images **images, const struct cli *cli, const struct build_args *args,
                       const char *path, bool no_base)
{
    bool wants_march = false;
    interrupt_begin(cli, 1);
    *images = calloc(1, sizeof **images);
    if (!*images) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    **images = (struct deploy_images){.cli = cli, .args = args, .path = path, .lock = PTHREAD_MUTEX_INITIALIZER};
    (*images)->uses_cache = !no_base && !args->base && build_is_dir(path);
    /* Standard input can be read only once: to lay the image out. */
    int status = args->base && strcmp(args->base, "-") != 0 ? image_open(&(*images)->base, args->base) : CLI_OK;
    if (status) {
        return status;
    }
    status = images_make(*images, 0, args, &wants_march);
    if (!wants_march) {
        return status;
    }
    (*images)->by_arch = true;
    return CLI_OK;
}

/* What the image of number arch is built with. */
static struct build_args images_args(const struct deploy_images *images, unsigned arch)
{
    struct build_args args = *images->args;
    if (images->by_arch) {
        args.march = mpy_arch_name(arch);
    }
    return args;
}

/*
 * The compiler's workers are forked while other threads serve boards. They use nothing that these may hold then but
 * the heap, and glibc keeps the heap usable across a fork.
 */
static void images_make_for(struct deploy_images *images, unsigned arch)
{
    struct build_args args = images_args(images, arch);
    cli_detail(images->cli, "%s has native code: building for %s", images->path, args.march);
    images_make(images, arch, &args, NULL);
}

const struct image *deploy_images_for(struct deploy_images *images, struct online *online)
{
    unsigned arch = images->by_arch ? online->board->mpy_arch : 0;
    if (images->by_arch && (arch == 0 || arch >= ARCH_COUNT || !mpy_arch_name(arch))) {
        online_fail(online, "%s: %s has native code, and this board %s", online->board->port, images->path,
                    arch == 0 ? "runs none" : "is of an architecture that is not known here");
        return NULL;
    }
    pthread_mutex_lock(&images->lock);
    if (images->of[arch].state == IMAGE_UNKNOWN) {
        images_make_for(images, arch);
    }
    bool ready = images->of[arch].state == IMAGE_READY;
    pthread_mutex_unlock(&images->lock);
    if (!ready) {
        online_fail(online, "%s: there is no image for this board; nothing was sent", online->board->port);
        return NULL;
    }
    return &images->of[arch].layouts->image;
}

/* The layout of an image among those that were made. Under the lock. */
static struct images_layout *images_find(struct deploy_images *images, const struct image *image,
                                         struct images_arch **of)
{
    for (*of = images->of; *of < images->of + ARCH_COUNT; ++*of) {
        for (struct images_layout *layout = (*of)->layouts; layout; layout = layout->next) {
            if (&layout->image == image) {
                return layout;
            }
        }
    }
    return NULL;
}

/* A layout that was made before and fits, or was made to fit no more than that. */
static struct images_layout *images_find_fitting(const struct images_arch *of, uint32_t size_max)
{
    struct images_layout *layout = of->layouts;
    while (layout && layout->image.fs.size > size_max && layout->size_max != size_max) {
        layout = layout->next;
    }
    return layout;
}

const struct image *deploy_images_fit(struct deploy_images *images, const struct image *image, uint32_t size_max)
{
    struct images_arch *of;
    pthread_mutex_lock(&images->lock);
    struct images_layout *layout = images_find(images, image, &of);
    if (layout && of->has_job && of->job.build_options.base && image->fs.size > size_max) {
        layout = images_find_fitting(of, size_max);
        if (!layout) {
            layout = images_add_layout(images, of, size_max);
        }
        image = layout ? &layout->image : NULL;
    }
    pthread_mutex_unlock(&images->lock);
    return image;
}

const void *deploy_images_base(struct deploy_images *images, const struct image *image, size_t *size)
{
    const void *base = NULL;
    struct images_arch *of;
    pthread_mutex_lock(&images->lock);
    if (images_find(images, image, &of) && of->kept) {
        base = of->kept;
        *size = of->kept_size;
    }
    pthread_mutex_unlock(&images->lock);
    if (base == NULL && images->base.bytes) {
        base = images->base.bytes;
        *size = images->base.fs.size;
    }
    return base;
}

void deploy_images_deployed(struct deploy_images *images, const struct image *image)
{
    struct images_arch *of;
    pthread_mutex_lock(&images->lock);
    struct images_layout *layout = images_find(images, image, &of);
    if (layout) {
        layout->is_deployed = true;
    }
    pthread_mutex_unlock(&images->lock);
}

/* Keeps the smallest that was deployed for the next time: a layout like it fits every board. */
static void images_keep(const struct deploy_images *images, const struct images_arch *of)
{
    const struct image *least = NULL;
    for (const struct images_layout *layout = of->layouts; layout; layout = layout->next) {
        if (layout->is_deployed && (!least || layout->image.fs.size < least->fs.size)) {
            least = &layout->image;
        }
    }
    if (least) {
        deploy_cache_put(&of->args, images->path, least);
    }
}

void deploy_images_close(struct deploy_images *images)
{
    for (unsigned i = 0; images && i < ARCH_COUNT; i++) {
        struct images_arch *of = &images->of[i];
        if (images->uses_cache) {
            images_keep(images, of);
        }
        for (struct images_layout *layout = of->layouts, *next; layout; layout = next) {
            next = layout->next;
            image_close(&layout->image);
            free(layout);
        }
        if (of->has_job) {
            build_release(&of->job);
        }
        free(of->kept);
    }
    if (images && images->base.bytes) {
        image_close(&images->base);
    }
    free(images);
}
