/* A window of the board (emulator/model.h), and what the machine does for it in Unicorn. */
#ifndef MPROM_EMULATOR_VIEW_H
#define MPROM_EMULATOR_VIEW_H

#include <unicorn/unicorn.h>

#include "emulator/model.h"

struct view {
    const struct model_window *window;
    bool guarded;         /* the model wants to see loads and fetches */
    bool trapped;         /* loads are trapped */
    uint32_t free_loads;  /* that were trapped since without need */
    uint32_t dirty_start; /* what stores changed since its code was forgotten */
    uint32_t dirty_end;
};

/* After power-up: nothing is trapped. */
void view_open(struct view *view, const struct model_window *window);

/* Traps loads if the model wants to see them. Returns false if Unicorn cannot. */
bool view_guard(struct view *view, uc_engine *uc);

/* What lies between two offsets is translated anew. Returns false if Unicorn cannot. */
bool view_forget(struct view *view, uc_engine *uc, uint32_t start, uint32_t end);

/* A load was trapped. Returns whether the trap has become useless, so that view_guard() is due. */
bool view_load(struct view *view, uint32_t address, uint32_t size);

/* A store. Returns false if the model is guarded from it on: it has to be before. */
bool view_store(struct view *view, uint32_t address, uint32_t size, uint32_t value);

#endif
