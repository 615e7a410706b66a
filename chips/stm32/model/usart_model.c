/* USARTs of the F4, RM0090 30.6, and of F7 and H7, whose registers lie elsewhere. */
#include "chips/stm32/model/dma_model.h"

enum {
    SR = 0x00,
    DR = 0x04,
    BRR = 0x08,
    CR1 = 0x0C,
    CR3 = 0x14,
    SIZE = 0x2C,

    F7_CR1 = 0x00,
    F7_CR3 = 0x08,
    F7_BRR = 0x0C,
    F7_ISR = 0x1C,
    F7_RDR = 0x24,
    F7_TDR = 0x28,
    F7_CR1_UE = 1 << 0,

    SR_ORE = 1 << 3,
    SR_RXNE = 1 << 5,
    SR_TC = 1 << 6,
    SR_TXE = 1 << 7,
    CR3_DMAR = 1 << 6,
    F7_CR3_OVRDIS = 1 << 12,
    CR1_RE = 1 << 2,
    CR1_TE = 1 << 3,
    CR1_RXNEIE = 1 << 5,
    CR1_UE = 1 << 13,

    DMAS = 2,

    SAMPLES = 16,             /* of a bit, without which BRR cannot be less */
    LOOK_NS = 20000,          /* between looks whether a byte comes while the CPU is awake, */
    LOOK_ASLEEP_NS = 1000000, /* and while it sleeps */
};

/* What RM0090 says of each: table 1 (addresses), 7.3.13 and 7.3.14 (clocks), table 62 (positions of vectors). */
struct usart_place {
    const char *name;
    uint32_t base;
    uint32_t position;
    enum rcc_register enable; /* and the bit in it */
    uint32_t enable_bit;
    enum dma_request request;
};

static struct usart_place usart_place(uint8_t number)
{
    switch (number) {
    case 2:
        return (struct usart_place){"USART2", 0x40004400, 38, RCC_APB1_ENABLE, 17, DMA_USART2_RX};
    case 3:
        return (struct usart_place){"USART3", 0x40004800, 39, RCC_APB1_ENABLE, 18, DMA_USART3_RX};
    case 6:
        return (struct usart_place){"USART6", 0x40011400, 71, RCC_APB2_ENABLE, 5, DMA_USART6_RX};
    default:
        return (struct usart_place){"USART1", 0x40011000, 37, RCC_APB2_ENABLE, 4, DMA_USART1_RX};
    }
}

/* What the registers of the F7 are called here, so that one model serves both; UINT32_MAX for none of them. */
static uint32_t f7_register(uint32_t off, bool write)
{
    switch (off) {
    case F7_CR1:
        return CR1;
    case F7_CR3:
        return CR3;
    case F7_BRR:
        return BRR;
    case F7_ISR:
        return write ? UINT32_MAX : SR;
    case F7_RDR:
        return write ? UINT32_MAX : DR;
    case F7_TDR:
        return write ? DR : UINT32_MAX;
    default:
        return UINT32_MAX;
    }
}

static uint32_t enable_bit(const struct usart_model *usart)
{
    return usart->has_f4_registers ? CR1_UE : F7_CR1_UE;
}

static bool line_takes_time(const struct usart_model *usart)
{
    return usart->console != NULL && usart->console->lost != NULL;
}

static uint64_t byte_ns(const struct usart_model *usart)
{
    return usart->console->byte_ns;
}

static bool usart_receives(const struct usart_model *usart)
{
    uint32_t needed = enable_bit(usart) | CR1_RE;
    return (usart->cr1 & needed) == needed && usart->console != NULL;
}

static bool usart_has_byte(const struct usart_model *usart)
{
    if (line_takes_time(usart)) {
        return usart->has_data;
    }
    return usart_receives(usart) && usart->console->ready(usart->console->ctx);
}

static uint32_t receive_address(const struct usart_model *usart)
{
    return usart->model.base + (usart->has_f4_registers ? (uint32_t)DR : (uint32_t)F7_RDR);
}

/* Whether DMA has taken a byte. */
static bool line_deliver_to_memory(struct usart_model *usart, uint8_t byte)
{
    bool is_taken = false;
    for (int i = 0; i < DMAS && usart->dmas != NULL && (usart->cr3 & CR3_DMAR); i++) {
        is_taken = dma_model_take(&usart->dmas[i], usart->request, receive_address(usart), byte) || is_taken;
    }
    return is_taken;
}

/* A whole byte has arrived. There is room for one; on F7 and H7 for none until an overrun is cleared. */
static void line_deliver(struct usart_model *usart, uint8_t byte)
{
    if (!usart_receives(usart)) {
        return;
    }
    usart->interrupts = true;
    if (line_deliver_to_memory(usart, byte)) {
        return;
    }
    if (usart->has_data || (usart->overrun && !usart->has_f4_registers)) {
        usart->overrun = !(usart->cr3 & F7_CR3_OVRDIS);
        usart->console->lost(usart->console->ctx);
    } else {
        usart->data = byte;
        usart->has_data = true;
    }
}

