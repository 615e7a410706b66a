#include "chips/stm32/model/flash_h7_model.h"

#include <string.h>

#define KIB(n) ((uint32_t)(n)*1024u)

/* The registers, RM0399 4.9. Those of a bank are 0x100 further for the second. */
enum {
    ACR = 0x00,
    KEYR = 0x04,
    CR = 0x0C,
    SR = 0x10,
    CCR = 0x14,
    OPTCR = 0x18,
    WPSN_CUR = 0x38,
    ECC_FA = 0x60,
    BANK_REGISTERS = 0x100,
    SIZE = 0x64,

    ACR_RESET = 0x37,

    CR_LOCK = 1 << 0,
    CR_PG = 1 << 1,
    CR_SER = 1 << 2,
    CR_BER = 1 << 3,
    CR_PSIZE = 3 << 4,
    CR_FW = 1 << 6,
    CR_START = 1 << 7,
    CR_SNB_POS = 8,
    CR_RESET = 0x31,
    CR_LEVELS = 0x73F, /* the bits that stay as written and that anybody here may set */

    SR_BSY = 1 << 0,
    SR_WBNE = 1 << 1,
    SR_QW = 1 << 2,
    SR_WRPERR = 1 << 17,
    SR_PGSERR = 1 << 18,
    SR_STRBERR = 1 << 19,
    SR_INCERR = 1 << 21,
    SR_DBECCERR = 1 << 26,
    SR_ECC = 3 << 25,
    SR_FLAGS = 0x1FEF0000,
    SR_ERRORS = 0x01EE0000, /* of operations: not of reads, and not that one has ended */
    SR_BLOCKING = SR_PGSERR | SR_INCERR,

    CCR_BFHFNMIGN = 1 << 8, /* the CPU's: Armv7-M manual B3.2.8 */

    SECTOR_SIZE = 128 * 1024,
    DEVICE_H72X = 0x483,
};

static const uint64_t NS_PER_US = 1000;

/* Typical times by PSIZE; DS12110 table 53 (chips/stm32/facts.md). */
static const uint64_t program_us[4] = {290, 180, 130, 100};
static const uint64_t erase_us[4] = {2000000, 1800000, 1100000, 1000000};

static uint32_t psize(const struct flash_h7_bank *bank)
{
    return bank->cr >> 4 & 3;
}

/* The bank that holds an offset, or NULL in the hole. */
static struct flash_h7_bank *bank_at(struct flash_h7_model *flash, uint32_t off)
{
    uint32_t number = off / flash->bank_distance;
    return off % flash->bank_distance < flash->bank_size ? &flash->banks[number] : NULL;
}

static uint32_t bank_start(const struct flash_h7_model *flash, const struct flash_h7_bank *bank)
{
    return (uint32_t)(bank - flash->banks) * flash->bank_distance;
}

static unsigned bank_number(const struct flash_h7_model *flash, const struct flash_h7_bank *bank)
{
    return (unsigned)(bank - flash->banks) + 1;
}

static bool is_protected(const struct flash_h7_model *flash, const struct flash_h7_bank *bank, uint32_t off)
{
    uint32_t sector = (off - bank_start(flash, bank)) / SECTOR_SIZE;
    return !(bank->protection >> sector & 1);
}

static void operation_run(struct flash_h7_model *flash, struct flash_h7_bank *bank, uint64_t us)
{
    bank->busy_ns = flash->hangs ? UINT64_MAX : us * NS_PER_US;
    flash->worked_ns += us * NS_PER_US;
}

static bool word_is_bad(const struct flash_h7_model *flash, uint32_t off)
{
    return (flash->cells->units[off / FLASH_H7_WORD_SIZE] & CELLS_UNIT_BAD) != 0;
}

static void find_bad_words(struct flash_h7_model *flash)
{
    flash->has_bad_words = false;
    for (uint32_t off = 0; off < flash->geometry.size; off += FLASH_H7_WORD_SIZE) {
        flash->has_bad_words = flash->has_bad_words || word_is_bad(flash, off);
    }
}

static void contents_change(struct flash_h7_model *flash, uint32_t off, uint32_t size)
{
    if (flash->has_bad_words || word_is_bad(flash, off)) {
        find_bad_words(flash);
    }
    bank_at(flash, off)->read_word = UINT32_MAX;
    if (flash->m7 != NULL) {
        cortex_m7_model_change(flash->m7, off, size);
    }
}

