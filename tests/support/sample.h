/*
 * Long lists of cases: `make check` runs a sample of them from a seed that it prints, `make check-all` runs all.
 *
 * MPROM_SAMPLE=all asks for all, MPROM_SAMPLE=N for a sample of N cases where the test counts them; MPROM_SEED=N
 * repeats the sample of an earlier run. Without a seed the clock gives one.
 */
#ifndef MPROM_TESTS_SAMPLE_H
#define MPROM_TESTS_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct sample {
    bool all;
    uint32_t count; /* 0 if the test is to choose */
    uint32_t seed;  /* never 0 */
};

/* Reads the two variables and prints what it takes to run the same again. */
static inline struct sample sample_open(const char *test)
{
    const char *wanted = getenv("MPROM_SAMPLE");
    const char *seed = getenv("MPROM_SEED");
    struct sample sample = {
        .all = wanted != NULL && strcmp(wanted, "all") == 0,
        .count = (uint32_t)(wanted != NULL ? strtoul(wanted, NULL, 10) : 0),
        .seed = (uint32_t)(seed != NULL ? strtoul(seed, NULL, 10) : (unsigned long)time(NULL)),
    };

    if (sample.seed == 0) {
        sample.seed = 1;
    }
    printf("%s: %s, MPROM_SEED=%u\n", test, sample.all ? "all cases" : "a sample", sample.seed);
    fflush(stdout);
    return sample;
}

#endif
