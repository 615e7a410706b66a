/*
 * Time for deadlines: microseconds of a clock that never jumps. Every wait in src/client ends at one of these.
 */
#ifndef MPROM_CLIENT_CLOCK_H
#define MPROM_CLIENT_CLOCK_H

#include <stdint.h>

uint64_t mprom_clock_now_us(void);

/* The moment that lies ms milliseconds ahead. */
uint64_t mprom_clock_in_ms(uint32_t ms);

/* Milliseconds until deadline_us, rounded up, 0 if it has passed; fits poll(2). */
int mprom_clock_left_ms(uint64_t deadline_us);

/* The earlier of two deadlines. */
uint64_t mprom_clock_earlier(uint64_t a_us, uint64_t b_us);

#endif
