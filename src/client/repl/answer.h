/*
 * What a program that this library runs on a board has to say: lines of words, marked so that they can be told from
 * everything else that a board prints.
 *
 *     mprom:17 segment 0 view 262144 4096
 *
 * 17 is the number of the program, so an old answer is never taken for a new one. Hostile text: whatever a line
 * holds, the functions below give a checked value or an error. Pure.
 */
#ifndef MPROM_CLIENT_ANSWER_H
#define MPROM_CLIENT_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The text that is still to be looked at. */
struct mprom_answer {
    const char *text;
    size_t size;
    uint32_t number;
};

/* The words of one line that are still to be taken. */
struct mprom_answer_line {
    const char *text;
    size_t size;
};

/* Moves to the next marked line. Returns whether there is one; line then stands behind the mark. */
bool mprom_answer_next(struct mprom_answer *answer, struct mprom_answer_line *line);

/* Whether the text holds nothing but marked lines, each behind a blank one as they are printed: then nobody else's
 * line lies in one of them, or at its end. */
bool mprom_answer_is_clean(const struct mprom_answer *answer);

/* Whether the next word is this one; it is taken then, else not. */
bool mprom_answer_is(struct mprom_answer_line *line, const char *word);

/* Takes the next word, a decimal number. Returns whether it is one, and from min to max. */
bool mprom_answer_number(struct mprom_answer_line *line, int64_t min, int64_t max, int64_t *value);

/* Takes the next word. Returns its size, 0 if there is none. */
size_t mprom_answer_word(struct mprom_answer_line *line, const char **word);

/*
 * Takes the next word, bytes as hexadecimal digits or as base64 ("-" stands for no bytes). Returns whether it is well
 * formed and fits room.
 */
bool mprom_answer_hex(struct mprom_answer_line *line, uint8_t *dst, size_t room, size_t *size);
bool mprom_answer_base64(struct mprom_answer_line *line, uint8_t *dst, size_t room, size_t *size);

/* Whether nothing is left. */
bool mprom_answer_end(const struct mprom_answer_line *line);

#endif
