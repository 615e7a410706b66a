/* What an nRF51 has beside its flash, as far as the firmware uses it, strictly. Written from chips/nrf/facts.md. */
#ifndef MPROM_NRF_PERIPHERALS_H
#define MPROM_NRF_PERIPHERALS_H

#include "emulator/model/console.h"
#include "emulator/model/model.h"

enum {
    NRF_PINS = 32,
    NRF_UART_FIFO = 6,
};

/* CLOCK: the crystal of the 16 MHz clock. */
struct nrf_clock_model {
    struct model model;
    const struct model_bus *bus;
    uint64_t starts_ns; /* until it runs, once it was started */
    bool is_starting;
    bool runs;
    bool started; /* the event */
};

struct nrf_gpio_model {
    struct model model;
    const struct model_bus *bus;
    uint32_t out;
    uint32_t configuration[NRF_PINS];
};

/* TIMER0, as a timer through 32 bits with one comparison. */
struct nrf_timer_model {
    struct model model;
    const struct model_bus *bus;
    uint32_t bitmode;
    uint32_t prescaler;
    bool runs;
    uint64_t counted_ns;
    uint32_t compare;  /* CC[0] */
    uint32_t captured; /* CC[1] */
    bool matched;      /* COMPARE[0] */
    bool interrupts;
    bool polled; /* the program looks at nothing but the event */
};

struct nrf_uart_model {
    struct model model;
    const struct model_bus *bus;
    const struct nrf_clock_model *clock;
    const struct nrf_gpio_model *gpio;
    const struct model_console *console;
    uint8_t tx; /* the board's pins */
    uint8_t rx;
    uint32_t enable;
    uint32_t pin_tx;
    uint32_t pin_rx;
    uint32_t baudrate;
    bool sends;
    bool receives;
    bool interrupts;
    bool received; /* RXDRDY */
    bool sent;     /* TXDRDY */
    uint8_t fifo[NRF_UART_FIFO];
    uint32_t count;
    uint64_t now_ns;
    uint64_t look_ns;
    uint64_t arrives_ns; /* when the byte that is on the line has come; 0: none is */
    uint64_t leaves_ns;  /* when the byte that is being sent has left; 0: none is */
};

void nrf_clock_model_open(struct nrf_clock_model *clock, const struct model_bus *bus);
void nrf_gpio_model_open(struct nrf_gpio_model *gpio, const struct model_bus *bus);
void nrf_timer_model_open(struct nrf_timer_model *timer, const struct model_bus *bus);
/* tx and rx are those of the board; the console may be NULL. */
void nrf_uart_model_open(struct nrf_uart_model *uart, const struct nrf_clock_model *clock,
                         const struct nrf_gpio_model *gpio, const struct model_bus *bus);

/* As after a reset. */
void nrf_clock_model_reset(struct nrf_clock_model *clock);
void nrf_gpio_model_reset(struct nrf_gpio_model *gpio);
void nrf_timer_model_reset(struct nrf_timer_model *timer);
void nrf_uart_model_reset(struct nrf_uart_model *uart);

#endif
