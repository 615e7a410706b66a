/* What the command line makes go wrong with a board's flash: a power cut, a fault. */
#include <string.h>

#include "emulator/host/host.h"
#include "emulator/host/options.h"

/* Which of the states an operation can be cut in. Returns whether there is one of that name. */
static bool cut_parse_state(const char *name, size_t length, struct cells_cut *cut)
{
    cut->phase = CELLS_DURING;
    for (int i = 0; i < CELLS_TORN_COUNT; i++) {
        cut->pattern = (enum cells_pattern)i;
        const char *pattern = cells_pattern_name(cut->pattern);
        if (strlen(pattern) == length && memcmp(pattern, name, length) == 0) {
            return true;
        }
    }
    cut->phase = length == 5 && memcmp(name, "after", 5) == 0 ? CELLS_AFTER : CELLS_BEFORE;
    return cut->phase == CELLS_AFTER || (length == 6 && memcmp(name, "before", 6) == 0);
}

/* NUMBER:STATE[:SEED] */
static bool cut_parse(const char *text, struct cells_cut *cut)
{
    uint64_t seed = 0;
    *cut = (struct cells_cut){0};
    if (!host_take_number(&text, ':', UINT64_MAX, &cut->number)) {
        return false;
    }
    size_t length = strcspn(text, ":");
    const char *behind = text + length + 1;
    if (!cut_parse_state(text, length, cut) ||
        (text[length] == ':' && !host_take_number(&behind, '\0', UINT32_MAX, &seed))) {
        return false;
    }
    cut->seed = (uint32_t)seed;
    return true;
}

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

/* What is wrong with a place stays wrong over resets. */
static bool fault_is_due(const struct cells_fault *fault, bool restarted)
{
    return !restarted || fault->kind == CELLS_FAULT_STUCK || fault->kind == CELLS_FAULT_UNREADABLE;
}

bool host_failures_read(const struct host_options *options, struct cells *cells, struct cells_fault *fault)
{
    struct cells_cut cut;
    if (options->cut && !cut_parse(options->cut, &cut)) {
        host_refuse("--cut", "must be NUMBER:STATE[:SEED]");
    }
    if (options->cut && !options->restarted) {
        cells_set_cut(cells, &cut);
    }
    if (options->fault && !fault_parse(options->fault, fault)) {
        host_refuse("--fault", "must be fails:NUMBER, lies:NUMBER, not-ready:NUMBER, stuck:OFFSET:BIT:VALUE or "
                               "unreadable:OFFSET");
    }
    return options->fault && fault_is_due(fault, options->restarted);
}
