#include "cli/signals.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "cli/cli.h"

static signals_hook *volatile remove_files;
static signals_hook *volatile say_where;

static void on_signal(int number)
{
    static const char shrunk[] = "mprom: a file shrank while it was being read\n";
    if (remove_files) {
        remove_files();
    }
    if (number == SIGBUS) {
        (void)!write(STDERR_FILENO, shrunk, sizeof shrunk - 1);
        _exit(CLI_FAILED);
    }
    if (say_where && (number == SIGINT || number == SIGTERM || number == SIGHUP)) {
        say_where();
    }
    /* The default action, for the status that the parent sees. The signal is blocked until this handler returns. */
    signal(number, SIG_DFL);
    raise(number);
}

/* An ignored signal (nohup) stays ignored. */
void signals_catch(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGBUS};
    static bool done;
    for (size_t i = 0; !done && i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction old;
        struct sigaction new = {.sa_handler = on_signal};
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) {
            sigaction(numbers[i], &new, NULL);
        }
    }
    /* A file that grows beyond the limit is then an error of write(), with a message. */
    signal(SIGXFSZ, SIG_IGN);
    done = true;
}

void signals_remove_with(signals_hook *hook)
{
    remove_files = hook;
}

void signals_say_with(signals_hook *hook)
{
    say_where = hook;
}
