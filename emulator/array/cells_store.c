/* Where the cells keep their contents on a PC: memory, or a mapped file. */
#include "emulator/array/cells_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAP_ALIGN = 256 * 1024, /* of the largest sector in use */
};

int cells_open_memory(struct cells *cells, const struct mprom_flash_geometry *geometry)
{
    int err = cells_prepare(cells, geometry);
    if (err) {
        return err;
    }
    uint8_t *planes = calloc(1, cells->planes_size);
    if (planes == NULL) {
        return -MPROM_ENOMEM;
    }
    cells_adopt(cells, planes);
    cells->is_heap = true;
    memset(cells->bytes, geometry->erased_value, geometry->size);
    return 0;
}

/* A dump says nothing about how often a unit was programmed: at least once, if it is not blank. */
static void complete_dump(struct cells *cells)
{
    for (uint32_t i = 0; i < cells->geometry->size; i++) {
        if (cells->bytes[i] != cells->geometry->erased_value) {
            cells->units[i / cells->geometry->program_size] = 1;
        }
    }
}

/* Flash lies in a CPU's memory where its sectors end at multiples of their size. */
static uint8_t *map_aligned(int fd, size_t size)
{
    uint8_t *room = mmap(NULL, size + MAP_ALIGN, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) {
        return MAP_FAILED;
    }
    size_t before = (MAP_ALIGN - (uintptr_t)room % MAP_ALIGN) % MAP_ALIGN;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t end = before + (size + page - 1) / page * page;
    if (before > 0) {
        munmap(room, before);
    }
    if (end < size + MAP_ALIGN) {
        munmap(room + end, size + MAP_ALIGN - end);
    }
    return mmap(room + before, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
}

static int map_file(struct cells *cells, int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return -errno;
    }
    bool is_new = st.st_size == 0;
    bool is_dump = st.st_size == (off_t)cells->geometry->size;
    if (!is_new && !is_dump && st.st_size != (off_t)cells->planes_size) {
        return -MPROM_EINVAL;
    }
    if (ftruncate(fd, (off_t)cells->planes_size) != 0) {
        return -errno;
    }
    /* Shared: what is stored is the file's at once, whatever becomes of this process. */
    uint8_t *planes = map_aligned(fd, cells->planes_size);
    if (planes == MAP_FAILED) {
        return -errno;
    }
    cells->is_file = true;
    cells_adopt(cells, planes);
    if (is_new) {
        memset(cells->bytes, cells->geometry->erased_value, cells->geometry->size);
    } else if (is_dump) {
        complete_dump(cells);
    }
    return 0;
}

int cells_open_file(struct cells *cells, const struct mprom_flash_geometry *geometry, const char *path)
{
    int err = cells_prepare(cells, geometry);
    if (err) {
        return err;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) {
        return -errno;
    }
    err = map_file(cells, fd);
    close(fd);
    return err;
}

void cells_close(struct cells *cells)
{
    if (cells->bytes != NULL && cells->is_file) {
        munmap(cells->bytes, cells->planes_size);
    } else if (cells->is_heap) {
        free(cells->bytes);
    }
    memset(cells, 0, sizeof *cells);
}
