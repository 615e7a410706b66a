/* What the driver does to QUADSPI and OCTOSPI, register by register: as the manuals ask for it. */
#ifndef MPROM_TESTS_SERIAL_TRACE_H
#define MPROM_TESTS_SERIAL_TRACE_H

#include "serial.h"

/* A controller's steps for an erase of 4 KiB at 0x1000, and for a program of D2 CD 31 00 5A at 0x1002. */
struct serial_trace {
    enum serial_kind kind;
    const char *path; /* of the page that shows the same */
    const char *(*register_name)(uint32_t address);
    void (*write_steps)(char *text, const char *steps); /* all of them, with those of the one; BUS_TEXT_MAX bytes */
    const char *erase_steps;
    const char *program_steps;
};

extern const struct serial_trace qspi_trace;
extern const struct serial_trace ospi_trace;

#endif
