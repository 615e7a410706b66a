#include "micropython/romfs/host_segments.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/array/cells.h"

enum {
    SEGMENTS_MAX = 8,
    ERASE_SIZE = 4096,
    TEXT_MAX = 4096,
};

/* One file, one flash, one segment. */
struct host_flash {
    struct mprom_flash_region region;
    struct mprom_flash_geometry geometry;
    struct cells cells;
};

static char segments_text[TEXT_MAX];
static struct host_flash segments_flash[SEGMENTS_MAX];
static struct mprom_rom_segment segments[SEGMENTS_MAX];
static struct mprom_rom_state segments_states[SEGMENTS_MAX];
static struct mprom_rom segments_rom;
static uint32_t segments_count;

/* Bytes; 0 for what is no size, too large, or not made of whole blocks. */
static uint32_t parse_size(const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    unsigned long unit = *end == 'K' ? 1024 : *end == 'M' ? 1024 * 1024 : 1;
    if (end == text || *text == '-' || end[unit > 1] != '\0' || value > 256ul * 1024 * 1024 / unit) {
        return 0;
    }
    return value * unit % ERASE_SIZE == 0 ? (uint32_t)(value * unit) : 0;
}

static int flash_open(struct host_flash *flash, const char *path, uint32_t size)
{
    flash->region = (struct mprom_flash_region){.erase_size = ERASE_SIZE, .count = size / ERASE_SIZE};
    flash->geometry = (struct mprom_flash_geometry){
        .size = size,
        .regions = &flash->region,
        .region_count = 1,
        .program_size = 1,
        .page_size = 256,
        .erased_value = 0xFF,
    };
    return cells_open_file(&flash->cells, &flash->geometry, path);
}

/* Adds the segment that NAME=FILE:SIZE describes; the text is cut into its parts. */
static const char *segment_add(char *text)
{
    char *path = strchr(text, '=');
    char *size_text = path ? strrchr(path, ':') : NULL;
    uint32_t size = size_text ? parse_size(size_text + 1) : 0;
    if (segments_count == SEGMENTS_MAX) {
        return "MPROM_SEGMENTS lists more than 8 segments";
    }
    if (size == 0) {
        return "MPROM_SEGMENTS is not made of NAME=FILE:SIZE, SIZE a multiple of 4K and at most 256M";
    }
    *path++ = '\0';
    *size_text = '\0';
    struct host_flash *flash = &segments_flash[segments_count];
    int err = flash_open(flash, path, size);
    if (err) {
        return err == -MPROM_EINVAL ? "a file in MPROM_SEGMENTS is of another size" : strerror(-err);
    }
    segments[segments_count++] = (struct mprom_rom_segment){
        .name = text,
        .flash = cells_flash(&flash->cells),
        .size = size,
    };
    return NULL;
}

static const char *segments_open(const char *text)
{
    size_t length = strlen(text);
    if (length >= TEXT_MAX) {
        return "MPROM_SEGMENTS is too long";
    }
    memcpy(segments_text, text, length + 1);
    for (char *next = segments_text; next && *next;) {
        char *entry = next;
        next = strchr(entry, ',');
        if (next) {
            *next++ = '\0';
        }
        const char *why = segment_add(entry);
        if (why) {
            return why;
        }
    }
    return NULL;
}

struct mprom_rom *mprom_host_segments(const struct mprom_rom_hooks *hooks, const char **why)
{
    static bool is_open;
    static const char *failed;
    if (!is_open) {
        is_open = true;
        const char *text = getenv("MPROM_SEGMENTS");
        failed = segments_open(text ? text : "");
        if (!failed && mprom_rom_init(&segments_rom, segments, segments_states, segments_count, hooks)) {
            failed = segments_rom.error.what;
        }
    }
    *why = failed;
    return failed ? NULL : &segments_rom;
}
