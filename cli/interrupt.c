#include "cli/interrupt.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "cli/bar.h"
#include "cli/signals.h"

enum {
    TEXT_ROOM = 512
};

/* The last sentence and room for the next: a signal may come while that is made. */
static struct {
    pthread_mutex_t lock;
    const struct cli *cli;
    size_t board_count;
    size_t counts[INTERRUPT_STATE_COUNT]; /* of boards in each state */
    pid_t owner;                          /* a compiler's process that was forked says nothing */
    unsigned next;
    char texts[2][TEXT_ROOM];
    const char *volatile text;
} interrupts = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool is_command(const char *name)
{
    return strcmp(interrupts.cli->command->name, name) == 0;
}

static int say_one(char *text, size_t room, const char *port, const struct interrupt *interrupt)
{
    const char *again = interrupts.cli->command->name;
    switch (interrupt->state) {
    case INTERRUPT_CONNECTING:
        return snprintf(text, room, "%s had not answered yet; nothing was changed", port);
    case INTERRUPT_OLD:
        return snprintf(text, room, "%s: segment %u holds the old image or none; %s again", port, interrupt->segment,
                        again);
    case INTERRUPT_NONE:
        return snprintf(text, room, "%s: segment %u holds no image now; %s again", port, interrupt->segment, again);
    case INTERRUPT_ENDING:
        return snprintf(text, room, "%s: segment %u holds no image, or all of the new one; %s again", port,
                        interrupt->segment, again);
    case INTERRUPT_NEW:
        return is_command("erase")
                   ? snprintf(text, room, "%s: segment %u is erased", port, interrupt->segment)
                   : snprintf(text, room, "%s: segment %u holds the new image; reset the board to start it", port,
                              interrupt->segment);
    case INTERRUPT_RESTARTED:
        return is_command("reset")
                   ? snprintf(text, room, "%s: the board was restarted", port)
                   : snprintf(text, room, "%s: segment %u holds the new image, and the board was restarted", port,
                              interrupt->segment);
    case INTERRUPT_UNTOUCHED:
    case INTERRUPT_STATE_COUNT:
        break;
    }
    return snprintf(text, room, "%s: nothing on the board was changed; its program is stopped until it is reset",
                    port);
}

static int say_many(char *text, size_t room)
{
    const size_t *counts = interrupts.counts;
    size_t torn = counts[INTERRUPT_OLD] + counts[INTERRUPT_NONE] + counts[INTERRUPT_ENDING];
    size_t done = counts[INTERRUPT_NEW] + counts[INTERRUPT_RESTARTED];
    if (torn + done == 0) {
        return snprintf(text, room,
                        "nothing was changed on any of %zu boards; their programs are stopped until they "
                        "are reset",
                        interrupts.board_count);
    }
    return snprintf(text, room,
                    "of %zu boards %zu are done, %zu are not changed, %zu hold the old image or none; %s "
                    "again",
                    interrupts.board_count, done, interrupts.board_count - torn - done, torn,
                    interrupts.cli->command->name);
}

/* Under the lock. */
static void make_text(const char *port, const struct interrupt *interrupt)
{
    char *text = interrupts.texts[interrupts.next];
    bool draws = !interrupts.cli->quiet && bar_has_terminal();
    size_t size = (size_t)snprintf(text, TEXT_ROOM, "%smprom: interrupted: ", draws ? "\r\x1b[K" : "");
    /* A byte for the line feed. */
    int more = interrupts.board_count > 1 ? say_many(text + size, TEXT_ROOM - size - 1)
                                          : say_one(text + size, TEXT_ROOM - size - 1, port, interrupt);
    size = more < 0 || (size_t)more > TEXT_ROOM - size - 2 ? TEXT_ROOM - 2 : size + (size_t)more;
    memcpy(text + size, "\n", 2);
    interrupts.text = text;
    interrupts.next ^= 1;
}

/* Runs in a signal handler. */
static void write_text(void)
{
    const char *text = interrupts.text;
    if (text && interrupts.owner == getpid()) {
        (void)!write(STDERR_FILENO, text, strlen(text));
    }
}

void interrupt_begin(const struct cli *cli, size_t board_count)
{
    interrupts.cli = cli;
    interrupts.board_count = board_count;
    interrupts.owner = getpid();
    memset(interrupts.counts, 0, sizeof interrupts.counts);
    interrupts.text = "mprom: interrupted: no board was asked yet; nothing was changed\n";
    signals_say_with(write_text);
    signals_catch();
}

void interrupt_note(struct interrupt *interrupt, const char *port, enum interrupt_state state)
{
    if (interrupt->is_counted && interrupt->state == state) {
        return;
    }
    pthread_mutex_lock(&interrupts.lock);
    if (interrupt->is_counted) {
        interrupts.counts[interrupt->state]--;
    }
    interrupt->is_counted = true;
    interrupt->state = state;
    interrupts.counts[state]++;
    make_text(port, interrupt);
    pthread_mutex_unlock(&interrupts.lock);
}

void interrupt_end(void)
{
    interrupts.text = NULL;
}
