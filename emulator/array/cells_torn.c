/* What an operation does to the bits, all of it or as far as it got when power failed. */
#include "emulator/array/cells.h"

/* SplitMix64: every seed gives another, equally good sequence. */
static uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

const char *cells_pattern_name(enum cells_pattern pattern)
{
    static const char *const names[CELLS_TORN_COUNT] = {
        [CELLS_TORN_FEW] = "few",     [CELLS_TORN_SOME] = "some",     [CELLS_TORN_HALF] = "half",
        [CELLS_TORN_MOST] = "most",   [CELLS_TORN_PREFIX] = "prefix", [CELLS_TORN_SUFFIX] = "suffix",
        [CELLS_TORN_HEAD] = "head",   [CELLS_TORN_FIRST] = "first",   [CELLS_TORN_BITS] = "bits",
        [CELLS_TORN_SHAKY] = "shaky",
    };
    return names[pattern];
}

/* The byte that the finished operation leaves at its index i. */
static uint8_t final_byte(const struct cells *cells, const struct cells_operation *operation, uint32_t i)
{
    uint8_t erased = cells->geometry->erased_value;
    if (operation->kind == CELLS_ERASE) {
        return erased;
    }
    uint8_t old = cells->bytes[operation->off + i];
    uint8_t data = operation->data[i];
    if (cells->geometry->overwrites) {
        return data;
    }
    /* A programmed bit is one that differs from the erased value; programming adds such bits and takes none away. */
    return (uint8_t)(((old ^ erased) | (data ^ erased)) ^ erased);
}

/* The bits of the byte that the operation drives, and thereby makes firm. */
static uint8_t driven_bits(const struct cells *cells, const struct cells_operation *operation, uint32_t i)
{
    if (operation->kind == CELLS_ERASE || cells->geometry->overwrites) {
        return 0xFF;
    }
    return (uint8_t)(operation->data[i] ^ cells->geometry->erased_value);
}

/* A program that replaces all bits of a unit replaces those of its error correction too. */
static void finish_program(const struct cells *cells, uint8_t *unit)
{
    if (cells->geometry->overwrites) {
        *unit = (uint8_t)(*unit & ~CELLS_UNIT_BAD);
    }
}

static void count_program(uint8_t *unit)
{
    if ((*unit & ~CELLS_UNIT_BAD) < CELLS_UNIT_BAD - 1) {
        (*unit)++;
    }
}

void cells_apply(struct cells *cells, const struct cells_operation *operation)
{
    for (uint32_t i = 0; i < operation->size; i++) {
        uint32_t off = operation->off + i;
        uint8_t driven = driven_bits(cells, operation, i);
        cells->bytes[off] = final_byte(cells, operation, i);
        cells->shaky[off] = (uint8_t)(cells->shaky[off] & ~driven);
    }
    uint32_t unit_size = cells->geometry->program_size;
    for (uint32_t i = 0; i < operation->size; i += unit_size) {
        uint8_t *unit = &cells->units[(operation->off + i) / unit_size];
        if (operation->kind == CELLS_ERASE) {
            *unit = 0;
        } else {
            finish_program(cells, unit);
            count_program(unit);
        }
    }
}

enum {
    HEAD_SIZE = MPROM_FLASH_PROGRAM_SIZE_MAX,
    HEAD_COUNT = 5, /* of a trailer: the record, and the places of marks */
    BITS_COUNT = 3,
    BITS_SIZE = 64,
    SHAKY_MAX = 3,
};

/* Decides, byte after byte, which bits got their new value. */
struct torn {
    enum cells_pattern pattern;
    uint64_t random;
    uint64_t next_bit;  /* FEW, SOME, MOST: the next bit that is out of line */
    uint32_t mean_step; /* between such bits */
    uint32_t edge;      /* PREFIX, SUFFIX, HEAD, FIRST: the byte where the state changes */
    uint32_t bits[BITS_COUNT];
    uint32_t shaky_left;
    uint32_t shaky_step;
};

