/* The SPI-NOR driver against what it must not trust: tables, absent chips, buses that fail. */
#include "nor_rig.h"
#include "support/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    MUTANTS = 4000,
    MUTANTS_ALL = 100000,
    /* Of a start: 256 headers and all tables behind them, and the polls of three time-outs. */
    TRANSFERS_MAX = 256 * 2 + 3 * 1025 + 64,
};

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* A few bits, bytes or fields of the tables, more often where something stands. */
static void mutate(uint8_t *sfdp, uint32_t *random)
{
    static const uint32_t starts[] = {0, 8, 16, 0x30, 0x80, 0xC0};
    uint32_t changes = 1 + next_random(random) % 6;
    while (changes-- > 0) {
        uint32_t start = starts[next_random(random) % (sizeof starts / sizeof starts[0])];
        uint8_t *byte = &sfdp[start + next_random(random) % 64];
        switch (next_random(random) % 4) {
        case 0:
            *byte ^= (uint8_t)(1u << next_random(random) % 8);
            break;
        case 1:
            *byte = (uint8_t)next_random(random);
            break;
        case 2:
            *byte = 0;
            break;
        default:
            *byte = 0xFF;
            break;
        }
    }
}

static bool is_documented(int err)
{
    return err == 0 || err == -MPROM_ENODEV || err == -MPROM_EBADMSG || err == -MPROM_EOPNOTSUPP ||
           err == -MPROM_ETIMEDOUT || err == -MPROM_EIO;
}

/* A started flash keeps its promises to the wrapper, whatever the chip makes of the commands. */
static void use(struct nor_rig *rig)
{
    const struct mprom_flash_geometry *geometry = &rig->nor.geometry;
    uint8_t bytes[300] = {0};
    assert_int_equal(mprom_flash_check(rig->flash), 0);
    assert_true(geometry->page_size <= MPROM_SPI_NOR_OUT_SIZE_MAX);
    assert_true(rig->nor.address_size == 4 || geometry->size <= 1u << 24);
    uint64_t transfers = rig->bus.transfers;
    (void)mprom_flash_erase(rig->flash, 0, rig->nor.region.erase_size);
    (void)mprom_flash_program(rig->flash, 200, bytes, 64);
    (void)mprom_flash_read(rig->flash, geometry->size - 300, bytes, sizeof bytes);
    /* Reads back a megabyte at most, in pieces of 64 bytes, and polls. */
    assert_true(rig->bus.transfers - transfers < (1u << 20) / 64 + 200 + 66 * 1100);
}

static void no_table_leads_astray(void **state)
{
    (void)state;
    struct sample sample = sample_open("flash_spi_nor_hostile");
    uint32_t random = sample.seed;
    uint32_t count = sample.all ? MUTANTS_ALL : MUTANTS;
    uint32_t started = 0;
    for (size_t part = 0; part < 4; part++) {
        struct nor_rig rig;
        rig_open(&rig, nor_parts[part].name, 4);
        rig.is_quiet = true;
        uint8_t sound[RIG_SFDP_SIZE_MAX];
        memcpy(sound, rig.sfdp, sizeof sound);
        for (uint32_t i = 0; i < count / 4; i++) {
            memcpy(rig.sfdp, sound, sizeof sound);
            mutate(rig.sfdp, &random);
            nor_chip_power_on(&rig.chip);
            memset(rig.chip.status, 0, sizeof rig.chip.status);
            uint64_t transfers = rig.bus.transfers;
            int err = rig_start(&rig);
            assert_true(is_documented(err));
            assert_true(rig.bus.transfers - transfers <= TRANSFERS_MAX);
            if (err == 0) {
                started++;
                use(&rig);
            }
        }
        rig_close(&rig);
    }
    assert_in_range(started, count / 10, count - count / 10);
}

