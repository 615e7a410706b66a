/* Where the alif port has its partition 0: on the HP core in the octal flash, on the HE core in MRAM. */
#include "micropython/port/alif/alif.h"

#include <stddef.h>

#include "micropython/port/port.h"
#include "micropython/port/port_flash.h"

const char *mprom_port_open(struct mprom_port_partition *partition)
{
    uintptr_t start = 0;
    const char *fault = mprom_port_view(&start, &partition->size);
    if (fault != NULL) {
        return fault;
    }
    if (mprom_port_alif_is_mram(start, partition->size)) {
        return mprom_port_alif_mram(start, partition->size, &partition->flash);
    }
    if (mprom_port_alif_is_ospi(start, partition->size)) {
        return mprom_port_alif_ospi(start, partition->size, &partition->flash);
    }
    return "the board's partition lies neither in MRAM nor in the octal flash";
}
