/* Simulated time: who sees it pass, and how a CPU that waits spends it. */
#include "emulator/machine/machine_time.h"

#include <time.h>

#include "emulator/host/host.h"
#include "emulator/machine/machine_fault.h"

enum {
    IDLE_MS_MAX = 1000
};

static const uint64_t PS_PER_S = 1000000000000;
static const uint64_t PACE_PS = 2000000000; /* how far simulated time may run ahead of real time */

uint64_t machine_now_ns(const struct machine *machine)
{
    return machine->now_ps / PS_PER_NS;
}

uint64_t machine_awake_ns(const struct machine *machine)
{
    return (machine->now_ps - machine->asleep_ps) / PS_PER_NS;
}

/* Brings a model up to the present. */
static void model_sync(struct machine *machine, uint32_t index)
{
    const struct model *model = machine->models[index];
    uint64_t now_ns = machine_now_ns(machine);
    if (model->tick != NULL && now_ns > machine->seen_ns[index]) {
        uint64_t passed_ns = now_ns - machine->seen_ns[index];
        machine->seen_ns[index] = now_ns;
        model->tick(model->ctx, passed_ns);
    }
}

void machine_sync(struct machine *machine)
{
    for (uint32_t i = 0; i < machine->model_count; i++) {
        model_sync(machine, i);
    }
}

void machine_take_clock(struct machine *machine)
{
    machine->byte_ps = PS_PER_S / *machine->soc->clock_hz / 2;
}

void machine_poll(struct machine *machine)
{
    const struct soc *soc = machine->soc;
    machine->polled_ps = machine->now_ps;
    if (soc->poll != NULL && soc->poll(soc->ctx)) {
        machine->stop = true;
    }
}

void machine_pace(struct machine *machine)
{
    uint64_t real_ps = (host_clock_ns() - machine->real_start_ns) * PS_PER_NS;
    if (machine->now_ps > real_ps + PACE_PS) {
        uint64_t ahead_ns = (machine->now_ps - real_ps) / PS_PER_NS;
        struct timespec pause = {.tv_sec = (time_t)(ahead_ns / 1000000000), .tv_nsec = (long)(ahead_ns % 1000000000)};
        nanosleep(&pause, NULL);
    }
}

/* Samples the interrupt lines. Returns the time until the next of them can change by itself. */
static uint64_t sample_interrupts(struct machine *machine)
{
    uint64_t next_ns = UINT64_MAX;
    machine_sync(machine);
    for (uint32_t i = 0; i < machine->model_count; i++) {
        const struct model *model = machine->models[i];
        if (model->sample != NULL) {
            model->sample(model->ctx);
        }
        uint64_t ns = model->next_event_ns != NULL ? model->next_event_ns(model->ctx) : UINT64_MAX;
        next_ns = ns < next_ns ? ns : next_ns;
    }
    return next_ns;
}

/* Lets real time pass, as simulated time, but not beyond the next event. */
static void idle(struct machine *machine, uint64_t next_ns)
{
    uint64_t start_ns = host_clock_ns();
    uint64_t wait_ms = next_ns / 1000000 + 1;
    machine->soc->idle(machine->soc->ctx, wait_ms < IDLE_MS_MAX ? (uint32_t)wait_ms : IDLE_MS_MAX);
    uint64_t passed_ns = host_clock_ns() - start_ns;
    uint64_t slept_ps = (passed_ns < next_ns ? passed_ns : next_ns) * PS_PER_NS;
    machine->now_ps += slept_ps;
    machine->asleep_ps += slept_ps;
}

void machine_wait_for_interrupt(struct machine *machine)
{
    uint32_t primask = 0;
    uc_reg_read(machine->uc, UC_ARM_REG_PRIMASK, &primask);
    if (cortex_m_any_enabled(&machine->core) && !primask) {
        machine_violate(machine, "WFI with interrupts enabled, which this machine does not take", machine->block);
        return;
    }
    if (!cortex_m_any_enabled(&machine->core)) {
        machine_violate(machine, "WFI without an interrupt that could end it", machine->block);
        return;
    }
    uint64_t next_ns = sample_interrupts(machine);
    while (!cortex_m_any_pending(&machine->core) && !machine->stop) {
        idle(machine, next_ns);
        machine_poll(machine);
        next_ns = sample_interrupts(machine);
    }
}
