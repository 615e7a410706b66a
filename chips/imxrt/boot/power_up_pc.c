#include "chips/imxrt/port/port.h"

void mprom_imxrt_power_up(void)
{
}
