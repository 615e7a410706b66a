/*
 * Octal flash at OSPI: ISSI IS25WX256 and IS25WX512, Macronix MX25UM25645G, Everspin EM064LX. The chip is found by its
 * id, read on one line; its SFDP tables, if it has them, must agree on the size. It is then used on eight lines, at both
 * edges of a clock of 100 MHz.
 *
 * A unit of 16 bytes is programmed once between erases: an ISSI with its error correction on refuses a second program,
 * and of the Macronix nobody says that it does not.
 */
#ifndef MPROM_ALIF_OCTAL_H
#define MPROM_ALIF_OCTAL_H

#include "chips/alif/driver/ospi.h"
#include "mprom/flash.h"

struct mprom_alif_octal_chip;

/* The driver's state; it points into itself and must not be copied or moved. */
struct mprom_alif_octal {
    struct mprom_flash flash; /* hand &octal->flash to whoever wants a flash */
    struct mprom_flash_geometry geometry;
    struct mprom_flash_region region;
    struct mprom_alif_ospi ospi;
    struct mprom_alif_ospi_command read; /* how the window reads */
    const struct mprom_alif_octal_chip *chip;
    void (*wait_us)(uint32_t us);
    uint32_t words[64]; /* of a page: what is programmed may lie in the window */
    uint8_t id[3];      /* what answered on one line */
};

/*
 * Starts the controller and the chip. What the chip does is broken off, as if power had failed; a chip that stays deaf
 * after an erase that power had failed in is waited for. wait_us returns after at least so many microseconds. Blocks for
 * less than 200 ms.
 *
 * Returns 0, or
 *   -MPROM_ENODEV     no chip of those answers; id is what did
 *   -MPROM_EBADMSG    its tables say another size than its id
 *   -MPROM_ETIMEDOUT  the controller or the chip was not ready in time
 *   -MPROM_EIO        the chip does not take write enable, or does not answer on eight lines
 */
int mprom_alif_octal_start(struct mprom_alif_octal *octal, const struct mprom_alif_ospi_wiring *wiring,
                           void (*wait_us)(uint32_t us));

#endif
