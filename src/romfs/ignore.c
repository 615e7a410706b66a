/* Rules of gitignore's kind. */
#include "romfs/ignore.h"

#include <string.h>

#include "romfs/glob.h"

/* What the last name of the pattern is made of. */
static void rule_look_at_name(struct mprom_ignore_rule *rule)
{
    const char *slash = strrchr(rule->pattern, '/');
    const char *name = slash != NULL ? slash + 1 : rule->pattern;
    rule->names = *name != '\0' && strpbrk(name, "*?[") == NULL;
    rule->has_letters = name[strspn(name, "*?.[]!^")] != '\0';
}

bool mprom_ignore_parse(struct mprom_ignore_rule *rule, struct mprom_build_arena *arena, const char *pattern,
                        size_t size)
{
    *rule = (struct mprom_ignore_rule){.negated = size > 0 && pattern[0] == '!'};
    rule->shown = mprom_build_arena_text(arena, pattern, size);
    pattern += rule->negated;
    size -= rule->negated;
    rule->dirs_only = size > 0 && pattern[size - 1] == '/';
    size -= rule->dirs_only;
    rule->whole_path = memchr(pattern, '/', size) != NULL;
    if (size > 0 && pattern[0] == '/') {
        pattern++;
        size--;
    }
    rule->pattern = mprom_build_arena_text(arena, pattern, size);
    if (rule->shown == NULL || rule->pattern == NULL) {
        return false;
    }
    rule->size = size;
    rule->literal_size = mprom_glob_literal_size(rule->pattern);
    if (size > 0 && pattern[0] == '*' && mprom_glob_literal_size(rule->pattern + 1) == size - 1) {
        rule->tail_size = size - 1;
    }
    rule_look_at_name(rule);
    return true;
}

static bool rule_matches_name(const struct mprom_ignore_rule *rule, const char *name)
{
    if (rule->literal_size == rule->size) {
        return strcmp(rule->pattern, name) == 0;
    }
    if (rule->tail_size > 0) {
        size_t size = strlen(name);
        return size >= rule->tail_size && strcmp(name + size - rule->tail_size, rule->pattern + 1) == 0;
    }
    return strncmp(rule->pattern, name, rule->literal_size) == 0 && mprom_glob_matches(rule->pattern, name);
}

bool mprom_ignore_matches(const struct mprom_ignore_rule *rule, size_t folder_size,
                          const struct mprom_ignore_path *path)
{
    if (rule->dirs_only && !path->is_dir) {
        return false;
    }
    if (!rule->whole_path) {
        return rule_matches_name(rule, path->name);
    }
    const char *below = path->path + folder_size + (folder_size > 0);
    /* git compares the literal part by itself too, so that a "**" behind it counts as one at the start of a part. */
    return strncmp(rule->pattern, below, rule->literal_size) == 0 &&
           mprom_glob_matches(rule->pattern + rule->literal_size, below + rule->literal_size);
}

/* Blanks at the end of a line do not count, unless a backslash stands before them. */
static size_t line_trim(const char *line, size_t size)
{
    size_t kept = 0;
    for (size_t i = 0; i < size; i++) {
        if (line[i] == '\\' && i + 1 < size) {
            i++;
            kept = i + 1;
        } else if (line[i] != ' ') {
            kept = i + 1;
        }
    }
    return kept;
}

/* Takes the next line from *text. */
static size_t line_take(const char **text, const char *end, const char **next)
{
    const char *newline = memchr(*text, '\n', (size_t)(end - *text));
    const char *stop = newline != NULL ? newline : end;
    *next = newline != NULL ? newline + 1 : end;
    size_t size = (size_t)(stop - *text);
    if (size > 0 && stop[-1] == '\r') {
        size--;
    }
    const char *nul = memchr(*text, '\0', size);
    return line_trim(*text, nul != NULL ? (size_t)(nul - *text) : size);
}

static size_t text_count_lines(const char *text, const char *end)
{
    size_t count = 1;
    while ((text = memchr(text, '\n', (size_t)(end - text))) != NULL) {
        text++;
        count++;
    }
    return count;
}

int mprom_ignore_parse_file(struct mprom_ignore_list *list, struct mprom_build_arena *arena, const char *text,
                            size_t size)
{
    const char *end = text + size;
    const char *next;
    unsigned line = 0;
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3; /* a byte order mark, as Windows' editors write it */
    }
    list->count = 0;
    list->rules = mprom_build_arena_alloc(arena, text_count_lines(text, end) * sizeof *list->rules);
    if (list->rules == NULL) {
        return -1;
    }
    for (; text < end; text = next) {
        size_t line_size = line_take(&text, end, &next);
        line++;
        if (line_size == 0 || text[0] == '#') {
            continue;
        }
        struct mprom_ignore_rule *rule = &list->rules[list->count];
        if (!mprom_ignore_parse(rule, arena, text, line_size)) {
            return -1;
        }
        rule->line = line;
        list->count++;
    }
    return 0;
}

int mprom_ignore_parse_options(struct mprom_ignore_list *list, struct mprom_build_arena *arena,
                               const char *const *patterns, size_t count)
{
    list->count = 0;
    list->rules = mprom_build_arena_alloc(arena, (count + 1) * sizeof *list->rules);
    if (list->rules == NULL) {
        return -1;
    }
    for (; list->count < count; list->count++) {
        const char *pattern = patterns[list->count];
        if (!mprom_ignore_parse(&list->rules[list->count], arena, pattern, strlen(pattern))) {
            return -1;
        }
    }
    return 0;
}

/* 1 if the list means path, 0 if not, -1 if it says nothing. */
static int list_says(const struct mprom_ignore_list *list, const struct mprom_ignore_path *path)
{
    for (size_t i = list->count; i-- > 0;) {
        if (mprom_ignore_matches(&list->rules[i], list->folder_size, path)) {
            return !list->rules[i].negated;
        }
    }
    return -1;
}

bool mprom_ignore_means(const struct mprom_ignore_list *list, const char *path)
{
    char part[4096];
    size_t size = strlen(path);
    if (list->count == 0 || size >= sizeof part) {
        return false;
    }
    memcpy(part, path, size + 1);
    for (;;) {
        char *slash = strrchr(part, '/');
        struct mprom_ignore_path asked = {part, slash != NULL ? slash + 1 : part, strlen(part) < size};
        int says = list_says(list, &asked);
        if (says >= 0 || slash == NULL) {
            return says > 0;
        }
        *slash = '\0';
    }
}
