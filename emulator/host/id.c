/*
 * The unique id of an emulated board.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "emulator/host/host.h"

static FILE *id_make(const char *path)
{
    uint8_t seed[HOST_ID_SIZE];
    if (getrandom(seed, sizeof(seed), 0) != (ssize_t)sizeof(seed)) {
        host_fail("no random numbers");
    }
    FILE *file = fopen(path, "w+be");
    if (!file || fwrite(seed, sizeof(seed), 1, file) != 1 || fflush(file) != 0) {
        host_fail("%s", path);
    }
    rewind(file);
    return file;
}

/* A folder that was copied brings the file along, but the copy is another file: its number goes into the id. */
void host_id_read(uint8_t *id, const char *state_dir)
{
    char path[HOST_PATH_MAX];
    struct stat info;
    host_path_print(path, "%s/unique-id", state_dir);
    FILE *file = fopen(path, "rbe");
    if (!file && errno != ENOENT) {
        host_fail("%s", path);
    }
    if (!file || fread(id, HOST_ID_SIZE, 1, file) != 1) {
        if (file) {
            fclose(file);
        }
        file = id_make(path);
        if (fread(id, HOST_ID_SIZE, 1, file) != 1) {
            host_fail("%s", path);
        }
    }
    if (fstat(fileno(file), &info) != 0) {
        host_fail("%s", path);
    }
    fclose(file);
    for (unsigned i = 0; i < HOST_ID_SIZE; i++) {
        id[i] ^= (uint8_t)((uint64_t)info.st_ino >> 8 * i);
    }
}
