/* Which .mpy files a board can load. */
#ifndef MPROM_CLIENT_MPY_H
#define MPROM_CLIENT_MPY_H

#include "mprom/client.h"
#include "mprom/romfs.h"

/*
 * Looks at every .mpy file of an image, and at what its info record says of them; damage is not what it looks for.
 *
 * Returns 0, or -MPROM_EINVAL with a sentence that names the file, or -MPROM_ENOMEM.
 */
int mprom_mpy_check(const struct mprom_client_board *board, const char *port, const struct mprom_romfs *fs,
                    struct mprom_client_error *error);

#endif
