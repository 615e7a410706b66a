#include "chips/stm32/model/peripherals.h"

bool rcc_gate_check(const struct rcc_gate *gate, const struct model *model)
{
    bool on = (*gate->enable >> gate->bit & 1) != 0;
    if (!on) {
        model_violation(gate->rcc->bus, "access to %s while its clock is off", model->name);
    }
    return on;
}
