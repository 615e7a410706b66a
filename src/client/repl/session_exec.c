#include "client/repl/session_exec.h"

#include "client/repl/exception.h"

#include <string.h>

int mprom_session_exec(struct mprom_client *client, const char *program, const struct mprom_repl_stream *stream,
                       uint32_t timeout_ms, const char *doing, struct mprom_client_error *error)
{
    struct mprom_repl *repl = &client->repl;
    size_t size = strlen(program);
    int err = stream != NULL ? mprom_repl_exec_stream(repl, program, size, stream, doing, error)
                             : mprom_repl_exec(repl, program, size, timeout_ms, doing, error);
    client->is_full = client->is_full || mprom_exception_is_memory(repl->error, repl->error_size);
    return err;
}

uint32_t mprom_session_transfer_ms(const struct mprom_client *client, uint32_t size)
{
    uint32_t baud = client->options.baud;
    return MPROM_REPL_EXEC_MS + (uint32_t)((uint64_t)size * 10 * 1000 / baud);
}
