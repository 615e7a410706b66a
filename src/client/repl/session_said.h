/* Answers that another task's lines have disturbed. */
#ifndef MPROM_CLIENT_SESSION_SAID_H
#define MPROM_CLIENT_SESSION_SAID_H

#include "client/repl/session.h"

/*
 * Asks for the answer of the last program once more, in pieces that show whether they are whole. Returns 0 and it is
 * in repl.output, or -MPROM_EBADMSG: that program did not come to its end, or another negative error.
 */
int mprom_session_say_again(struct mprom_client *client, bool is_bare);

#endif
