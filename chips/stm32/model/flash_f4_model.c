#include "chips/stm32/model/flash_f4_model.h"

#include <string.h>

#define KIB(n) ((uint32_t)(n)*1024u)

/* The registers: RM0090 3.9. */
enum {
    ACR = 0x00,
    KEYR = 0x04,
    SR = 0x0C,
    CR = 0x10,
    OPTCR = 0x14,
    SIZE = 0x1C,

    ACR_ICEN = 1 << 9,
    ACR_DCEN = 1 << 10,
    ACR_ICRST = 1 << 11,
    ACR_DCRST = 1 << 12,
    ACR_BITS_F4 = 0x1F0F,
    ACR_BITS_F7 = 0x0B0F, /* ART is where the instruction cache was, and serves an alias that is not modelled */

    SR_WRPERR = 1 << 4,
    SR_PGAERR = 1 << 5,
    SR_PGPERR = 1 << 6,
    SR_PGSERR = 1 << 7,
    SR_FLAGS = 0x1F3,
    SR_BSY = 1 << 16,

    CR_PG = 1 << 0,
    CR_SER = 1 << 1,
    CR_MER = 1 << 2,
    CR_MER_BANK_2 = 1 << 15,
    CR_STRT = 1 << 16,
    CR_LEVELS = 0x030083FF, /* the bits that stay as written */

    OPTCR_PROTECT_POS = 16,
    SNB_BANK_2 = 0x10,
    ROW_SIZE = 16,
};

static const uint32_t CR_LOCK = 1u << 31;
static const uint32_t OPTCR_DB1M = 1u << 30;
static const uint32_t OPTCR_NDBANK = 1u << 29;
static const uint64_t NS_PER_MS = 1000000;
static const uint64_t PROGRAM_NS = 16000; /* typical, at any width (DS8626 table 40) */

/* Typical erase times by PSIZE (x8, x16, x32) and sector size: chips/stm32/facts.md. */
static uint64_t erase_ns(uint32_t psize, uint32_t size, uint32_t small_size)
{
    static const uint32_t ms[3][3] = {{400, 300, 250}, {1200, 700, 550}, {2000, 1300, 1000}};
    static const uint32_t f76x_ms[3] = {400, 1200, 2000}; /* half of the maxima, at any width */
    uint32_t row = size == small_size ? 0 : size == 4 * small_size ? 1 : 2;
    return (small_size == KIB(32) ? f76x_ms[row] : ms[row][psize]) * NS_PER_MS;
}

static bool is_f7(const struct flash_f4_model *flash)
{
    return flash->part->family == PART_F7;
}

static uint32_t psize(const struct flash_f4_model *flash)
{
    return flash->cr >> 8 & 3;
}

static uint32_t bank_of(const struct flash_f4_model *flash, uint32_t off)
{
    return off / flash->bank_size;
}

/* The sector with a number as the manual counts them (0-11 bank 1, 12-23 bank 2). Returns whether there is one. */
static bool sector_find(const struct flash_f4_model *flash, uint32_t snb, uint32_t *off, uint32_t *size)
{
    uint32_t bank = snb / SNB_BANK_2;
    uint32_t number = snb % SNB_BANK_2;
    uint32_t small = flash->small_size;
    uint32_t inner = number < 4 ? number * small : number == 4 ? 4 * small : 8 * small * (number - 4);
    *size = number < 4 ? small : number == 4 ? 4 * small : 8 * small;
    *off = bank * flash->bank_size + inner;
    return inner < flash->bank_size && *off < flash->part->flash_size;
}

/* nWRP is active low; that of bank 2 is in OPTCR1, which factory-fresh parts leave open. */
static bool is_protected(const struct flash_f4_model *flash, uint32_t off)
{
    if (bank_of(flash, off) != 0 || (is_f7(flash) && flash->bank_size != flash->part->flash_size)) {
        return false; /* the latter: a bit for two sectors, not modelled */
    }
    uint32_t unit = off / flash->small_size;
    uint32_t number = unit < 4 ? unit : unit < 8 ? 4 : 4 + unit / 8;
    return !(flash->optcr >> (OPTCR_PROTECT_POS + number) & 1);
}

