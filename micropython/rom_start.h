/*
 * What happens to the segments when the board starts: which images are mounted where.
 */
#ifndef MPROM_ROM_START_H
#define MPROM_ROM_START_H

#include <stdbool.h>

/*
 * Mounts segment 0, or the chosen slot of its group, at /rom and adds /rom and /rom/lib to sys.path; mounts every
 * other segment with a sound image that is no slot at /rom<id>. Says in one line on the console what is damaged, and
 * how to deploy if nothing sound is left. To be called at the end of mp_init(); does not raise.
 */
void mprom_rom_start_mount(bool hard_reset);

/* The segment that is mounted at /rom, or MPROM_ROM_SEGMENT_NONE. */
int mprom_rom_start_chosen(void);

#endif
