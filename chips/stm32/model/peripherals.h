/*
 * The peripherals of an STM32F4 that firmware with a polled console needs: clocks, ports, one timer, the USARTs, what
 * the chip knows about itself. Registers and bits that no such firmware touches are not modelled: their use is a
 * violation.
 */
#ifndef MPROM_STM32_PERIPHERALS_H
#define MPROM_STM32_PERIPHERALS_H

#include "chips/stm32/board.h"
#include "emulator/machine/target.h"
#include "emulator/model.h"
#include "parts.h"

/* Reset and clock control: the clock is the internal 16 MHz oscillator, as after a reset. */
struct rcc_model {
    struct model model;
    const struct model_report *report;
    uint32_t ahb1enr;
    uint32_t apb1enr;
    uint32_t apb2enr;
    bool is_f7;
    /* What only an F7 has. */
    uint32_t dckcfgr2;
    uint32_t ahb3enr;
    uint32_t ahb3rstr;
    uint32_t ahb3_resets; /* how often a bit of it went to 1 */
};
void rcc_model_open(struct rcc_model *rcc, bool is_f7, const struct model_report *report);
void rcc_model_reset(struct rcc_model *rcc);

/* A peripheral's bit in one of the enable registers. While it is 0 the peripheral does not answer. */
struct rcc_gate {
    const struct rcc_model *rcc;
    const uint32_t *enable;
    uint32_t bit;
};
/* Whether the clock is on; a violation if not. */
bool rcc_gate_check(const struct rcc_gate *gate, const struct model *model);

enum {
    GPIO_PORTS = 5
};

struct gpio_model {
    struct model model;
    const struct model_report *report;
    struct rcc_gate gate;
    uint32_t registers[10]; /* MODER to AFRH */
    uint32_t reset_moder;
};
void gpio_model_open(struct gpio_model *gpio, uint32_t port, const struct rcc_model *rcc,
                     const struct model_report *report);
void gpio_model_reset(struct gpio_model *gpio);
/* Whether the pin is connected to that alternate function. */
bool gpio_model_pin_is(const struct gpio_model *ports, struct stm32_pin pin);

/* TIM2: counts microseconds or whatever its prescaler makes; compare channel 1 asks for an interrupt. */
struct timer_model {
    struct model model;
    const struct model_report *report;
    struct rcc_gate gate;
    uint32_t cr1;
    uint32_t dier;
    uint32_t sr;
    uint32_t prescaler; /* in effect */
    uint32_t psc;
    uint32_t arr;
    uint32_t ccr1;
    uint64_t counted_ps; /* since CNT was 0 */
    bool polled;         /* the last read was of SR */
};
void timer_model_open(struct timer_model *timer, const struct rcc_model *rcc, const struct model_report *report);
void timer_model_reset(struct timer_model *timer);

/* A USART whose other end is the console. The line waits for the program: it never overruns. */
struct usart_model {
    struct model model;
    const struct model_report *report;
    struct rcc_gate gate;
    const struct gpio_model *ports;
    const struct machine_console *console; /* NULL if nothing is connected */
    struct stm32_pin tx;
    struct stm32_pin rx;
    bool is_f7; /* has other registers */
    uint32_t brr;
    uint32_t cr1;
};
void usart_model_open(struct usart_model *usart, uint8_t number, bool is_f7, const struct rcc_model *rcc,
                      const struct model_report *report);
void usart_model_reset(struct usart_model *usart);

/* Words that can only be read: the device's identity, the size of its flash. */
struct constant_model {
    struct model model;
    const struct model_report *report;
    uint32_t value;
};
void constant_model_open(struct constant_model *constant, const char *name, uint32_t base, uint32_t size,
                         uint32_t value, const struct model_report *report);

#endif
