/* One run of a program in a session: how long it may take, and whether the board's memory was full. */
#ifndef MPROM_CLIENT_SESSION_EXEC_H
#define MPROM_CLIENT_SESSION_EXEC_H

#include "client/repl/session.h"

/*
 * Runs a program as it is, with a stream unless that is NULL; timeout_ms is for a program without one. Sets is_full if
 * its error says that the memory was full, whatever lines of other tasks lie in the error.
 *
 * Returns as mprom_repl_exec() or mprom_repl_exec_stream().
 */
int mprom_session_exec(struct mprom_client *client, const char *program, const struct mprom_repl_stream *stream,
                       uint32_t timeout_ms, const char *doing, struct mprom_client_error *error);

/* A limit of time for a program that carries size bytes over the link. */
uint32_t mprom_session_transfer_ms(const struct mprom_client *client, uint32_t size);

#endif
