/* Reading a manifest. Its author is not trusted: every value is checked here, before anything uses it. */
#include "cli/manifest.h"

#include <string.h>

/* What a key may have. */
enum manifest_type {
    MANIFEST_NUMBER, /* 0 and more */
    MANIFEST_TEXT,
    MANIFEST_BOOL,
    MANIFEST_NO,  /* false */
    MANIFEST_HEX, /* of 4 bytes */
    MANIFEST_ALIGNS,
    MANIFEST_PATH,
    MANIFEST_FILES,
};

struct manifest_key {
    const char *name;
    enum manifest_type type;
    const char *wanted; /* for the message */
};

static const struct manifest_key top_keys[] = {
    {"mprom", MANIFEST_NUMBER, "1, the version of the format"},
    {"label", MANIFEST_TEXT, "text of at most 4096 bytes"},
    {"build_time", MANIFEST_NUMBER, "seconds since 1970"},
    {"compile", MANIFEST_NO, "false: the files go in as they are"},
    {"mpy", MANIFEST_HEX, "8 digits 0 to f: the first four bytes of the .mpy files"},
    {"info", MANIFEST_BOOL, "true or false"},
    {"index", MANIFEST_BOOL, "true or false"},
    {"seal", MANIFEST_BOOL, "true or false"},
    {"align", MANIFEST_ALIGNS, "an object of patterns, each with a power of two up to 65536"},
    {"files", MANIFEST_FILES, "an array of objects"},
    {NULL, MANIFEST_NO, NULL},
};

static const struct manifest_key file_keys[] = {
    {"from", MANIFEST_PATH, "a path below the folder, without . and .., with a slash behind a directory"},
    {"time", MANIFEST_NUMBER, "seconds since 1970"},
    {NULL, MANIFEST_NO, NULL},
};

enum {
    MANIFEST_LABEL_MAX = 4096,
    MANIFEST_WHERE_ROOM = 64,
};

static bool path_is_good(const char *path)
{
    if (*path == '\0') {
        return false;
    }
    while (*path) {
        size_t size = strcspn(path, "/");
        if (size == 0 || (path[0] == '.' && (size == 1 || (size == 2 && path[1] == '.')))) {
            return false;
        }
        path += size;
        path += *path == '/';
    }
    return true;
}

static bool align_is_good(const json_t *value)
{
    json_int_t align = json_is_integer(value) ? json_integer_value(value) : 0;
    return align > 0 && align <= MANIFEST_ALIGN_MAX && (align & (align - 1)) == 0;
}

static bool aligns_are_good(json_t *value)
{
    const char *pattern;
    json_t *align;
    bool good = json_is_object(value);
    json_object_foreach(value, pattern, align)
    {
        good = good && *pattern != '\0' && align_is_good(align);
    }
    return good;
}

static bool value_is_good(enum manifest_type type, json_t *value)
{
    switch (type) {
    case MANIFEST_NUMBER:
        return json_is_integer(value) && json_integer_value(value) >= 0;
    case MANIFEST_TEXT:
        return json_is_string(value) && json_string_length(value) <= MANIFEST_LABEL_MAX &&
               strlen(json_string_value(value)) == json_string_length(value);
    case MANIFEST_BOOL:
        return json_is_boolean(value);
    case MANIFEST_NO:
        return json_is_false(value);
    case MANIFEST_HEX:
        return json_is_string(value) && json_string_length(value) == 8 &&
               strspn(json_string_value(value), "0123456789abcdef") == 8;
    case MANIFEST_ALIGNS:
        return aligns_are_good(value);
    case MANIFEST_PATH:
        return json_is_string(value) && strlen(json_string_value(value)) == json_string_length(value) &&
               path_is_good(json_string_value(value));
    case MANIFEST_FILES:
        return json_is_array(value);
    default:
        return false;
    }
}

/* Checks the keys of an object; `where` stands in front of a key in a message. */
static int check_object(const char *path, const char *where, json_t *object, const struct manifest_key *keys)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        const struct manifest_key *key = keys;
        while (key->name && strcmp(key->name, name) != 0) {
            key++;
        }
        if (!key->name) {
            cli_error("%s: %s'%s' is no key of a manifest", path, where, name);
            return CLI_FAILED;
        }
        if (!value_is_good(key->type, value)) {
            cli_error("%s: %s'%s' must be %s", path, where, name, key->wanted);
            return CLI_FAILED;
        }
    }
    return CLI_OK;
}

static int check_files(const char *path, const json_t *files)
{
    size_t i;
    json_t *file;
    json_array_foreach(files, i, file)
    {
        char where[MANIFEST_WHERE_ROOM];
        snprintf(where, sizeof where, "files[%zu]: ", i);
        if (!json_is_object(file) || !json_object_get(file, "from")) {
            cli_error("%s: %sit must be an object with 'from'", path, where);
            return CLI_FAILED;
        }
        if (check_object(path, where, file, file_keys)) {
            return CLI_FAILED;
        }
    }
    return CLI_OK;
}

static int check_manifest(const char *path, json_t *root)
{
    if (!json_is_object(root) || !json_object_get(root, "mprom")) {
        cli_error("%s is no manifest: it must be an object with 'mprom'", path);
        return CLI_FAILED;
    }
    if (json_integer_value(json_object_get(root, "mprom")) != MANIFEST_VERSION) {
        cli_error("%s: 'mprom' must be %s; this command knows no other", path, top_keys[0].wanted);
        return CLI_FAILED;
    }
    if (check_object(path, "", root, top_keys)) {
        return CLI_FAILED;
    }
    if (!json_object_get(root, "files") || !json_object_get(root, "compile")) {
        cli_error("%s: '%s' is missing; mprom extract --manifest writes one that is complete", path,
                  json_object_get(root, "files") ? "compile" : "files");
        return CLI_FAILED;
    }
    return check_files(path, json_object_get(root, "files"));
}

int manifest_read(const char *path, json_t **root)
{
    json_error_t error;
    *root = strcmp(path, "-") == 0 ? json_loadf(stdin, JSON_REJECT_DUPLICATES, &error)
                                   : json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!*root) {
        if (error.line > 0) {
            cli_error("%s: line %d: %s", path, error.line, error.text);
        } else {
            cli_error("%s: %s", path, error.text);
        }
        return CLI_FAILED;
    }
    int status = check_manifest(path, *root);
    if (status) {
        json_decref(*root);
        *root = NULL;
    }
    return status;
}