/* Bytes follow one another without a gap as long as there are some. */
static void usart_tick(void *ctx, uint64_t ns)
{
    struct usart_model *usart = ctx;
    usart->now_ns += ns;
    if (!line_takes_time(usart) || (usart->arrives_ns == 0 && usart->now_ns < usart->look_ns)) {
        return;
    }
    const struct model_console *console = usart->console;
    usart->look_ns = usart->now_ns + LOOK_NS;
    if (usart->arrives_ns == 0 && console->ready(console->ctx)) {
        usart->arrives_ns = usart->now_ns + byte_ns(usart);
    }
    while (usart->arrives_ns != 0 && usart->arrives_ns <= usart->now_ns) {
        line_deliver(usart, (uint8_t)console->read(console->ctx));
        usart->arrives_ns = console->ready(console->ctx) ? usart->arrives_ns + byte_ns(usart) : 0;
    }
}

/* A byte that is there already wakes nobody a second time, so it is looked for. */
static uint64_t usart_next_event_ns(void *ctx)
{
    const struct usart_model *usart = ctx;
    uint64_t event_ns = usart->arrives_ns != 0 ? usart->arrives_ns : usart->now_ns + LOOK_ASLEEP_NS;
    return line_takes_time(usart) && event_ns > usart->now_ns ? event_ns - usart->now_ns : UINT64_MAX;
}

/* There is room for one byte more than the one that is being sent. */
static uint32_t usart_status(const struct usart_model *usart)
{
    bool sends = usart->sent_ns > usart->now_ns;
    bool is_full = line_takes_time(usart) && usart->sent_ns > usart->now_ns + byte_ns(usart);
    return (is_full ? 0u : SR_TXE) | (sends ? 0u : SR_TC) | (usart_has_byte(usart) ? SR_RXNE : 0u) |
           (usart->overrun ? SR_ORE : 0u);
}

/* The usual rate that it runs at within 2 %, which is understood; 0 if there is none. Each bit is sampled 16 times.
 */
static uint32_t usart_baud(const struct usart_model *usart)
{
    static const uint32_t rates[] = {115200, 230400, 460800, 500000, 576000, 921600};
    uint32_t clock_hz = usart->on_apb2 ? usart->gate.rcc->apb2_hz : usart->gate.rcc->apb1_hz;
    uint32_t baud = usart->brr >= SAMPLES ? clock_hz / usart->brr : 0;
    for (uint32_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        if (baud >= rates[i] - rates[i] / 50 && baud <= rates[i] + rates[i] / 50) {
            return rates[i];
        }
    }
    return 0;
}

static void usart_tell_baud(const struct usart_model *usart)
{
    if (usart->console != NULL && usart->console->set_baud != NULL) {
        usart->console->set_baud(usart->console->ctx, usart_baud(usart));
    }
}

/* What is wrong with how it is set up, or NULL. */
static const char *usart_fault(const struct usart_model *usart, uint32_t direction, struct mprom_stm32_pin pin)
{
    uint32_t needed = enable_bit(usart) | direction;
    if ((usart->cr1 & needed) != needed) {
        return "is not enabled";
    }
    if (usart->gate.rcc->registers[RCC_USART_CLOCK] != 0) {
        return "has not the clock of its bus";
    }
    if (usart_baud(usart) == 0) {
        return "does not run at a usual rate";
    }
    return gpio_model_pin_is(usart->ports, pin) ? NULL : "is not connected to its pin";
}

static void usart_transmit(struct usart_model *usart, uint32_t value)
{
    const char *fault = usart_fault(usart, CR1_TE, usart->tx);
    char byte = (char)value;
    if (fault != NULL) {
        model_violation(usart->bus, "%s sends but %s", usart->model.name, fault);
    } else if (!(usart_status(usart) & SR_TXE)) {
        model_violation(usart->bus, "%s is given a byte before it has room", usart->model.name);
    } else if (usart->console != NULL) {
        usart->console->write(usart->console->ctx, &byte, 1);
    }
    if (line_takes_time(usart)) {
        usart->sent_ns = (usart->sent_ns > usart->now_ns ? usart->sent_ns : usart->now_ns) + byte_ns(usart);
    }
}

