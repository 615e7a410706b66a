/* A window of the board (emulator/model/model.h), and what the machine does for it in Unicorn. */
#ifndef MPROM_EMULATOR_VIEW_H
#define MPROM_EMULATOR_VIEW_H

#include <unicorn/unicorn.h>

#include "emulator/model/model.h"

struct view {
    const struct model_window *window;
    bool guarded;         /* the model wants to see loads and fetches, or did when it was last asked */
    uint32_t dirty_start; /* what stores changed since its code was forgotten */
    uint32_t dirty_end;
};

/* After power-up. */
void view_open(struct view *view, const struct model_window *window);

/* Asks the model whether it wants to see loads and fetches from now on. */
void view_guard(struct view *view);

/* What lies between two offsets is translated anew. Returns false if Unicorn cannot. */
bool view_forget(struct view *view, uc_engine *uc, uint32_t start, uint32_t end);

/* What the CPU is about to load, and what it stores. */
void view_load(struct view *view, uint32_t address, uint32_t size);
void view_store(struct view *view, uint32_t address, uint32_t size, uint32_t value);

#endif
