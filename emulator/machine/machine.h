/*
 * The machine: an emulated CPU that runs a board's firmware, with chip models for everything around it.
 *
 * Time is simulated and counted in nanoseconds since power-up: instructions take what they take at the board's clock,
 * roughly; a wait for flash takes what the flash takes, and is skipped over; only a CPU that waits for an interrupt
 * lets real time pass, so that an idle board costs nothing and a user's second is a second.
 */
#ifndef MPROM_EMULATOR_MACHINE_H
#define MPROM_EMULATOR_MACHINE_H

#include "emulator/machine/soc.h"

enum machine_end {
    MACHINE_RESET,     /* the firmware asked for it, or the button was pressed */
    MACHINE_VIOLATION, /* machine_fault() says which */
    MACHINE_EXIT,      /* test programs: the firmware wrote to MACHINE_EXIT_ADDRESS; machine_exit_status() */
};

enum {
    MACHINE_EXIT_ADDRESS = 0xE00FF000, /* of no ARM peripheral; only there if machine_allow_exit() */
};

struct machine;
struct elf;

/*
 * Makes a machine; soc and elf (for symbols, may be NULL) must live as long. Returns NULL, or in one sentence why
 * there is none: what is wrong with the SoC's description, or that memory is short. The sentence lives as long as the
 * SoC.
 */
const char *machine_open(struct machine **machine, struct soc *soc, const struct elf *elf);
void machine_close(struct machine *machine);

/*
 * Puts a program into the flash of a board that was reset, as a programmer does. Returns NULL, or what is wrong, as
 * elf_load().
 */
const char *machine_load(const struct soc *soc, const struct elf *elf);

/* Simulated time does not run ahead of real time. */
void machine_set_realtime(struct machine *machine);

/* Lets test programs end the machine by a store to MACHINE_EXIT_ADDRESS. */
void machine_allow_exit(struct machine *machine);

/* Powers up as the first CPU does, with RAM full of rubbish, and runs. */
enum machine_end machine_run(struct machine *machine);

/* After MACHINE_VIOLATION: "what happened, at 0x08001234 (function+0x10)". Valid until the next run. */
const char *machine_fault(const struct machine *machine);

uint32_t machine_exit_status(const struct machine *machine);

/* Simulated nanoseconds since the last power-up. */
uint64_t machine_now_ns(const struct machine *machine);

/* The same without the time in which the CPU slept until something came: what a link of any speed would leave. */
uint64_t machine_awake_ns(const struct machine *machine);

#endif
