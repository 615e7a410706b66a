/* Comparing the files of two images whose bytes differ. */
#ifndef MPROM_CLI_VERIFY_FILES_H
#define MPROM_CLI_VERIFY_FILES_H

#include "cli/image.h"

enum {
    VERIFY_TEXT_ROOM = 300
};

/*
 * Compares all files and directories of the image that a board holds with those of the image that it should hold.
 *
 * Returns 1 if they are the same; 0 if not, and text says which one differs first and how many more do; -1 if the
 * board's image is damaged, so that its files are not to be trusted, or after a message.
 */
int verify_files(const struct image *there, const struct image *wanted, char text[VERIFY_TEXT_ROOM]);

#endif
