/* The hardware of a board of this family, as the kit asks for it. */
#ifndef MPROM_TEMPLATE_PORT_H
#define MPROM_TEMPLATE_PORT_H

#include "chips/kit/kit.h"
#include "chips/template/board.h"

extern const struct mprom_uart_port mprom_template_uart;
extern const struct mprom_counter mprom_template_counter;

#endif
