/*
 * What the command line makes go wrong with the segments' flash: a power cut, a fault.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "micropython/firmware/board.h"

#include "sim.h"

static const struct {
    const char *name;
    enum cells_fault_kind kind;
} fault_kinds[] = {
    {"fails", CELLS_FAULT_FAILS},           {"lies", CELLS_FAULT_LIES},
    {"not-ready", CELLS_FAULT_NOT_READY},   {"stuck", CELLS_FAULT_STUCK},
    {"unreadable", CELLS_FAULT_UNREADABLE},
};

static bool fault_parse_kind(const char **text, struct cells_fault *fault)
{
    for (size_t i = 0; i < sizeof(fault_kinds) / sizeof(fault_kinds[0]); i++) {
        size_t length = strlen(fault_kinds[i].name);
        if (strncmp(*text, fault_kinds[i].name, length) == 0 && (*text)[length] == ':') {
            fault->kind = fault_kinds[i].kind;
            *text += length + 1;
            return true;
        }
    }
    return false;
}

/* OFFSET:BIT:VALUE */
static bool fault_parse_stuck(const char *text, struct cells_fault *fault)
{
    uint64_t off = 0;
    uint64_t bit = 0;
    uint64_t value = 0;
    if (!host_take_number(&text, ':', UINT32_MAX, &off) || !host_take_number(&text, ':', 7, &bit) ||
        !host_take_number(&text, '\0', 1, &value)) {
        return false;
    }
    fault->off = (uint32_t)off;
    fault->mask = (uint8_t)(1u << bit);
    fault->value = (uint8_t)(value << bit);
    return true;
}

/* KIND:NUMBER of an operation, stuck:OFFSET:BIT:VALUE or unreadable:OFFSET */
static bool fault_parse(const char *text, struct cells_fault *fault)
{
    uint64_t number = 0;
    *fault = (struct cells_fault){0};
    if (!fault_parse_kind(&text, fault)) {
        return false;
    }
    if (fault->kind == CELLS_FAULT_STUCK) {
        return fault_parse_stuck(text, fault);
    }
    bool is_place = fault->kind == CELLS_FAULT_UNREADABLE;
    if (!host_take_number(&text, '\0', is_place ? UINT32_MAX : UINT64_MAX, &number)) {
        return false;
    }
    fault->off = is_place ? (uint32_t)number : 0;
    fault->first = fault->last = number;
    return true;
}

static void power_off(void *ctx)
{
    (void)ctx;
    _exit(HOST_EXIT_CUT);
}

static void power_returns(void *ctx)
{
    (void)ctx;
    board_reset();
}

/* Operations are counted from the first start. What is wrong with a place stays wrong over resets. */
static bool fault_is_due(const struct cells_fault *fault, bool first_start)
{
    return first_start || fault->kind == CELLS_FAULT_STUCK || fault->kind == CELLS_FAULT_UNREADABLE;
}

void sim_failures_plan(struct cells *cells, struct flash_geometry *geometry, const struct sim_options *options)
{
    static struct cells_fault fault;
    bool first_start = options->console_fd < 0;
    struct cells_cut cut;
    if (options->cut) {
        host_cut_read(&cut, options->cut);
    }
    if (options->cut && first_start) {
        cells->hooks.power_off = options->power_returns ? power_returns : power_off;
        cells_set_cut(cells, &cut);
    }
    if (options->fault && !fault_parse(options->fault, &fault)) {
        host_refuse("--fault", "must be fails:NUMBER, lies:NUMBER, not-ready:NUMBER, stuck:OFFSET:BIT:VALUE or "
                               "unreadable:OFFSET");
    }
    if (options->fault && fault_is_due(&fault, first_start)) {
        cells->faults = &fault;
        cells->fault_count = 1;
        /* As where error correction finds such places: a read that was not probed first is a violation. */
        geometry->bad_read_faults = fault.kind == CELLS_FAULT_UNREADABLE;
    }
}
