/* Simulated time: who sees it pass, and how a CPU that waits spends it. */
#ifndef MPROM_EMULATOR_MACHINE_TIME_H
#define MPROM_EMULATOR_MACHINE_TIME_H

#include "emulator/machine/machine_state.h"

/* Brings the models up to the present. */
void machine_sync(struct machine *machine);

/* Instructions take as long as they do at the board's present clock. */
void machine_take_clock(struct machine *machine);

/* Asks the board for its reset button, and stops the machine if it was pressed. */
void machine_poll(struct machine *machine);

/* The same if a millisecond has passed since. */
static inline void machine_poll_by_time(struct machine *machine)
{
    if (machine->now_ps - machine->polled_ps >= 1000000 * PS_PER_NS) {
        machine_poll(machine);
    }
}

/* Waits if simulated time has run ahead of real time. */
void machine_pace(struct machine *machine);

/* The CPU has stopped at WFI. It goes on when an interrupt that is enabled pends, whether it would be taken or not.
 */
void machine_wait_for_interrupt(struct machine *machine);

#endif
