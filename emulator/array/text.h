/*
 * Sentences about what went wrong, printed without a C library: models also run where there is none, such as in a
 * browser.
 */
#ifndef MPROM_EMULATOR_TEXT_H
#define MPROM_EMULATOR_TEXT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Prints as vsnprintf() does, of its formats %s, %c, %d, %u, %x and %X with a width that may begin with 0, and %%; what
 * is none of these is printed as it stands. Always ends the text, so size is at least 1; what does not fit is cut off.
 */
__attribute__((format(printf, 3, 0))) void text_print(char *dst, size_t size, const char *format, va_list args);

#endif
