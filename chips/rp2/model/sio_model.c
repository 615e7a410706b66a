/* SIO, as its first CPU sees it. */
#include "chips/rp2/model/peripherals.h"

enum {
    CPUID = 0x000,
    GPIO_HI_IN = 0x008,
    FIFO_ST = 0x050,
    FIFO_WR = 0x054,
    ST_RDY = 1 << 1,
};

static uint32_t sio_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2_sio_model *sio = ctx;
    switch (size == 4 ? off : UINT32_MAX) {
    case CPUID:
        return 0;
    case GPIO_HI_IN:
        return sio->boot_button ? 0 : sio->high_pin;
    case FIFO_ST:
        return ST_RDY;
    default:
        model_violation(sio->bus, "read of %u bytes from SIO at 0x%03x", size, off);
        return 0;
    }
}

/* What the first CPU says to the other one starts it. */
static void sio_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    const struct rp2_sio_model *sio = ctx;
    if (size == 4 && off == FIFO_WR && sio->start_cpu != NULL) {
        sio->start_cpu(sio->ctx);
    } else {
        model_violation(sio->bus, "write of 0x%08x to SIO at 0x%03x", value, off);
    }
}

void rp2_sio_model_open(struct rp2_sio_model *sio, const struct rp2_series *series, const struct model_bus *bus)
{
    *sio = (struct rp2_sio_model){
        .model =
            {.name = "SIO", .base = 0xD0000000, .size = 0x1000, .read = sio_read, .write = sio_write, .ctx = sio},
        .bus = bus,
        .high_pin = series->sio_select};
}
