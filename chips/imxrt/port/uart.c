/* The console's LPUART. Channel 0 of the DMA takes what it receives into a ring, byte by byte, and asks for its interrupt. */
#include "arch/cortex_m/cortex_m7_regs.h"
#include "arch/cortex_m/nvic.h"
#include "arch/mmio.h"
#include "chips/imxrt/port/port.h"
#include "chips/imxrt/port/series.h"
#include "chips/imxrt/regs/imxrt_regs.h"

enum {
    RING_SIZE_LOG2 = 12,
    RING_SIZE = 1 << RING_SIZE_LOG2,
    SAMPLES_MIN = 8, /* of a bit; fewer need other settings */
    SAMPLES_MAX = 32,
    LINE_SIZE = 32, /* of the data cache */
};

/* DMA goes round in what is aligned to its size. The CPU only reads it, so no line of it is ever written back. */
static uint8_t ring[RING_SIZE] __attribute__((aligned(RING_SIZE)));

static const struct mprom_imxrt_console *console = &mprom_imxrt_series.consoles[0];

static uint32_t uart_read(uint32_t off)
{
    return mprom_mmio_read32(console->base + off);
}

static void uart_put(uint32_t off, uint32_t value)
{
    mprom_mmio_write32(console->base + off, value);
}

static void dma_put(uint32_t off, uint32_t value)
{
    mprom_mmio_write32(mprom_imxrt_series.dma + off, value);
}

/* The samples of a bit that come nearest to the rate, and how many clocks each takes. */
static uint32_t rate_of(uint32_t baud)
{
    uint32_t best = 0, best_off = UINT32_MAX;
    for (uint32_t samples = SAMPLES_MIN; samples <= SAMPLES_MAX; samples++) {
        uint32_t clocks = (MPROM_IMXRT_CLOCK_HZ / samples + baud / 2) / baud;
        uint32_t made = clocks != 0 ? MPROM_IMXRT_CLOCK_HZ / samples / clocks : 0;
        uint32_t off = made > baud ? made - baud : baud - made;
        if (clocks != 0 && off < best_off) {
            best_off = off;
            best = (samples - 1) << LPUART_BAUD_OSR_POS | clocks;
        }
    }
    return best;
}

/* The rate and the FIFOs can only be set while nothing is sent or received. */
static void uart_start(uint32_t baud)
{
    const uint32_t fifos = LPUART_FIFO_RXFE | LPUART_FIFO_TXFE;
    uart_put(LPUART_CTRL_OFF, 0);
    uart_put(LPUART_BAUD_OFF, rate_of(baud) | LPUART_BAUD_RDMAE);
    uart_put(LPUART_FIFO_OFF, fifos);
    uart_put(LPUART_FIFO_OFF, fifos | LPUART_FIFO_RXFLUSH | LPUART_FIFO_TXFLUSH);
    uart_put(LPUART_WATER_OFF, LPUART_WATER_TX);
    uart_put(LPUART_CTRL_OFF, LPUART_CTRL_TE | LPUART_CTRL_RE);
}

/* One byte a request, after which the channel has done all and begins again; only the ring moves on. */
static void ring_open(void)
{
    mprom_mmio_write32(mprom_imxrt_series.dmamux, 0);
    dma_put(DMA_TCD0_SADDR_OFF, console->base + LPUART_DATA_OFF);
    dma_put(DMA_TCD0_ATTR_SOFF_OFF, (uint32_t)RING_SIZE_LOG2 << DMA_TCD_ATTR_DMOD_POS);
    dma_put(DMA_TCD0_NBYTES_OFF, 1);
    dma_put(DMA_TCD0_SLAST_OFF, 0);
    dma_put(DMA_TCD0_DADDR_OFF, (uint32_t)(uintptr_t)ring);
    dma_put(DMA_TCD0_CITER_DOFF_OFF, 1u << DMA_TCD_ITER_POS | 1);
    dma_put(DMA_TCD0_DLAST_OFF, 0);
    dma_put(DMA_TCD0_BITER_CSR_OFF, 1u << DMA_TCD_ITER_POS | DMA_TCD_CSR_INTMAJOR);
    mprom_mmio_write32(mprom_imxrt_series.dmamux, DMAMUX_CHCFG_ENBL | console->dma);
    mprom_mmio_write8(mprom_imxrt_series.dma + DMA_SERQ_OFF, 0);
}

static void pin_connect(const struct mprom_imxrt_pin *pin)
{
    mprom_mmio_write32(pin->mux, pin->function);
    if (pin->select != 0) {
        mprom_mmio_write32(pin->select, pin->selected);
    }
}

static void uart_open(uint32_t baud)
{
    for (uint32_t i = 0; i < MPROM_IMXRT_CONSOLES_MAX; i++) {
        if (mprom_imxrt_series.consoles[i].number == mprom_imxrt_board_facts.uart) {
            console = &mprom_imxrt_series.consoles[i];
        }
    }
    uart_start(baud);
    pin_connect(&console->tx);
    pin_connect(&console->rx);
    ring_open();
    mprom_nvic_enable(mprom_imxrt_series.dma_interrupt);
}

/* Where the DMA writes next. */
static uint32_t uart_end(void)
{
    return mprom_mmio_read32(mprom_imxrt_series.dma + DMA_TCD0_DADDR_OFF) % RING_SIZE;
}

/* The DMA should prevent an overrun. After one, nothing is received until its flag is cleared; other flags stay. */
static void uart_rearm(void)
{
    uint32_t status = uart_read(LPUART_STAT_OFF);
    if (status & LPUART_STAT_OR) {
        uart_put(LPUART_STAT_OFF, (status & LPUART_STAT_SETTINGS) | LPUART_STAT_OR);
    }
    mprom_mmio_write8(mprom_imxrt_series.dma + DMA_CINT_OFF, 0);
    mprom_nvic_clear(mprom_imxrt_series.dma_interrupt);
}

static void uart_refresh(const uint8_t *bytes, uint32_t size)
{
    uint32_t start = (uint32_t)(uintptr_t)bytes;
    for (uint32_t line = start & ~(LINE_SIZE - 1u); line < start + size; line += LINE_SIZE) {
        mprom_mmio_write32(SCB_DCCIMVAC, line);
    }
    mprom_cpu_barrier();
}

static bool uart_write(uint8_t byte)
{
    if (!(uart_read(LPUART_STAT_OFF) & LPUART_STAT_TDRE)) {
        return false;
    }
    uart_put(LPUART_DATA_OFF, byte);
    return true;
}

static void uart_set_baud(uint32_t baud)
{
    while (!(uart_read(LPUART_STAT_OFF) & LPUART_STAT_TC)) {
    }
    uart_start(baud);
}

static uint32_t uart_baud_max(void)
{
    return MPROM_IMXRT_CLOCK_HZ / SAMPLES_MIN;
}

const struct mprom_uart_port mprom_imxrt_uart = {
    .ring = ring,
    .ring_size = RING_SIZE,
    .room = RING_SIZE - 1, /* a ring that is full looks empty */
    .open = uart_open,
    .end = uart_end,
    .rearm = uart_rearm,
    .refresh = uart_refresh,
    .write = uart_write,
    .set_baud = uart_set_baud,
    .baud_max = uart_baud_max,
};
