/* A check in test support that optimised builds keep. */
#ifndef MPROM_TESTS_ROM_REQUIRE_H
#define MPROM_TESTS_ROM_REQUIRE_H

#include <stdio.h>
#include <stdlib.h>

#define REQUIRE(condition)                                                                                           \
    do {                                                                                                             \
        if (!(condition)) {                                                                                          \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);                            \
            abort();                                                                                                 \
        }                                                                                                            \
    } while (0)

#endif
