/*
 * One direction of a simulated link: bytes go in as fast as the sender writes them and come out at the line's rate,
 * delayed by its latency. Faults strike at places counted in bytes since the start. Time is the caller's, in
 * nanoseconds, so that everything here can be repeated exactly.
 */
#ifndef MPROM_EMULATOR_LINE_H
#define MPROM_EMULATOR_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LINE_QUEUE_SIZE = 4096, /* bytes that wait for the line, as in the system's driver of a serial port */
    LINE_FAULTS_MAX = 16,
    LINE_EXTRA_MAX = 64, /* bytes that one fault may add */
    LINE_SLOT_COUNT = LINE_QUEUE_SIZE + LINE_FAULTS_MAX * LINE_EXTRA_MAX,
};

/* What may go wrong with a byte and those behind it. */
enum line_fault_kind {
    LINE_LOSE,   /* a run of 1 to 40 bytes does not arrive */
    LINE_DOUBLE, /* each byte of a run of 1 to 40 arrives twice */
    LINE_FLIP,   /* one bit of the byte is wrong */
    LINE_STALL,  /* nothing arrives for a while */
    LINE_NOISE,  /* 1 to 64 bytes of another program come first */
    LINE_CUT,    /* the link ends before it */
    LINE_RESET,  /* somebody presses the board's reset button before it arrives */
    LINE_CHANGE, /* each byte of a run of 1 to 40 is another one, but not Ctrl-C */
    LINE_FAULT_COUNT,
};

struct line_fault {
    enum line_fault_kind kind;
    uint32_t seed;
    uint64_t off; /* of the byte, counted from 0 */
};

struct line_config {
    uint64_t byte_ns;    /* that the line is busy with a byte; 0: none */
    uint64_t latency_ns; /* from there to the receiver */
    uint64_t stall_ns;
    bool seven_bit; /* the highest bit of each byte is lost */
    struct line_fault faults[LINE_FAULTS_MAX];
    size_t fault_count;
};

struct line_counts {
    uint64_t sent;      /* bytes that went in */
    uint64_t delivered; /* bytes that came out, */
    uint64_t unheard;   /* and bytes that came out when nobody listened */
    uint64_t lost;      /* by LINE_LOSE */
    uint64_t added;     /* by LINE_DOUBLE and LINE_NOISE */
    uint64_t faults;    /* that happened */
};

/* A byte on its way, or instead of one a fault that happens when it is its turn. */
struct line_slot {
    uint64_t due_ns;
    int16_t value; /* 0 to 255, or LINE_CUT and LINE_RESET as -1 - kind */
};

struct line {
    struct line_config config;
    struct line_counts counts;
    uint64_t free_ns;  /* when the line is done with all that is on it */
    uint32_t run_kind; /* of a fault that goes on, */
    uint32_t run_left; /* for so many bytes */
    size_t begin;      /* ring of the slots in use */
    size_t count;
    struct line_slot slots[LINE_SLOT_COUNT];
};

void line_init(struct line *line, const struct line_config *config);

/* How many bytes line_put() takes now. */
size_t line_room(const struct line *line);

/* The sender writes size bytes, at most line_room(). */
void line_put(struct line *line, uint64_t now_ns, const uint8_t *src, size_t size);

/* Copies what has arrived by now, without taking it: returns how many bytes, at most room. */
size_t line_peek(const struct line *line, uint64_t now_ns, uint8_t *dst, size_t room);

/* Takes size bytes that line_peek() showed. */
void line_pop(struct line *line, size_t size, bool heard);

/* Takes a LINE_CUT or LINE_RESET that is due and in front. Returns it, or -1 for none. */
int line_event(struct line *line, uint64_t now_ns);

/* When something will be due, UINT64_MAX if nothing is on the line. */
uint64_t line_next_ns(const struct line *line);

#endif
