/* The peripherals of this family besides FlexSPI, as far as boards use them: facts.md. */
#ifndef MPROM_IMXRT_PERIPHERALS_H
#define MPROM_IMXRT_PERIPHERALS_H

#include "chips/imxrt/model/parts.h"
#include "emulator/model/console.h"
#include "emulator/model/model.h"

enum {
    IMXRT_LPUART_FIFO = 4,
    IMXRT_CCM_WORDS = 0x8000 / 4,
    IMXRT_MUX_MAX = 4,
};

enum imxrt_gate {
    IMXRT_GATE_DMA,
    IMXRT_GATE_GPT1,
    IMXRT_GATE_LPUART1,
    IMXRT_GATE_LPUART6,
    IMXRT_GATES,
};

/* Clocks: gates, and the sources of LPUART and GPT1. */
struct imxrt_ccm_model {
    struct model model;
    const struct model_bus *bus;
    bool is_rt1170;
    uint32_t registers[IMXRT_CCM_WORDS];
};

void imxrt_ccm_model_open(struct imxrt_ccm_model *ccm, const struct imxrt_part *part, const struct model_bus *bus);
void imxrt_ccm_model_reset(struct imxrt_ccm_model *ccm);

/* Whether a gate is open; if not, an access to what is behind it is reported. */
bool imxrt_ccm_model_check(const struct imxrt_ccm_model *ccm, enum imxrt_gate gate, const struct model *model);

/* Hertz of a peripheral's clock. 0: of a source that the board does not know the rate of. */
uint32_t imxrt_ccm_model_uart_hz(const struct imxrt_ccm_model *ccm);
uint32_t imxrt_ccm_model_gpt_hz(const struct imxrt_ccm_model *ccm);

/* Pins of the console, and the general registers next to them. */
struct imxrt_iomuxc_model {
    struct model pins;
    struct model general; /* of RT10xx */
    const struct model_bus *bus;
    const struct imxrt_part *part;
    uint32_t mux[IMXRT_MUX_MAX];
    uint32_t select[IMXRT_MUX_MAX];
    uint32_t gpr16;
    uint32_t gpr17;
};

void imxrt_iomuxc_model_open(struct imxrt_iomuxc_model *iomuxc, const struct imxrt_part *part,
                             const struct model_bus *bus);
void imxrt_iomuxc_model_reset(struct imxrt_iomuxc_model *iomuxc);

/* Whether an LPUART reaches its two pins. */
bool imxrt_iomuxc_model_connects(const struct imxrt_iomuxc_model *iomuxc, uint32_t lpuart);

/* Whether RAM is there: the banks of FlexRAM, where it is made of them. */
bool imxrt_iomuxc_model_has_ram(const struct imxrt_iomuxc_model *iomuxc);

/* RTWDOG, which runs after a reset. */
struct imxrt_rtwdog_model {
    struct model model;
    const struct model_bus *bus;
    uint32_t cs;
    uint32_t toval;
    uint64_t now_ns;
    uint64_t unlocked_ns; /* until then a change is taken */
    bool fired;
};

void imxrt_rtwdog_model_open(struct imxrt_rtwdog_model *rtwdog, const struct imxrt_part *part,
                             const struct model_bus *bus);
void imxrt_rtwdog_model_reset(struct imxrt_rtwdog_model *rtwdog);

/* GPT1: counts up, compares with OCR1. */
struct imxrt_gpt_model {
    struct model model;
    const struct model_bus *bus;
    const struct imxrt_ccm_model *ccm;
    uint32_t interrupt;
    uint32_t cr;
    uint32_t pr;
    uint32_t sr;
    uint32_t ir;
    uint32_t ocr1;
    uint64_t counted_ps;
    bool polled;
};

void imxrt_gpt_model_open(struct imxrt_gpt_model *gpt, const struct imxrt_part *part,
                          const struct imxrt_ccm_model *ccm, const struct model_bus *bus);
void imxrt_gpt_model_reset(struct imxrt_gpt_model *gpt);

/* Channel 0 of eDMA and of its multiplexer: bytes from a register to a ring, one a request. */
struct imxrt_dma_model {
    struct model model;
    struct model mux;
    const struct model_bus *bus;
    const struct imxrt_ccm_model *ccm;
    uint32_t tcd[8];
    uint32_t chcfg;
    bool requests; /* ERQ0 */
    bool interrupts;
    void (*looked_at)(void *ctx); /* the program looks how far it has come */
    void *looked_at_ctx;
};

void imxrt_dma_model_open(struct imxrt_dma_model *dma, const struct imxrt_part *part,
                          const struct imxrt_ccm_model *ccm, const struct model_bus *bus);
void imxrt_dma_model_reset(struct imxrt_dma_model *dma);

/* A peripheral asks by a request, with a byte at an address. Returns whether it was taken. */
bool imxrt_dma_model_take(struct imxrt_dma_model *dma, uint32_t request, uint32_t address, uint8_t byte);

struct imxrt_lpuart_model {
    struct model model;
    const struct model_bus *bus;
    const struct imxrt_ccm_model *ccm;
    const struct imxrt_iomuxc_model *iomuxc;
    struct imxrt_dma_model *dma;
    const struct model_console *console;
    uint32_t number;
    enum imxrt_gate gate;
    uint32_t request;
    uint32_t baud;
    uint32_t ctrl;
    uint32_t fifo;
    uint32_t water;
    bool overrun;
    uint32_t rate; /* one that others have, or 0 */
    uint8_t received[IMXRT_LPUART_FIFO];
    uint32_t count;
    uint32_t sending;
    uint64_t now_ns;
    uint64_t look_ns;
    uint64_t arrives_ns;
    uint64_t leaves_ns;
};

/* LPUART 1 or 6. */
void imxrt_lpuart_model_open(struct imxrt_lpuart_model *lpuart, uint32_t number, const struct imxrt_part *part,
                             const struct imxrt_ccm_model *ccm, const struct imxrt_iomuxc_model *iomuxc,
                             struct imxrt_dma_model *dma, const struct model_bus *bus);
void imxrt_lpuart_model_reset(struct imxrt_lpuart_model *lpuart);

#endif
