/* LPUART with its FIFOs of four bytes each way; received bytes are for DMA, or for the program. */
#include "chips/imxrt/model/peripherals.h"

#include <string.h>

enum {
    BAUD = 0x10,
    STAT = 0x14,
    CTRL = 0x18,
    DATA = 0x1C,
    FIFO = 0x28,
    WATER = 0x2C,
    SIZE = 0x30,

    STAT_OR = 1 << 19,
    STAT_RDRF = 1 << 21,
    STAT_TC = 1 << 22,
    STAT_TDRE = 1 << 23,
    CTRL_RE = 1 << 18,
    CTRL_TE = 1 << 19,
    CTRL_BITS = CTRL_RE | CTRL_TE,
    BAUD_RDMAE = 1 << 21,
    BAUD_BITS = 0x1F << 24 | BAUD_RDMAE | 0x1FFF,
    OSR_MIN = 8, /* samples of a bit, without BOTHEDGE */
    FIFO_RXFE = 1 << 3,
    FIFO_TXFE = 1 << 7,
    FIFO_FLUSH = 3 << 14,
    FIFO_RESET = 0x00C00011,
    BAUD_RESET = 0x0F000004,
    PERCENT_OFF = 2,
    LOOK_NS = 20000,          /* between looks whether a byte comes while the CPU is awake, */
    LOOK_ASLEEP_NS = 1000000, /* and while it sleeps */
};

static const uint32_t STAT_FLAGS = 0xC01FC000; /* cleared by writing 1 */
static const uint32_t rates[] = {9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600};

static bool line_takes_time(const struct imxrt_lpuart_model *lpuart)
{
    return lpuart->console != NULL && lpuart->console->lost != NULL;
}

static bool line_has_byte(const struct imxrt_lpuart_model *lpuart)
{
    return lpuart->console != NULL && lpuart->console->ready(lpuart->console->ctx);
}

static uint32_t room(const struct imxrt_lpuart_model *lpuart)
{
    return lpuart->fifo & FIFO_RXFE ? IMXRT_LPUART_FIFO : 1;
}

static void drain(struct imxrt_lpuart_model *lpuart)
{
    while ((lpuart->baud & BAUD_RDMAE) && lpuart->count > 0 &&
           imxrt_dma_model_take(lpuart->dma, lpuart->request, lpuart->model.base + DATA, lpuart->received[0])) {
        memmove(lpuart->received, lpuart->received + 1, --lpuart->count);
    }
}

/* A byte has come. After an overrun none is taken until that is cleared. */
static void deliver(struct imxrt_lpuart_model *lpuart)
{
    uint8_t byte = (uint8_t)lpuart->console->read(lpuart->console->ctx);
    if (!(lpuart->ctrl & CTRL_RE)) {
        return;
    }
    if (lpuart->count == room(lpuart) || lpuart->overrun) {
        lpuart->overrun = true;
        lpuart->console->lost(lpuart->console->ctx);
        return;
    }
    lpuart->received[lpuart->count++] = byte;
    drain(lpuart);
}

/* A line that waits gives a byte when the program looks how far the DMA has come. */
static void looked_at(void *ctx)
{
    struct imxrt_lpuart_model *lpuart = ctx;
    if (!line_takes_time(lpuart) && (lpuart->ctrl & CTRL_RE) && (lpuart->baud & BAUD_RDMAE) &&
        line_has_byte(lpuart)) {
        deliver(lpuart);
    }
}

static void lpuart_tick(void *ctx, uint64_t ns)
{
    struct imxrt_lpuart_model *lpuart = ctx;
    lpuart->now_ns += ns;
    while (lpuart->sending > 0 && lpuart->leaves_ns <= lpuart->now_ns) {
        lpuart->sending--;
        lpuart->leaves_ns += lpuart->console->byte_ns;
    }
    if (!line_takes_time(lpuart) || (lpuart->arrives_ns == 0 && lpuart->now_ns < lpuart->look_ns)) {
        return;
    }
    lpuart->look_ns = lpuart->now_ns + LOOK_NS;
    if (lpuart->arrives_ns == 0 && line_has_byte(lpuart)) {
        lpuart->arrives_ns = lpuart->now_ns + lpuart->console->byte_ns;
    }
    while (lpuart->arrives_ns != 0 && lpuart->arrives_ns <= lpuart->now_ns) {
        deliver(lpuart);
        lpuart->arrives_ns = line_has_byte(lpuart) ? lpuart->arrives_ns + lpuart->console->byte_ns : 0;
    }
}

