/* Images in files. */
#include "cli/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/signals.h"

enum {
    IMAGE_READ_SIZE = 64 * 1024, /* first buffer for what comes from a pipe */
    IMAGE_MAGIC_SIZE = 3
};

static const uint8_t image_magic[IMAGE_MAGIC_SIZE] = {0xd2, 0xcd, 0x31};

/* What a pipe has given so far. */
struct stream {
    uint8_t *bytes;
    size_t size;
    size_t room;
};

/* Makes room for more. Returns NULL, or what is wrong. */
static const char *stream_grow(struct stream *stream)
{
    if (stream->size > UINT32_MAX) {
        return "too large for an image";
    }
    size_t room = stream->room ? 2 * stream->room : IMAGE_READ_SIZE;
    uint8_t *larger = realloc(stream->bytes, room);
    if (!larger) {
        return "too large for the memory of this computer";
    }
    stream->bytes = larger;
    stream->room = room;
    return NULL;
}

/* Whether more of the stream is of use: what does not start like an image (/dev/zero) is not read to its end. */
static bool stream_may_be_image(const struct stream *stream)
{
    size_t known = stream->size < IMAGE_MAGIC_SIZE ? stream->size : IMAGE_MAGIC_SIZE;
    return known == 0 || memcmp(stream->bytes, image_magic, known) == 0;
}

static const char *stream_read(struct stream *stream, int fd)
{
    ssize_t n = 1;
    while (n != 0 && stream_may_be_image(stream)) {
        const char *wrong = stream->size == stream->room ? stream_grow(stream) : NULL;
        if (wrong) {
            return wrong;
        }
        n = read(fd, stream->bytes + stream->size, stream->room - stream->size);
        if (n < 0 && errno != EINTR) {
            return cli_strerror(errno);
        }
        stream->size += n > 0 ? (size_t)n : 0;
    }
    return stream->size > UINT32_MAX ? "too large for an image" : NULL;
}

/* Reads what cannot be mapped. */
static int load_stream(struct image *image, int fd)
{
    struct stream stream = {0};
    const char *wrong = stream_read(&stream, fd);
    if (wrong) {
        cli_error("cannot read %s: %s", image->label, wrong);
        free(stream.bytes);
        return CLI_FAILED;
    }
    image->bytes = stream.bytes;
    image->size = stream.size;
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
    /* A shell may hand over a file that it has read from: then the image starts where it stopped. */
    if (!S_ISREG(st.st_mode) || st.st_size == 0 || lseek(fd, 0, SEEK_CUR) != 0) {
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
    signals_catch(); /* for SIGBUS, should the file shrink */
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
    if (mprom_romfs_open(&image->fs, image->bytes, image->size) == 0) {
        return CLI_OK;
    }
    bool cut = image->size >= IMAGE_MAGIC_SIZE && memcmp(image->bytes, image_magic, IMAGE_MAGIC_SIZE) == 0;
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

int image_find(const struct image *image, const char *path, struct mprom_romfs_entry *entry)
{
    int result = mprom_romfs_lookup(&image->fs, NULL, path, strlen(path), entry);
    return result ? image_complain(image, path, strlen(path), result) : CLI_OK;
}

int image_open_at(struct image *image, const struct cli *cli, const char **path, struct mprom_romfs_entry *entry)
{
    *path = cli->operand_count > 1 ? cli->operands[1] : "";
    int status = image_open(image, cli->operands[0]);
    if (status) {
        return status;
    }
    status = image_find(image, *path, entry);
    if (status) {
        image_close(image);
    }
    return status;
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
