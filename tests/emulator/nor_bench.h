/* A simulated SPI-NOR chip, and a controller that sends it whatever a test wants. */
#ifndef MPROM_TESTS_EMULATOR_NOR_BENCH_H
#define MPROM_TESTS_EMULATOR_NOR_BENCH_H

#include "emulator/parts/nor_frame.h"
#include "emulator/parts/nor_parts.h"

struct bench {
    struct cells cells;
    struct nor_chip chip;
    char violation[160];
};

/* Fails the test if there is no such part. */
void bench_open(struct bench *bench, const char *part);

/* Frames as a controller without faults sends them. */
void bench_send(struct bench *bench, uint8_t opcode);
void bench_send_at(struct bench *bench, uint8_t opcode, uint32_t address);
void bench_write_at(struct bench *bench, uint8_t opcode, uint32_t address, const uint8_t *data, uint32_t size);
void bench_write_register(struct bench *bench, uint8_t opcode, const uint8_t *data, uint32_t size);
uint8_t bench_read_register(struct bench *bench, uint8_t opcode);
uint8_t bench_read_at(struct bench *bench, uint32_t address);

/* 1-4-4 at 0x1000, one byte. */
struct nor_frame bench_quad_read(uint8_t *value, uint8_t mode);

/* More time than anything takes. */
void bench_finish(struct bench *bench);
void bench_enable_quad(struct bench *bench);

#endif