/*
 * Chooses bits among those that the operation changes, so that every seed is a state of its own. Where it changes
 * fewer, one is chosen twice.
 */
static void torn_choose_bits(struct torn *torn, const struct cells *cells, const struct cells_operation *operation)
{
    uint32_t candidates[BITS_SIZE * 8];
    uint32_t count = 0;
    for (uint32_t i = 0; i < operation->size && i < BITS_SIZE; i++) {
        uint8_t changes = cells->bytes[operation->off + i] ^ final_byte(cells, operation, i);
        for (uint32_t bit = 0; bit < 8; bit++) {
            if ((changes >> bit & 1) != 0) {
                candidates[count++] = i * 8 + bit;
            }
        }
    }
    for (int i = 0; i < BITS_COUNT; i++) {
        torn->bits[i] = count == 0 ? UINT32_MAX : candidates[random_next(&torn->random) % count];
    }
}

static void torn_start(struct torn *torn, enum cells_pattern pattern, uint32_t seed, uint32_t size)
{
    *torn = (struct torn){.pattern = pattern, .random = seed};
    torn->mean_step = pattern == CELLS_TORN_FEW ? 1000 : 100;
    torn->next_bit = random_next(&torn->random) % (2 * torn->mean_step);
    torn->edge = size < 2 ? 0 : 1 + (uint32_t)(random_next(&torn->random) % (size - 1));
    if (pattern == CELLS_TORN_HEAD || pattern == CELLS_TORN_FIRST) {
        uint32_t edge = HEAD_SIZE * (1 + (uint32_t)(random_next(&torn->random) % HEAD_COUNT));
        torn->edge = size > edge ? edge : size / 2;
    }
    torn->shaky_left = 1 + (uint32_t)(random_next(&torn->random) % SHAKY_MAX);
    torn->shaky_step = 1 + (uint32_t)(random_next(&torn->random) % size) / SHAKY_MAX;
}

/* The bits of byte i that stand out in a sparse pattern. */
static uint8_t torn_sparse(struct torn *torn, uint32_t i)
{
    uint8_t mask = 0;
    uint64_t end = (uint64_t)i * 8 + 8;
    while (torn->next_bit < end) {
        mask = (uint8_t)(mask | 1u << (torn->next_bit & 7));
        torn->next_bit += 1 + random_next(&torn->random) % (2 * torn->mean_step - 1);
    }
    return mask;
}

static uint8_t torn_chosen_bits(const struct torn *torn, uint32_t i)
{
    uint8_t mask = 0;
    for (int bit = 0; bit < BITS_COUNT; bit++) {
        mask = (uint8_t)(mask | (torn->bits[bit] / 8 == i ? 1u << torn->bits[bit] % 8 : 0));
    }
    return mask;
}

static uint8_t torn_done(struct torn *torn, uint32_t i)
{
    switch (torn->pattern) {
    case CELLS_TORN_FEW:
    case CELLS_TORN_SOME:
        return torn_sparse(torn, i);
    case CELLS_TORN_HALF:
        return (uint8_t)random_next(&torn->random);
    case CELLS_TORN_MOST:
        return (uint8_t)~torn_sparse(torn, i);
    case CELLS_TORN_PREFIX:
    case CELLS_TORN_FIRST:
        return i < torn->edge ? 0xFF : 0;
    case CELLS_TORN_SUFFIX:
    case CELLS_TORN_HEAD:
        return i < torn->edge ? 0 : 0xFF;
    case CELLS_TORN_BITS:
        return torn_chosen_bits(torn, i);
    case CELLS_TORN_SHAKY:
    case CELLS_TORN_COUNT:
        break;
    }
    return 0xFF;
}

