#include "arch/mmio.h"
#include "chips/alif/port/port.h"
#include "chips/alif/regs/alif_regs.h"

void mprom_alif_pin_connect(const struct mprom_alif_pin *pin, uint32_t pad)
{
    mprom_mmio_write32(PINMUX + pin->port * PINMUX_PORT + pin->pin * 4u, pad << PINMUX_PAD_POS | pin->function);
}
