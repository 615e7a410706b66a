#include "chips/template/driver/flash.h"

/* Not written yet. */
int mprom_template_flash_open(struct mprom_template_flash *template, uint32_t clock_hz)
{
    (void)clock_hz;
    *template = (struct mprom_template_flash){0};
    return -MPROM_EOPNOTSUPP;
}
