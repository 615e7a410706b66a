#include "emulator/model/l1_model.h"

#include <string.h>

static uint32_t tag_of(uint32_t address)
{
    return (address & ~(L1_LINE_SIZE - 1u)) | 1;
}

static uint32_t set_of(const struct l1_model *l1, uint32_t address)
{
    return address / L1_LINE_SIZE % l1->sets;
}

/* The way that holds a line, or -1. */
static int find(const struct l1_model *l1, uint32_t address)
{
    const uint32_t *lines = l1->lines[set_of(l1, address)];
    for (uint32_t way = 0; way < l1->ways; way++) {
        if (lines[way] == tag_of(address)) {
            return (int)way;
        }
    }
    return -1;
}

void l1_model_open(struct l1_model *l1, uint32_t ways, uint32_t sets)
{
    *l1 = (struct l1_model){.ways = ways, .sets = sets};
}

bool l1_model_read(struct l1_model *l1, uint32_t address)
{
    if (find(l1, address) >= 0) {
        return true;
    }
    uint32_t set = set_of(l1, address);
    l1->lines[set][l1->oldest[set]] = tag_of(address);
    l1->oldest[set] = (uint8_t)((l1->oldest[set] + 1u) % l1->ways);
    return false;
}

void l1_model_drop(struct l1_model *l1, uint32_t address)
{
    int way = find(l1, address);
    if (way >= 0) {
        l1->lines[set_of(l1, address)][way] = 0;
    }
}

void l1_model_drop_all(struct l1_model *l1)
{
    memset(l1->lines, 0, sizeof l1->lines);
}