static uint32_t usart_receive(struct usart_model *usart)
{
    const char *fault = usart_fault(usart, CR1_RE, usart->rx);
    if (fault != NULL) {
        model_violation(usart->bus, "%s receives but %s", usart->model.name, fault);
        return 0;
    }
    if (!usart_has_byte(usart)) {
        model_violation(usart->bus, "read of %s's data without RXNE", usart->model.name);
        return 0;
    }
    if (line_takes_time(usart)) {
        usart->has_data = false;
        usart->overrun = usart->overrun && !usart->has_f4_registers; /* read behind SR, it clears that */
        return usart->data;
    }
    return (uint32_t)usart->console->read(usart->console->ctx) & 0xFF;
}

static uint32_t usart_read(void *ctx, uint32_t off, uint32_t size)
{
    struct usart_model *usart = ctx;
    if (!rcc_gate_check(&usart->gate, &usart->model)) {
        return 0;
    }
    uint32_t target = usart->has_f4_registers ? off : f7_register(off, false);
    switch (size == 4 ? target : UINT32_MAX) {
    case SR:
        return usart_status(usart);
    case DR:
        return usart_receive(usart);
    case BRR:
        return usart->brr;
    case CR1:
        return usart->cr1;
    case CR3:
        return usart->cr3;
    default:
        model_violation(usart->bus, "read of %u bytes from %s at 0x%02x", size, usart->model.name, off);
        return 0;
    }
}

static void usart_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct usart_model *usart = ctx;
    if (!rcc_gate_check(&usart->gate, &usart->model)) {
        return;
    }
    uint32_t target = usart->has_f4_registers ? off : f7_register(off, true);
    switch (size == 4 ? target : UINT32_MAX) {
    case DR:
        usart_transmit(usart, value);
        break;
    case BRR:
        if (usart->cr1 & enable_bit(usart)) {
            model_violation(usart->bus, "%s's rate is changed while it is enabled", usart->model.name);
        }
        usart->brr = value;
        break;
    case CR1:
        if ((usart->cr1 & ~value & enable_bit(usart)) && !(usart_status(usart) & SR_TC)) {
            model_violation(usart->bus, "%s is disabled while it sends", usart->model.name);
        }
        usart->cr1 = value;
        if (value & enable_bit(usart)) {
            usart_tell_baud(usart);
        }
        break;
    case CR3:
        if ((value & ~(uint32_t)(CR3_DMAR | (usart->has_f4_registers ? 0 : F7_CR3_OVRDIS))) ||
            (usart->cr1 & enable_bit(usart))) {
            model_violation(usart->bus, "write of 0x%x to CR3 of %s", value, usart->model.name);
        }
        usart->cr3 = value;
        break;
    default:
        model_violation(usart->bus, "write of %u bytes to %s at 0x%02x", size, usart->model.name, off);
    }
}

/* What DMA takes at once asks no longer than that, which is enough to pend. */
static void usart_sample(void *ctx)
{
    struct usart_model *usart = ctx;
    bool interrupts = usart->interrupts || usart_has_byte(usart);
    usart->interrupts = false;
    if ((usart->cr1 & CR1_RXNEIE) && interrupts) {
        model_irq(usart->bus, usart->interrupt);
    }
}

/* A line that waits for the program has a byte ready whenever the program looks whether one came. */
static void usart_looked_at(void *ctx, enum dma_request request)
{
    struct usart_model *usart = ctx;
    if (!line_takes_time(usart) && request == usart->request && usart_has_byte(usart)) {
        line_deliver_to_memory(usart, (uint8_t)usart->console->read(usart->console->ctx));
    }
}

void usart_model_connect_dma(struct usart_model *usart, struct dma_model *dmas)
{
    usart->dmas = dmas;
    for (int i = 0; i < DMAS && usart->console != NULL; i++) {
        dmas[i].looked_at = usart_looked_at;
        dmas[i].looked_at_ctx = usart;
    }
}

void usart_model_open(struct usart_model *usart, uint8_t number, enum part_family family, const struct rcc_model *rcc,
                      const struct model_bus *bus)
{
    const struct usart_place place = usart_place(number);
    *usart = (struct usart_model){
        .model = {.name = place.name,
                  .base = place.base,
                  .size = SIZE,
                  .read = usart_read,
                  .write = usart_write,
                  .tick = usart_tick,
                  .next_event_ns = usart_next_event_ns,
                  .sample = usart_sample,
                  .ctx = usart},
        .bus = bus,
        .has_f4_registers = family == PART_F4,
        .request = place.request,
        .on_apb2 = place.enable == RCC_APB2_ENABLE,
        .interrupt = place.position,
        .gate = {rcc, &rcc->registers[place.enable], place.enable_bit},
    };
}

void usart_model_reset(struct usart_model *usart)
{
    usart->brr = 0;
    usart->cr1 = 0;
    usart->cr3 = 0;
    usart->interrupts = false;
    usart->now_ns = 0;
    usart->look_ns = 0;
    usart->arrives_ns = 0;
    usart->sent_ns = 0;
    usart->has_data = false;
    usart->overrun = false;
}
