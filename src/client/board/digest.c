#include "client/board/digest.h"

#include "mprom/digest.h"

#include <sha2.h>

enum mprom_digest_kind mprom_digest_kind(const struct mprom_client_board *board)
{
    return board->link_version > 0 ? MPROM_DIGEST_XXH32 : board->has_sha256 ? MPROM_DIGEST_SHA256 : MPROM_DIGEST_NONE;
}

static uint32_t xxh32_of(const void *bytes, size_t size)
{
    struct mprom_digest digest;
    mprom_digest_begin(&digest);
    mprom_digest_add(&digest, bytes, size);
    return mprom_digest_end(&digest);
}

static uint32_t sha256_of(const void *bytes, size_t size)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA2_CTX context;
    SHA256Init(&context);
    SHA256Update(&context, bytes, size);
    SHA256Final(digest, &context);
    return (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];
}

uint32_t mprom_digest_of(enum mprom_digest_kind kind, const void *bytes, size_t size)
{
    return kind == MPROM_DIGEST_XXH32 ? xxh32_of(bytes, size) : sha256_of(bytes, size);
}
