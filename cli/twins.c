#include "cli/twins.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TWINS_DEAF_MS = 3000, /* what an open board prints reaches its other ports within this time */
    TWINS_STEP_MS = 100,
};

enum twin_state {
    TWIN_OPENING,
    TWIN_WAITING, /* to be asked again */
    TWIN_ASKING,  /* again */
    TWIN_OPEN,
    TWIN_CLOSED,
};

struct twin {
    const struct mprom_client_port *port; /* NULL if nothing is known */
    enum twin_state state;
    bool hears; /* something at the port sends text */
    bool is_used;
    size_t opened;    /* its turn among all that were opened; 0: it was not */
    bool is_prompted; /* the board's prompt has come there, */
    bool was_running; /* and a program ran until then */
    char id[sizeof((struct mprom_client_board *)0)->id];
};

struct twins {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t count;
    size_t opened_count;
    struct twin twins[];
};

struct twins *twins_new(size_t count)
{
    struct twins *twins = calloc(1, sizeof *twins + count * sizeof twins->twins[0]);
    if (twins) {
        pthread_mutex_init(&twins->lock, NULL);
        pthread_cond_init(&twins->changed, NULL);
        twins->count = count;
    }
    return twins;
}

void twins_free(struct twins *twins)
{
    if (twins) {
        pthread_cond_destroy(&twins->changed);
        pthread_mutex_destroy(&twins->lock);
        free(twins);
    }
}

void twins_note_port(struct twins *twins, size_t i, const struct mprom_client_port *port)
{
    twins->twins[i].port = port;
}

void twins_hear(struct twins *twins, size_t i)
{
    pthread_mutex_lock(&twins->lock);
    twins->twins[i].hears = true;
    pthread_mutex_unlock(&twins->lock);
}

void twins_note_open(struct twins *twins, size_t i)
{
    pthread_mutex_lock(&twins->lock);
    if (!twins->twins[i].is_prompted) {
        twins->twins[i].opened = ++twins->opened_count;
    }
    pthread_mutex_unlock(&twins->lock);
}

void twins_note_prompt(struct twins *twins, size_t i, bool was_running)
{
    pthread_mutex_lock(&twins->lock);
    if (!twins->twins[i].is_prompted) {
        twins->twins[i].is_prompted = true;
        twins->twins[i].was_running = was_running;
    }
    pthread_mutex_unlock(&twins->lock);
}

/*
 * A board has no two USB devices of the same kind: two boards of a kind need not wait for each other, nor be mixed up
 * if their makers gave them the same id.
 */
static bool twins_might_be_one(const struct twins *twins, size_t a, size_t b)
{
    const struct mprom_client_port *one = twins->twins[a].port;
    const struct mprom_client_port *other = twins->twins[b].port;
    bool are_alike = one && other && one->usb_vid >= 0 && one->usb_vid == other->usb_vid &&
                     one->usb_pid == other->usb_pid && one->usb_serial[0] && other->usb_serial[0];
    return a != b && !(are_alike && strcmp(one->usb_serial, other->usb_serial) != 0);
}

static bool twins_are_one(const struct twins *twins, size_t a, size_t b)
{
    return twins_might_be_one(twins, a, b) && twins->twins[a].id[0] &&
           strcmp(twins->twins[a].id, twins->twins[b].id) == 0;
}

/*
 * Whether a port that might be the same board's is in one of these states: from first to last. What a board prints
 * goes to all its ports, so one that has heard nothing is not counted when it is late.
 */
static bool twins_any(const struct twins *twins, size_t i, enum twin_state first, enum twin_state last, bool is_late)
{
    for (size_t k = 0; k < twins->count; k++) {
        const struct twin *twin = &twins->twins[k];
        if (twins_might_be_one(twins, i, k) && twin->state >= first && twin->state <= last &&
            (twin->hears || !is_late)) {
            return true;
        }
    }
    return false;
}

/* Waits, with the lock, until no such port is left. */
static void twins_wait(struct twins *twins, size_t i, enum twin_state first, enum twin_state last)
{
    for (unsigned waited = 0; twins_any(twins, i, first, last, waited >= TWINS_DEAF_MS); waited += TWINS_STEP_MS) {
        struct timespec step_end;
        clock_gettime(CLOCK_REALTIME, &step_end);
        step_end.tv_nsec += TWINS_STEP_MS * 1000000L;
        step_end.tv_sec += step_end.tv_nsec / 1000000000L;
        step_end.tv_nsec %= 1000000000L;
        while (twins_any(twins, i, first, last, waited >= TWINS_DEAF_MS) &&
               pthread_cond_timedwait(&twins->changed, &twins->lock, &step_end) == 0) {
        }
    }
}

static void twins_set(struct twins *twins, size_t i, enum twin_state state)
{
    twins->twins[i].state = state;
    pthread_cond_broadcast(&twins->changed);
}

void twins_ask_again(struct twins *twins, size_t i)
{
    pthread_mutex_lock(&twins->lock);
    twins_set(twins, i, TWIN_WAITING);
    twins_wait(twins, i, TWIN_OPENING, TWIN_OPENING);
    while (twins_any(twins, i, TWIN_ASKING, TWIN_ASKING, false)) {
        pthread_cond_wait(&twins->changed, &twins->lock);
    }
    twins_set(twins, i, TWIN_ASKING);
    pthread_mutex_unlock(&twins->lock);
}

void twins_settle(struct twins *twins, size_t i, const struct mprom_client_board *board)
{
    pthread_mutex_lock(&twins->lock);
    if (board) {
        memcpy(twins->twins[i].id, board->id, sizeof board->id);
    }
    twins_set(twins, i, board ? TWIN_OPEN : TWIN_CLOSED);
    pthread_mutex_unlock(&twins->lock);
}

size_t twins_first(struct twins *twins, size_t i)
{
    size_t first = 0;
    pthread_mutex_lock(&twins->lock);
    twins_wait(twins, i, TWIN_OPENING, TWIN_ASKING);
    while (first != i && !twins_are_one(twins, i, first)) {
        first++;
    }
    for (size_t k = 0; k < twins->count; k++) {
        first = twins->twins[k].is_used && twins_are_one(twins, i, k) ? k : first;
    }
    twins->twins[first].is_used = true;
    pthread_mutex_unlock(&twins->lock);
    return first;
}

void twins_close(struct twins *twins, size_t i)
{
    pthread_mutex_lock(&twins->lock);
    twins_set(twins, i, TWIN_CLOSED);
    pthread_mutex_unlock(&twins->lock);
}

bool twins_await(struct twins *twins, size_t i, bool *was_running)
{
    bool found = false;
    const struct twin *earliest = &twins->twins[i];
    pthread_mutex_lock(&twins->lock);
    for (size_t k = 0; k < twins->count; k++) {
        if (twins_are_one(twins, i, k)) {
            found = true;
            earliest = twins->twins[k].opened < earliest->opened ? &twins->twins[k] : earliest;
            while (twins->twins[k].state != TWIN_CLOSED) {
                pthread_cond_wait(&twins->changed, &twins->lock);
            }
        }
    }
    *was_running = found ? earliest->was_running : *was_running;
    pthread_mutex_unlock(&twins->lock);
    return found;
}