static void erase_start(struct flash_h7_model *flash, struct flash_h7_bank *bank)
{
    uint32_t sector = bank->cr >> CR_SNB_POS & 7;
    uint32_t off = bank_start(flash, bank) + sector * SECTOR_SIZE;
    if (bank->cr & CR_BER) {
        model_violation(flash->bus, "erase of bank %u, which takes the firmware with it", bank_number(flash, bank));
    } else if (!(bank->cr & CR_SER)) {
        model_violation(flash->bus, "start of an erase that says not what to erase");
    } else if (bank->cr & CR_PG) {
        model_violation(flash->bus, "erase while programming is set up");
    } else if (bank->flags & SR_ERRORS) {
        model_violation(flash->bus, "erase with error flags 0x%x of an earlier operation", bank->flags);
    } else if (sector * SECTOR_SIZE >= flash->bank_size) {
        model_violation(flash->bus, "erase of sector %u, which this part has not", sector);
    } else if (is_protected(flash, bank, off)) {
        bank->flags |= SR_WRPERR;
    } else {
        flash->cells->flash.ops->erase(&flash->cells->flash, off, SECTOR_SIZE);
        flash->erases++;
        contents_change(flash, off, SECTOR_SIZE);
        operation_run(flash, bank, erase_us[psize(bank)]);
    }
}

static void write_key(struct flash_h7_model *flash, struct flash_h7_bank *bank, uint32_t size, uint32_t value)
{
    if (!flash_keys_take(&bank->keys, &bank->cr, CR_LOCK, size, value)) {
        model_violation(flash->bus, "wrong key 0x%x: bank %u is locked until the next reset", value,
                        bank_number(flash, bank));
    }
}

static void write_control(struct flash_h7_model *flash, struct flash_h7_bank *bank, uint32_t value)
{
    if (bank->busy_ns > 0) {
        model_violation(flash->bus, "write of FLASH_CR%u while the bank is busy", bank_number(flash, bank));
    } else if (bank->cr & CR_LOCK) {
        model_violation(flash->bus, "write of FLASH_CR%u while it is locked", bank_number(flash, bank));
    } else if (value & ~(uint32_t)(CR_LEVELS | CR_START | CR_FW)) {
        model_violation(flash->bus, "write of 0x%x to FLASH_CR%u, of which not all is modelled", value,
                        bank_number(flash, bank));
    } else if (bank->filled != 0) {
        model_violation(flash->bus, "%s a flash word of which %u bytes have come",
                        value & CR_FW   ? "write of"
                        : value & CR_PG ? "FLASH_CR is written before"
                                        : "loss of",
                        bank->filled);
        bank->filled = 0;
    } else {
        bank->cr = value & CR_LEVELS;
        if (value & CR_START) {
            erase_start(flash, bank);
        }
    }
}

static void clear_flags(struct flash_h7_bank *bank, uint32_t value)
{
    bank->flags &= ~(value & SR_FLAGS);
    if (!(bank->flags & SR_ECC)) {
        bank->ecc_fa = 0;
    }
}

/* Registers that are no bank's answer at either place. */
static struct flash_h7_bank *register_bank(struct flash_h7_model *flash, uint32_t *off)
{
    uint32_t number = *off / BANK_REGISTERS;
    *off %= BANK_REGISTERS;
    return &flash->banks[number];
}

static void flash_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct flash_h7_model *flash = ctx;
    uint32_t inner = off;
    struct flash_h7_bank *bank = register_bank(flash, &inner);
    if (inner == KEYR) {
        write_key(flash, bank, size, value);
        return;
    }
    if (bank->keys.count != 0) {
        bank->keys.dead = true;
        model_violation(flash->bus, "write between the keys: bank %u is locked until the next reset",
                        bank_number(flash, bank));
    } else if (size != 4) {
        model_violation(flash->bus, "write of %u bytes to the flash controller at 0x%03x", size, off);
    } else if (inner == CR) {
        write_control(flash, bank, value);
    } else if (inner == CCR) {
        clear_flags(bank, value);
    } else {
        model_violation(flash->bus, "write of 0x%x to the flash controller at 0x%03x", value, off);
    }
}

static uint32_t status(const struct flash_h7_bank *bank)
{
    return bank->flags | (bank->busy_ns > 0 ? SR_BSY | SR_QW : 0u) | (bank->filled != 0 ? SR_WBNE : 0u);
}

