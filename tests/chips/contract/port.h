/*
 * A board's port (chips/kit/kit.h) and the models of its chip on the test bus, for the contract of console and clock.
 *
 * Each step of the contract runs in a process of its own, in which the board has just been switched on. What a step finds
 * wrong is what the porter does next: the steps behind it do not run.
 */
#ifndef MPROM_TESTS_CHIPS_PORT_H
#define MPROM_TESTS_CHIPS_PORT_H

#include "chips/kit/kit.h"
#include "emulator/machine/target.h"
#include "tests/chips/bus.h"

/* The board that this program is for. */
struct contract_board {
    const char *name; /* "nrf (MICROBIT)", for messages */
    const struct machine_family *family;
    const void *facts;
};
extern const struct contract_board contract_board;

struct contract_step {
    const char *name;
    void (*run)(void);
};

/* In their order; each ends with a step without a name. */
extern const struct contract_step console_steps[];
extern const struct contract_step clock_steps[];

enum {
    PORT_HEARD_MAX = 4096
};

/* The other end of the console's line. */
struct port_line {
    uint64_t starts_ns; /* from when on it sends */
    uint32_t sent;      /* bytes that it has sent, */
    uint32_t end;       /* and how many it is to send in all: port_line_byte() says which */
    uint32_t lost;      /* those that the board had no room for */
    uint32_t baud;      /* the board's, if its model tells; else 0 */
    uint8_t heard[PORT_HEARD_MAX];
    uint32_t heard_count;
};
extern struct port_line port_line;

/* Byte number i of those that the line sends. */
uint8_t port_line_byte(uint32_t i);

/* How long one of them takes at that rate. */
uint64_t port_byte_ns(uint32_t baud);

/* The line's rate from now on. */
void port_line_set_baud(uint32_t baud);

/* What main() of the kit does before it opens the console: the port's clocks. */
void port_start(void);

/* Whether an interrupt that is enabled asks now. */
bool port_interrupts(void);

/* Whether one is enabled. */
bool port_has_interrupt(void);

/* How often the CPU slept. */
uint32_t port_sleeps(void);

/* Says what is next, and ends the program. */
void port_next(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#define REQUIRE(ok, ...)                                                                                             \
    do {                                                                                                             \
        if (!(ok)) {                                                                                                 \
            port_next(__VA_ARGS__);                                                                                  \
        }                                                                                                            \
    } while (0)

/* when: "when the console opens". */
void port_expect_no_violation(const char *when);

#endif
