/* What differs between the parts of this family, as data: series_<SERIES>.c. The code that runs in RAM does not use it. */
#ifndef MPROM_IMXRT_SERIES_H
#define MPROM_IMXRT_SERIES_H

#include <stdint.h>

enum {
    MPROM_IMXRT_CLOCKS_MAX = 6,
    MPROM_IMXRT_CONSOLES_MAX = 2,
    MPROM_IMXRT_CLOCK_HZ = 24000000, /* of LPUART and GPT: the crystal, which runs whatever PLLs do */
};

/* A change of a register: bits off, bits on. */
struct mprom_imxrt_change {
    uint32_t address;
    uint32_t off;
    uint32_t on;
};

/* A pin of a console: its multiplexer, and the register that chooses it for the input, or 0. */
struct mprom_imxrt_pin {
    uint32_t mux;
    uint32_t select;
    uint8_t function;
    uint8_t selected;
};

struct mprom_imxrt_console {
    uint8_t number; /* of the LPUART; 0 ends the list */
    uint8_t dma;    /* the request of what it receives */
    uint32_t base;
    struct mprom_imxrt_pin tx;
    struct mprom_imxrt_pin rx;
};

struct mprom_imxrt_series {
    uint32_t flexspi; /* its registers, and where the CPU sees the chip */
    uint32_t window;
    uint32_t flexram_banks; /* what IOMUXC_GPR17 has to be; 0: the program needs no FlexRAM */
    uint32_t rtwdog;
    uint32_t gpt; /* GPT1 */
    uint32_t gpt_interrupt;
    uint32_t dma;
    uint32_t dmamux;
    uint32_t dma_interrupt;                                   /* of channel 0 */
    struct mprom_imxrt_change clocks[MPROM_IMXRT_CLOCKS_MAX]; /* ends with an address of 0 */
    struct mprom_imxrt_console consoles[MPROM_IMXRT_CONSOLES_MAX];
};

extern const struct mprom_imxrt_series mprom_imxrt_series;

#endif
