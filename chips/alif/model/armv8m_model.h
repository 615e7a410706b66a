/*
 * What of an Armv8-M a driver of MRAM or of a mapped flash deals with: the MPU, the status of bus faults, and cleaning
 * the data cache by address. Written from the Armv8-M Architecture Reference Manual, without a look at the drivers.
 */
#ifndef MPROM_ALIF_ARMV8M_MODEL_H
#define MPROM_ALIF_ARMV8M_MODEL_H

#include "emulator/model/model.h"

enum {
    ARMV8M_REGIONS = 8,
    ARMV8M_MODELS = 4,
};

enum armv8m_access {
    ARMV8M_NOTHING,
    ARMV8M_READ,
    ARMV8M_READ_WRITE,
};

struct armv8m_model {
    struct model models[ARMV8M_MODELS]; /* their addresses are not in one piece */
    const struct model_bus *bus;
    uint32_t ccr;
    uint32_t cfsr;
    uint32_t control;
    uint32_t region;
    uint32_t bases[ARMV8M_REGIONS];
    uint32_t limits[ARMV8M_REGIONS];
    uint32_t attributes[2];
    /* Told of the address whose line is cleaned; may be NULL. */
    void (*cleaned)(void *ctx, uint32_t address);
    void *cleaned_ctx;
};

void armv8m_model_open(struct armv8m_model *armv8m, const struct model_bus *bus);

/* As after a reset of the CPU. */
void armv8m_model_reset(struct armv8m_model *armv8m);

/* Another program has left the MPU on, with a region of its own. */
void armv8m_model_leave_region(struct armv8m_model *armv8m, uint32_t region, uint32_t base, uint32_t limit);

/* What the MPU allows at an address. Two regions there are a violation. */
enum armv8m_access armv8m_model_access(const struct armv8m_model *armv8m, uint32_t address);

/* Whether a region makes it normal memory, which may be read at any alignment and executed. */
bool armv8m_model_is_normal(const struct armv8m_model *armv8m, uint32_t address);

/* A load that the bus answers with an error. Returns whether the CPU goes on; else it takes an exception. */
bool armv8m_model_bus_fault(struct armv8m_model *armv8m);

#endif
