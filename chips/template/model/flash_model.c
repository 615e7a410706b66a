#include "chips/template/model/flash_model.h"

/* Not written yet: a flash of no size. */
void template_flash_model_open(struct template_flash_model *flash, const struct model_bus *bus)
{
    *flash = (struct template_flash_model){.bus = bus};
}

void template_flash_model_reset(struct template_flash_model *flash, struct cells *cells)
{
    flash->cells = cells;
}
