#include "powerloss/stranger_flash.h"

#include <stdio.h>
#include <string.h>

/* How an operation is cut off. */
enum tear {
    TEAR_BEFORE,  /* nothing of it happened */
    TEAR_AFTER,   /* all of it happened */
    TEAR_PREFIX,  /* all bytes up to some place */
    TEAR_MIXTURE, /* each bit for itself */
    TEAR_NEARLY,  /* all bits but very few */
    TEAR_HARDLY,  /* very few bits */
    TEAR_COUNT,
};

uint32_t stranger_random(struct stranger_random *random)
{
    random->state = random->state * 6364136223846793005U + 1442695040888963407U;
    uint32_t high = (uint32_t)(random->state >> 33);
    return high ^ (uint32_t)(random->state >> 60);
}

uint32_t stranger_below(struct stranger_random *random, uint32_t below)
{
    return stranger_random(random) % below;
}

bool stranger_once_in(struct stranger_random *random, uint32_t n)
{
    return stranger_below(random, n) == 0;
}

static void violate(struct stranger_flash *flash, const char *what)
{
    if (flash->power->violation == NULL) {
        flash->power->violation = what;
    }
}

static bool is_all(const uint8_t *bytes, uint32_t size, uint8_t value)
{
    for (uint32_t i = 0; i < size; i++) {
        if (bytes[i] != value) {
            return false;
        }
    }
    return true;
}

/* Whether power fails at this operation. */
static bool power_fails(struct stranger_flash *flash)
{
    struct stranger_power *power = flash->power;
    if (power->left == 0) {
        return false;
    }
    power->left--;
    return power->left == 0;
}

static void switch_off(struct stranger_flash *flash)
{
    flash->power->is_off = true;
    longjmp(flash->power->failed, 1);
}

/* A flickering bit reads one way once in three reads and the other way twice; which, and when, depends on where it
 * is. */
static uint8_t read_byte(struct stranger_flash *flash, uint32_t off)
{
    uint8_t value = flash->bytes[off];
    flash->reads[off] = (uint8_t)((flash->reads[off] + 1) % 3);
    for (uint32_t bit = 0; bit < 8; bit++) {
        uint32_t mask = 1U << bit;
        if ((flash->flicker[off] & mask) && (flash->reads[off] + off + bit) % 3 == 0) {
            value = (uint8_t)(value ^ mask);
        }
    }
    return value;
}

static uint32_t unit_of(const struct stranger_flash *flash, uint32_t off)
{
    return off / flash->geometry.program_size * flash->geometry.program_size;
}

static int op_read(const struct mprom_flash *self, uint32_t off, void *dst, uint32_t size)
{
    struct stranger_flash *flash = self->ctx;
    uint8_t *to = dst;
    for (uint32_t i = 0; i < size; i++) {
        if (flash->bad[unit_of(flash, off + i)]) {
            violate(flash, "a unit was read that error correction gives up");
        }
        to[i] = flash->flicker[off + i] ? read_byte(flash, off + i) : flash->bytes[off + i];
    }
    return 0;
}

static int op_probe(const struct mprom_flash *self, uint32_t off, uint32_t size)
{
    const struct stranger_flash *flash = self->ctx;
    for (uint32_t unit = unit_of(flash, off); unit < off + size; unit += flash->geometry.program_size) {
        if (flash->bad[unit]) {
            return -MPROM_EBADMSG;
        }
    }
    return 0;
}

static uint8_t random_bits(struct stranger_random *random, enum tear tear)
{
    uint8_t some = (uint8_t)stranger_random(random);
    uint8_t few = 0;
    if (stranger_once_in(random, 8)) {
        few = (uint8_t)(1U << stranger_below(random, 8));
    }
    return tear == TEAR_NEARLY ? (uint8_t)~few : tear == TEAR_HARDLY ? few : some;
}

/* Brings one byte a part of the way to what it was to become. */
static void tear_byte(struct stranger_flash *flash, uint32_t off, uint8_t to, enum tear tear)
{
    struct stranger_random *random = flash->power->random;
    uint8_t changes = (uint8_t)(flash->bytes[off] ^ to);
    uint8_t taken = changes & random_bits(random, tear);
    bool flickers = stranger_once_in(random, 3);
    flash->bytes[off] ^= taken;
    flash->flicker[off] |= flickers ? (uint8_t)(changes & stranger_random(random) & stranger_random(random)) : 0;
}

