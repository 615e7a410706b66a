#include "emulator/host/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "emulator/host/host.h"

static FILE *flash_log;

bool host_options_apply(struct host_options *options, int name)
{
    switch (name) {
    case HOST_OPTION_STATE:
        options->state_dir = optarg;
        return true;
    case HOST_OPTION_RESET:
        options->reset = true;
        return true;
    case HOST_OPTION_LOG:
        options->log_path = optarg;
        return true;
    case HOST_OPTION_CUT:
        options->cut = optarg;
        return true;
    case HOST_OPTION_FAULT:
        options->fault = optarg;
        return true;
    default:
        return false;
    }
}

static void log_open(const struct host_options *options)
{
    flash_log = fopen(options->log_path, options->restarted ? "ae" : "we");
    if (flash_log == NULL) {
        host_fail("%s", options->log_path);
    }
}

void host_flash_open(const struct host_options *options, const char *name, struct cells *cells,
                     const struct mprom_flash_geometry *geometry)
{
    char path[HOST_PATH_MAX];
    host_path_print(path, "%s/%s", options->state_dir, name);
    if (options->reset && !options->restarted && unlink(path) && errno != ENOENT) {
        host_fail("%s", path);
    }
    int err = cells_open_file(cells, geometry, path);
    if (err == -MPROM_EINVAL) {
        errno = 0;
        host_fail("%s is of another size than this board's flash; --reset starts blank", path);
    }
    if (err) {
        errno = -err;
        host_fail("%s", path);
    }
    if (options->log_path != NULL && flash_log == NULL) {
        log_open(options);
    }
}

void host_flash_log(const char *name, const struct cells_operation *operation)
{
    if (flash_log == NULL) {
        return;
    }
    fprintf(flash_log, "%s %s %u %u", name, operation->kind == CELLS_ERASE ? "erase" : "program",
            (unsigned)operation->off, (unsigned)operation->size);
    for (uint32_t i = 0; operation->kind == CELLS_PROGRAM && i < operation->size; i++) {
        fprintf(flash_log, i == 0 ? " %02x" : "%02x", operation->data[i]);
    }
    fputc('\n', flash_log);
    fflush(flash_log);
}