static uint32_t flash_read_register(void *ctx, uint32_t off, uint32_t size)
{
    struct flash_h7_model *flash = ctx;
    uint32_t inner = off;
    const struct flash_h7_bank *bank = register_bank(flash, &inner);
    if (size != 4) {
        model_violation(flash->bus, "read of %u bytes from the flash controller at 0x%03x", size, off);
    }
    switch (inner) {
    case ACR:
        return ACR_RESET;
    case CR:
        return bank->cr;
    case SR:
        return status(bank);
    case OPTCR:
        return flash->optcr;
    case WPSN_CUR:
        return bank->protection;
    case ECC_FA:
        return bank->ecc_fa;
    default:
        model_violation(flash->bus, "read from the flash controller at 0x%03x", off);
        return 0;
    }
}

static void flash_tick(void *ctx, uint64_t ns)
{
    struct flash_h7_model *flash = ctx;
    for (uint32_t i = 0; i < flash->bank_count; i++) {
        struct flash_h7_bank *bank = &flash->banks[i];
        if (bank->busy_ns != UINT64_MAX) {
            bank->busy_ns = bank->busy_ns > ns ? bank->busy_ns - ns : 0;
        }
    }
}

/* An operation that hangs is polled in real time; it would be a long wait. */
static uint64_t flash_busy_ns(void *ctx)
{
    const struct flash_h7_model *flash = ctx;
    uint64_t busy_ns = 0;
    for (uint32_t i = 0; i < flash->bank_count; i++) {
        uint64_t ns = flash->banks[i].busy_ns;
        busy_ns = ns != UINT64_MAX && ns > busy_ns ? ns : busy_ns;
    }
    return busy_ns;
}

/* The buffer is full. */
static void program(struct flash_h7_model *flash, struct flash_h7_bank *bank)
{
    uint32_t off = bank->buffer_off;
    bank->filled = 0;
    if (is_protected(flash, bank, off)) {
        bank->flags |= SR_WRPERR;
        return;
    }
    flash->cells->flash.ops->program(&flash->cells->flash, off, bank->buffer, FLASH_H7_WORD_SIZE);
    contents_change(flash, off, FLASH_H7_WORD_SIZE);
    operation_run(flash, bank, program_us[psize(bank)]);
}

/* Sets the flag that the chip sets and says what was wrong. What the buffer held is lost. */
static void refuse_store(struct flash_h7_model *flash, struct flash_h7_bank *bank, uint32_t flag, const char *why,
                         uint32_t off)
{
    bank->flags |= flag;
    bank->filled = 0;
    model_violation(flash->bus, "store to the flash at 0x%08x %s", flash->window.base + off, why);
}

static void window_store(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct flash_h7_model *flash = ctx;
    struct flash_h7_bank *bank = bank_at(flash, off);
    uint32_t word = off & ~(FLASH_H7_WORD_SIZE - 1u);
    if (bank == NULL) {
        model_violation(flash->bus, "store at 0x%08x, where no flash is", flash->window.base + off);
    } else if (bank->busy_ns > 0) {
        refuse_store(flash, bank, 0, "while its bank is busy", off);
    } else if (!(bank->cr & CR_PG)) {
        refuse_store(flash, bank, SR_PGSERR, "while programming is not enabled", off);
    } else if (bank->cr & CR_SER) {
        refuse_store(flash, bank, 0, "while an erase is set up", off);
    } else if (bank->flags & SR_BLOCKING) {
        refuse_store(flash, bank, SR_PGSERR, "with an error flag that has not been cleared", off);
    } else if (bank->filled != 0 && word != bank->buffer_off) {
        refuse_store(flash, bank, SR_INCERR, "before the flash word that was begun is whole", off);
    } else if (off - word < bank->filled) {
        bank->flags |= SR_STRBERR;
        model_violation(flash->bus, "second store to the byte at 0x%08x", flash->window.base + off);
    } else if (off - word != bank->filled) {
        refuse_store(flash, bank, 0, "leaves out bytes of the flash word", off);
    } else {
        memcpy(bank->buffer + bank->filled, &value, size);
        bank->buffer_off = word;
        bank->filled += size;
        if (bank->filled == FLASH_H7_WORD_SIZE) {
            program(flash, bank);
        }
    }
}

static bool window_guarded(void *ctx)
{
    const struct flash_h7_model *flash = ctx;
    bool has_hole = flash->bank_count > 1 && flash->bank_size < flash->bank_distance;
    bool guarded = flash->has_bad_words || has_hole || (flash->m7 != NULL && cortex_m7_model_is_stale(flash->m7));
    for (uint32_t i = 0; i < flash->bank_count; i++) {
        guarded = guarded || flash->banks[i].busy_ns > 0 || (flash->banks[i].cr & CR_PG);
    }
    return guarded;
}

