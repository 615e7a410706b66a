/* The keys that unlock the control register of a flash controller: RM0090 3.6.1, RM0399 4.5.1. */
#ifndef MPROM_FLASH_KEYS_H
#define MPROM_FLASH_KEYS_H

#include <stdbool.h>
#include <stdint.h>

struct flash_keys {
    uint32_t count; /* how many came */
    bool dead;      /* a wrong one came: locked until the next reset */
};

/*
 * A write of size bytes to the key register. The second of the two keys clears the bit `lock` in *cr; anything else
 * than the key that is due, as a word, while that bit is set, sets it until the next reset. Returns false then.
 */
bool flash_keys_take(struct flash_keys *keys, uint32_t *cr, uint32_t lock, uint32_t size, uint32_t value);

#endif
