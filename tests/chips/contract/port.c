#include "port.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arch/cortex_m/startup.h"

enum {
    ACCESS_NS = 100, /* of a register: time goes on for a program that polls one */
    ACCESSES_MAX = 5000000,
    STEP_S_MAX = 20, /* of the PC's CPU, for a port that does not even look at a register */
    BITS_PER_BYTE = 10,
};

static const uint64_t SLEEP_NS_MAX = 10000000000;
static const uint64_t NS_PER_S = 1000000000;

struct port_line port_line;
static struct soc *soc;
static struct cortex_m core;
static uint32_t sleeps;
static uint32_t accesses;

void port_next(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("next, %s: ", contract_board.name);
    vprintf(format, args);
    printf(", see docs/new-family.md\n");
    va_end(args);
    exit(EXIT_FAILURE);
}

void port_expect_no_violation(const char *when)
{
    REQUIRE(bus.violations == 0, "the model reports \"%s\" %s: mend the port, or the model if it misreads the manual",
            bus.first_violation, when);
}

uint8_t port_line_byte(uint32_t i)
{
    return (uint8_t)(i * 37 + (i >> 8) + 1);
}

uint64_t port_byte_ns(uint32_t baud)
{
    return (NS_PER_S * BITS_PER_BYTE + baud - 1) / baud;
}

static bool line_ready(void *ctx)
{
    (void)ctx;
    return port_line.sent < port_line.end && bus.now_ns >= port_line.starts_ns;
}

static int line_read(void *ctx)
{
    (void)ctx;
    return port_line_byte(port_line.sent++);
}

static void line_write(void *ctx, const char *bytes, size_t size)
{
    (void)ctx;
    for (size_t i = 0; i < size && port_line.heard_count < PORT_HEARD_MAX; i++) {
        port_line.heard[port_line.heard_count++] = (uint8_t)bytes[i];
    }
}

static void line_lost(void *ctx)
{
    (void)ctx;
    port_line.lost++;
}

static void line_take_baud(void *ctx, uint32_t baud)
{
    (void)ctx;
    port_line.baud = baud;
}

static struct model_console console = {
    .ready = line_ready, .read = line_read, .write = line_write, .lost = line_lost, .set_baud = line_take_baud};

void port_line_set_baud(uint32_t baud)
{
    console.byte_ns = (uint32_t)port_byte_ns(baud);
}

/* Of all memory DMA reaches the port's ring. The port gives it a pointer's lower half, which is all of one on the target. */
static bool memory_write(void *ctx, uint32_t address, const void *src, uint32_t size)
{
    (void)ctx;
    const struct mprom_uart_port *uart = mprom_kit_port.uart;
    uint32_t off = address - (uint32_t)(uintptr_t)uart->ring;
    if (off > uart->ring_size || size > uart->ring_size - off) {
        return false;
    }
    if (src != NULL) {
        memcpy(uart->ring + off, src, size);
    }
    return true;
}

static void pend(void *ctx, uint32_t number)
{
    (void)ctx;
    cortex_m_pend(&core, number);
}

static void pass_access(void)
{
    if (accesses++ == ACCESSES_MAX) {
        port_expect_no_violation("and the port polls for ever");
    }
    REQUIRE(accesses <= ACCESSES_MAX, "the port polls for ever: each of its waits must end");
    bus_pass(ACCESS_NS);
}

bool port_interrupts(void)
{
    for (uint32_t i = 0; i < soc->model_count; i++) {
        if (soc->models[i]->sample != NULL) {
            soc->models[i]->sample(soc->models[i]->ctx);
        }
    }
    return cortex_m_any_pending(&core);
}

bool port_has_interrupt(void)
{
    return cortex_m_any_enabled(&core);
}

uint32_t port_sleeps(void)
{
    return sleeps;
}

