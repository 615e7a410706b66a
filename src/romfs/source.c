/* A check's source over memory. */
#include <string.h>

#include "mprom/romfs_check.h"

static int memory_read(void *ctx, uint32_t off, void *dst, uint32_t size)
{
    const struct mprom_romfs_memory *mem = ctx;

    if (off > mem->size || size > mem->size - off) {
        return -MPROM_EINVAL;
    }
    memcpy(dst, mem->bytes + off, size);
    return 0;
}

struct mprom_romfs_source mprom_romfs_source_memory(struct mprom_romfs_memory *mem)
{
    return (struct mprom_romfs_source){.read = memory_read, .ctx = mem, .size = mem->size};
}