/* Which of the bits that have just changed do not hold. */
static uint8_t torn_shaky(struct torn *torn, uint32_t i, uint8_t changed)
{
    if (changed == 0 || torn->pattern == CELLS_TORN_PREFIX || torn->pattern == CELLS_TORN_SUFFIX ||
        torn->pattern == CELLS_TORN_HEAD || torn->pattern == CELLS_TORN_FIRST || torn->pattern == CELLS_TORN_BITS) {
        return 0;
    }
    if (torn->pattern != CELLS_TORN_SHAKY) {
        uint64_t random = random_next(&torn->random);
        return (uint8_t)(changed & random & random >> 8 & random >> 16);
    }
    if (torn->shaky_left == 0 || i % torn->shaky_step != 0) {
        return 0;
    }
    torn->shaky_left--;
    return (uint8_t)(changed & -changed);
}

/* What is left of one program unit. */
struct torn_unit {
    bool all_done;          /* the operation came to its end here */
    bool is_final;          /* the bits are as if it had */
    uint32_t changed_count; /* bits */
    bool is_shaky;
};

static void tear_byte(struct cells *cells, const struct cells_operation *operation, struct torn *torn, uint32_t i,
                      struct torn_unit *result)
{
    uint32_t off = operation->off + i;
    uint8_t old = cells->bytes[off];
    uint8_t final = final_byte(cells, operation, i);
    uint8_t done = torn_done(torn, i);
    uint8_t now = (uint8_t)((old & ~done) | (final & done));
    uint8_t changed = old ^ now;
    uint8_t firm = done & driven_bits(cells, operation, i);
    uint8_t shaky = (uint8_t)((cells->shaky[off] & ~firm) | torn_shaky(torn, i, changed));
    cells->bytes[off] = now;
    cells->shaky[off] = shaky;
    result->all_done = result->all_done && now == final && (done == 0xFF || operation->kind == CELLS_PROGRAM);
    result->is_final = result->is_final && now == final;
    result->changed_count += (uint32_t)__builtin_popcount(changed);
    result->is_shaky = result->is_shaky || shaky != 0;
}

/*
 * Counts and error correction of a torn unit. A unit in which no bit has changed was not reached. The code words of
 * error correction tell one or two wrong bits for certain; more of them go unnoticed now and then.
 */
static void tear_unit(struct cells *cells, const struct cells_operation *operation, struct torn *torn, uint32_t index,
                      const struct torn_unit *result)
{
    uint8_t *unit = &cells->units[index];
    if (result->is_final && !result->is_shaky && operation->kind == CELLS_ERASE) {
        *unit = 0; /* every bit of it is erased, and holds: the same as if the erase had come to its end */
    } else if (result->changed_count > 0 && operation->kind == CELLS_PROGRAM) {
        count_program(unit);
    }
    bool mixed = (!result->all_done && result->changed_count > 0) || result->is_shaky;
    if (mixed && cells->geometry->bad_read_faults) {
        bool unnoticed = result->changed_count > 2 && random_next(&torn->random) % 8 == 0;
        *unit = (uint8_t)(unnoticed ? *unit & ~CELLS_UNIT_BAD : *unit | CELLS_UNIT_BAD);
    }
}

void cells_apply_torn(struct cells *cells, const struct cells_operation *operation, enum cells_pattern pattern,
                      uint32_t seed)
{
    struct torn torn;
    uint32_t unit_size = cells->geometry->program_size;
    torn_start(&torn, pattern, seed, operation->size);
    if (pattern == CELLS_TORN_BITS) {
        torn_choose_bits(&torn, cells, operation);
    }
    for (uint32_t start = 0; start < operation->size; start += unit_size) {
        struct torn_unit result = {.all_done = true, .is_final = true};
        for (uint32_t i = start; i < start + unit_size; i++) {
            tear_byte(cells, operation, &torn, i, &result);
        }
        tear_unit(cells, operation, &torn, (operation->off + start) / unit_size, &result);
    }
}
