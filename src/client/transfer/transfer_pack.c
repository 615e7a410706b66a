#include "client/transfer/transfer_pack.h"

#include "client/transfer/transfer_frame.h"

#include <string.h>

enum {
    MEMORY_LEVEL = 9,
    WORTH_DIVISOR = 16,         /* a stream must be smaller by this part at least: the board has to work for it */
    HELD_BACK_MAX = 256 * 1024, /* bytes that zlib has yet to put out for what it has taken */
};

static uint32_t job_size(const struct mprom_transfer_job *job)
{
    uint32_t size = 0;
    for (uint32_t off = job->from; off < job->to;) {
        uint32_t end = mprom_delta_next(job->delta, &off, job->to);
        size += end - off;
        off = end;
    }
    return size;
}

/* Compresses on until the room is full or all is in. */
static void pack_make(struct mprom_pack *pack, uint8_t *dst, uint32_t room, uint32_t *size)
{
    z_stream *stream = &pack->deflate;
    const struct mprom_transfer_job *job = pack->job;
    stream->next_out = dst;
    stream->avail_out = room;
    while (stream->avail_out > 0 && !pack->is_made) {
        const uint8_t *bytes = NULL;
        uint32_t end = pack->off < job->to ? mprom_transfer_job_next(job, &pack->off, &bytes) : job->to;
        stream->next_in = (Bytef *)(uintptr_t)bytes;
        stream->avail_in = end - pack->off;
        pack->is_made = deflate(stream, pack->off < job->to ? Z_NO_FLUSH : Z_FINISH) == Z_STREAM_END;
        pack->off = end - stream->avail_in;
    }
    *size = room - stream->avail_out;
}

/* Whether the stream will be smaller by enough; of large ones that is known before their end. */
static bool pack_is_worth_it(struct mprom_pack *pack, uint32_t plain_size)
{
    const uint64_t save = plain_size / WORTH_DIVISOR;
    uint64_t made = 0;
    while (!pack->is_made && pack->deflate.total_in < made + save + HELD_BACK_MAX) {
        uint32_t size;
        pack_make(pack, pack->ahead, sizeof pack->ahead, &size);
        made += size;
    }
    return !pack->is_made || made + save <= plain_size;
}

int mprom_pack_begin(struct mprom_pack *pack, const struct mprom_transfer_job *job, int window_bits)
{
    memset(pack, 0, sizeof *pack);
    if (deflateInit2(&pack->deflate, Z_BEST_COMPRESSION, Z_DEFLATED, -window_bits, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        return -MPROM_ENOMEM;
    }
    pack->job = job;
    pack->off = job->from;
    bool is_worth_it = pack_is_worth_it(pack, job_size(job));
    if (!is_worth_it || inflateInit2(&pack->inflate, -window_bits) != Z_OK) {
        deflateEnd(&pack->deflate);
        pack->job = NULL;
        return is_worth_it ? -MPROM_ENOMEM : 0;
    }
    deflateReset(&pack->deflate);
    pack->off = job->from;
    pack->is_made = false;
    return 1;
}

void mprom_pack_end(struct mprom_pack *pack)
{
    if (pack->job != NULL) {
        deflateEnd(&pack->deflate);
        inflateEnd(&pack->inflate);
        pack->job = NULL;
    }
}

/* Has as much of the stream at hand as a piece can take. */
static void pack_fill(struct mprom_pack *pack)
{
    uint32_t more;
    pack->ahead_size -= pack->ahead_pos;
    memmove(pack->ahead, pack->ahead + pack->ahead_pos, pack->ahead_size);
    pack->ahead_pos = 0;
    pack_make(pack, pack->ahead + pack->ahead_size, (uint32_t)sizeof pack->ahead - pack->ahead_size, &more);
    pack->ahead_size += more;
}

uint32_t mprom_pack_next(struct mprom_pack *pack, uint32_t max, uint32_t unit, uint32_t room, const uint8_t **piece,
                         uint32_t *size)
{
    z_stream *stream = &pack->inflate;
    pack_fill(pack);
    uint32_t fits = mprom_frame_fit(pack->ahead, pack->ahead_size, 1, room);
    uint32_t wanted = max - pack->pending;
    *piece = pack->ahead;
    stream->next_in = pack->ahead;
    stream->avail_in = fits;
    stream->next_out = pack->scratch;
    stream->avail_out = wanted;
    (void)inflate(stream, Z_SYNC_FLUSH); /* it stops when one of the two is used up */
    *size = pack->ahead_pos = fits - stream->avail_in;
    uint32_t there = pack->pending + wanted - stream->avail_out;
    uint32_t made = there == max ? max : there / unit * unit;
    pack->pending = there - made;
    return made;
}