static bool operation_may_start(struct flash_f4_model *flash, const char *what)
{
    if (flash->busy_ns > 0) {
        model_violation(flash->bus, "%s while the flash is busy", what);
        return false;
    }
    if (flash->sr & SR_FLAGS) {
        model_violation(flash->bus, "%s with error flags 0x%x of an earlier operation", what, flash->sr);
        return false;
    }
    return true;
}

static void operation_run(struct flash_f4_model *flash, uint32_t off, uint64_t ns)
{
    flash->busy_bank = bank_of(flash, off);
    flash->busy_ns = flash->hangs ? UINT64_MAX : ns;
    flash->worked_ns += ns;
}

static void cache_goes_stale(struct flash_f4_cache *cache, uint32_t off, uint32_t size)
{
    if (!cache->used) {
        return; /* nothing is in it */
    }
    cache->stale_off = cache->stale_end == 0 || off < cache->stale_off ? off : cache->stale_off;
    cache->stale_end = off + size > cache->stale_end ? off + size : cache->stale_end;
}

static void erase_start(struct flash_f4_model *flash)
{
    uint32_t off;
    uint32_t size;
    uint32_t snb = flash->cr >> 3 & 0x1F;
    if (!operation_may_start(flash, "erase")) {
        return;
    }
    if (flash->cr & (CR_MER | CR_MER_BANK_2)) {
        model_violation(flash->bus, "mass erase, which takes the firmware with it");
    } else if (!(flash->cr & CR_SER)) {
        model_violation(flash->bus, "start of an erase that says not what to erase");
    } else if (flash->cr & CR_PG) {
        model_violation(flash->bus, "erase and program asked for together");
    } else if (psize(flash) == 3) {
        model_violation(flash->bus, "erase at 64 bits, for which the board supplies no voltage");
    } else if (!sector_find(flash, snb, &off, &size)) {
        model_violation(flash->bus, "erase of sector number 0x%x, which this part has not", snb);
    } else if (is_protected(flash, off)) {
        flash->sr |= SR_WRPERR;
    } else {
        flash->cells->flash.ops->erase(&flash->cells->flash, off, size);
        flash->erases++;
        if (!is_f7(flash)) {
            cache_goes_stale(&flash->instructions, off, size);
            cache_goes_stale(&flash->data, off, size);
        }
        operation_run(flash, off, erase_ns(psize(flash), size, flash->small_size));
    }
}

static void write_key(struct flash_f4_model *flash, uint32_t size, uint32_t value)
{
    if (!flash_keys_take(&flash->keys, &flash->cr, CR_LOCK, size, value)) {
        model_violation(flash->bus, "wrong key 0x%x: the flash is locked until the next reset", value);
    }
}

static void write_control(struct flash_f4_model *flash, uint32_t value)
{
    if (flash->busy_ns > 0) {
        model_violation(flash->bus, "write of FLASH_CR while the flash is busy");
        return;
    }
    if (flash->cr & CR_LOCK) {
        if (value != CR_LOCK) {
            model_violation(flash->bus, "write of FLASH_CR while it is locked");
        }
        return;
    }
    flash->cr = value & (CR_LEVELS | CR_LOCK);
    if (value & CR_STRT) {
        erase_start(flash);
    }
}

/* The reset bits act on a cache that is off. */
static void cache_write(struct flash_f4_model *flash, struct flash_f4_cache *cache, bool enable, bool reset)
{
    if (reset && enable) {
        model_violation(flash->bus, "reset of a cache that is on");
    } else if (reset) {
        *cache = (struct flash_f4_cache){0};
    }
    cache->used = cache->used || enable;
}

