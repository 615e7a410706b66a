/* The images of a deploy. */
#include "deploy_images.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "deploy_cache.h"
#include "image_check.h"
#include "mpy_header.h"

enum {
    ARCH_COUNT = 64 /* the bits that sys.implementation has for it */
};

enum images_state {
    IMAGE_UNKNOWN,
    IMAGE_READY,
    IMAGE_FAILED, /* a message said why */
};

struct deploy_images {
    const struct cli *cli;
    const struct build_args *args;
    const char *path;
    bool by_arch; /* the second kind */
    bool uses_cache;
    struct image base;    /* of the command line, bytes NULL for none */
    pthread_mutex_t lock; /* over all below */
    struct {
        enum images_state state;
        struct image image;
        uint8_t *kept; /* the one deployed before, or NULL */
        size_t kept_size;
        bool is_deployed; /* some board has it */
    } of[ARCH_COUNT];     /* with one image for all, of[0] */
};

/* The first fault is enough to refuse. */
static void images_fault(void *ctx, enum romfs_fault fault, uint32_t off, const char *path, uint32_t path_size)
{
    const struct image **image = ctx;
    if (*image) {
        cli_error("%s: offset %u%s%.*s: %s; nothing was sent", (*image)->label, off, path_size ? ", " : "",
                  (int)path_size, path, romfs_fault_text(fault));
    }
    *image = NULL;
}

/* Not every board checks what it is sent. */
static int images_check(const struct image *image)
{
    struct image_verdict verdict;
    int status = image_check(image, images_fault, &image, &verdict);
    return status == CLI_OK && !verdict.ok ? CLI_FAILED : status;
}

/* Builds or reads the image of number arch. */
static int images_make(struct deploy_images *images, unsigned arch, const struct build_args *args, bool *wants_march)
{
    struct image *image = &images->of[arch].image;
    struct build_args own = *args;
    own.base_bytes = images->of[arch].kept =
        images->uses_cache ? deploy_cache_get(args, images->path, &images->of[arch].kept_size) : NULL;
    own.base_size = images->of[arch].kept_size;
    int status = build_or_open(image, images->cli, &own, images->path, wants_march);
    if (status == CLI_OK) {
        status = images_check(image);
        if (status) {
            image_close(image);
        }
    }
    images->of[arch].state = status == CLI_OK ? IMAGE_READY : IMAGE_FAILED;
    return status;
}

int deploy_images_open(struct deploy_images **images, const struct cli *cli, const struct build_args *args,
                       const char *path, bool no_base)
{
    struct stat st;
    bool wants_march = false;
    *images = calloc(1, sizeof **images);
    if (!*images) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    **images = (struct deploy_images){.cli = cli, .args = args, .path = path, .lock = PTHREAD_MUTEX_INITIALIZER};
    (*images)->uses_cache = !no_base && !args->base && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
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
    return &images->of[arch].image;
}

const void *deploy_images_base(struct deploy_images *images, const struct image *image, size_t *size)
{
    const void *base = NULL;
    pthread_mutex_lock(&images->lock);
    for (size_t i = 0; i < ARCH_COUNT && base == NULL; i++) {
        if (image == &images->of[i].image && images->of[i].kept) {
            base = images->of[i].kept;
            *size = images->of[i].kept_size;
        }
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
    pthread_mutex_lock(&images->lock);
    for (size_t i = 0; i < ARCH_COUNT; i++) {
        images->of[i].is_deployed = images->of[i].is_deployed || image == &images->of[i].image;
    }
    pthread_mutex_unlock(&images->lock);
}

void deploy_images_close(struct deploy_images *images)
{
    for (unsigned i = 0; images && i < ARCH_COUNT; i++) {
        if (images->of[i].is_deployed && images->uses_cache) {
            struct build_args args = images_args(images, i);
            deploy_cache_put(&args, images->path, &images->of[i].image);
        }
        if (images->of[i].state == IMAGE_READY) {
            image_close(&images->of[i].image);
        }
        free(images->of[i].kept);
    }
    if (images && images->base.bytes) {
        image_close(&images->base);
    }
    free(images);
}