static uint64_t lpuart_next_event_ns(void *ctx)
{
    const struct imxrt_lpuart_model *lpuart = ctx;
    uint64_t event_ns = lpuart->arrives_ns != 0 ? lpuart->arrives_ns : lpuart->now_ns + LOOK_ASLEEP_NS;
    return line_takes_time(lpuart) && event_ns > lpuart->now_ns ? event_ns - lpuart->now_ns : UINT64_MAX;
}

/* The usual rate that it runs at within 2 %, or 0. */
static uint32_t rate_now(const struct imxrt_lpuart_model *lpuart)
{
    uint32_t samples = (lpuart->baud >> 24 & 0x1F) + 1, clocks = lpuart->baud & 0x1FFF;
    uint32_t baud = clocks != 0 && samples >= OSR_MIN ? imxrt_ccm_model_uart_hz(lpuart->ccm) / samples / clocks : 0;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        uint32_t off = baud > rates[i] ? baud - rates[i] : rates[i] - baud;
        if ((uint64_t)off * 100 <= (uint64_t)rates[i] * PERCENT_OFF) {
            return rates[i];
        }
    }
    return 0;
}

/* What is wrong with how it is set up, or NULL. */
static const char *fault(const struct imxrt_lpuart_model *lpuart, uint32_t direction)
{
    if (!(lpuart->ctrl & direction)) {
        return "is not enabled";
    }
    if (lpuart->rate == 0) {
        return "has a rate that nobody else has";
    }
    return imxrt_iomuxc_model_connects(lpuart->iomuxc, lpuart->number) ? NULL : "is not connected to its pins";
}

static uint32_t places(const struct imxrt_lpuart_model *lpuart)
{
    return lpuart->fifo & FIFO_TXFE ? IMXRT_LPUART_FIFO : 1;
}

static void send(struct imxrt_lpuart_model *lpuart, uint32_t value)
{
    const char *wrong = fault(lpuart, CTRL_TE);
    char byte = (char)value;
    if (wrong != NULL) {
        model_violation(lpuart->bus, "%s sends but %s", lpuart->model.name, wrong);
    } else if (lpuart->sending > places(lpuart)) {
        model_violation(lpuart->bus, "%s is given a byte before it has room", lpuart->model.name);
    } else if (lpuart->console != NULL) {
        lpuart->console->write(lpuart->console->ctx, &byte, 1);
    }
    if (line_takes_time(lpuart)) {
        lpuart->leaves_ns = lpuart->sending == 0 ? lpuart->now_ns + lpuart->console->byte_ns : lpuart->leaves_ns;
        lpuart->sending++;
    }
}

/* One byte more than the FIFO holds is on the line. */
static uint32_t status(const struct imxrt_lpuart_model *lpuart)
{
    uint32_t waiting = lpuart->sending > 0 ? lpuart->sending - 1 : 0;
    bool has_room = waiting <= (lpuart->water & 3) && waiting < places(lpuart);
    return (lpuart->sending == 0 ? (uint32_t)STAT_TC : 0) | (has_room ? STAT_TDRE : 0) |
           (lpuart->overrun ? STAT_OR : 0) | (lpuart->count > (lpuart->water >> 16 & 3) ? STAT_RDRF : 0);
}

static uint32_t lpuart_read(void *ctx, uint32_t off, uint32_t size)
{
    struct imxrt_lpuart_model *lpuart = ctx;
    if (!imxrt_ccm_model_check(lpuart->ccm, lpuart->gate, &lpuart->model)) {
        return 0;
    }
    switch (size == 4 ? off : UINT32_MAX) {
    case BAUD:
        return lpuart->baud;
    case STAT:
        return status(lpuart);
    case CTRL:
        return lpuart->ctrl;
    case FIFO:
        return lpuart->fifo;
    case WATER:
        return lpuart->water;
    default:
        model_violation(lpuart->bus, "read of %u bytes from %s at 0x%02x", size, lpuart->model.name, off);
        return 0;
    }
}

static void set_control(struct imxrt_lpuart_model *lpuart, uint32_t value)
{
    if (lpuart->sending > 0 && (lpuart->ctrl & ~value & CTRL_TE)) {
        model_violation(lpuart->bus, "%s is disabled while it sends", lpuart->model.name);
    }
    lpuart->ctrl = value;
    lpuart->rate = rate_now(lpuart);
    if ((value & CTRL_BITS) && lpuart->console != NULL && lpuart->console->set_baud != NULL) {
        lpuart->console->set_baud(lpuart->console->ctx, lpuart->rate);
    }
    drain(lpuart);
}

