/*
 * The images of a deploy: one that all boards can have, or one for each architecture that is among the boards.
 */
#ifndef MPROM_CLI_DEPLOY_IMAGES_H
#define MPROM_CLI_DEPLOY_IMAGES_H

#include "cli/build_image.h"
#include "cli/online.h"

struct deploy_images; /* opaque */

/*
 * Reads the image at path, or builds one of the directory there. A directory with native code, which without --march
 * cannot be compiled before the boards are known, is left for deploy_images_for(). args and path must live as long as
 * the images. An image of a directory is laid out like the one of it that was deployed last (deploy_cache.h), unless
 * no_base or a base in args says otherwise.
 *
 * Returns CLI_OK, or CLI_FAILED or CLI_USAGE after a message.
 */
int deploy_images_open(struct deploy_images **images, const struct cli *cli, const struct build_args *args,
                       const char *path, bool no_base);

/*
 * The image for a board, built if it is the first of its architecture. Several threads may ask at once; the image
 * lives until deploy_images_close(). Returns NULL after a message.
 */
const struct image *deploy_images_for(struct deploy_images *images, struct online *online);

/*
 * The image for a segment of size_max bytes: this one, which is from deploy_images_for(), unless it is too large
 * because it is laid out like the one deployed last; then one that is laid out tighter, and at the end plain. Returns
 * an image that is too large if there are too many bytes in the files, or NULL after a message.
 */
const struct image *deploy_images_fit(struct deploy_images *images, const struct image *image, uint32_t size_max);

/*
 * The image that boards are believed to hold which get this one: the base of the command line, or the one that was
 * deployed last. NULL if none is known; lives as long as the images.
 */
const void *deploy_images_base(struct deploy_images *images, const struct image *image, size_t *size);

/* Says that a board holds this image, which is from deploy_images_for() or deploy_images_fit(): the next one will be
 * laid out like it. */
void deploy_images_deployed(struct deploy_images *images, const struct image *image);

/* images may be NULL. */
void deploy_images_close(struct deploy_images *images);

#endif
