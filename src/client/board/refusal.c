#include "client/board/refusal.h"

#include "client/link/failure.h"

#include <string.h>

/* Steps over a word. Returns whether it was there. */
static bool refusal_word(const char **at, const char *word)
{
    size_t size = strlen(word);
    bool is_there = strncmp(*at, word, size) == 0;
    *at += is_there ? size : 0;
    return is_there;
}

static bool refusal_number(const char **at, uint32_t *number)
{
    const char *start = *at;
    uint64_t value = 0;
    while (**at >= '0' && **at <= '9' && value <= UINT32_MAX) {
        value = 10 * value + (uint64_t)(*(*at)++ - '0');
    }
    *number = (uint32_t)value;
    return *at > start && value <= UINT32_MAX;
}

/* MicroPython prints "[Errno 5] EIO: TEXT" where it has a name for the number, else "(74, 'TEXT')". */
static bool refusal_code(const char **at, uint32_t *code, const char **end)
{
    if (refusal_word(at, "[Errno ")) {
        *end = "";
        bool is_number = refusal_number(at, code) && refusal_word(at, "] ");
        *at += strspn(*at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        return is_number && refusal_word(at, ": ");
    }
    *end = "')";
    return refusal_word(at, "(") && refusal_number(at, code) && refusal_word(at, ", '");
}

bool mprom_refusal_read(struct mprom_refusal *refusal, const char *text)
{
    static const char exception[] = "OSError: ";
    const char *end;
    const char *at = strstr(text, exception);
    if (at == NULL) {
        return false;
    }
    at += sizeof exception - 1;
    if (!refusal_code(&at, &refusal->code, &end) || !refusal_word(&at, "segment ") ||
        !refusal_number(&at, &refusal->id) || !refusal_word(&at, ", offset ") ||
        !refusal_number(&at, &refusal->off) || !refusal_word(&at, ": ")) {
        return false;
    }
    refusal->why = at;
    refusal->why_size = strlen(at);
    if (refusal->why_size >= strlen(end) && strcmp(at + refusal->why_size - strlen(end), end) == 0) {
        refusal->why_size -= strlen(end);
    }
    return true;
}

/* What to do; NULL if the firmware's own words say it, or nobody can know. */
static const char *refusal_advice(uint32_t code)
{
    switch (code) {
    case MPROM_EIO:
    case MPROM_ETIMEDOUT:
    case MPROM_EBADMSG:
        return "again, and if it fails at the same offset the flash is worn";
    case MPROM_EROFS:
        return "again when nothing protects the flash any more";
    default:
        return NULL;
    }
}

int mprom_refusal_explain(struct mprom_client_error *error, const char *port, const char *again)
{
    struct mprom_refusal refusal;
    const struct mprom_client_error whole = *error; /* refusal.why is in it */
    const char *advice = mprom_refusal_read(&refusal, whole.text) ? refusal_advice(refusal.code) : NULL;
    if (error->code == -MPROM_EPERM && advice != NULL) {
        mprom_failure_set(error, whole.code, "%s: segment %u, offset %u: %.*s; %s it %s", port, refusal.id,
                          refusal.off, (int)refusal.why_size, refusal.why, again, advice);
        memcpy(error->detail, whole.detail, sizeof error->detail);
    }
    return error->code;
}
