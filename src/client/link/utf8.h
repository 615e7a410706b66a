/* Characters of text that may come from anywhere: which there are, and which may be shown. */
#ifndef MPROM_CLIENT_UTF8_H
#define MPROM_CLIENT_UTF8_H

#include <stddef.h>

/* Bytes of the UTF-8 character at text (1 to 4), or 0 if it is none (also overlong forms and surrogates). */
size_t mprom_utf8_size(const char *text, size_t size);

/* The same if the character may be shown as it is: a terminal does not obey it, and it reorders or breaks no line. */
size_t mprom_utf8_shown_size(const char *text, size_t size);

#endif
