/* What the driver does to OCTOSPI. */
#include "serial_trace.h"

#include <stdio.h>
#include <string.h>

static const char *register_name(uint32_t address)
{
    static const struct {
        uint32_t off;
        const char *name;
    } names[] = {{0x000, "OCTOSPI_CR "}, {0x008, "OCTOSPI_DCR1"}, {0x00C, "OCTOSPI_DCR2"}, {0x020, "OCTOSPI_SR "},
                 {0x024, "OCTOSPI_FCR"}, {0x040, "OCTOSPI_DLR"},  {0x048, "OCTOSPI_AR "},  {0x050, "OCTOSPI_DR "},
                 {0x100, "OCTOSPI_CCR"}, {0x108, "OCTOSPI_TCR"},  {0x110, "OCTOSPI_IR "},  {0x120, "OCTOSPI_ABR"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (address - 0x52005000 == names[i].off) {
            return names[i].name;
        }
    }
    return NULL;
}

/* What the manual asks for (RM0456 28.4.9 to 28.4.18), step by step; octospi.md shows the same. */
static const char leave_steps[] = "read  OCTOSPI_SR  0x00000022\n"
                                  "read  OCTOSPI_CR  0x30000301\n"
                                  "write OCTOSPI_CR  0x30000303\n"
                                  "read  OCTOSPI_CR  0x30000301\n"
                                  "write OCTOSPI_FCR 0x00000003\n"
                                  "read  OCTOSPI_SR  0x00000000\n";
/* The opcode starts it. */
static const char enable_steps[] = "write OCTOSPI_FCR 0x00000003\n"
                                   "write OCTOSPI_DLR 0x00000000\n"
                                   "write OCTOSPI_ABR 0x000000ff\n"
                                   "read  OCTOSPI_CR  0x30000301\n"
                                   "write OCTOSPI_CR  0x00000301\n"
                                   "write OCTOSPI_TCR 0x40000000\n"
                                   "write OCTOSPI_CCR 0x00000001\n"
                                   "write OCTOSPI_IR  0x00000006\n"
                                   "read  OCTOSPI_SR  0x00000020\n"
                                   "read  OCTOSPI_SR  0x00000002\n"
                                   "read  OCTOSPI_SR  0x00000002\n";
static const char status_steps[] = "write OCTOSPI_FCR 0x00000003\n"
                                   "write OCTOSPI_DLR 0x00000000\n"
                                   "write OCTOSPI_ABR 0x000000ff\n"
                                   "read  OCTOSPI_CR  0x%08x\n"
                                   "write OCTOSPI_CR  0x10000301\n"
                                   "write OCTOSPI_TCR 0x40000000\n"
                                   "write OCTOSPI_CCR 0x01000001\n"
                                   "write OCTOSPI_IR  0x00000005\n"
                                   "read  OCTOSPI_SR  0x00000020\n"
                                   "read  OCTOSPI_SR  0x00000126\n"
                                   "read  OCTOSPI_DR  0x%08x\n"
                                   "read  OCTOSPI_SR  0x00000002\n"
                                   "read  OCTOSPI_SR  0x00000002\n";
/* The address starts it. */
static const char erase_steps[] = "write OCTOSPI_FCR 0x00000003\n"
                                  "write OCTOSPI_DLR 0x00000000\n"
                                  "write OCTOSPI_ABR 0x000000ff\n"
                                  "read  OCTOSPI_CR  0x10000301\n"
                                  "write OCTOSPI_CR  0x00000301\n"
                                  "write OCTOSPI_TCR 0x40000000\n"
                                  "write OCTOSPI_CCR 0x00002101\n"
                                  "write OCTOSPI_IR  0x00000020\n"
                                  "write OCTOSPI_AR  0x00001000\n"
                                  "read  OCTOSPI_SR  0x00000020\n"
                                  "read  OCTOSPI_SR  0x00000002\n"
                                  "read  OCTOSPI_SR  0x00000002\n";
/* The first byte starts it. */
static const char program_steps[] = "write OCTOSPI_FCR 0x00000003\n"
                                    "write OCTOSPI_DLR 0x00000004\n"
                                    "write OCTOSPI_ABR 0x000000ff\n"
                                    "read  OCTOSPI_CR  0x10000301\n"
                                    "write OCTOSPI_CR  0x00000301\n"
                                    "write OCTOSPI_TCR 0x40000000\n"
                                    "write OCTOSPI_CCR 0x01002101\n"
                                    "write OCTOSPI_IR  0x00000002\n"
                                    "write OCTOSPI_AR  0x00001002\n"
                                    "read  OCTOSPI_SR  0x00000004\n"
                                    "write OCTOSPI_DR  0x000000d2\n"
                                    "write OCTOSPI_DR  0x000000cd\n"
                                    "write OCTOSPI_DR  0x00000031\n"
                                    "write OCTOSPI_DR  0x00000000\n"
                                    "read  OCTOSPI_SR  0x00000424\n"
                                    "write OCTOSPI_DR  0x0000005a\n"
                                    "read  OCTOSPI_SR  0x00000524\n"
                                    "read  OCTOSPI_SR  0x00000002\n"
                                    "read  OCTOSPI_SR  0x00000002\n";
static const char enter_steps[] = "read  OCTOSPI_SR  0x00000002\n"
                                  "write OCTOSPI_ABR 0x000000ff\n"
                                  "read  OCTOSPI_CR  0x10000301\n"
                                  "write OCTOSPI_CR  0x30000301\n"
                                  "write OCTOSPI_TCR 0x40000004\n"
                                  "write OCTOSPI_CCR 0x03032301\n"
                                  "write OCTOSPI_IR  0x000000eb\n";

static void append_status(char *text, uint32_t control, uint32_t status)
{
    sprintf(text + strlen(text), status_steps, control, status);
}

static void write_steps(char *text, const char *steps)
{
    snprintf(text, BUS_TEXT_MAX, "%s%s", leave_steps, enable_steps);
    append_status(text, 0x00000301, 2);
    strcat(text, steps);
    append_status(text, 0x00000301, 3);
    append_status(text, 0x10000301, 0);
    strcat(text, enter_steps);
}

const struct serial_trace ospi_trace = {
    .kind = SERIAL_OCTOSPI,
    .path = MPROM_SOURCE_DIR "/chips/stm32/driver/octospi.md",
    .register_name = register_name,
    .write_steps = write_steps,
    .erase_steps = erase_steps,
    .program_steps = program_steps,
};
