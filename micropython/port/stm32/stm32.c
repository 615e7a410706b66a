/* Where the stm32 port has its partition. */
#include "micropython/port/stm32/stm32.h"

#include "py/mpconfig.h"

#include "micropython/port/port.h"
#include "micropython/port/port_flash.h"

const char *mprom_port_open(struct mprom_port_partition *partition)
{
    uintptr_t start = 0;
    const char *fault = mprom_port_view(&start, &partition->size);
    if (fault != NULL) {
        return fault;
    }
    if (MICROPY_HW_ROMFS_ENABLE_INTERNAL_FLASH && mprom_port_stm32_is_internal(start)) {
        return mprom_port_stm32_internal(start, partition->size, &partition->flash);
    }
    if (mprom_port_stm32_is_serial(start)) {
        return mprom_port_stm32_serial(start, partition->size, &partition->flash);
    }
    return "the board's partition lies in no flash that its configuration enables for ROMFS";
}
