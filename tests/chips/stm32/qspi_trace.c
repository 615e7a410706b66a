/* What the driver does to QUADSPI. */
#include "serial_trace.h"

#include <stdio.h>
#include <string.h>

static const char *register_name(uint32_t address)
{
    static const char *const names[] = {"QUADSPI_CR ", "QUADSPI_DCR", "QUADSPI_SR ", "QUADSPI_FCR", "QUADSPI_DLR",
                                        "QUADSPI_CCR", "QUADSPI_AR ", "QUADSPI_ABR", "QUADSPI_DR "};
    uint32_t off = address - 0xA0001000;
    return off <= 0x20 ? names[off / 4] : NULL;
}

/* What the manual asks for (RM0399 24), step by step; README.md shows the same. */
static const char leave_steps[] = "read  QUADSPI_SR  0x00000022\n"
                                  "read  QUADSPI_CR  0x00000311\n"
                                  "write QUADSPI_CR  0x00000313\n"
                                  "read  QUADSPI_CR  0x00000313\n"
                                  "read  QUADSPI_CR  0x00000311\n"
                                  "write QUADSPI_FCR 0x00000003\n"
                                  "read  QUADSPI_SR  0x00000000\n";
static const char enable_steps[] = "write QUADSPI_FCR 0x00000003\n"
                                   "write QUADSPI_DLR 0x00000000\n"
                                   "write QUADSPI_ABR 0x000000ff\n"
                                   "write QUADSPI_CCR 0x00000106\n"
                                   "read  QUADSPI_SR  0x00000020\n"
                                   "read  QUADSPI_SR  0x00000002\n"
                                   "read  QUADSPI_SR  0x00000002\n";
static const char status_steps[] = "write QUADSPI_FCR 0x00000003\n"
                                   "write QUADSPI_DLR 0x00000000\n"
                                   "write QUADSPI_ABR 0x000000ff\n"
                                   "write QUADSPI_CCR 0x05000105\n"
                                   "read  QUADSPI_SR  0x00000020\n"
                                   "read  QUADSPI_SR  0x00000126\n"
                                   "read  QUADSPI_DR  0x%08x\n"
                                   "read  QUADSPI_SR  0x00000002\n"
                                   "read  QUADSPI_SR  0x00000002\n";
static const char erase_steps[] = "write QUADSPI_FCR 0x00000003\n"
                                  "write QUADSPI_DLR 0x00000000\n"
                                  "write QUADSPI_ABR 0x000000ff\n"
                                  "write QUADSPI_CCR 0x00002520\n"
                                  "write QUADSPI_AR  0x00001000\n"
                                  "read  QUADSPI_SR  0x00000020\n"
                                  "read  QUADSPI_SR  0x00000002\n"
                                  "read  QUADSPI_SR  0x00000002\n";
static const char program_steps[] = "write QUADSPI_FCR 0x00000003\n"
                                    "write QUADSPI_DLR 0x00000004\n"
                                    "write QUADSPI_ABR 0x000000ff\n"
                                    "write QUADSPI_CCR 0x01002502\n"
                                    "write QUADSPI_AR  0x00001002\n"
                                    "read  QUADSPI_SR  0x00000004\n"
                                    "write QUADSPI_DR  0x000000d2\n"
                                    "write QUADSPI_DR  0x000000cd\n"
                                    "write QUADSPI_DR  0x00000031\n"
                                    "write QUADSPI_DR  0x00000000\n"
                                    "read  QUADSPI_SR  0x00000424\n"
                                    "write QUADSPI_DR  0x0000005a\n"
                                    "read  QUADSPI_SR  0x00000524\n"
                                    "read  QUADSPI_SR  0x00000002\n"
                                    "read  QUADSPI_SR  0x00000002\n";
static const char enter_steps[] = "read  QUADSPI_SR  0x00000002\n"
                                  "write QUADSPI_ABR 0x000000ff\n"
                                  "write QUADSPI_CCR 0x01000100\n"
                                  "write QUADSPI_AR  0x00000000\n"
                                  "write QUADSPI_CCR 0x0f10edeb\n";

static void append_status(char *text, uint32_t status)
{
    sprintf(text + strlen(text), status_steps, status);
}

static void write_steps(char *text, const char *steps)
{
    snprintf(text, BUS_TEXT_MAX, "%s%s", leave_steps, enable_steps);
    append_status(text, 2);
    strcat(text, steps);
    append_status(text, 3);
    append_status(text, 0);
    strcat(text, enter_steps);
}

const struct serial_trace qspi_trace = {
    .kind = SERIAL_QUADSPI_F7,
    .path = MPROM_SOURCE_DIR "/chips/stm32/README.md",
    .register_name = register_name,
    .write_steps = write_steps,
    .erase_steps = erase_steps,
    .program_steps = program_steps,
};
