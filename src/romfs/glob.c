/* Patterns of names and paths. */
#include "romfs/glob.h"

#include <ctype.h>
#include <string.h>

/* A star that was passed: where the pattern goes on behind it, and where in the text that was tried last. */
struct glob_star {
    const char *pattern; /* NULL: none was passed */
    const char *text;
    bool whole_parts; /* "**" and a slash: what follows starts behind a slash, or at once */
};

struct glob {
    const char *start; /* of the pattern */
    const char *pattern;
    const char *text;
    struct glob_star star;  /* stops at '/' */
    struct glob_star stars; /* does not */
    bool malformed;
};

size_t mprom_glob_literal_size(const char *pattern)
{
    return strcspn(pattern, "*?[\\");
}

/* Whether c is in a class; -1 if there is no class of this name. */
static int glob_class_has(const char *name, size_t size, unsigned char c)
{
    static const struct {
        const char *name;
        int (*has)(int);
    } classes[] = {
        {"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
        {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
        {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
    };
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (strlen(classes[i].name) == size && memcmp(classes[i].name, name, size) == 0) {
            return c < 128 && classes[i].has(c) != 0;
        }
    }
    return -1;
}

/*
 * Takes "[:name:]" at *at, which is moved to its last byte. Returns 1 and sets *hit, 0 if no such thing stands there,
 * or -1 if its name is not known.
 */
static int glob_take_class(const char **at, unsigned char c, bool *hit)
{
    const char *name = *at + 2;
    const char *end = strchr(name, ']');
    if (end == NULL) {
        return -1;
    }
    if (end == name || end[-1] != ':') {
        return 0;
    }
    int has = glob_class_has(name, (size_t)(end - 1 - name), c);
    *hit = *hit || has > 0;
    *at = end;
    return has < 0 ? -1 : 1;
}

/* One character of a set, perhaps behind a backslash; *at is moved to it. Returns 0 at the pattern's end. */
static unsigned char glob_take_member(const char **at)
{
    if (**at == '\\') {
        (*at)++;
    }
    return (unsigned char)**at;
}

/* Takes the set whose '[' is at *at, which is moved behind it. Returns whether c is in it; -1 if it has no end. */
static int glob_take_set(const char **at, unsigned char c)
{
    const char *p = *at + 1;
    bool negated = *p == '!' || *p == '^';
    bool hit = false;
    unsigned char last = 0; /* what a range may start from */
    p += negated;
    do {
        bool is_range = *p == '-' && last != 0 && p[1] != '\0' && p[1] != ']';
        int named = *p == '[' && p[1] == ':' ? glob_take_class(&p, c, &hit) : 0;
        if (named < 0) {
            return -1;
        }
        if (is_range) {
            p++;
        }
        unsigned char member = named > 0 ? 0 : glob_take_member(&p);
        if (member == 0 && named == 0) {
            return -1;
        }
        hit = hit || (is_range ? c >= last && c <= member : named == 0 && c == member);
        last = is_range ? 0 : member;
        p++;
    } while (*p != ']' && *p != '\0');
    if (*p == '\0') {
        return -1;
    }
    *at = p + 1;
    return hit != negated;
}

/* Takes one or more stars. */
static void glob_take_stars(struct glob *glob)
{
    const char *first = glob->pattern;
    const char *behind = first + strspn(first, "*");
    bool at_part = first == glob->start || first[-1] == '/';
    bool ends_part = *behind == '\0' || *behind == '/' || (behind[0] == '\\' && behind[1] == '/');
    bool crosses = behind - first > 1 && at_part && ends_part;
    bool whole_parts = crosses && *behind == '/';
    glob->pattern = behind + whole_parts;
    struct glob_star star = {glob->pattern, glob->text, whole_parts};
    if (crosses) {
        glob->stars = star;
        glob->star = (struct glob_star){0};
    } else {
        glob->star = star;
    }
}

/* Compares what stands for one character. Returns false if it does not match, and then nothing was moved. */
static bool glob_take_one(struct glob *glob)
{
    const char *p = glob->pattern;
    unsigned char c = (unsigned char)*glob->text;
    int fits;
    if (*p == '[') {
        fits = glob_take_set(&p, c);
        glob->malformed = fits < 0;
        fits = fits > 0 && c != '/';
    } else if (*p == '?') {
        p++;
        fits = c != '/';
    } else {
        unsigned char member = glob_take_member(&p);
        glob->malformed = member == 0 && p != glob->pattern;
        fits = member != 0 && c == member;
        p++;
    }
    if (fits) {
        glob->pattern = p;
        glob->text++;
    }
    return fits != 0;
}

/* Lets the last star that can take one more take it. Only the last of each kind counts: what an earlier one could
 * reach by taking more, the later one reaches as well. */
static bool glob_go_back(struct glob *glob)
{
    struct glob_star *star = &glob->star;
    if (star->pattern != NULL && *star->text != '/' && *star->text != '\0') {
        star->text++;
    } else {
        star = &glob->stars;
        glob->star = (struct glob_star){0};
        if (star->pattern == NULL || *star->text == '\0') {
            return false;
        }
        const char *slash = strchr(star->text, '/');
        if (star->whole_parts && slash == NULL) {
            return false;
        }
        star->text = star->whole_parts ? slash + 1 : star->text + 1;
    }
    glob->pattern = star->pattern;
    glob->text = star->text;
    return true;
}

bool mprom_glob_matches(const char *pattern, const char *text)
{
    struct glob glob = {.start = pattern, .pattern = pattern, .text = text};
    while (!glob.malformed) {
        if (*glob.pattern == '*') {
            glob_take_stars(&glob);
        } else if (*glob.pattern == '\0' && *glob.text == '\0') {
            return true;
        } else if (*glob.text == '\0' || !glob_take_one(&glob)) {
            if (!glob_go_back(&glob)) {
                return false;
            }
        }
    }
    return false;
}