static void write_access(struct flash_f4_model *flash, uint32_t value)
{
    uint32_t bits = is_f7(flash) ? ACR_BITS_F7 : ACR_BITS_F4;
    if (value & ~bits) {
        model_violation(flash->bus, "write of 0x%x to FLASH_ACR, which has not all of these bits", value);
    }
    flash->acr = value & bits;
    cache_write(flash, &flash->instructions, value & ACR_ICEN, value & ACR_ICRST);
    cache_write(flash, &flash->data, value & ACR_DCEN, value & ACR_DCRST);
    if (flash->acr_changed != NULL) {
        flash->acr_changed(flash->acr_ctx);
    }
}

static void flash_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct flash_f4_model *flash = ctx;
    if (off == KEYR) {
        write_key(flash, size, value);
        return;
    }
    if (size != 4) {
        model_violation(flash->bus, "write of %u bytes to the flash controller at 0x%02x", size, off);
        return;
    }
    switch (off) {
    case ACR:
        write_access(flash, value);
        break;
    case SR:
        flash->sr &= ~(value & SR_FLAGS);
        break;
    case CR:
        write_control(flash, value);
        break;
    default:
        model_violation(flash->bus, "write of 0x%x to the flash controller at 0x%02x", value, off);
    }
}

static uint32_t flash_read_register(void *ctx, uint32_t off, uint32_t size)
{
    struct flash_f4_model *flash = ctx;
    if (size != 4) {
        model_violation(flash->bus, "read of %u bytes from the flash controller at 0x%02x", size, off);
    }
    switch (off) {
    case ACR:
        return flash->acr;
    case SR:
        return flash->sr | (flash->busy_ns > 0 ? SR_BSY : 0);
    case CR:
        return flash->cr | (flash->busy_ns > 0 && (flash->cr & CR_SER) ? CR_STRT : 0);
    case OPTCR:
        return flash->optcr;
    default:
        model_violation(flash->bus, "read from the flash controller at 0x%02x", off);
        return 0;
    }
}

static void flash_tick(void *ctx, uint64_t ns)
{
    struct flash_f4_model *flash = ctx;
    if (flash->busy_ns != UINT64_MAX) {
        flash->busy_ns = flash->busy_ns > ns ? flash->busy_ns - ns : 0;
    }
}

/* An operation that hangs is polled in real time; it would be a long wait. */
static uint64_t flash_busy_ns(void *ctx)
{
    const struct flash_f4_model *flash = ctx;
    return flash->busy_ns == UINT64_MAX ? 0 : flash->busy_ns;
}

/* Sets the flag that the chip sets and says what was wrong. */
static void refuse_store(struct flash_f4_model *flash, uint32_t flag, const char *why, uint32_t off)
{
    flash->sr |= flag;
    model_violation(flash->bus, "store to the flash at 0x%08x %s", flash->window.base + off, why);
}

/* Other bytes of the word keep their bits: programming only clears some. */
static void program(struct flash_f4_model *flash, uint32_t off, uint32_t size, uint32_t value)
{
    uint8_t word[4];
    uint32_t start = off & ~3u;
    memcpy(word, flash->cells->bytes + start, sizeof word);
    for (uint32_t i = 0; i < size; i++) {
        word[off - start + i] = (uint8_t)(value >> (8 * i));
    }
    flash->cells->flash.ops->program(&flash->cells->flash, start, word, sizeof word);
    operation_run(flash, off, PROGRAM_NS);
}

static void window_store(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct flash_f4_model *flash = ctx;
    if (!operation_may_start(flash, "program")) {
        return;
    }
    if (!(flash->cr & CR_PG)) {
        refuse_store(flash, SR_PGSERR, "while programming is not enabled", off);
    } else if (flash->cr & CR_SER) {
        refuse_store(flash, SR_PGSERR, "while an erase is set up", off);
    } else if (size != 1u << psize(flash) || psize(flash) == 3) {
        refuse_store(flash, SR_PGPERR, "is not as wide as PSIZE says", off);
    } else if (off / ROW_SIZE != (off + size - 1) / ROW_SIZE) {
        refuse_store(flash, SR_PGAERR, "crosses a row of 16 bytes", off);
    } else if (off % size != 0) {
        refuse_store(flash, SR_PGAERR, "is not aligned", off);
    } else if (is_protected(flash, off)) {
        flash->sr |= SR_WRPERR;
    } else {
        program(flash, off, size, value);
    }
}

