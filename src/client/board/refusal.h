/* What mprom's firmware says when it refuses a step: "segment 2, offset 1024: why", as an OSError. */
#ifndef MPROM_CLIENT_REFUSAL_H
#define MPROM_CLIENT_REFUSAL_H

#include "mprom/client.h"

struct mprom_refusal {
    uint32_t code; /* a value of enum mprom_error */
    uint32_t id;
    uint32_t off;    /* in the segment */
    const char *why; /* in the text that was read, */
    size_t why_size;
};

/* Finds a refusal in the text of an error. Returns whether there is one. */
bool mprom_refusal_read(struct mprom_refusal *refusal, const char *text);

/*
 * If what error says is that the flash failed, it becomes a sentence that names the offset in the segment and what to
 * do; again is the command to repeat. All else stays as it is. Returns the error's code, which is unchanged.
 */
int mprom_refusal_explain(struct mprom_client_error *error, const char *port, const char *again);

#endif
