#include "chips/stm32/model/flash_keys.h"

bool flash_keys_take(struct flash_keys *keys, uint32_t *cr, uint32_t lock, uint32_t size, uint32_t value)
{
    static const uint32_t due[2] = {0x45670123, 0xCDEF89AB};
    if (size != 4 || keys->dead || !(*cr & lock) || value != due[keys->count]) {
        keys->dead = true;
        *cr |= lock;
        return false;
    }
    if (++keys->count == 2) {
        *cr &= ~lock;
        keys->count = 0;
    }
    return true;
}
