/*
 * A build of the files that a manifest lists, in place of a scan of the folder.
 */
#ifndef MPROM_CLI_BUILD_MANIFEST_H
#define MPROM_CLI_BUILD_MANIFEST_H

#include "cli/build_image.h"

/*
 * Reads the manifest that the options name, and adds what it says to the job's options; what the command line says
 * counts first. Returns CLI_OK, also if none is named, or CLI_FAILED after a message.
 */
int build_manifest_open(struct build_job *job);

/* Adds the files of the manifest to the job's build. Returns CLI_OK or CLI_FAILED. */
int build_manifest_add(struct build_job *job);

void build_manifest_release(struct build_job *job);

#endif
