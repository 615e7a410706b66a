/* USARTs of the F4, RM0090 30.6, and of F7 and H7, whose registers lie elsewhere. */
#include "peripherals.h"

enum {
    SR = 0x00,
    DR = 0x04,
    BRR = 0x08,
    CR1 = 0x0C,
    SIZE = 0x2C,

    F7_CR1 = 0x00,
    F7_BRR = 0x0C,
    F7_ISR = 0x1C,
    F7_ICR = 0x20,
    F7_RDR = 0x24,
    F7_TDR = 0x28,
    F7_CR1_UE = 1 << 0,

    SR_RXNE = 1 << 5,
    SR_TC = 1 << 6,
    SR_TXE = 1 << 7,
    CR1_RE = 1 << 2,
    CR1_TE = 1 << 3,
    CR1_RXNEIE = 1 << 5,
    CR1_UE = 1 << 13,

    BAUD = 115200,
};

struct usart_place {
    uint32_t base;
    uint8_t number;
    bool on_apb2;
    uint8_t bit;
    uint8_t interrupt;
};

static const struct usart_place places[] = {
    {0x40011000, 1, true, 4, 37},
    {0x40004400, 2, false, 17, 38},
    {0x40004800, 3, false, 18, 39},
    {0x40011400, 6, true, 5, 71},
};

/* What the registers of the F7 are called here, so that one model serves both; UINT32_MAX for none of them. */
static uint32_t f7_register(uint32_t off, bool write)
{
    switch (off) {
    case F7_CR1:
        return CR1;
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

static bool usart_has_byte(const struct usart_model *usart)
{
    uint32_t needed = enable_bit(usart) | CR1_RE;
    return (usart->cr1 & needed) == needed && usart->console != NULL && usart->console->ready(usart->console->ctx);
}

/* What is wrong with how it is set up, or NULL. A rate within 2 % is understood. */
static const char *usart_fault(const struct usart_model *usart, uint32_t direction, struct stm32_pin pin)
{
    uint32_t clock_hz = usart->on_apb2 ? usart->gate.rcc->apb2_hz : usart->gate.rcc->apb1_hz;
    uint32_t baud = usart->brr != 0 ? clock_hz / usart->brr : 0;
    uint32_t needed = enable_bit(usart) | direction;
    if ((usart->cr1 & needed) != needed) {
        return "is not enabled";
    }
    if (usart->gate.rcc->registers[RCC_USART_CLOCK] != 0) {
        return "has not the clock of its bus";
    }
    if (baud < BAUD - BAUD / 50 || baud > BAUD + BAUD / 50) {
        return "does not run at 115200 baud";
    }
    return gpio_model_pin_is(usart->ports, pin) ? NULL : "is not connected to its pin";
}

static void usart_transmit(struct usart_model *usart, uint32_t value)
{
    const char *fault = usart_fault(usart, CR1_TE, usart->tx);
    char byte = (char)value;
    if (fault != NULL) {
        model_violation(usart->report, "%s sends but %s", usart->model.name, fault);
    } else if (usart->console != NULL) {
        usart->console->write(usart->console->ctx, &byte, 1);
    }
}

static uint32_t usart_receive(struct usart_model *usart)
{
    const char *fault = usart_fault(usart, CR1_RE, usart->rx);
    if (fault != NULL) {
        model_violation(usart->report, "%s receives but %s", usart->model.name, fault);
        return 0;
    }
    if (!usart_has_byte(usart)) {
        model_violation(usart->report, "read of %s's data without RXNE", usart->model.name);
        return 0;
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
        return SR_TXE | SR_TC | (usart_has_byte(usart) ? SR_RXNE : 0u);
    case DR:
        return usart_receive(usart);
    case BRR:
        return usart->brr;
    case CR1:
        return usart->cr1;
    default:
        model_violation(usart->report, "read of %u bytes from %s at 0x%02x", size, usart->model.name, off);
        return 0;
    }
}

static void usart_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct usart_model *usart = ctx;
    if (!rcc_gate_check(&usart->gate, &usart->model)) {
        return;
    }
    if (!usart->has_f4_registers && size == 4 && off == F7_ICR) {
        return; /* there is no flag to clear: the line never overruns */
    }
    uint32_t target = usart->has_f4_registers ? off : f7_register(off, true);
    switch (size == 4 ? target : UINT32_MAX) {
    case DR:
        usart_transmit(usart, value);
        break;
    case BRR:
        if (usart->cr1 & enable_bit(usart)) {
            model_violation(usart->report, "%s's rate is changed while it is enabled", usart->model.name);
        }
        usart->brr = value;
        break;
    case CR1:
        usart->cr1 = value;
        break;
    default:
        model_violation(usart->report, "write of %u bytes to %s at 0x%02x", size, usart->model.name, off);
    }
}

static bool usart_interrupt(void *ctx)
{
    const struct usart_model *usart = ctx;
    return (usart->cr1 & CR1_RXNEIE) && usart_has_byte(usart);
}

void usart_model_open(struct usart_model *usart, uint8_t number, enum part_family family, const struct rcc_model *rcc,
                      const struct model_report *report)
{
    static const char *const names[] = {"USART1", "USART2", "USART3", "USART6"};
    uint32_t index = number == 6 ? 3 : number - 1u;
    const struct usart_place *place = &places[index];
    *usart = (struct usart_model){
        .model = {.name = names[index],
                  .base = place->base,
                  .size = SIZE,
                  .read = usart_read,
                  .write = usart_write,
                  .interrupt = usart_interrupt,
                  .interrupt_number = place->interrupt,
                  .ctx = usart},
        .report = report,
        .has_f4_registers = family == PART_F4,
        .on_apb2 = place->on_apb2,
        .gate = {rcc, &rcc->registers[place->on_apb2 ? RCC_APB2_ENABLE : RCC_APB1_ENABLE], place->bit},
    };
}

void usart_model_reset(struct usart_model *usart)
{
    usart->brr = 0;
    usart->cr1 = 0;
}