/* Cuts off what was to make the range become `to`, and the power with it. */
static void tear_range(struct stranger_flash *flash, uint32_t off, const uint8_t *to, uint32_t size, bool is_erase)
{
    struct stranger_random *random = flash->power->random;
    enum tear tear = stranger_below(random, TEAR_COUNT);
    uint32_t unit_size = flash->geometry.program_size;
    uint8_t before[STRANGER_FLASH_SIZE], flicker_before[STRANGER_FLASH_SIZE];
    memcpy(before, flash->bytes + off, size);
    memcpy(flicker_before, flash->flicker + off, size);
    uint32_t end = tear == TEAR_PREFIX ? stranger_below(random, size + 1) : size;
    for (uint32_t i = 0; i < end && tear != TEAR_BEFORE; i++) {
        if (tear == TEAR_AFTER || tear == TEAR_PREFIX) {
            flash->bytes[off + i] = to[i];
            flash->flicker[off + i] = is_erase ? 0 : flash->flicker[off + i];
        } else {
            tear_byte(flash, off + i, to[i], tear);
        }
    }
    for (uint32_t unit = off; unit < off + size; unit += unit_size) {
        bool is_blank = is_all(flash->bytes + unit, unit_size, flash->geometry.erased_value) &&
                        is_all(flash->flicker + unit, unit_size, 0);
        bool is_done = memcmp(flash->bytes + unit, to + (unit - off), unit_size) == 0 &&
                       is_all(flash->flicker + unit, unit_size, 0);
        bool is_touched = memcmp(flash->bytes + unit, before + (unit - off), unit_size) != 0 ||
                          memcmp(flash->flicker + unit, flicker_before + (unit - off), unit_size) != 0;
        if (is_erase) {
            flash->programs[unit] = is_blank ? 0 : is_touched ? UINT8_MAX : flash->programs[unit];
        } else if (is_touched && flash->programs[unit] < UINT8_MAX) {
            flash->programs[unit]++;
        }
        bool may_be_bad = flash->geometry.bad_read_faults && is_touched && !is_blank && !(is_done && !is_erase);
        flash->bad[unit] = (flash->bad[unit] && !is_blank) || (may_be_bad && stranger_once_in(random, 2));
    }
    switch_off(flash);
}

/* What the range would hold afterwards, in a buffer of the caller's; whatever is not allowed is noted. */
static void plan_program(struct stranger_flash *flash, uint32_t off, const uint8_t *src, uint8_t *to, uint32_t size)
{
    const struct mprom_flash_geometry *geometry = &flash->geometry;
    if (off % geometry->program_size || size % geometry->program_size || size == 0 || off + size > geometry->size ||
        off / geometry->page_size != (off + size - 1) / geometry->page_size) {
        violate(flash, "a program is not in whole units, or crosses a page");
    }
    for (uint32_t i = 0; i < size; i++) {
        uint8_t old = flash->bytes[off + i];
        bool clears = ((old ^ geometry->erased_value) & ~(src[i] ^ geometry->erased_value) & 0xFF) != 0;
        if (clears && !geometry->overwrites && !flash->flicker[off + i]) {
            violate(flash, "a program would have to erase a bit");
        }
        to[i] = geometry->overwrites
                    ? src[i]
                    : (uint8_t)(((old ^ geometry->erased_value) | (src[i] ^ geometry->erased_value)) ^
                                geometry->erased_value);
    }
    for (uint32_t unit = off; unit < off + size; unit += geometry->program_size) {
        if (geometry->program_count != MPROM_FLASH_PROGRAM_ANY && flash->programs[unit] >= geometry->program_count &&
            !geometry->overwrites) {
            violate(flash, "a unit is programmed more often than it may be");
        }
    }
}

static int op_program(const struct mprom_flash *self, uint32_t off, const void *src, uint32_t size)
{
    struct stranger_flash *flash = self->ctx;
    uint8_t to[STRANGER_FLASH_SIZE];
    plan_program(flash, off, src, to, size);
    if (power_fails(flash)) {
        tear_range(flash, off, to, size, false);
    }
    memcpy(flash->bytes + off, to, size);
    for (uint32_t i = 0; i < size; i++) {
        /* A program makes firm what it programs. */
        uint8_t programmed = (uint8_t)(((const uint8_t *)src)[i] ^ flash->geometry.erased_value);
        flash->flicker[off + i] &= flash->geometry.overwrites ? 0 : (uint8_t)~programmed;
    }
    for (uint32_t unit = off; unit < off + size; unit += flash->geometry.program_size) {
        flash->programs[unit] = flash->programs[unit] < UINT8_MAX ? (uint8_t)(flash->programs[unit] + 1) : UINT8_MAX;
        flash->bad[unit] = flash->bad[unit] && !flash->geometry.overwrites;
    }
    return 0;
}

