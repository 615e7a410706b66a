/* The parts that boards have, as the emulator has to know them. Sources: README.md. */
#ifndef MPROM_STM32_PARTS_H
#define MPROM_STM32_PARTS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    STM32_MEMORIES_MAX = 4
};

enum part_family {
    PART_F4,
    PART_F7,
    PART_H7,
};

struct stm32_part {
    const char *name;
    enum part_family family;
    uint16_t device;       /* DBGMCU_IDCODE bits 11:0 */
    uint32_t flash_size;   /* bytes */
    uint32_t optcr;        /* as it leaves the factory */
    uint32_t size_address; /* where it says how large its flash is */
    struct {
        uint32_t base;
        uint32_t size;
    } memories[STM32_MEMORIES_MAX];
};

/* Each of the two L1 caches of a Cortex-M7. */
static inline uint32_t stm32_part_cache_kib(const struct stm32_part *part)
{
    return part->device == 0x452 ? 8 : part->device == 0x483 ? 32 : 16;
}

/* Lines of the NVIC, from ST's headers: one more than the highest IRQn (stm32f405xx.h and so on; facts.md). */
static inline uint32_t stm32_part_interrupts(const struct stm32_part *part)
{
    switch (part->device) {
    case 0x413: /* F405 */
        return 82;
    case 0x431: /* F411 */
        return 86;
    case 0x419: /* F427 */
        return 91;
    case 0x452: /* F722, F733 */
        return 104;
    case 0x451: /* F765, F767 */
        return 110;
    case 0x483: /* H723 */
        return 163;
    default: /* H743, H747 */
        return 150;
    }
}

/* H72x and H73x have OCTOSPI where others have QUADSPI. */
static inline bool stm32_part_has_octospi(const struct stm32_part *part)
{
    return part->device == 0x483;
}

/* NULL if there is none of that name. */
const struct stm32_part *stm32_part_find(const char *name);

#endif
