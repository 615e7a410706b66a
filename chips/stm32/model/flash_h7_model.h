/*
 * The flash controller of the STM32H743, H747 and H723, strictly: what RM0399 section 4 forbids, leaves undefined or
 * stalls for is a violation. Written from RM0399 4, without a look at the driver.
 *
 * A word whose error correction gives up is a bus error when it is read. That is a violation too, unless the CPU has
 * been told to ignore it: then DBECCERR says so, as on the chip. A second read of the word that was read last may
 * come out of a buffer (RM0399 4.3.8): here it does, and sets no flag.
 */
#ifndef MPROM_FLASH_H7_MODEL_H
#define MPROM_FLASH_H7_MODEL_H

#include "chips/stm32/model/flash_keys.h"
#include "chips/stm32/model/parts.h"
#include "emulator/array/cells.h"
#include "emulator/model/cortex_m7_model.h"
#include "emulator/model/model.h"

enum {
    FLASH_H7_WORD_SIZE = 32,
    FLASH_H7_BANKS = 2,
};

struct flash_h7_bank {
    uint32_t cr;
    uint32_t flags; /* of SR */
    uint32_t ecc_fa;
    uint32_t protection; /* WPSN: a 0 for each sector that is protected */
    struct flash_keys keys;
    uint64_t busy_ns; /* until the operation that runs ends */
    uint8_t buffer[FLASH_H7_WORD_SIZE];
    uint32_t buffer_off; /* of the word in the flash that it is for */
    uint32_t filled;     /* bytes of it, from its start */
    uint32_t read_word;  /* what the read buffer holds, as far as the model has seen; UINT32_MAX for nothing */
};

struct flash_h7_model {
    struct model model;
    struct model_window window;
    const struct model_bus *bus;
    const struct stm32_part *part;
    struct cortex_m7_model *m7; /* NULL: its caches and CCR are not looked at */
    struct mprom_flash_geometry geometry;
    struct mprom_flash_region region;
    struct cells *cells; /* over `geometry`; the owner opens them after flash_h7_model_open() */
    uint32_t bank_count;
    uint32_t bank_size;     /* bytes of a bank */
    uint32_t bank_distance; /* from the start of a bank to that of the next: there may be a hole between them */
    uint32_t optcr;
    struct flash_h7_bank banks[FLASH_H7_BANKS];
    uint32_t erases;
    uint64_t worked_ns; /* what all programs and erases took */
    bool has_bad_words; /* some that error correction gives up */

    /* For tests. */
    bool hangs; /* operations never end */
};

/* Describes the flash of a part. Contents and registers come later. m7 may be NULL. */
void flash_h7_model_open(struct flash_h7_model *flash, const struct stm32_part *part, struct cortex_m7_model *m7,
                         const struct model_bus *bus);

/* Gives it its cells and puts the registers into the state after a reset. */
void flash_h7_model_reset(struct flash_h7_model *flash, struct cells *cells);

#endif
