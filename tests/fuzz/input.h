/* What a fuzz target takes its decisions from: the bytes of its input, and zeros behind them. */
#ifndef MPROM_TESTS_FUZZ_INPUT_H
#define MPROM_TESTS_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct input {
    const uint8_t *pos;
    const uint8_t *end;
};

static inline size_t input_left(const struct input *input)
{
    return (size_t)(input->end - input->pos);
}

static inline uint8_t input_byte(struct input *input)
{
    return input->pos != input->end ? *input->pos++ : 0;
}

static inline uint32_t input_16(struct input *input)
{
    uint32_t low = input_byte(input);
    return low | (uint32_t)input_byte(input) << 8;
}

static inline uint32_t input_32(struct input *input)
{
    uint32_t low = input_16(input);
    return low | input_16(input) << 16;
}

/* Takes up to size bytes to dst; returns how many there were. */
static inline size_t input_bytes(struct input *input, void *dst, size_t size)
{
    size_t taken = size < input_left(input) ? size : input_left(input);
    if (taken > 0) {
        memcpy(dst, input->pos, taken);
        input->pos += taken;
    }
    return taken;
}

#endif