static bool is_erase_size(const struct stranger_flash *flash, uint32_t off, uint32_t size)
{
    uint32_t start = 0;
    for (uint32_t i = 0; i < flash->geometry.region_count; i++) {
        const struct mprom_flash_region *region = &flash->regions[i];
        uint32_t end = start + region->erase_size * region->count;
        if (off >= start && off + size <= end && size == region->erase_size) {
            return (off - start) % size == 0;
        }
        start = end;
    }
    for (int i = 0; i < MPROM_FLASH_ERASE_SIZES_MAX; i++) {
        if (size == flash->geometry.large_erase_sizes[i]) {
            return off % size == 0;
        }
    }
    return false;
}

static int op_erase(const struct mprom_flash *self, uint32_t off, uint32_t size)
{
    struct stranger_flash *flash = self->ctx;
    uint8_t to[STRANGER_FLASH_SIZE];
    if (size == 0 || off + size > flash->geometry.size || !is_erase_size(flash, off, size)) {
        violate(flash, "an erase is not one of a whole block");
    }
    memset(to, flash->geometry.erased_value, size);
    if (power_fails(flash)) {
        tear_range(flash, off, to, size, true);
    }
    memcpy(flash->bytes + off, to, size);
    memset(flash->flicker + off, 0, size);
    memset(flash->programs + off, 0, size);
    memset(flash->bad + off, 0, size);
    return 0;
}

static int op_sync(const struct mprom_flash *self)
{
    (void)self;
    return 0;
}

static const struct mprom_flash_ops ops = {op_read, op_program, op_erase, op_sync, NULL, NULL};
static const struct mprom_flash_ops ops_with_probe = {op_read, op_program, op_erase, op_sync, NULL, op_probe};

/* What microcontrollers and memories are made of: NOR, NOR with error correction, MRAM, and all sizes of units. */
static void choose_kind(struct stranger_random *random, struct mprom_flash_geometry *geometry)
{
    static const uint32_t units[] = {1, 1, 2, 4, 8, 16, 32};
    geometry->program_size = units[stranger_below(random, 7)];
    geometry->program_count = stranger_below(random, 4); /* any, once, twice, three times */
    geometry->erased_value = stranger_once_in(random, 3) ? 0x00 : 0xFF;
    geometry->overwrites = stranger_once_in(random, 5);
    geometry->program_count = geometry->overwrites ? MPROM_FLASH_PROGRAM_ANY : geometry->program_count;
    geometry->bad_read_faults = geometry->program_count == 1 && stranger_once_in(random, 2);
    geometry->page_size = geometry->program_size << stranger_below(random, 6);
}

static void choose_regions(struct stranger_random *random, struct stranger_flash *flash)
{
    struct mprom_flash_geometry *geometry = &flash->geometry;
    geometry->region_count = stranger_once_in(random, 2) ? 1 : 1 + stranger_below(random, STRANGER_REGIONS_MAX);
    geometry->size = 0;
    uint32_t erase_size = 128U << stranger_below(random, 3);
    for (uint32_t i = 0; i < geometry->region_count; i++) {
        flash->regions[i] = (struct mprom_flash_region){erase_size, 4 + stranger_below(random, 5)};
        geometry->size += flash->regions[i].erase_size * flash->regions[i].count;
        erase_size <<= stranger_below(random, 2);
    }
    if (geometry->region_count == 1 && stranger_once_in(random, 2)) {
        geometry->large_erase_sizes[0] = 2 * flash->regions[0].erase_size;
        geometry->large_erase_sizes[1] = stranger_once_in(random, 2) ? 4 * flash->regions[0].erase_size : 0;
    }
}

void stranger_flash_make(struct stranger_flash *flash, struct stranger_power *power)
{
    struct stranger_random *random = power->random;
    do {
        memset(flash, 0, sizeof *flash);
        choose_kind(random, &flash->geometry);
        choose_regions(random, flash);
        flash->geometry.regions = flash->regions;
        flash->power = power;
        flash->flash =
            (struct mprom_flash){flash->geometry.bad_read_faults ? &ops_with_probe : &ops, &flash->geometry, flash};
    } while (flash->geometry.size > STRANGER_FLASH_SIZE || mprom_flash_check(&flash->flash) != 0);
    memset(flash->bytes, flash->geometry.erased_value, sizeof flash->bytes);
}

void stranger_flash_say(const struct stranger_flash *flash)
{
    const struct mprom_flash_geometry *geometry = &flash->geometry;
    printf("  flash of %u bytes, units of %u, pages of %u, programmed %u times (0: any), erased to %02x%s%s;",
           geometry->size, geometry->program_size, geometry->page_size, geometry->program_count,
           geometry->erased_value, geometry->overwrites ? ", overwrites" : "",
           geometry->bad_read_faults ? ", bad reads fault" : "");
    for (uint32_t i = 0; i < geometry->region_count; i++) {
        printf(" %u x %u", flash->regions[i].count, flash->regions[i].erase_size);
    }
    printf("\n");
}
