/*
 * Looks one path up in an image: bench_lookup IMAGE PATH. callgrind counts the instructions of mprom_romfs_lookup().
 */
#include "mprom/romfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: bench_lookup IMAGE PATH\n", stderr);
        return 2;
    }
    int fd = open(argv[1], O_RDONLY);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0) {
        perror(argv[1]);
        return 1;
    }
    const void *mem = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    struct mprom_romfs fs;
    struct mprom_romfs_entry entry;
    if (mem == MAP_FAILED || mprom_romfs_open(&fs, mem, (size_t)st.st_size) < 0) {
        fputs("bench_lookup: no image\n", stderr);
        return 1;
    }
    if (mprom_romfs_lookup(&fs, NULL, argv[2], strlen(argv[2]), &entry) < 0) {
        fputs("bench_lookup: no such path\n", stderr);
        return 1;
    }
    return 0;
}
