/*
 * The models of DMA1 and DMA2: which stream serves which receiver (RM0090 tables 42 and 43, RM0433 table 121), and what
 * is refused. B9: memory that DMA does not reach. B10: the table is the manual's and has the streams that the driver
 * does not use, too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chips/stm32/model/dma_model.h"

enum {
    MEMORY = 0x20000000,
    MEMORY_SIZE = 64,
    ITCM = 0x00000000,
    RECEIVER = 0x40011004,
    RING_SIZE = 16,
    CR = 0x10, /* of stream 0; a stream has 0x18 bytes */
    NDTR = 0x14,
    PAR = 0x18,
    M0AR = 0x1C,
    STREAM = 0x18,
    RING = 0x500, /* CIRC, MINC */
    ENABLE = 1,
};

static uint8_t memory[MEMORY_SIZE];
static const char *violation;
static char sentence[200];
static struct rcc_model rcc;
static struct dma_model dmas[2];

static bool bus_write(void *ctx, uint32_t address, const void *src, uint32_t size)
{
    (void)ctx;
    if (address < MEMORY || address - MEMORY > MEMORY_SIZE - size) {
        return false;
    }
    if (src != NULL) {
        memcpy(memory + (address - MEMORY), src, size);
    }
    return true;
}

static void bus_report(void *ctx, const char *text)
{
    (void)ctx;
    strncpy(sentence, text, sizeof sentence - 1);
    violation = sentence;
}

static const struct model_bus bus = {.write = bus_write, .report = bus_report};

static void open_models(enum part_family family)
{
    rcc_model_open(&rcc, family, &bus);
    memset(rcc.registers, 0xFF, sizeof rcc.registers);
    memset(memory, 0, sizeof memory);
    for (uint32_t i = 0; i < 2; i++) {
        dma_model_open(&dmas[i], i + 1, family, &rcc, &dmas[0], &bus);
        dma_model_reset(&dmas[i]);
    }
    violation = NULL;
}

static void put(uint32_t controller, uint32_t off, uint32_t value)
{
    struct dma_model *dma = &dmas[controller - 1];
    dma->model.write(dma, off, 4, value);
}

static void start(uint32_t controller, uint32_t stream, uint32_t channel, uint32_t address)
{
    put(controller, NDTR + stream * STREAM, RING_SIZE);
    put(controller, PAR + stream * STREAM, RECEIVER);
    put(controller, M0AR + stream * STREAM, address);
    put(controller, CR + stream * STREAM, RING | channel << 25 | ENABLE);
}

static bool takes(enum dma_request request)
{
    bool first = dma_model_take(&dmas[0], request, RECEIVER, 0x5A);
    return dma_model_take(&dmas[1], request, RECEIVER, 0x5A) || first;
}

static void each_receiver_has_its_streams(void **state)
{
    (void)state;
    static const struct {
        enum dma_request request;
        uint32_t controller;
        uint32_t stream;
        uint32_t channel;
    } rows[] = {
        {DMA_USART1_RX, 2, 2, 4}, {DMA_USART1_RX, 2, 5, 4}, {DMA_USART2_RX, 1, 5, 4}, {DMA_USART3_RX, 1, 1, 4},
        {DMA_UART4_RX, 1, 2, 4},  {DMA_UART5_RX, 1, 0, 4},  {DMA_USART6_RX, 2, 1, 5}, {DMA_USART6_RX, 2, 2, 5},
        {DMA_UART7_RX, 1, 3, 5},  {DMA_UART8_RX, 1, 6, 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        open_models(PART_F4);
        start(rows[i].controller, rows[i].stream, rows[i].channel, MEMORY);
        assert_true(takes(rows[i].request));
        assert_int_equal(memory[0], 0x5A);
        assert_null(violation);
        open_models(PART_F4);
        start(rows[i].controller, rows[i].stream, rows[i].channel ^ 1, MEMORY);
        assert_false(takes(rows[i].request));
        open_models(PART_F4);
        start(3 - rows[i].controller, rows[i].stream, rows[i].channel, MEMORY);
        assert_false(takes(rows[i].request));
    }
}

static void a_multiplexer_gives_requests(void **state)
{
    (void)state;
    static const struct {
        enum dma_request request;
        uint32_t input;
    } rows[] = {{DMA_USART1_RX, 41}, {DMA_USART2_RX, 43}, {DMA_USART3_RX, 45}, {DMA_USART6_RX, 71}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        open_models(PART_H7);
        dmas[0].mux.write(&dmas[0], (8 + 3) * 4, 4, rows[i].input); /* of DMA2's stream 3 */
        start(2, 3, 0, MEMORY);
        assert_true(takes(rows[i].request));
        assert_false(takes(rows[i].request == DMA_USART1_RX ? DMA_USART2_RX : DMA_USART1_RX));
        assert_null(violation);
    }
}

static void a_ring_goes_around(void **state)
{
    (void)state;
    open_models(PART_F4);
    start(2, 2, 4, MEMORY + 8);
    for (uint32_t i = 0; i < RING_SIZE + 1; i++) {
        assert_true(dma_model_take(&dmas[1], DMA_USART1_RX, RECEIVER, (uint8_t)(i + 1)));
    }
    assert_int_equal(memory[8], RING_SIZE + 1);
    assert_int_equal(memory[9], 2);
    assert_int_equal(memory[7], 0);
    assert_int_equal(memory[8 + RING_SIZE], 0);
}

static void memory_that_dma_does_not_reach_is_refused(void **state)
{
    (void)state;
    open_models(PART_F7);
    start(2, 2, 4, ITCM);
    assert_non_null(violation);
    assert_non_null(strstr(violation, "which it cannot reach"));
    open_models(PART_F7);
    start(2, 2, 4, MEMORY + MEMORY_SIZE - RING_SIZE + 1);
    assert_non_null(violation);
}

static void two_streams_for_one_receiver_are_refused(void **state)
{
    (void)state;
    open_models(PART_F4);
    start(2, 2, 4, MEMORY);
    start(2, 5, 4, MEMORY + 32);
    assert_null(violation);
    takes(DMA_USART1_RX);
    assert_non_null(violation);
    assert_non_null(strstr(violation, "two streams of DMA2 serve one receiver"));
}

static void another_address_is_refused(void **state)
{
    (void)state;
    open_models(PART_F4);
    start(2, 2, 4, MEMORY);
    dma_model_take(&dmas[1], DMA_USART1_RX, RECEIVER + 0x400, 1);
    assert_non_null(violation);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_receiver_has_its_streams),
        cmocka_unit_test(a_multiplexer_gives_requests),
        cmocka_unit_test(a_ring_goes_around),
        cmocka_unit_test(memory_that_dma_does_not_reach_is_refused),
        cmocka_unit_test(two_streams_for_one_receiver_are_refused),
        cmocka_unit_test(another_address_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
