/* What may be going on when power fails. */
#ifndef MPROM_TESTS_POWERLOSS_SCENARIO_H
#define MPROM_TESTS_POWERLOSS_SCENARIO_H

#include "powerloss/world.h"

struct scenario {
    const char *name;
    int layout;
    /* Makes the images and the state before, without cuts; sets world->never_nothing. */
    void (*prepare)(struct world *world);
    /* What power is cut in. Returns 0; an error says that the scenario is wrong. */
    int (*run)(struct world *world);
    bool nothing_is_left; /* after it has run, there is no image */
};

enum {
    SCENARIO_COUNT = 20
};

extern const struct scenario scenarios[SCENARIO_COUNT];

#endif
