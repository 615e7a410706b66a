/*
 * The signals that end the command: SIGINT, SIGTERM, SIGHUP, SIGPIPE and SIGBUS. Before one of them does, an unfinished
 * file is removed, and the user reads where the work stands.
 */
#ifndef MPROM_CLI_SIGNALS_H
#define MPROM_CLI_SIGNALS_H

/* Runs in a signal handler, so it may call only what POSIX allows there. */
typedef void signals_hook(void);

/*
 * Catches the signals. A signal that is ignored (nohup) stays ignored. SIGBUS means that a mapped file shrank: then
 * the program ends with a message. A second call does nothing.
 */
void signals_catch(void);

/* What removes unfinished files, at each of these signals. */
void signals_remove_with(signals_hook *hook);

/* What says where the work stands, at SIGINT, SIGTERM and SIGHUP. */
void signals_say_with(signals_hook *hook);

#endif