static bool faults_are_ignored(const struct flash_h7_model *flash)
{
    const struct model_bus *bus = flash->bus;
    return flash->m7 != NULL && (flash->m7->ccr & CCR_BFHFNMIGN) && bus->masks_faults != NULL &&
           bus->masks_faults(bus->ctx);
}

/* RM0399 4.7.7: a bus error, and a flag with the number of the word, unless an earlier one is there. */
static void read_bad_word(struct flash_h7_model *flash, struct flash_h7_bank *bank, uint32_t off,
                          enum model_access access)
{
    if (access == MODEL_FETCH || !faults_are_ignored(flash)) {
        model_violation(flash->bus, "%s of flash at 0x%08x, which error correction gives up: a bus fault",
                        access == MODEL_FETCH ? "execution" : "read", flash->window.base + off);
    }
    if (!(bank->flags & SR_ECC)) {
        bank->ecc_fa = (off - bank_start(flash, bank)) / FLASH_H7_WORD_SIZE;
    }
    bank->flags |= SR_DBECCERR;
}

static void read_words(struct flash_h7_model *flash, struct flash_h7_bank *bank, uint32_t off, uint32_t end,
                       enum model_access access)
{
    for (off &= ~(FLASH_H7_WORD_SIZE - 1u); off < end; off += FLASH_H7_WORD_SIZE) {
        bool is_buffered = bank->read_word == off && faults_are_ignored(flash);
        if (word_is_bad(flash, off) && !is_buffered) {
            read_bad_word(flash, bank, off, access);
        }
        bank->read_word = off;
    }
}

static void window_access(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    struct flash_h7_model *flash = ctx;
    const char *what = access == MODEL_FETCH ? "execution" : "read";
    struct flash_h7_bank *bank = bank_at(flash, off);
    if (bank == NULL) {
        model_violation(flash->bus, "%s at 0x%08x, where no flash is", what, flash->window.base + off);
    } else if (bank->busy_ns > 0) {
        model_violation(flash->bus, "%s of flash at 0x%08x while its bank is busy", what, flash->window.base + off);
    } else if (flash->m7 != NULL && cortex_m7_model_sees_stale(flash->m7, off, size, access)) {
        model_violation(flash->bus, "%s of flash at 0x%08x, which a cache may hold as it was", what,
                        flash->window.base + off);
    } else {
        read_words(flash, bank, off, off + size, access);
    }
}

static void describe(struct flash_h7_model *flash)
{
    uint32_t size = flash->part->flash_size;
    flash->bank_count = flash->part->device == DEVICE_H72X ? 1 : FLASH_H7_BANKS;
    flash->bank_size = size / flash->bank_count;
    flash->bank_distance = KIB(1024);
    uint32_t reach = flash->bank_distance * (flash->bank_count - 1) + flash->bank_size;
    flash->region = (struct mprom_flash_region){SECTOR_SIZE, reach / SECTOR_SIZE};
    flash->geometry = (struct mprom_flash_geometry){
        .size = reach,
        .regions = &flash->region,
        .region_count = 1,
        .program_size = FLASH_H7_WORD_SIZE,
        .page_size = FLASH_H7_WORD_SIZE,
        .program_count = 1,
        .erased_value = 0xFF,
        .bad_read_faults = true,
    };
}

void flash_h7_model_open(struct flash_h7_model *flash, const struct stm32_part *part, struct cortex_m7_model *m7,
                         const struct model_bus *bus)
{
    *flash = (struct flash_h7_model){.bus = bus, .part = part, .m7 = m7, .optcr = part->optcr};
    describe(flash);
    flash->model = (struct model){.name = "FLASH",
                                  .base = 0x52002000,
                                  .size = (flash->bank_count - 1) * BANK_REGISTERS + SIZE,
                                  .read = flash_read_register,
                                  .write = flash_write,
                                  .tick = flash_tick,
                                  .busy_ns = flash_busy_ns,
                                  .ctx = flash};
    flash->window = (struct model_window){.base = 0x08000000,
                                          .size = flash->geometry.size,
                                          .erases = &flash->erases,
                                          .store = window_store,
                                          .guarded = window_guarded,
                                          .access = window_access,
                                          .ctx = flash};
}

void flash_h7_model_reset(struct flash_h7_model *flash, struct cells *cells)
{
    flash->cells = cells;
    flash->window.bytes = cells->bytes;
    for (uint32_t i = 0; i < flash->bank_count; i++) {
        flash->banks[i] = (struct flash_h7_bank){.cr = CR_RESET, .protection = 0xFF, .read_word = UINT32_MAX};
    }
    find_bad_words(flash);
}
