#include "chips/rp2/model/machine_series.h"

enum {
    PAGE = 0x1000
};

void rp2_machine_alias_registers(struct rp2_machine *machine, uint32_t base, uint32_t size)
{
    static const enum soc_alias_kind kinds[] = {SOC_ALIAS_XOR, SOC_ALIAS_SET, SOC_ALIAS_CLEAR};
    for (uint32_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        soc_add_alias(
            &machine->soc,
            &(struct soc_alias){.base = base + (i + 1) * PAGE, .size = size, .target = base, .kind = kinds[i]});
    }
}
