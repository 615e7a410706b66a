#include "nor_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void note(void *ctx, const char *text)
{
    struct bench *bench = ctx;
    snprintf(bench->violation, sizeof bench->violation, "%s", text);
}

void bench_open(struct bench *bench, const char *part)
{
    memset(bench, 0, sizeof *bench);
    const struct nor_part *found = nor_part_find(part);
    assert_non_null(found);
    assert_int_equal(cells_open_memory(&bench->cells, found->geometry), 0);
    nor_chip_open(&bench->chip, found, &bench->cells);
    bench->chip.hooks = (struct nor_hooks){.violation = note, .ctx = bench};
}

/* Frames as a controller without faults sends them. */

void bench_send(struct bench *bench, uint8_t opcode)
{
    nor_frame_send(&(struct nor_frame){.opcode = opcode, .opcode_lanes = 1}, &bench->chip);
}

void bench_send_at(struct bench *bench, uint8_t opcode, uint32_t address)
{
    nor_frame_send(
        &(struct nor_frame){
            .opcode = opcode, .opcode_lanes = 1, .address = address, .address_size = 3, .address_lanes = 1},
        &bench->chip);
}

void bench_write_at(struct bench *bench, uint8_t opcode, uint32_t address, const uint8_t *data, uint32_t size)
{
    nor_frame_send(&(struct nor_frame){.opcode = opcode,
                                       .opcode_lanes = 1,
                                       .address = address,
                                       .address_size = 3,
                                       .address_lanes = 1,
                                       .data_lanes = 1,
                                       .out = data,
                                       .size = size},
                   &bench->chip);
}

void bench_write_register(struct bench *bench, uint8_t opcode, const uint8_t *data, uint32_t size)
{
    nor_frame_send(
        &(struct nor_frame){.opcode = opcode, .opcode_lanes = 1, .data_lanes = 1, .out = data, .size = size},
        &bench->chip);
}

uint8_t bench_read_register(struct bench *bench, uint8_t opcode)
{
    uint8_t value = 0;
    nor_frame_send(&(struct nor_frame){.opcode = opcode, .opcode_lanes = 1, .data_lanes = 1, .in = &value, .size = 1},
                   &bench->chip);
    return value;
}

uint8_t bench_read_at(struct bench *bench, uint32_t address)
{
    uint8_t value = 0;
    nor_frame_send(&(struct nor_frame){.opcode = 0x03,
                                       .opcode_lanes = 1,
                                       .address = address,
                                       .address_size = 3,
                                       .address_lanes = 1,
                                       .data_lanes = 1,
                                       .in = &value,
                                       .size = 1},
                   &bench->chip);
    return value;
}

struct nor_frame bench_quad_read(uint8_t *value, uint8_t mode)
{
    return (struct nor_frame){.opcode = 0xEB,
                              .opcode_lanes = 1,
                              .address = 0x1000,
                              .address_size = 3,
                              .address_lanes = 4,
                              .mode = mode,
                              .mode_size = 1,
                              .dummy_clocks = 4,
                              .data_lanes = 4,
                              .in = value,
                              .size = 1};
}

void bench_finish(struct bench *bench)
{
    nor_chip_tick(&bench->chip, 10000000000);
}

void bench_enable_quad(struct bench *bench)
{
    const uint8_t status[] = {0x00, 0x02};
    bench_send(bench, 0x06);
    bench_write_register(bench, 0x01, status, 2);
    bench_finish(bench);
}
