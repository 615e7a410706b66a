/* JSON results. */
#include "cli/json.h"

#include <stdlib.h>
#include <string.h>

#include "client/link/utf8.h"

json_t *json_text(const char *text, size_t size)
{
    static const char replacement[] = "\xef\xbf\xbd";
    char *valid = NULL;
    size_t valid_size = 0;
    FILE *memory = open_memstream(&valid, &valid_size);
    if (!memory) {
        return NULL;
    }
    while (size > 0) {
        size_t n = mprom_utf8_size(text, size);
        fwrite(n ? text : replacement, 1, n ? n : strlen(replacement), memory);
        text += n ? n : 1;
        size -= n ? n : 1;
    }
    json_t *value = fclose(memory) ? NULL : json_stringn(valid, valid_size);
    free(valid);
    return value;
}

/* jansson leaves DEL as it is, which is the one control character left in its ASCII output. */
static int print_piece(const char *piece, size_t size, void *ctx)
{
    FILE *stream = ctx;
    for (const char *del; (del = memchr(piece, 0x7f, size)) != NULL;) {
        fwrite(piece, 1, (size_t)(del - piece), stream);
        fputs("\\u007f", stream);
        size -= (size_t)(del + 1 - piece);
        piece = del + 1;
    }
    fwrite(piece, 1, size, stream);
    return 0;
}

static int print_value(json_t *value, size_t flags)
{
    if (!value) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    /* A failed write is reported once for all output, at the end of the program. */
    (void)json_dump_callback(value, print_piece, stdout, flags | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
    fputc('\n', stdout);
    json_decref(value);
    return CLI_OK;
}

int json_print(json_t *value)
{
    return print_value(value, JSON_INDENT(2));
}

int json_print_line(json_t *value)
{
    return print_value(value, JSON_REAL_PRECISION(6));
}
