#include "emulator/machine/view.h"

void view_open(struct view *view, const struct model_window *window)
{
    *view = (struct view){.window = window, .dirty_start = UINT32_MAX};
}

void view_guard(struct view *view)
{
    view->guarded = view->window->guarded(view->window->ctx);
}

bool view_forget(struct view *view, uc_engine *uc, uint32_t start, uint32_t end)
{
    uint64_t base = view->window->base;
    view->dirty_start = UINT32_MAX;
    view->dirty_end = 0;
    return !uc_ctl_remove_cache(uc, base + start, base + end);
}

void view_load(struct view *view, uint32_t address, uint32_t size)
{
    const struct model_window *window = view->window;
    if (view->guarded && window->guarded(window->ctx)) {
        window->access(window->ctx, address - window->base, size, MODEL_LOAD);
    }
}

void view_store(struct view *view, uint32_t address, uint32_t size, uint32_t value)
{
    const struct model_window *window = view->window;
    uint32_t off = address - window->base;
    window->store(window->ctx, off, size, value);
    view->dirty_start = off < view->dirty_start ? off : view->dirty_start;
    view->dirty_end = off + size > view->dirty_end ? off + size : view->dirty_end;
    view_guard(view);
}