/* Damage that a chip's tables must not get away with, or that has a way out. */
static void damaged_tables(void **state)
{
    (void)state;
    static const struct {
        uint32_t off;
        uint8_t value;
        int err;
        uint32_t size;
    } cases[] = {
        {0x84, 0xFE, -MPROM_EBADMSG, 0}, /* density: no whole bytes, or no power of two */
        {0x87, 0x02, -MPROM_EBADMSG, 0}, {0x87, 0x83, -MPROM_EBADMSG, 0}, /* an exponent beyond all flash */
        {0x87, 0x00, 0, 2097152},                                         /* 16 Mbit */
        {0x86, 0x00, -MPROM_EBADMSG, 0}, {0x0A, 0x02, -MPROM_EBADMSG, 0}, /* of a major revision that is not known */
        {0x0B, 0x08, -MPROM_EBADMSG, 0},                                  /* too short */
        {0x0F, 0x00, -MPROM_EBADMSG, 0},                                  /* another table */
        {0x00, 'X', 0, 8388608},                                          /* no signature: by the id */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct nor_rig rig;
        rig_open(&rig, "w25q64", 1);
        rig.sfdp[cases[i].off] = cases[i].value;
        int err = rig_start(&rig);
        assert_int_equal(err, cases[i].err);
        if (cases[i].size != 0) {
            assert_int_equal(rig.nor.geometry.size, cases[i].size);
        }
        assert_int_equal(rig.chip.violations, 0);
        rig_close(&rig);
    }
}

/* Part of a page may be programmed too: pages larger than what a bus must take do no harm, smaller ones are kept to.
 */
static void page_sizes(void **state)
{
    (void)state;
    static const uint8_t data[300];
    for (uint8_t exponent = 0; exponent < 16; exponent++) {
        struct nor_rig rig;
        rig_open(&rig, "w25q64", 1);
        rig.sfdp[0xA8] = (uint8_t)(exponent << 4 | 2); /* DW11, bits 7:4 */
        assert_int_equal(rig_start(&rig), 0);
        assert_int_equal(rig.nor.geometry.page_size, exponent < 8 ? 1u << exponent : 256);
        assert_int_equal(mprom_flash_program(rig.flash, 200, data, sizeof data), 0);
        assert_memory_equal(rig.cells.bytes + 200, data, sizeof data);
        assert_int_equal(rig.chip.violations, 0);
        rig_close(&rig);
    }
}

static void a_chip_smaller_than_its_blocks(void **state)
{
    (void)state;
    struct nor_rig rig;
    rig_open(&rig, "w25q64", 1);
    const uint8_t density[] = {14, 0, 0, 0x80}; /* 2^14 bits */
    memcpy(&rig.sfdp[0x84], density, sizeof density);
    assert_int_equal(rig_start(&rig), -MPROM_EBADMSG);
    rig_close(&rig);
}

