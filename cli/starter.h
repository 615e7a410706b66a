/*
 * What deploy and erase do about main.py on boards with stock MicroPython, which does not start an image by itself.
 */
#ifndef MPROM_CLI_STARTER_H
#define MPROM_CLI_STARTER_H

#include "cli/image.h"
#include "cli/online.h"

struct starter_args {
    bool install;
    bool remove;
    const char *entry; /* the module to start; NULL for main */
};

/* Returns CLI_OK, or CLI_USAGE after a message. */
int starter_check_usage(const struct cli *cli, const struct starter_args *args);

/* Checks that the image has the entry of the starter; writes nothing. CLI_OK, or CLI_FAILED after a message. */
int starter_check_image(struct online *online, const struct starter_args *args, const struct image *image);

/*
 * After the image was written: does what args ask for, and says what will start on the board, also in the JSON result
 * that was added last. look is false if nothing was asked for and nobody needs to know.
 *
 * Returns CLI_OK, or CLI_FAILED after a message.
 */
int starter_settle(struct online *online, const struct starter_args *args, const struct image *image, bool look);

/* Removes the starter. Returns CLI_OK, or CLI_FAILED after a message. */
int starter_remove(struct online *online);

#endif
