/* PWR of the H7, RM0399 7.8: how the core is supplied, which a program says once after power-up; later is too late.
 */
#include "chips/stm32/model/peripherals.h"

enum {
    CSR1 = 0x04,
    CR3 = 0x0C,
    SIZE = 0x1C,
    CSR1_ACTVOSRDY = 1 << 13,
    CR3_SUPPLY = 0x3F,
    CR3_RESET = 0x06,
};

static uint32_t pwr_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct pwr_model *pwr = ctx;
    if (size == 4 && off == CSR1) {
        return pwr->is_configured ? CSR1_ACTVOSRDY : 0;
    }
    if (size != 4 || off != CR3) {
        model_violation(pwr->bus, "read of %u bytes from PWR at 0x%02x", size, off);
    }
    return pwr->cr3;
}

static void pwr_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct pwr_model *pwr = ctx;
    if (size != 4 || off != CR3 || (value & ~(uint32_t)CR3_SUPPLY)) {
        model_violation(pwr->bus, "write of 0x%x to PWR at 0x%02x", value, off);
    } else if (value != pwr->supply) {
        model_violation(pwr->bus, "0x%x is not how this board supplies the core", value);
    } else {
        pwr->cr3 = value;
        pwr->is_configured = true;
    }
}

void pwr_model_open(struct pwr_model *pwr, uint32_t supply, const struct model_bus *bus)
{
    *pwr = (struct pwr_model){
        .model = {.name = "PWR", .base = 0x58024800, .size = SIZE, .read = pwr_read, .write = pwr_write, .ctx = pwr},
        .bus = bus,
        .supply = supply,
    };
    pwr_model_reset(pwr);
}

void pwr_model_reset(struct pwr_model *pwr)
{
    pwr->cr3 = CR3_RESET;
    pwr->is_configured = false;
}
