/* Where the cells keep their contents: four planes behind one another, in memory or in a mapped file. */
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

static size_t planes_size(const struct mprom_flash_geometry *geometry)
{
    return (size_t)geometry->size * 3 + geometry->size / geometry->program_size;
}

static int prepare(struct cells *cells, const struct mprom_flash_geometry *geometry)
{
    memset(cells, 0, sizeof *cells);
    if (mprom_flash_geometry_check(geometry) != 0) {
        return -MPROM_EINVAL;
    }
    cells->geometry = geometry;
    cells->flash = (struct mprom_flash){.ops = &cells_ops, .geometry = geometry, .ctx = cells};
    cells->planes_size = planes_size(geometry);
    return 0;
}

static void adopt_planes(struct cells *cells, uint8_t *planes)
{
    uint32_t size = cells->geometry->size;
    cells->bytes = planes;
    cells->shaky = planes + size;
    cells->turn = planes + (size_t)size * 2;
    cells->units = planes + (size_t)size * 3;
    cells_power_on(cells);
}

int cells_open_memory(struct cells *cells, const struct mprom_flash_geometry *geometry)
{
    int err = prepare(cells, geometry);
    if (err) {
        return err;
    }
    uint8_t *planes = calloc(1, cells->planes_size);
    if (planes == NULL) {
        return -MPROM_ENOMEM;
    }
    adopt_planes(cells, planes);
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
    adopt_planes(cells, planes);
    if (is_new) {
        memset(cells->bytes, cells->geometry->erased_value, cells->geometry->size);
    } else if (is_dump) {
        complete_dump(cells);
    }
    return 0;
}

int cells_open_file(struct cells *cells, const struct mprom_flash_geometry *geometry, const char *path)
{
    int err = prepare(cells, geometry);
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
    } else {
        free(cells->bytes);
    }
    memset(cells, 0, sizeof *cells);
}

void cells_copy(struct cells *cells, const struct cells *from)
{
    memcpy(cells->bytes, from->bytes, cells->planes_size);
}