static bool is_stale(const struct flash_f4_cache *cache, uint32_t enabled)
{
    return enabled != 0 && cache->stale_end != 0;
}

static bool window_guarded(void *ctx)
{
    const struct flash_f4_model *flash = ctx;
    return flash->busy_ns > 0 || (flash->cr & CR_PG) || is_stale(&flash->instructions, flash->acr & ACR_ICEN) ||
           is_stale(&flash->data, flash->acr & ACR_DCEN);
}

static void window_access(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    struct flash_f4_model *flash = ctx;
    const char *what = access == MODEL_FETCH ? "execution" : "read";
    uint32_t enabled = flash->acr & (access == MODEL_FETCH ? ACR_ICEN : ACR_DCEN);
    const struct flash_f4_cache *cache = access == MODEL_FETCH ? &flash->instructions : &flash->data;
    if (flash->busy_ns > 0 && bank_of(flash, off) == flash->busy_bank) {
        model_violation(flash->bus, "%s of flash at 0x%08x while it is busy", what, flash->window.base + off);
    } else if (is_stale(cache, enabled) && off < cache->stale_end && off + size > cache->stale_off) {
        model_violation(flash->bus, "%s of flash at 0x%08x, which the cache may hold as it was before its erase",
                        what, flash->window.base + off);
    }
}

static void describe(struct flash_f4_model *flash)
{
    uint32_t size = flash->part->flash_size;
    bool two_banks = flash->part->device == 0x419   ? size == KIB(2048) || (flash->optcr & OPTCR_DB1M)
                     : flash->part->device == 0x451 ? !(flash->optcr & OPTCR_NDBANK)
                                                    : false;
    uint32_t small = flash->part->device == 0x451 && !two_banks ? KIB(32) : KIB(16);
    struct mprom_flash_region *region = flash->regions;
    flash->bank_size = two_banks ? size / 2 : size;
    flash->small_size = small;
    for (uint32_t off = 0; off < size; off += flash->bank_size) {
        *region++ = (struct mprom_flash_region){small, 4};
        *region++ = (struct mprom_flash_region){4 * small, 1};
        *region++ = (struct mprom_flash_region){8 * small, flash->bank_size / (8 * small) - 1};
    }
    flash->geometry = (struct mprom_flash_geometry){
        .size = size,
        .regions = flash->regions,
        .region_count = (uint32_t)(region - flash->regions),
        .program_size = 4,
        .page_size = 256,
        .program_count = MPROM_FLASH_PROGRAM_ANY,
        .erased_value = 0xFF,
    };
}

void flash_f4_model_open(struct flash_f4_model *flash, const struct stm32_part *part, uint32_t optcr,
                         const struct model_bus *bus)
{
    *flash = (struct flash_f4_model){.bus = bus, .part = part, .optcr = optcr};
    describe(flash);
    flash->model = (struct model){.name = "FLASH",
                                  .base = 0x40023C00,
                                  .size = SIZE,
                                  .read = flash_read_register,
                                  .write = flash_write,
                                  .tick = flash_tick,
                                  .busy_ns = flash_busy_ns,
                                  .ctx = flash};
    flash->window = (struct model_window){.base = 0x08000000,
                                          .size = part->flash_size,
                                          .erases = &flash->erases,
                                          .store = window_store,
                                          .guarded = window_guarded,
                                          .access = window_access,
                                          .ctx = flash};
}

void flash_f4_model_reset(struct flash_f4_model *flash, struct cells *cells)
{
    flash->cells = cells;
    flash->window.bytes = cells->bytes;
    flash->acr = 0;
    flash->sr = 0;
    flash->cr = CR_LOCK;
    flash->keys = (struct flash_keys){0};
    flash->busy_ns = 0;
    flash->instructions = (struct flash_f4_cache){0};
    flash->data = (struct flash_f4_cache){0};
}
