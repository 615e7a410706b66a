#include "cli/starter.h"

#include <string.h>

enum {
    PATH_ROOM = 80
};

static const char *starter_entry(const struct starter_args *args)
{
    return args->entry ? args->entry : "main";
}

int starter_check_usage(const struct cli *cli, const struct starter_args *args)
{
    if (args->install && args->remove) {
        return cli_usage_error(cli, "--install-starter and --remove-starter contradict each other");
    }
    if (args->entry && !args->install) {
        return cli_usage_error(cli, "--entry needs --install-starter");
    }
    if (args->entry && !mprom_client_starter_is_entry(args->entry)) {
        return cli_usage_error(cli, "--entry takes MODULE or MODULE:FUNCTION, not '%s'", args->entry);
    }
    return CLI_OK;
}

static bool image_has(const struct mprom_romfs *fs, const char *path, const char *ending)
{
    char whole[PATH_ROOM + 16];
    struct mprom_romfs_entry entry;
    int size = snprintf(whole, sizeof whole, "%s%s", path, ending);
    return mprom_romfs_lookup(fs, NULL, whole, (size_t)size, &entry) == 0;
}

/* Whether the image has the module of an entry, with dots: as import would find it in /rom. */
static bool image_has_module(const struct image *image, const char *entry)
{
    static const char *const endings[] = {".py", ".mpy", "/__init__.py", "/__init__.mpy"};
    char path[PATH_ROOM];
    struct mprom_romfs fs;
    bool has = false;
    size_t size = strcspn(entry, ":");
    if (size >= sizeof path || mprom_romfs_open(&fs, image->bytes, image->size) != 0) {
        return false;
    }
    snprintf(path, sizeof path, "%.*s", (int)size, entry);
    for (char *at = strchr(path, '.'); at; at = strchr(at, '.')) {
        *at = '/';
    }
    for (size_t i = 0; i < sizeof endings / sizeof endings[0] && !has; i++) {
        has = image_has(&fs, path, endings[i]);
    }
    return has;
}

int starter_check_image(struct online *online, const struct starter_args *args, const struct image *image)
{
    const char *entry = starter_entry(args);
    if (!args->install || image_has_module(image, entry)) {
        return CLI_OK;
    }
    return online_fail(online,
                       "%s: the image has no module '%.*s' for the starter to start; nothing was sent. --entry names "
                       "another one",
                       online->board->port, (int)strcspn(entry, ":"), entry);
}

static bool name_ends(const struct mprom_romfs_entry *entry, const char *ending)
{
    size_t size = strlen(ending);
    return entry->name_size > size && memcmp(entry->name + entry->name_size - size, ending, size) == 0;
}

/* Whether there is anything at the top of an image that could be started. */
static bool image_has_code(const struct image *image)
{
    struct mprom_romfs fs;
    struct mprom_romfs_dir dir;
    struct mprom_romfs_entry entry;
    if (mprom_romfs_open(&fs, image->bytes, image->size) != 0 || mprom_romfs_lookup(&fs, NULL, "", 0, &entry) != 0) {
        return false;
    }
    mprom_romfs_dir_open(&dir, &entry);
    while (mprom_romfs_dir_next(&fs, &dir, &entry) == 1) {
        if (!entry.is_dir && (name_ends(&entry, ".py") || name_ends(&entry, ".mpy"))) {
            return true;
        }
    }
    return false;
}

/* ---- What a .mpy file says of __main__ ---- */

enum {
    MPY_HEADER_SIZE = 4,
    MPY_HAS_ARCH_FLAGS = 0x40,
    MPY_MAIN = 21 << 1 | 1, /* "__main__" among the strings that every firmware has (py/makeqstrdata.py) */
};

static bool mpy_take(const uint8_t **at, const uint8_t *end, uint32_t *value)
{
    *value = 0;
    while (*at < end) {
        uint8_t byte = *(*at)++;
        *value = *value << 7 | (byte & 0x7F);
        if (byte < 0x80) {
            return true;
        }
    }
    return false;
}

static bool mpy_names_main(const uint8_t *bytes, size_t size)
{
    const uint8_t *end = bytes + size;
    const uint8_t *at = bytes + MPY_HEADER_SIZE;
    uint32_t value, count;
    if (size < MPY_HEADER_SIZE || ((bytes[2] & MPY_HAS_ARCH_FLAGS) && !mpy_take(&at, end, &value)) ||
        !mpy_take(&at, end, &count) || !mpy_take(&at, end, &value)) {
        return false;
    }
    while (count-- > 0 && mpy_take(&at, end, &value)) {
        if (value == MPY_MAIN) {
            return true;
        }
        uint32_t text_size = value & 1 ? 0 : (value >> 1) + 1;
        if (text_size > (size_t)(end - at)) {
            return false;
        }
        at += text_size;
    }
    return false;
}

