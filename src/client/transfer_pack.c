#include "client/transfer_pack.h"

#include "client/transfer_frame.h"

#include <stdlib.h>
#include <string.h>

enum {
    MEMORY_LEVEL = 9,
    WORTH_DIVISOR = 16, /* a stream must be smaller by this part at least: the board has to work for it */
};

static uint32_t job_size(const struct transfer_job *job)
{
    uint32_t size = 0;
    for (uint32_t off = job->from; off < job->to;) {
        uint32_t end = delta_next(job->delta, &off, job->to);
        size += end - off;
        off = end;
    }
    return size;
}

/* Compresses the ranges of a job into pack->bytes. Returns whether they fit room bytes. */
static bool pack_compress(struct pack *pack, z_stream *stream, const struct transfer_job *job, uint32_t room)
{
    int status = Z_OK;
    stream->next_out = pack->bytes;
    stream->avail_out = room;
    for (uint32_t off = job->from; off < job->to && status == Z_OK;) {
        uint32_t end = delta_next(job->delta, &off, job->to);
        stream->next_in = (Bytef *)(uintptr_t)(job->bytes + off);
        stream->avail_in = end - off;
        status = deflate(stream, Z_NO_FLUSH);
        if (stream->avail_in > 0) {
            return false;
        }
        off = end;
    }
    status = deflate(stream, Z_FINISH);
    pack->size = room - stream->avail_out;
    return status == Z_STREAM_END;
}

int pack_begin(struct pack *pack, const struct transfer_job *job, int window_bits)
{
    uint32_t plain_size = job_size(job);
    uint32_t room = plain_size - plain_size / WORTH_DIVISOR;
    z_stream stream = {.zalloc = Z_NULL};
    memset(pack, 0, sizeof *pack);
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -window_bits, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
        return -MPROM_ENOMEM;
    }
    pack->bytes = malloc(room ? room : 1);
    int result = pack->bytes == NULL ? -MPROM_ENOMEM : pack_compress(pack, &stream, job, room);
    deflateEnd(&stream);
    if (result > 0 && inflateInit2(&pack->inflate, -window_bits) != Z_OK) {
        result = -MPROM_ENOMEM;
    }
    if (result <= 0) {
        free(pack->bytes);
        pack->bytes = NULL;
    }
    return result;
}

void pack_end(struct pack *pack)
{
    if (pack->bytes != NULL) {
        inflateEnd(&pack->inflate);
        free(pack->bytes);
        pack->bytes = NULL;
    }
}

uint32_t pack_next(struct pack *pack, uint32_t max, uint32_t unit, uint32_t room, const uint8_t **piece,
                   uint32_t *size)
{
    z_stream *stream = &pack->inflate;
    uint32_t fits = frame_fit(pack->bytes + pack->pos, pack->size - pack->pos, 1, room);
    uint32_t wanted = max - pack->pending;
    *piece = pack->bytes + pack->pos;
    stream->next_in = pack->bytes + pack->pos;
    stream->avail_in = fits;
    stream->next_out = pack->scratch;
    stream->avail_out = wanted;
    (void)inflate(stream, Z_SYNC_FLUSH); /* it stops when one of the two is used up */
    *size = fits - stream->avail_in;
    pack->pos += *size;
    uint32_t there = pack->pending + wanted - stream->avail_out;
    uint32_t made = there == max ? max : there / unit * unit;
    pack->pending = there - made;
    return made;
}
