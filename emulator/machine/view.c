#include "view.h"

enum {
    FLUSH_PAGE = 0xF0000000, /* nothing is ever there */
    FLUSH_SIZE = 4096,
    FREE_LOADS_MAX = 64,
};

void view_open(struct view *view, const struct model_window *window)
{
    *view = (struct view){.window = window, .dirty_start = UINT32_MAX};
}

/* Taking away permissions does not always empty the TLB: mapping and unmapping a page does. */
static bool trap_set(struct view *view, uc_engine *uc, bool trapped)
{
    uint32_t permissions = trapped ? UC_PROT_EXEC : UC_PROT_EXEC | UC_PROT_READ;
    view->trapped = trapped;
    return !uc_mem_protect(uc, view->window->base, view->window->size, permissions) &&
           !uc_mem_map(uc, FLUSH_PAGE, FLUSH_SIZE, UC_PROT_NONE) && !uc_mem_unmap(uc, FLUSH_PAGE, FLUSH_SIZE);
}

/*
 * The trap is slow to change, so it is taken away only when loads come that have no need of it: between the
 * operations of a driver there are few. Where loads cost time it stays: to trap those of one window is cheap, a hook
 * on loads makes all of them slow.
 */
bool view_guard(struct view *view, uc_engine *uc)
{
    view->guarded = view->window->guarded(view->window->ctx);
    bool trapped =
        view->guarded || view->window->wait_ns != NULL || (view->trapped && view->free_loads < FREE_LOADS_MAX);
    if (view->guarded || !trapped) {
        view->free_loads = 0;
    }
    return trapped == view->trapped || trap_set(view, uc, trapped);
}

bool view_forget(struct view *view, uc_engine *uc, uint32_t start, uint32_t end)
{
    uint64_t base = view->window->base;
    view->dirty_start = UINT32_MAX;
    view->dirty_end = 0;
    return !uc_ctl_remove_cache(uc, base + start, base + end);
}

bool view_load(struct view *view, uint32_t address, uint32_t size)
{
    const struct model_window *window = view->window;
    if (window->guarded(window->ctx)) {
        window->access(window->ctx, address - window->base, size, MODEL_LOAD);
        return false;
    }
    return window->wait_ns == NULL && ++view->free_loads >= FREE_LOADS_MAX;
}

bool view_store(struct view *view, uint32_t address, uint32_t size, uint32_t value)
{
    const struct model_window *window = view->window;
    uint32_t off = address - window->base;
    window->store(window->ctx, off, size, value);
    view->dirty_start = off < view->dirty_start ? off : view->dirty_start;
    view->dirty_end = off + size > view->dirty_end ? off + size : view->dirty_end;
    return view->guarded || !window->guarded(window->ctx);
}
