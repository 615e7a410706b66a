/*
 * Starting an image on a board with stock MicroPython, which runs main.py of its writable filesystem and none from
 * /rom: a main.py that does (docs/deploy.md).
 */
#include "client/board/programs.h"
#include "client/link/failure.h"
#include "client/repl/session.h"

#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STARTER_VERSION = 1,
    STARTER_SIZE_MAX = 640, /* bytes of a main.py that are looked at; what is longer is the user's */
};

#define STARTER_MARK "# mprom starter "

/* The text for an entry, MODULE or MODULE:FUNCTION. Returns its size. */
static int starter_compose(char text[STARTER_SIZE_MAX], const char *entry)
{
    size_t module_size = strcspn(entry, ":");
    int size = (int)module_size;
    return entry[module_size] == ':'
               ? snprintf(text, STARTER_SIZE_MAX, MPROM_PROGRAM_STARTER_MAIN_FUNCTION, STARTER_VERSION, entry, size,
                          entry, size, entry, entry + module_size + 1)
               : snprintf(text, STARTER_SIZE_MAX, MPROM_PROGRAM_STARTER_MAIN, STARTER_VERSION, entry, size, entry);
}

/*
 * The main.py files that firmware writes to a fresh filesystem, by the SHA-256 of their text without carriage
 * returns: stm32, renesas-ra and others (ports/stm32/factoryreset.c), OpenMV (scripts/libraries/_boot.py).
 */
static const char *const default_digests[] = {
    "aa1fad03020d5eea5d075a2e4c5c9a24d9e461c7836f1ca89141bdb6732420aa",
    "55308872362c67e218d9cdbf09823aae5741fd80053fa405d25a807b520c27ce",
};

