/*
 * The flash of the nRF51, nRF52832 and nRF52840, behind the controller NVMC. Offsets are addresses: the flash begins
 * at 0.
 *
 * Erase and program run from RAM, because the CPU stalls while it executes from a flash that is busy. They read
 * nothing of the flash until it is idle. Each leaves the controller read-only, also when it fails.
 */
#ifndef MPROM_NVMC_H
#define MPROM_NVMC_H

#include "mprom/flash.h"

/* What differs between the chips. */
struct mprom_nvmc_part {
    uint32_t page_size;     /* bytes of a page, which is what an erase takes */
    uint32_t program_count; /* how often a word may be written between erases */
    bool has_region_0;      /* CLENR0 says how much of the flash is out of reach */
};

extern const struct mprom_nvmc_part mprom_nvmc_nrf51;
extern const struct mprom_nvmc_part mprom_nvmc_nrf52832;
extern const struct mprom_nvmc_part mprom_nvmc_nrf52840;

struct mprom_nvmc {
    struct mprom_flash flash; /* hand &nvmc->flash to whoever wants a flash */
    struct mprom_flash_geometry geometry;
    struct mprom_flash_region region;
    uint32_t protected_size; /* bytes at the start that are not erased and not written */
    uint32_t polls_per_ms;   /* at least so many reads of READY take a millisecond */
    /*
     * Called again and again while the flash is busy; NULL if nothing is to be done meanwhile. It and all that it
     * uses lie in RAM. The owner sets it after mprom_nvmc_open().
     */
    void (*while_busy)(void *ctx);
    void *while_busy_ctx;
};

/*
 * Asks the chip what flash it has. size: bytes of flash where that differs from what the chip says, as on a machine
 * with enlarged memories; else 0. clock_hz is the CPU's clock, for time-outs.
 *
 * Returns 0, or
 *   -MPROM_EOPNOTSUPP  the chip says that it has pages of another size than the part, or no flash
 *   -MPROM_EINVAL      size is not made of pages
 */
int mprom_nvmc_open(struct mprom_nvmc *nvmc, const struct mprom_nvmc_part *part, uint32_t size, uint32_t clock_hz);

#endif
