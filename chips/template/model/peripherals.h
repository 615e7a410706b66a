/* The UART of the console and the counter of microseconds. */
#ifndef MPROM_TEMPLATE_PERIPHERALS_H
#define MPROM_TEMPLATE_PERIPHERALS_H

#include "emulator/model/console.h"
#include "emulator/model/model.h"

struct template_uart_model {
    struct model model;
    const struct model_bus *bus;
    const struct model_console *console; /* the other end of its line */
};

void template_uart_model_open(struct template_uart_model *uart, const struct model_console *console,
                              const struct model_bus *bus);
void template_uart_model_reset(struct template_uart_model *uart);

struct template_counter_model {
    struct model model;
    const struct model_bus *bus;
    uint64_t now_ns;
    uint32_t compare;
    bool is_over; /* the count got to compare */
};

void template_counter_model_open(struct template_counter_model *counter, const struct model_bus *bus);
void template_counter_model_reset(struct template_counter_model *counter);

#endif
