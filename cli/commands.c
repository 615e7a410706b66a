/* The table of subcommands, in the order of `mprom --help`. */
#include <string.h>

#include "cli/cli.h"

/* One line a command, so that two that are added at the same time do not meet. */
/* clang-format off */
const struct cli_command *const cli_commands[] = {
    &cmd_build,
    &cmd_ls,
    &cmd_tree,
    &cmd_cat,
    &cmd_extract,
    &cmd_info,
    &cmd_check,
    &cmd_diff,
    &cmd_query,
    &cmd_deploy,
    &cmd_dump,
    &cmd_verify,
    &cmd_erase,
    &cmd_reset,
    &cmd_emulate,
    NULL,
};
/* clang-format on */

const struct cli_command *cli_find_command(const char *name)
{
    for (const struct cli_command *const *command = cli_commands; *command; command++) {
        if (strcmp((*command)->name, name) == 0) {
            return *command;
        }
    }
    return NULL;
}

enum {
    SUGGEST_SIZE_MAX = 15,
    SUGGEST_DISTANCE_MAX = 2
};

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* The number of letters to change, add or drop to get from a to b; b has at most SUGGEST_SIZE_MAX. */
static unsigned edit_distance(const char *a, const char *b)
{
    unsigned row[SUGGEST_SIZE_MAX + 1];
    unsigned b_size = (unsigned)strlen(b);
    for (unsigned j = 0; j <= b_size; j++) {
        row[j] = j;
    }
    for (unsigned i = 1; a[i - 1]; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= b_size; j++) {
            unsigned change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = min3(change, row[j] + 1, row[j - 1] + 1);
        }
    }
    return row[b_size];
}

const struct cli_command *cli_suggest_command(const char *name)
{
    const struct cli_command *best = NULL;
    unsigned best_distance = SUGGEST_DISTANCE_MAX + 1;
    if (strlen(name) > SUGGEST_SIZE_MAX) {
        return NULL;
    }
    for (const struct cli_command *const *command = cli_commands; *command; command++) {
        unsigned distance = edit_distance(name, (*command)->name);
        if (distance < best_distance && distance < strlen((*command)->name)) {
            best = *command;
            best_distance = distance;
        }
    }
    return best;
}