static void set_fifo(struct imxrt_lpuart_model *lpuart, uint32_t value)
{
    const uint32_t kept = FIFO_RXFE | FIFO_TXFE;
    lpuart->fifo = FIFO_RESET | (value & kept);
    if (value & FIFO_FLUSH) {
        lpuart->count = 0;
    }
}

static void clear_flags(struct imxrt_lpuart_model *lpuart, uint32_t value)
{
    if (value & STAT_FLAGS & ~(uint32_t)STAT_OR) {
        model_violation(lpuart->bus, "write of 0x%08x to STAT of %s, which clears more than one flag", value,
                        lpuart->model.name);
    }
    lpuart->overrun = lpuart->overrun && !(value & STAT_OR);
}

static void lpuart_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct imxrt_lpuart_model *lpuart = ctx;
    const uint32_t fifo_bits = FIFO_RXFE | FIFO_TXFE | FIFO_FLUSH;
    if (!imxrt_ccm_model_check(lpuart->ccm, lpuart->gate, &lpuart->model)) {
        return;
    }
    bool is_off = !(lpuart->ctrl & CTRL_BITS);
    if (size == 4 && off == DATA) {
        send(lpuart, value);
    } else if (size == 4 && off == STAT) {
        clear_flags(lpuart, value);
    } else if (size == 4 && off == CTRL && !(value & ~(uint32_t)CTRL_BITS)) {
        set_control(lpuart, value);
    } else if (!is_off) {
        model_violation(lpuart->bus, "write of 0x%x to %s at 0x%02x while it is enabled", value, lpuart->model.name,
                        off);
    } else if (size == 4 && off == BAUD && !(value & ~(uint32_t)BAUD_BITS)) {
        lpuart->baud = value;
    } else if (size == 4 && off == FIFO && !(value & ~fifo_bits)) {
        set_fifo(lpuart, value);
    } else if (size == 4 && off == WATER && !(value & ~0x00030003u)) {
        lpuart->water = value;
    } else {
        model_violation(lpuart->bus, "write of 0x%x to %s at 0x%02x, which is not modelled", value,
                        lpuart->model.name, off);
    }
}

void imxrt_lpuart_model_open(struct imxrt_lpuart_model *lpuart, uint32_t number, const struct imxrt_part *part,
                             const struct imxrt_ccm_model *ccm, const struct imxrt_iomuxc_model *iomuxc,
                             struct imxrt_dma_model *dma, const struct model_bus *bus)
{
    bool is_first = number == 1;
    *lpuart = (struct imxrt_lpuart_model){.bus = bus, .ccm = ccm, .iomuxc = iomuxc, .dma = dma, .number = number};
    lpuart->gate = is_first ? IMXRT_GATE_LPUART1 : IMXRT_GATE_LPUART6;
    lpuart->request = part->is_rt1170 ? 9 : is_first ? 3 : 71;
    lpuart->model = (struct model){.name = is_first ? "LPUART1" : "LPUART6",
                                   .base = part->is_rt1170 ? 0x4007C000
                                           : is_first      ? 0x40184000
                                                           : 0x40198000,
                                   .size = SIZE,
                                   .read = lpuart_read,
                                   .write = lpuart_write,
                                   .tick = lpuart_tick,
                                   .next_event_ns = lpuart_next_event_ns,
                                   .ctx = lpuart};
    imxrt_lpuart_model_reset(lpuart);
}

void imxrt_lpuart_model_reset(struct imxrt_lpuart_model *lpuart)
{
    if (lpuart->console != NULL) {
        lpuart->dma->looked_at = looked_at;
        lpuart->dma->looked_at_ctx = lpuart;
    }
    lpuart->baud = BAUD_RESET;
    lpuart->ctrl = 0;
    lpuart->fifo = FIFO_RESET;
    lpuart->water = 0;
    lpuart->overrun = false;
    lpuart->rate = 0;
    lpuart->count = 0;
    lpuart->sending = 0;
    lpuart->now_ns = 0;
    lpuart->look_ns = 0;
    lpuart->arrives_ns = 0;
    lpuart->leaves_ns = 0;
}
