/* The sentences about a job that failed. */
#ifndef MPROM_COMPILE_TEXT_H
#define MPROM_COMPILE_TEXT_H

#include <stddef.h>

#include "compile/compile.h"

/* Says in other words what MicroPython says of native code without an architecture, and of too little memory. */
const char *mprom_compile_text_explain(const char *march, const char *text);

/*
 * Writes "name:line: text", or "name: text" if line is 0, as one line: what is not printable becomes '?'.
 *
 * Returns the characters that the whole has, without the NUL, as snprintf() does; out may be NULL if out_size is 0.
 */
size_t mprom_compile_text_format(char *out, size_t out_size, const char *name, size_t line, const char *text);

/* Writes how a worker, or a program, ended by the status that waitpid() gave. */
void mprom_compile_text_end(char *out, size_t out_size, int status, unsigned job_seconds);

#endif
