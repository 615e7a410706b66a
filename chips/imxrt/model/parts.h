/* The parts of this family, as the models know them: facts.md. The driver has tables of its own. */
#ifndef MPROM_IMXRT_PARTS_H
#define MPROM_IMXRT_PARTS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    IMXRT_MEMORIES_MAX = 4
};

struct imxrt_part {
    const char *name; /* "RT1062" */
    bool is_rt1170;   /* clocks by roots and LPCG */
    uint32_t flexspi; /* registers, and the window */
    uint32_t window;
    uint32_t fcb; /* where the boot ROM looks for the header, in the flash */
    uint32_t interrupts;
    uint32_t cpu_hz;    /* as the boot ROM leaves it; nothing depends on it */
    uint32_t ahbcr;     /* bits of FlexSPI's AHBCR that it has */
    uint32_t watermark; /* bits of IPRXFCR and IPTXFCR */
    uint32_t buffers;   /* how many AHBRXBUF there are */
    uint32_t banks;     /* what IOMUXC_GPR17 must be for these memories; 0 if they do not depend on it */
    struct {
        uint32_t base;
        uint32_t size;
    } memories[IMXRT_MEMORIES_MAX];
};

/* NULL if there is none of that name. */
const struct imxrt_part *imxrt_part_find(const char *name);

#endif