static void without_tables_the_id_decides(void **state)
{
    (void)state;
    static const struct {
        uint8_t capacity;
        int err;
        uint32_t size;
    } cases[] = {{0x01, -MPROM_EOPNOTSUPP, 0}, {0x0F, -MPROM_EOPNOTSUPP, 0}, {0x10, 0, 65536},
                 {0x15, 0, 2097152},           {0x19, 0, 16777216},          {0x20, -MPROM_EOPNOTSUPP, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct nor_rig rig;
        rig_open(&rig, "w25q256fv", 4);
        memset(rig.sfdp, 0xFF, sizeof rig.sfdp);
        rig.part.id[2] = cases[i].capacity;
        assert_int_equal(rig_start(&rig), cases[i].err);
        if (cases[i].err == 0) {
            assert_int_equal(rig.nor.geometry.size, cases[i].size);
            assert_int_equal(rig.nor.region.erase_size, 4096);
            assert_int_equal(rig.nor.geometry.large_erase_sizes[0], 65536);
            assert_int_equal(rig.nor.geometry.large_erase_sizes[1], 0);
        }
        rig_close(&rig);
    }
}

/* Erase types in any order, twice, or of sizes that are none. */
static void erase_types_in_any_order(void **state)
{
    (void)state;
    struct nor_rig rig;
    rig_open(&rig, "w25q64", 1);
    /* BFPT DW8 and DW9 are at 0x9C; the times of type 1 are 4 KiB's, of type 2 32 KiB's, of type 3 64 KiB's. */
    const uint8_t types[] = {16, 0xD8, 12, 0x20, 12, 0x99, 30, 0xC7};
    memcpy(&rig.sfdp[0x9C], types, sizeof types);
    assert_int_equal(rig_start(&rig), 0);
    assert_int_equal(rig.nor.erases[0].size, 4096);
    assert_int_equal(rig.nor.erases[0].opcode, 0x20);
    assert_int_equal(rig.nor.erases[0].timeout_us, 1792000);
    assert_int_equal(rig.nor.erases[1].size, 65536);
    assert_int_equal(rig.nor.erases[1].opcode, 0xD8);
    assert_int_equal(rig.nor.erases[1].timeout_us, 896000);
    assert_int_equal(rig.nor.erases[2].size, 0);
    const uint8_t none[] = {0, 0xFF, 8, 0x81, 11, 0x20, 21, 0xD8};
    memcpy(&rig.sfdp[0x9C], none, sizeof none);
    assert_int_equal(rig_start(&rig), -MPROM_EOPNOTSUPP);
    rig_close(&rig);
}

/* With a sector map (JESD216, table FF81) only erases that hold everywhere are used. */
static void a_sector_map_leaves_the_smallest_erase(void **state)
{
    (void)state;
    struct nor_rig rig;
    rig_open(&rig, "w25q64", 1);
    const uint8_t header[] = {0x81, 0x00, 0x01, 0x02, 0xC0, 0x00, 0x00, 0xFF};
    memcpy(&rig.sfdp[0x10], header, sizeof header);
    rig.sfdp[6] = 1;
    assert_int_equal(rig_start(&rig), 0);
    assert_int_equal(rig.nor.region.erase_size, 4096);
    assert_int_equal(rig.nor.geometry.large_erase_sizes[0], 0);
    rig_close(&rig);
}

/* Of two basic tables the longer counts, wherever its header stands. */
static void the_newest_table_counts(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        struct nor_rig rig;
        rig_open(&rig, "w25q64", 1);
        const uint8_t old[] = {0x00, 0x00, 0x01, 0x09, 0xC0, 0x00, 0x00, 0xFF};
        rig.sfdp[6] = 1;
        memcpy(&rig.sfdp[0xC0], &rig.sfdp[0x80], 36);
        rig.sfdp[0xC7] = 0x00; /* the old one says 2 MiB */
        memcpy(&rig.sfdp[0x10], &rig.sfdp[0x08], 8);
        memcpy(&rig.sfdp[turn == 0 ? 0x08 : 0x10], old, sizeof old);
        assert_int_equal(rig_start(&rig), 0);
        assert_int_equal(rig.nor.geometry.size, 8388608);
        rig_close(&rig);
    }
}

/* A bus on which nothing answers, in both ways; one that fails at a chosen transfer; one that swallows an opcode. */
struct bad_bus {
    struct nor_bus *good;
    uint64_t number; /* of the next transfer */
    uint64_t fails_at;
    int result;
    uint8_t dead_value;
    bool is_dead;
    uint8_t swallowed; /* an opcode, or 0 */
    uint32_t begins, ends;
    bool is_begun;
    int begin_result, end_result;
    const struct mprom_spi_nor_command *read;
    uint8_t mapped;
};

static int bad_transfer(void *ctx, const struct mprom_spi_nor_command *command)
{
    struct bad_bus *bad = ctx;
    assert_true(bad->is_begun);
    if (bad->number++ == bad->fails_at) {
        return bad->result;
    }
    if (bad->is_dead) {
        if (command->in != NULL) {
            memset(command->in, bad->dead_value, command->size);
        }
        return 0;
    }
    if (command->opcode == bad->swallowed) {
        return 0;
    }
    return bad->good->bus.ops->transfer(bad->good->bus.ctx, command);
}

static void bad_wait_us(void *ctx, uint32_t us)
{
    struct bad_bus *bad = ctx;
    bad->good->bus.ops->wait_us(bad->good->bus.ctx, us);
}

static int bad_begin(void *ctx)
{
    struct bad_bus *bad = ctx;
    assert_false(bad->is_begun);
    if (bad->begin_result == 0) {
        bad->is_begun = true;
        bad->begins++;
    }
    return bad->begin_result;
}

static int bad_end(void *ctx, const struct mprom_spi_nor_command *read)
{
    struct bad_bus *bad = ctx;
    assert_true(bad->is_begun);
    bad->is_begun = false;
    bad->ends++;
    bad->read = read;
    return bad->end_result;
}

static const void *bad_map(void *ctx, uint32_t off)
{
    struct bad_bus *bad = ctx;
    return off == 1234 ? &bad->mapped : NULL;
}