static bool starter_is_default(const uint8_t *text, size_t size)
{
    char digest[SHA256_DIGEST_STRING_LENGTH];
    SHA2_CTX context;
    SHA256Init(&context);
    for (size_t i = 0; i < size; i++) {
        if (text[i] != '\r') {
            SHA256Update(&context, text + i, 1);
        }
    }
    SHA256End(&context, digest);
    for (size_t i = 0; i < sizeof default_digests / sizeof default_digests[0]; i++) {
        if (strcmp(digest, default_digests[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a file begins as the starter does; entry and version are then those that it names. */
static bool starter_read_mark(struct mprom_client_starter *starter, const char *text)
{
    unsigned version;
    char entry[sizeof starter->entry];
    if (sscanf(text, STARTER_MARK "%u %63s", &version, entry) != 2) {
        return false;
    }
    starter->version = version;
    snprintf(starter->entry, sizeof starter->entry, "%s", entry);
    return true;
}

/* One of this version is ours as long as nobody has changed it; what other versions wrote is not known here. */
static bool starter_is_ours(struct mprom_client_starter *starter, const char *text)
{
    char written[STARTER_SIZE_MAX];
    if (!starter_read_mark(starter, text)) {
        return false;
    }
    starter_compose(written, starter->entry);
    return starter->version != STARTER_VERSION || strcmp(text, written) == 0;
}

static void starter_judge(struct mprom_client_starter *starter, const char *text, size_t size)
{
    if (size < STARTER_SIZE_MAX && starter_is_ours(starter, text)) {
        starter->main = MPROM_CLIENT_MAIN_STARTER;
    } else {
        bool is_default = starter_is_default((const uint8_t *)text, size);
        starter->main = is_default ? MPROM_CLIENT_MAIN_DEFAULT : MPROM_CLIENT_MAIN_OWN;
        starter->version = 0;
        starter->entry[0] = '\0';
    }
}

/* main IS_THERE HEX BOOT_NAMES_ROM DIRECTORY… */
static bool starter_take(struct mprom_client_starter *starter, struct mprom_answer_line *line)
{
    char text[STARTER_SIZE_MAX + 1] = "";
    char directory[sizeof starter->path - sizeof "/main.py"];
    size_t size;
    int64_t is_there, boot;
    if (!mprom_answer_number(line, 0, 1, &is_there) ||
        !mprom_answer_hex(line, (uint8_t *)text, STARTER_SIZE_MAX, &size) ||
        !mprom_answer_number(line, 0, 1, &boot)) {
        return false;
    }
    mprom_failure_printable(directory, sizeof directory, line->text, line->size, false);
    snprintf(starter->path, sizeof starter->path, "%s%smain.py", directory,
             directory[0] && directory[strlen(directory) - 1] == '/' ? "" : "/");
    starter->boot_names_rom = boot != 0;
    if (is_there) {
        starter_judge(starter, text, size);
    }
    return true;
}

int mprom_client_starter_look(struct mprom_client *client, struct mprom_client_starter *starter,
                              struct mprom_client_error *error)
{
    static const char doing[] = "looking for main.py";
    struct mprom_answer_line line;
    *starter = (struct mprom_client_starter){.main = MPROM_CLIENT_MAIN_NONE};
    int err = mprom_session_ask(client, doing, MPROM_REPL_EXEC_MS, "main", &line, error, MPROM_PROGRAM_STARTER_LOOK,
                                STARTER_SIZE_MAX);
    return !err && !starter_take(starter, &line) ? mprom_session_nonsense(client, doing, error) : err;
}

/* The name of a module, as an import statement takes it, and of a function in it. */
bool mprom_client_starter_is_entry(const char *name)
{
    bool is_start = true;
    bool in_function = false;
    bool is_short = strlen(name) < sizeof((struct mprom_client_starter *)0)->entry;
    for (; is_short && *name; name++) {
        if (*name == ':' && !is_start && !in_function) {
            is_start = in_function = true;
            continue;
        }
        bool is_letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || *name == '_';
        bool is_digit = *name >= '0' && *name <= '9';
        if (!is_letter && (is_start || !(is_digit || *name == '.'))) {
            return false;
        }
        is_start = *name == '.';
    }
    return is_short && !is_start;
}

/* What the board has just been asked to write. */
static int starter_write(struct mprom_client *client, const char *entry, struct mprom_client_error *error)
{
    char text[STARTER_SIZE_MAX];
    struct mprom_answer_line line;
    int64_t same;
    static const char doing[] = "writing the starter";
    int size = starter_compose(text, entry);
    int err = mprom_session_ask(client, doing, MPROM_REPL_EXEC_MS, "did", &line, error, MPROM_PROGRAM_STARTER_WRITE,
                                text, size);
    if (!err && !mprom_answer_number(&line, 0, 1, &same)) {
        err = mprom_session_nonsense(client, doing, error);
    }
    if (!err && !same) {
        err = mprom_failure_set(error, -MPROM_EBADMSG,
                                "%s: main.py does not hold what was written to it; check the board's filesystem",
                                client->link.name);
    }
    return err;
}

int mprom_client_starter_install(struct mprom_client *client, const char *entry, struct mprom_client_starter *starter,
                                 struct mprom_client_error *error)
{
    if (!mprom_client_starter_is_entry(entry)) {
        return mprom_failure_set(error, -MPROM_EINVAL, "'%.64s' is neither MODULE nor MODULE:FUNCTION", entry);
    }
    int err = mprom_session_reset(client, error);
    err = err ? err : mprom_client_starter_look(client, starter, error);
    if (err) {
        return err;
    }
    if (starter->main == MPROM_CLIENT_MAIN_OWN) {
        return mprom_failure_set(
            error, -MPROM_EBUSY,
            "%s: %s is not mprom's and was left alone, so no starter was written; rename it, or have it "
            "do `import sys; sys.path.insert(0, \"/rom\")` and import from the image",
            client->link.name, starter->path);
    }
    if (starter->main != MPROM_CLIENT_MAIN_STARTER || starter->version != STARTER_VERSION ||
        strcmp(starter->entry, entry) != 0) {
        err = starter_write(client, entry, error);
    }
    if (!err) {
        starter->main = MPROM_CLIENT_MAIN_STARTER;
        starter->version = STARTER_VERSION;
        snprintf(starter->entry, sizeof starter->entry, "%s", entry);
    }
    return err;
}

int mprom_client_starter_remove(struct mprom_client *client, struct mprom_client_starter *starter,
                                struct mprom_client_error *error)
{
    struct mprom_answer_line line;
    int err = mprom_session_reset(client, error);
    err = err ? err : mprom_client_starter_look(client, starter, error);
    if (err || starter->main == MPROM_CLIENT_MAIN_NONE || starter->main == MPROM_CLIENT_MAIN_DEFAULT) {
        return err;
    }
    if (starter->main == MPROM_CLIENT_MAIN_OWN) {
        return mprom_failure_set(error, -MPROM_EBUSY, "%s: %s is not mprom's starter and was left alone",
                                 client->link.name, starter->path);
    }
    return mprom_session_ask(client, "removing the starter", MPROM_REPL_EXEC_MS, "did", &line, error,
                             MPROM_PROGRAM_STARTER_REMOVE);
}
