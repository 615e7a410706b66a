#include "client/repl/answer.h"

#include <stdio.h>
#include <string.h>

/* Takes one line off the text, without its end. */
static void answer_line_take(struct mprom_answer *answer, struct mprom_answer_line *line)
{
    const char *feed = memchr(answer->text, '\n', answer->size);
    size_t size = feed ? (size_t)(feed - answer->text) : answer->size;
    *line = (struct mprom_answer_line){answer->text, size};
    answer->text += size + (feed != NULL);
    answer->size -= size + (feed != NULL);
    if (line->size > 0 && line->text[line->size - 1] == '\r') {
        line->size--;
    }
}

/* Whether a line begins with the mark, of which *mark_size becomes the size. */
static bool answer_is_marked(const struct mprom_answer *answer, const struct mprom_answer_line *line,
                             size_t *mark_size)
{
    char mark[24];
    *mark_size = (size_t)snprintf(mark, sizeof(mark), "mprom:%u ", answer->number);
    return line->size >= *mark_size && memcmp(line->text, mark, *mark_size) == 0;
}

bool mprom_answer_next(struct mprom_answer *answer, struct mprom_answer_line *line)
{
    size_t mark_size;
    while (answer->size > 0) {
        answer_line_take(answer, line);
        if (answer_is_marked(answer, line, &mark_size)) {
            line->text += mark_size;
            line->size -= mark_size;
            return true;
        }
    }
    return false;
}

bool mprom_answer_is_clean(const struct mprom_answer *answer)
{
    struct mprom_answer rest = *answer;
    struct mprom_answer_line line;
    size_t mark_size;
    bool is_clean = true;
    for (bool is_blank = true; rest.size > 0 && is_clean; is_blank = !is_blank) {
        answer_line_take(&rest, &line);
        is_clean = is_blank ? line.size == 0 : answer_is_marked(answer, &line, &mark_size);
    }
    return is_clean;
}

size_t mprom_answer_word(struct mprom_answer_line *line, const char **word)
{
    const char *space = memchr(line->text, ' ', line->size);
    size_t size = space ? (size_t)(space - line->text) : line->size;
    *word = line->text;
    line->text += size + (space != NULL);
    line->size -= size + (space != NULL);
    return size;
}

bool mprom_answer_is(struct mprom_answer_line *line, const char *word)
{
    struct mprom_answer_line rest = *line;
    const char *next;
    size_t size = mprom_answer_word(&rest, &next);
    if (size != strlen(word) || memcmp(next, word, size) != 0) {
        return false;
    }
    *line = rest;
    return true;
}

bool mprom_answer_number(struct mprom_answer_line *line, int64_t min, int64_t max, int64_t *value)
{
    const char *word;
    size_t size = mprom_answer_word(line, &word);
    size_t negative = size > 0 && word[0] == '-';
    uint64_t total = 0;
    if (size == negative || size > 15) {
        return false;
    }
    for (size_t i = negative; i < size; i++) {
        if (word[i] < '0' || word[i] > '9') {
            return false;
        }
        total = total * 10 + (uint64_t)(word[i] - '0');
    }
    *value = negative ? -(int64_t)total : (int64_t)total;
    return *value >= min && *value <= max;
}

/* 0 to 15, or -1. */
static int answer_nibble(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool mprom_answer_hex(struct mprom_answer_line *line, uint8_t *dst, size_t room, size_t *size)
{
    const char *word;
    size_t digits = mprom_answer_word(line, &word);
    *size = 0;
    if (digits == 1 && word[0] == '-') {
        return true;
    }
    if (digits == 0 || digits % 2 != 0 || digits / 2 > room) {
        return false;
    }
    for (size_t i = 0; i < digits; i += 2) {
        int high = answer_nibble(word[i]);
        int low = answer_nibble(word[i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        dst[(*size)++] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* 0 to 63, or -1. */
static int answer_sextet(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

bool mprom_answer_base64(struct mprom_answer_line *line, uint8_t *dst, size_t room, size_t *size)
{
    const char *word;
    size_t digits = mprom_answer_word(line, &word);
    *size = 0;
    if (digits == 1 && word[0] == '-') {
        return true;
    }
    if (digits == 0 || digits % 4 != 0) {
        return false;
    }
    size_t padding = word[digits - 1] != '=' ? 0 : word[digits - 2] != '=' ? 1 : 2;
    if (digits / 4 * 3 - padding > room) {
        return false;
    }
    uint32_t bits = 0;
    for (size_t i = 0; i < digits; i++) {
        int sextet = i >= digits - padding ? 0 : answer_sextet(word[i]);
        if (sextet < 0) {
            return false;
        }
        bits = bits << 6 | (uint32_t)sextet;
        size_t wanted = i % 4 != 3 ? 0 : i == digits - 1 ? 3 - padding : 3;
        for (size_t byte = 0; byte < wanted; byte++) {
            dst[(*size)++] = (uint8_t)(bits >> (16 - 8 * byte));
        }
    }
    return true;
}

bool mprom_answer_end(const struct mprom_answer_line *line)
{
    return line->size == 0;
}
