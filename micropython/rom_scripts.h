/*
 * Running boot and main from the writable filesystem or from an image.
 */
#ifndef MPROM_ROM_SCRIPTS_H
#define MPROM_ROM_SCRIPTS_H

#include <stdbool.h>

/*
 * Runs the script NAME.py or NAME.mpy (in this order) from the writable filesystem, else from the image at /rom, in
 * __main__. While one from an image runs, its segment is marked as running; before that, unless the raw REPL follows,
 * a slot is marked as tried. Having neither file is a success.
 *
 * Returns what MicroPython's pyexec_file() does: PYEXEC_FORCED_EXIT for SystemExit, 0 for another exception, else 1.
 */
int mprom_rom_scripts_run(const char *name);

/*
 * Whether a script of the writable filesystem is what the firmware itself wrote there when it made the filesystem: it
 * counts as absent, so that the image's runs. Whoever brings the firmware says it.
 */
bool mprom_rom_scripts_is_default(const char *path);

#endif