/* The starter imports main, so what stands behind `if __name__ == "__main__":` does not run. */
static bool image_asks_for_main(const struct image *image)
{
    struct mprom_romfs fs;
    struct mprom_romfs_entry entry;
    if (mprom_romfs_open(&fs, image->bytes, image->size) != 0) {
        return false;
    }
    if (mprom_romfs_lookup(&fs, NULL, "main.py", 7, &entry) == 0) {
        return memmem(entry.data, entry.size, "__main__", 8) != NULL;
    }
    return mprom_romfs_lookup(&fs, NULL, "main.mpy", 8, &entry) == 0 && mpy_names_main(entry.data, entry.size);
}

/* ---- What will start ---- */

static void starter_say(struct online *online, const struct mprom_client_starter *starter, const struct image *image)
{
    const char *port = online->board->port;
    if (starter->main == MPROM_CLIENT_MAIN_STARTER) {
        bool has = image_has_module(image, starter->entry);
        cli_note(online->cli,
                 has ? "%s: %s is mprom's starter: it starts %s from /rom"
                     : "%s: %s is mprom's starter for %s, which this image has not",
                 port, starter->path, starter->entry);
        if (has && strcmp(starter->entry, "main") == 0 && image_asks_for_main(image)) {
            cli_note(online->cli,
                     "%s: main looks at \"__main__\", but the starter imports it: __name__ is \"main\" there. "
                     "`--entry main:FUNCTION` has it call a function of main",
                     port);
        }
    } else if (!image_has_module(image, "main")) {
        return; /* modules for a program of the user's */
    } else if (starter->main == MPROM_CLIENT_MAIN_OWN) {
        cli_note(online->cli,
                 "%s: the board starts its own %s, and main of the image only if that imports it from /rom", port,
                 starter->path);
    } else if (starter->boot_names_rom) {
        cli_note(online->cli, "%s: main of the image runs only if boot.py starts it; stock MicroPython does not",
                 port);
    } else {
        cli_note(online->cli,
                 "%s: main of the image will not run: stock MicroPython starts none from /rom. `mprom deploy "
                 "--install-starter` writes a main.py to the board that starts it",
                 port);
    }
}

/* The word for JSON. */
static const char *starter_word(const struct mprom_client_starter *starter)
{
    switch (starter->main) {
    case MPROM_CLIENT_MAIN_STARTER:
        return "starter";
    case MPROM_CLIENT_MAIN_OWN:
        return "own main.py";
    case MPROM_CLIENT_MAIN_NONE:
    case MPROM_CLIENT_MAIN_DEFAULT:
        break;
    }
    return starter->boot_names_rom ? "own boot.py" : "nothing";
}

static void starter_note_result(const struct online *online, const char *word)
{
    if (online->result) {
        json_t *last = json_array_get(online->result, json_array_size(online->result) - 1);
        json_object_set_new(last, "starts", json_string(word));
    }
}

static int starter_work(struct online *online, const struct starter_args *args, struct mprom_client_starter *starter)
{
    if (args->install) {
        return mprom_client_starter_install(online->client, starter_entry(args), starter, &online->error);
    }
    return mprom_client_starter_look(online->client, starter, &online->error);
}

int starter_remove(struct online *online)
{
    struct mprom_client_starter starter;
    if (mprom_client_starter_remove(online->client, &starter, &online->error) != 0) {
        return online_failed(online);
    }
    bool was_there = starter.main == MPROM_CLIENT_MAIN_STARTER;
    cli_note(online->cli, was_there ? "%s: removed the starter %s" : "%s: there is no starter %s",
             online->board->port, starter.path);
    return CLI_OK;
}

int starter_settle(struct online *online, const struct starter_args *args, const struct image *image, bool look)
{
    struct mprom_client_starter starter;
    int status = args->remove ? starter_remove(online) : CLI_OK;
    if (online->board->is_mprom) {
        if (args->install) {
            cli_note(online->cli, "%s: no starter is needed: mprom's firmware starts main from /rom",
                     online->board->port);
        }
        return status;
    }
    if (status != CLI_OK || !(args->install || (look && image_has_code(image)))) {
        return status;
    }
    int err = starter_work(online, args, &starter);
    if (err == 0 || err == -MPROM_EBUSY) {
        starter_note_result(online, starter_word(&starter));
    }
    if (err) {
        return online_failed(online);
    }
    starter_say(online, &starter, image);
    return CLI_OK;
}
