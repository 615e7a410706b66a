/* Images in files. */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"

enum {
    IMAGE_READ_SIZE = 64 * 1024
}; /* first buffer for what comes from a pipe */

/* Reads to the end of fd, for what cannot be mapped. */
static int load_stream(struct image *image, int fd)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    size_t room = 0;
    for (;;) {
        if (size == room) {
            room = room ? 2 * room : IMAGE_READ_SIZE;
            uint8_t *larger = room <= 2 * (size_t)UINT32_MAX ? realloc(bytes, room) : NULL;
            if (!larger) {
                free(bytes);
                cli_error("%s: too large for an image", image->label);
                return CLI_FAILED;
            }
            bytes = larger;
        }
        ssize_t n = read(fd, bytes + size, room - size);
        if (n == 0) {
            break;
        }
        if (n < 0 && errno != EINTR) {
            cli_error("cannot read %s: %s", image->label, cli_strerror(errno));
            free(bytes);
            return CLI_FAILED;
        }
        size += n > 0 ? (size_t)n : 0;
    }
    image->bytes = bytes;
    image->size = size;
    return CLI_OK;
}

static int load_file(struct image *image, int fd)
{
    struct stat st;
    if (fstat(fd, &st)) {
        cli_error("cannot read %s: %s", image->label, cli_strerror(errno));
        return CLI_FAILED;
    }
    if (S_ISDIR(st.st_mode)) {
        cli_error("%s is a directory, not an image", image->label);
        return CLI_FAILED;
    }
    if (!S_ISREG(st.st_mode) || st.st_size == 0) {
        return load_stream(image, fd);
    }
    if (st.st_size > UINT32_MAX) {
        cli_error("%s: too large for an image", image->label);
        return CLI_FAILED;
    }
    void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) {
        return load_stream(image, fd);
    }
    output_catch_signals(); /* for SIGBUS, should the file shrink */
    image->bytes = bytes;
    image->size = (size_t)st.st_size;
    image->mapped = true;
    return CLI_OK;
}

int image_load(struct image *image, const char *path)
{
    *image = (struct image){.label = path};
    if (strcmp(path, "-") == 0) {
        image->label = "standard input";
        return load_file(image, STDIN_FILENO);
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        cli_error("cannot open %s: %s", path, cli_strerror(errno));
        return CLI_FAILED;
    }
    int status = load_file(image, fd);
    close(fd);
    return status;
}

/* Opens the image in the bytes that image has. */
static int open_bytes(struct image *image)
{
    static const uint8_t magic[] = {0xd2, 0xcd, 0x31};
    if (romfs_open(&image->fs, image->bytes, image->size) == 0) {
        return CLI_OK;
    }
    bool cut = image->size >= sizeof magic && memcmp(image->bytes, magic, sizeof magic) == 0;
    cli_error(cut ? "%s: the image is cut off or damaged; 'mprom check' says where" : "%s: not a ROMFS image",
              image->label);
    image_close(image);
    return CLI_FAILED;
}

int image_open(struct image *image, const char *path)
{
    int status = image_load(image, path);
    return status ? status : open_bytes(image);
}

int image_take(struct image *image, const char *label, uint8_t *bytes, size_t size)
{
    *image = (struct image){.label = label, .bytes = bytes, .size = size};
    return open_bytes(image);
}

void image_close(struct image *image)
{
    if (image->mapped) {
        munmap((void *)(uintptr_t)image->bytes, image->size);
    } else {
        free((void *)(uintptr_t)image->bytes);
    }
    image->bytes = NULL;
    image->mapped = false;
}

int image_find(const struct image *image, const char *path, struct romfs_entry *entry)
{
    int result = romfs_lookup(&image->fs, NULL, path, strlen(path), entry);
    return result ? image_complain(image, path, strlen(path), result) : CLI_OK;
}

int image_complain(const struct image *image, const char *path, size_t path_size, int error)
{
    int shown = path_size < IMAGE_PATH_MAX ? (int)path_size : IMAGE_PATH_MAX;
    switch (-error) {
    case MPROM_ENOENT:
        cli_error("%s: there is no '%.*s' in it", image->label, shown, path);
        break;
    case MPROM_EBADMSG:
        cli_error("%s: '%.*s' is damaged; 'mprom check' says where", image->label, shown, path);
        break;
    case MPROM_ELOOP:
        cli_error("%s: directories are nested more than %d deep", image->label, IMAGE_LEVELS);
        break;
    default:
        cli_error("%s: '%.*s': %s", image->label, shown, path, cli_strerror(error));
    }
    return CLI_FAILED;
}
