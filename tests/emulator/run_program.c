/*
 * Runs a test program on the emulated STM32F427: run_program ELF CASE. Prints what it wrote to MACHINE_EXIT_ADDRESS,
 * or the violation; the status is 0 either way.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "chips/stm32/board.h"
#include "chips/stm32/model/stm32_machine.h"
#include "emulator/host/host.h"
#include "emulator/machine/elf.h"
#include "emulator/machine/machine.h"

enum {
    CASE_OFF = 0xDFFFC
};

const char host_program[] = "run_program";

static const struct mprom_stm32_board facts = {
    .name = "TEST", .part = "STM32F427VG", .uart = 3, .tx = {PORT_B, 10, 7}, .rx = {PORT_B, 11, 7}};

static void idle(void *ctx, uint32_t timeout_ms)
{
    (void)ctx;
    struct timespec pause = {.tv_nsec = (long)timeout_ms % 1000 * 300000}; /* too early, as it may be */
    nanosleep(&pause, NULL);
}

static void cells_violation(void *ctx, const char *text)
{
    const struct model_bus *bus = ctx;
    bus->report(bus->ctx, text);
}

static void require(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "run_program: %s\n", what);
        exit(2);
    }
}

int main(int argc, char **argv)
{
    struct elf elf;
    struct machine_flash flash;
    require(argc == 3, "run_program ELF CASE");
    const char *fault = elf_open(&elf, argv[1]);
    require(fault == NULL, fault);
    struct soc *soc = stm32_machine_family.open(&facts, NULL, &flash);
    require(soc != NULL && cells_open_memory(flash.cells, flash.geometry) == 0, "no board");
    soc->idle = idle;
    struct machine *machine;
    fault = machine_open(&machine, soc, &elf);
    require(fault == NULL, fault);
    flash.cells->hooks = (struct cells_hooks){.violation = cells_violation, .ctx = soc->bus};
    soc->reset(soc->ctx); /* the window shows the cells from now on */
    fault = machine_load(soc, &elf);
    require(fault == NULL, fault);
    uint32_t number = (uint32_t)strtoul(argv[2], NULL, 10);
    memcpy(flash.cells->bytes + CASE_OFF, &number, sizeof number);
    machine_allow_exit(machine);
    enum machine_end end;
    do {
        end = machine_run(machine);
    } while (end == MACHINE_RESET);
    if (end == MACHINE_EXIT) {
        printf("exit %u\n", (unsigned)machine_exit_status(machine));
    } else {
        printf("%s\n", machine_fault(machine));
    }
    machine_close(machine);
    cells_close(flash.cells);
    elf_close(&elf);
    return 0;
}
