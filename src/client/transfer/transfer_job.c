#include "client/transfer/transfer_job.h"

uint32_t mprom_transfer_job_next(const struct mprom_transfer_job *job, uint32_t *off, const uint8_t **bytes)
{
    uint32_t size;
    uint32_t end = mprom_delta_next(job->delta, off, job->to);
    *bytes = job->content.bytes(job->content.ctx, *off, &size);
    return size < end - *off ? *off + size : end;
}
