/* The flash of an nRF on the test bus: controller, FICR, UICR, cells in memory. */
#ifndef MPROM_TESTS_NRF_RIG_H
#define MPROM_TESTS_NRF_RIG_H

#include "chips/nrf/driver/nvmc.h"
#include "chips/nrf/model/nvmc_model.h"
#include "tests/chips/bus.h"

/* What a program does by hand, one access after the other. Stores to the flash may have any size. */
enum rig_kind {
    RIG_END,
    RIG_WRITE,
    RIG_READ,
    RIG_STORE,
    RIG_LOAD,
    RIG_FETCH,
    RIG_PASS, /* value: nanoseconds */
};

struct rig_step {
    enum rig_kind kind;
    uint32_t size;
    uint32_t address;
    uint32_t value;
};

#define W(address, value)                                                                                            \
    {                                                                                                                \
        RIG_WRITE, 4, address, value                                                                                 \
    }
#define W8(address, value)                                                                                           \
    {                                                                                                                \
        RIG_WRITE, 1, address, value                                                                                 \
    }
#define R(address)                                                                                                   \
    {                                                                                                                \
        RIG_READ, 4, address, 0                                                                                      \
    }
#define S(address, size, value)                                                                                      \
    {                                                                                                                \
        RIG_STORE, size, address, value                                                                              \
    }
#define PASS(ns)                                                                                                     \
    {                                                                                                                \
        RIG_PASS, 0, 0, ns                                                                                           \
    }

struct rig_mistake {
    struct rig_step steps[12];
    const char *violation; /* a part of what is said first */
};

void rig_run(const struct rig_step *steps);

/* Runs the steps on a bus that is ready, and fails unless that violation is the first. */
void rig_expect_caught(const char *where, const struct rig_mistake *mistake);

struct rig {
    struct nvmc_model model;
    struct cells cells;
    struct mprom_nvmc driver;
};

/* A part, reset, without the driver. */
void rig_open(struct rig *rig, const char *part);

/* The same with the driver on it. */
void rig_open_driver(struct rig *rig, const char *part);

/* The driver's facts of a part. */
const struct mprom_nvmc_part *rig_part(const char *part);

void rig_close(struct rig *rig);

#endif
