/*
 * Names as text: UTF-8, and how a name is shown to people.
 */
#ifndef MPROM_ROMFS_BUILD_TEXT_H
#define MPROM_ROMFS_BUILD_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the UTF-8 sequence at text, of which size bytes can be read; 0 if they are none. */
size_t mprom_build_text_sequence(const char *text, size_t size);

bool mprom_build_text_is_utf8(const char *text, size_t size);

/* What is wrong with a name on a board, as a sentence fragment, or NULL if nothing is. */
const char *mprom_build_text_name_fault(const char *name, size_t size);

/*
 * Copies text for a message: control characters and bytes that are no UTF-8 become \xNN. Returns NULL if out of
 * memory; the caller frees.
 */
char *mprom_build_text_shown(const char *text, size_t size);

#endif