static const struct mprom_spi_nor_bus_ops bad_ops = {
    .transfer = bad_transfer, .wait_us = bad_wait_us, .begin = bad_begin, .end = bad_end, .map = bad_map};

static struct mprom_spi_nor_bus open_bad(struct bad_bus *bad, struct nor_rig *rig)
{
    *bad = (struct bad_bus){.good = &rig->bus, .fails_at = UINT64_MAX};
    return (struct mprom_spi_nor_bus){.ops = &bad_ops, .ctx = bad, .lanes = 4};
}

static void nobody_there(void **state)
{
    (void)state;
    static const uint8_t values[] = {0x00, 0xFF};
    for (int i = 0; i < 2; i++) {
        struct nor_rig rig;
        struct bad_bus bad;
        rig_open(&rig, "w25q64", 4);
        const struct mprom_spi_nor_bus bus = open_bad(&bad, &rig);
        bad.is_dead = true;
        bad.dead_value = values[i];
        bad.read = &rig.nor.read;
        assert_int_equal(mprom_spi_nor_start(&rig.nor, &bus), -MPROM_ENODEV);
        assert_null(bad.read);
        assert_int_equal(bad.ends, 1);
        assert_true(rig.bus.time_ns < 1000000000);
        rig_close(&rig);
    }
}

/* Dies while it is used. */
static void somebody_gone(void **state)
{
    (void)state;
    static const struct {
        uint8_t value;
        int err;
    } cases[] = {{0x00, -MPROM_EIO}, {0xFF, -MPROM_EIO}};
    for (int i = 0; i < 2; i++) {
        struct nor_rig rig;
        struct bad_bus bad;
        uint8_t byte = 0x5A;
        rig_open(&rig, "w25q64", 4);
        const struct mprom_spi_nor_bus bus = open_bad(&bad, &rig);
        assert_int_equal(mprom_spi_nor_start(&rig.nor, &bus), 0);
        bad.is_dead = true;
        bad.dead_value = cases[i].value;
        assert_int_equal(mprom_flash_program(rig.flash, 0, &byte, 1), cases[i].err);
        assert_int_equal(mprom_flash_erase(rig.flash, 0, 4096), cases[i].err);
        rig_close(&rig);
    }
}

static void write_enable_is_seen_to_be_taken(void **state)
{
    (void)state;
    struct nor_rig rig;
    struct bad_bus bad;
    uint8_t byte = 0x5A;
    rig_open(&rig, "w25q64", 4);
    const struct mprom_spi_nor_bus bus = open_bad(&bad, &rig);
    assert_int_equal(mprom_spi_nor_start(&rig.nor, &bus), 0);
    bad.swallowed = 0x06;
    assert_int_equal(mprom_flash_program(rig.flash, 0, &byte, 1), -MPROM_EIO);
    assert_int_equal(mprom_flash_erase(rig.flash, 0, 4096), -MPROM_EIO);
    assert_int_equal(rig.bus.counts[0x02] + rig.bus.counts[0x20], 0);
    assert_int_equal(rig.chip.violations, 0);
    bad.swallowed = 0x20; /* an erase that the chip did not see is found by the wrapper */
    rig.cells.bytes[0] = 0;
    assert_int_equal(mprom_flash_erase(rig.flash, 0, 4096), -MPROM_EIO);
    rig_close(&rig);
}