/* Until something happens that may end a sleep; 0 is for something that has happened already. */
static uint64_t next_event_ns(void)
{
    uint64_t next_ns = SLEEP_NS_MAX;
    for (uint32_t i = 0; i < soc->model_count; i++) {
        const struct model *model = soc->models[i];
        uint64_t ns = model->next_event_ns != NULL ? model->next_event_ns(model->ctx) : UINT64_MAX;
        next_ns = ns < next_ns ? ns : next_ns;
    }
    if (port_line.sent < port_line.end && port_line.starts_ns > bus.now_ns) {
        uint64_t ns = port_line.starts_ns - bus.now_ns;
        next_ns = ns < next_ns ? ns : next_ns;
    }
    return next_ns > 0 ? next_ns : 1;
}

static void sleep_until_interrupt(void)
{
    uint64_t before_ns = bus.now_ns;
    sleeps++;
    while (!port_interrupts()) {
        REQUIRE(
            bus.now_ns - before_ns < SLEEP_NS_MAX,
            "nothing ends the CPU's sleep: a byte, or the counter when it gets to what arm() said, must ask for an "
            "interrupt that open() has enabled");
        bus_pass(next_event_ns());
    }
}

static void open_bus(const struct machine_flash *flash)
{
    bus_open_cells(flash->cells, flash->geometry);
    if (flash->second != NULL) {
        bus_open_cells(flash->second->cells, flash->second->geometry);
    }
    bus.side.write = memory_write;
    bus.side.irq = pend;
    bus.polled = pass_access;
    bus.sleep = sleep_until_interrupt;
    *soc->bus = bus.side;
    cortex_m_open(&core, soc->cpus[0].kind, soc->cpus[0].cpuid, soc->cpus[0].interrupts, soc->bus);
    memcpy(bus.models, soc->models, soc->model_count * sizeof bus.models[0]);
    bus.models[soc->model_count] = &core.model; /* the board's own come first */
    soc->reset(soc->ctx);
}

/* Switches the board on. Whether its line waits for the program is a fact of the board. */
static void open_board(void)
{
    struct machine_flash flash;
    struct machine_description description = {0};
    bus_open();
    soc = contract_board.family->open(contract_board.facts, &console, &flash);
    REQUIRE(soc != NULL, "the family does not open the board: its facts do not fit");
    const char *fault = soc_check(soc);
    REQUIRE(fault == NULL, "the machine refuses the board, %s: mend what the family's machine adds", fault);
    REQUIRE(soc->model_count < BUS_MODELS_MAX, "the test bus has too little room for %u models", soc->model_count);
    open_bus(&flash);
    contract_board.family->describe(&description);
    console.lost = description.console_waits ? NULL : line_lost;
    port_line_set_baud(MPROM_CONSOLE_BAUD);
}

void port_start(void)
{
    if (mprom_kit_port.power_up != NULL) {
        mprom_kit_port.power_up();
    }
    const char *said = mprom_kit_port.start != NULL ? mprom_kit_port.start() : NULL;
    REQUIRE(said == NULL, "start() says \"%s\"", said);
    port_expect_no_violation("in start()");
}

void mprom_cpu_reset(void)
{
    port_next("the port resets the CPU, though nobody asked for it");
}

/* A step must end, and not by a crash. */
static void run_in_child(const struct contract_step *step)
{
    struct itimerval limit = {.it_value.tv_sec = STEP_S_MAX};
    setitimer(ITIMER_VIRTUAL, &limit, NULL);
    open_board();
    step->run();
    exit(EXIT_SUCCESS);
}

static bool passes(const struct contract_step *step)
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        run_in_child(step);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        port_next("the PC cannot run the step %s", step->name);
    }
    if (WIFSIGNALED(status)) {
        port_next("%s, in the step %s: mend the port",
                  WTERMSIG(status) == SIGVTALRM ? "the port waits for ever" : "the port crashes, see above",
                  step->name);
    }
    return status == 0;
}

int main(void)
{
    const struct contract_step *const groups[] = {console_steps, clock_steps};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        for (const struct contract_step *step = groups[i]; step->name != NULL; step++) {
            if (!passes(step)) {
                return EXIT_FAILURE;
            }
            printf("%s: %s\n", contract_board.name, step->name);
        }
    }
    return EXIT_SUCCESS;
}
