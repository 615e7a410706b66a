/*
 * QUADSPI or OCTOSPI written by hand, in what they have in common: registers that mean the same at other places. Only
 * how a command is set up differs.
 */
#ifndef MPROM_TESTS_SERIAL_HAND_H
#define MPROM_TESTS_SERIAL_HAND_H

#include "serial.h"

/* Fields, from chips/stm32/facts.md. */
enum {
    TCF = 2,
    FTF = 4,
    BUSY = 32,
    ABORT = 2,
    SIZE_POS = 16,
    SIZE_8M = 22 << SIZE_POS,
};

/* FMODE. */
enum hand_mode {
    HAND_WRITES,
    HAND_READS,
    HAND_POLLS,
    HAND_MAPPED
};

/* The opcode goes on one lane, an address of 24 bits too. */
struct hand_command {
    enum hand_mode mode;
    uint8_t opcode;
    bool has_address;
    uint8_t data_lanes;
    uint8_t dummy_clocks;
};

static const struct hand_command HAND_WRITE_ENABLE = {.mode = HAND_WRITES, .opcode = 0x06};
static const struct hand_command HAND_STATUS = {.mode = HAND_READS, .opcode = 0x05, .data_lanes = 1};
static const struct hand_command HAND_ERASE = {.mode = HAND_WRITES, .opcode = 0x20, .has_address = true};
static const struct hand_command HAND_PROGRAM = {
    .mode = HAND_WRITES, .opcode = 0x02, .has_address = true, .data_lanes = 1};
static const struct hand_command HAND_READ = {
    .mode = HAND_READS, .opcode = 0x0B, .has_address = true, .data_lanes = 1, .dummy_clocks = 8};
static const struct hand_command HAND_MAPPED_READ = {
    .mode = HAND_MAPPED, .opcode = 0x0B, .has_address = true, .data_lanes = 1, .dummy_clocks = 8};

/* A controller, and the addresses of its registers. */
struct hand_controller {
    enum serial_kind kind;
    const char *name;
    const char *mode_register; /* the name of the one with FMODE, which a command is set up with */
    uint32_t clock_enable;
    uint32_t clock_reset;
    uint32_t clock_bit; /* of both */
    uint32_t gpiod_moder;
    uint32_t cr;
    uint32_t dcr; /* the one with the size of the flash */
    uint32_t sr;
    uint32_t fcr;
    uint32_t dlr;
    uint32_t ar;
    uint32_t dr;
    uint32_t enabled; /* for CR */
    void (*start)(void);
    void (*set_up)(const struct hand_command *command);
};

extern const struct hand_controller hand_quadspi;
extern const struct hand_controller hand_octospi;

/* The one under test, which hand_open() has set. */
extern const struct hand_controller *hand;

/* A rig with that controller and a w25q64. */
void hand_open(struct serial_rig *rig, const struct hand_controller *controller);

/* From reset to where commands can be given. */
void hand_start(void);

/* Waits until the flags of mask are as wanted, or gives up: what was refused never comes. */
void hand_await(uint32_t mask, uint32_t wanted);

/* Waits for the end of a command. */
void hand_finish(void);

/* Sets a command up, which starts it unless its address or its data have to come first. */
void hand_set_up(const struct hand_command *command);

/* 05h, without waiting for its byte; 06h; 20h of 0x1000 with 06h; 02h with 06h, up to its data; 0Bh. */
void hand_status_begin(void);
void hand_write_enable(void);
void hand_erase(void);
void hand_program_begin(uint32_t address, uint32_t size);
void hand_read_begin(uint32_t address, uint32_t size);

/* Enters memory-mapped mode and opens the window, or the other way round. */
void hand_map(void);
void hand_unmap(void);

/* An abort, and its end. */
void hand_abort_begin(void);
void hand_abort(void);

/*
 * Makes each mistake on a rig of its own. In the violations, @ is the controller's name and # that of its mode
 * register.
 */
void hand_expect_mistakes(struct serial_rig *rig, const struct hand_controller *controller,
                          const struct bus_mistake *mistakes, size_t count);

#endif
