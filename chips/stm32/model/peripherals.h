/*
 * The peripherals of an STM32 that firmware with a polled console needs: clocks, ports, one timer, the USARTs, what
 * the chip knows about itself. Registers and bits that no such firmware touches are not modelled: their use is a
 * violation.
 */
#ifndef MPROM_STM32_PERIPHERALS_H
#define MPROM_STM32_PERIPHERALS_H

#include "chips/stm32/board.h"
#include "chips/stm32/model/dma_requests.h"
#include "chips/stm32/model/parts.h"
#include "emulator/model/console.h"
#include "emulator/model/model.h"

/* The registers of RCC by what they do; families have them at different places, or not at all. */
enum rcc_register {
    RCC_GPIO_ENABLE,
    RCC_APB1_ENABLE,
    RCC_APB2_ENABLE,
    RCC_USART_CLOCK, /* 0: each USART runs from the clock of its bus */
    RCC_AHB3_ENABLE, /* QUADSPI */
    RCC_AHB3_RESET,
    RCC_AHB1_ENABLE, /* DMA, where the ports have a register of their own */
    RCC_REGISTERS
};

/* Where a family has its peripherals, and what they hold after a reset. */
struct family_layout {
    uint32_t clock_hz; /* of the CPU and of every bus, after a reset */
    uint32_t device_address;
    uint32_t rcc_base;
    uint32_t rcc_size;
    struct {
        uint32_t off;   /* 0: it has no such register */
        uint32_t reset; /* of RCC_GPIO_ENABLE: these bits must stay, memory runs by them */
    } rcc[RCC_REGISTERS];
    uint32_t gpio_base;
    struct {
        uint32_t moder;
        uint32_t ospeedr;
        uint32_t pupdr;
    } gpio_reset[3]; /* of ports A and B, and of all others */
};
const struct family_layout *family_layout(enum part_family family);

struct clock_model;
struct dma_model;

/* Reset and clock control. */
struct rcc_model {
    struct model model;
    const struct model_bus *bus;
    const struct family_layout *layout;
    uint32_t clock_hz; /* of the CPU and of AHB */
    uint32_t apb1_hz;
    uint32_t apb2_hz;
    uint32_t timer_hz;         /* of TIM2 */
    struct clock_model *clock; /* what changes them; NULL: they stay as after a reset */
    uint32_t registers[RCC_REGISTERS];
    uint32_t ahb3_resets; /* how often a bit of RCC_AHB3_RESET went to 1 */
};
void rcc_model_open(struct rcc_model *rcc, enum part_family family, const struct model_bus *bus);
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
    GPIO_PORTS = 11 /* no part has more; those that it lacks are harmless here */
};

struct gpio_model {
    struct model model;
    const struct model_bus *bus;
    struct rcc_gate gate;
    uint32_t registers[10]; /* MODER to AFRH */
};
void gpio_model_open(struct gpio_model *gpio, uint32_t port, const struct rcc_model *rcc,
                     const struct model_bus *bus);
void gpio_model_reset(struct gpio_model *gpio);
/* Whether the pin is connected to that alternate function. */
bool gpio_model_pin_is(const struct gpio_model *ports, struct mprom_stm32_pin pin);

/* TIM2: counts microseconds or whatever its prescaler makes; compare channel 1 asks for an interrupt. */
struct timer_model {
    struct model model;
    const struct model_bus *bus;
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
void timer_model_open(struct timer_model *timer, const struct rcc_model *rcc, const struct model_bus *bus);
void timer_model_reset(struct timer_model *timer);

/*
 * A USART whose other end is the console. The line waits for the program and takes no time, unless the console wants
 * to hear of lost bytes.
 */
struct usart_model {
    struct model model;
    const struct model_bus *bus;
    struct rcc_gate gate;
    const struct gpio_model *ports;
    const struct model_console *console; /* NULL if nothing is connected */
    struct mprom_stm32_pin tx;
    struct mprom_stm32_pin rx;
    bool has_f4_registers; /* F7 and H7 have others */
    bool on_apb2;
    uint32_t interrupt;
    struct dma_model *dmas; /* DMA1 and DMA2, which may empty it */
    enum dma_request request;
    uint32_t brr;
    uint32_t cr1;
    uint32_t cr3;
    /* Of a line that takes its time. */
    uint64_t now_ns;
    uint64_t look_ns;    /* when to look for a byte again: no byte begins between */
    uint64_t arrives_ns; /* when the byte on the line is whole; 0 for none */
    uint64_t sent_ns;    /* when the last byte to send will be */
    bool interrupts;     /* a byte came, though DMA may have taken it */
    uint8_t data;
    bool has_data;
    bool overrun;
};
void usart_model_open(struct usart_model *usart, uint8_t number, enum part_family family, const struct rcc_model *rcc,
                      const struct model_bus *bus);
void usart_model_reset(struct usart_model *usart);
/* dmas: DMA1 and DMA2. */
void usart_model_connect_dma(struct usart_model *usart, struct dma_model *dmas);

/* Only in an H7. */
struct pwr_model {
    struct model model;
    const struct model_bus *bus;
    uint32_t supply; /* what CR3 must be set to on this board */
    uint32_t cr3;
    bool is_configured;
};
void pwr_model_open(struct pwr_model *pwr, uint32_t supply, const struct model_bus *bus);
void pwr_model_reset(struct pwr_model *pwr);

/* Words that can only be read: the device's identity, the size of its flash. */
struct constant_model {
    struct model model;
    const struct model_bus *bus;
    uint32_t value;
};
void constant_model_open(struct constant_model *constant, const char *name, uint32_t base, uint32_t size,
                         uint32_t value, const struct model_bus *bus);

#endif