/* Whichever transfer fails, the error comes out, and memory-mapped mode is entered again. */
static void every_failure_of_the_bus_comes_out(void **state)
{
    (void)state;
    struct nor_rig rig;
    struct bad_bus bad;
    uint8_t bytes[2] = {0, 0};
    rig_open(&rig, "w25q256fv", 4);
    rig.is_quiet = true; /* an opcode that never came: the chip is told what does not fit */
    struct mprom_spi_nor_bus bus = open_bad(&bad, &rig);
    assert_int_equal(mprom_spi_nor_start(&rig.nor, &bus), 0);
    uint64_t start_count = bad.number;
    assert_true(start_count > 15);
    for (uint64_t number = 0; number < start_count * 2; number++) {
        nor_chip_power_on(&rig.chip);
        rig.chip.status[0] = 0;
        rig.chip.status[1] = 0;
        bus = open_bad(&bad, &rig);
        bad.fails_at = number % start_count;
        bad.result = number < start_count ? -MPROM_EPERM : 1;
        assert_int_equal(mprom_spi_nor_start(&rig.nor, &bus), number < start_count ? -MPROM_EPERM : -MPROM_EIO);
        assert_int_equal(bad.begins, 1);
        assert_int_equal(bad.ends, 1);
    }
    for (uint64_t number = 0; number < 4; number++) {
        nor_chip_power_on(&rig.chip);
        bus = open_bad(&bad, &rig);
        assert_int_equal(mprom_spi_nor_start(&rig.nor, &bus), 0);
        bad.fails_at = bad.number + number;
        bad.result = -MPROM_EPERM;
        assert_int_equal(rig.flash->ops->program(rig.flash, 5, bytes, 2), -MPROM_EPERM);
        assert_int_equal(bad.begins, 2);
        assert_int_equal(bad.ends, 2);
    }
    rig_close(&rig);
}

static void begin_and_end_frame_every_operation(void **state)
{
    (void)state;
    struct nor_rig rig;
    struct bad_bus bad;
    uint8_t bytes[2] = {0, 0};
    rig_open(&rig, "w25q64", 4);
    const struct mprom_spi_nor_bus bus = open_bad(&bad, &rig);
    bad.begin_result = -MPROM_EBUSY;
    assert_int_equal(mprom_spi_nor_start(&rig.nor, &bus), -MPROM_EBUSY);
    assert_int_equal(bad.number, 0);
    bad.begin_result = 0;
    assert_int_equal(mprom_spi_nor_start(&rig.nor, &bus), 0);
    assert_ptr_equal(bad.read, &rig.nor.read);
    assert_int_equal(bad.ends, 1);
    assert_int_equal(rig.flash->ops->read(rig.flash, 0, bytes, 2), 0);
    assert_int_equal(rig.flash->ops->program(rig.flash, 0, bytes, 2), 0);
    assert_int_equal(rig.flash->ops->erase(rig.flash, 0, 4096), 0);
    assert_int_equal(bad.ends, 4);
    assert_int_equal(mprom_flash_sync(rig.flash), 0);
    assert_int_equal(bad.ends, 4);
    assert_ptr_equal(mprom_flash_map(rig.flash, 1234), &bad.mapped);
    assert_null(mprom_flash_map(rig.flash, 1235));
    /* Where there is a window, reads go through it and begin nothing. */
    bad.mapped = 0x5A;
    assert_int_equal(mprom_flash_read(rig.flash, 1234, bytes, 1), 0);
    assert_int_equal(bytes[0], 0x5A);
    assert_int_equal(bad.ends, 4);

    bad.begin_result = -MPROM_EBUSY;
    uint64_t transfers = bad.number;
    assert_int_equal(rig.flash->ops->erase(rig.flash, 0, 4096), -MPROM_EBUSY);
    assert_int_equal(bad.number, transfers);
    bad.begin_result = 0;
    bad.end_result = -MPROM_EPERM;
    assert_int_equal(rig.flash->ops->erase(rig.flash, 0, 4096), -MPROM_EPERM);
    assert_int_equal(rig.flash->ops->erase(rig.flash, 0, 8192), -MPROM_EINVAL);
    assert_int_equal(mprom_spi_nor_start(&rig.nor, &bus), -MPROM_EPERM);
    rig_close(&rig);
    /* Neither is needed, and map may be missing. */
    rig_open(&rig, "w25q64", 4);
    assert_int_equal(rig_start(&rig), 0);
    assert_null(mprom_flash_map(rig.flash, 0));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_table_leads_astray),
        cmocka_unit_test(damaged_tables),
        cmocka_unit_test(page_sizes),
        cmocka_unit_test(a_chip_smaller_than_its_blocks),
        cmocka_unit_test(without_tables_the_id_decides),
        cmocka_unit_test(erase_types_in_any_order),
        cmocka_unit_test(a_sector_map_leaves_the_smallest_erase),
        cmocka_unit_test(the_newest_table_counts),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(somebody_gone),
        cmocka_unit_test(write_enable_is_seen_to_be_taken),
        cmocka_unit_test(every_failure_of_the_bus_comes_out),
        cmocka_unit_test(begin_and_end_frame_every_operation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
