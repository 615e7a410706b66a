/* The SPI-NOR driver over simulated chips. The chips report whatever a chip would not have done. */
#include "nor_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/parts/nor_frame.h"

#define KIB(n) ((uint32_t)(n)*1024u)
#define MIB(n) ((uint32_t)(n)*1024u * 1024u)

static void fill(uint8_t *bytes, uint32_t size, uint32_t seed)
{
    for (uint32_t i = 0; i < size; i++) {
        seed = seed * 1103515245u + 12345u;
        bytes[i] = (uint8_t)(seed >> 16);
    }
}

/* Erases, programs and reads a range, and looks at the cells behind the driver's back. */
static void check_range(struct nor_rig *rig, uint32_t off, uint32_t size, uint32_t seed)
{
    static uint8_t written[MIB(1)];
    static uint8_t seen[MIB(1)];
    assert_true(size <= sizeof written);
    fill(written, size, seed);
    assert_int_equal(mprom_flash_erase(rig->flash, off, size), 0);
    assert_int_equal(mprom_flash_is_blank(rig->flash, off, size), 1);
    assert_int_equal(mprom_flash_program(rig->flash, off, written, size), 0);
    assert_memory_equal(rig->cells.bytes + off, written, size);
    assert_int_equal(mprom_flash_read(rig->flash, off, seen, size), 0);
    assert_memory_equal(seen, written, size);
}

/* What the data sheets and, for times and reads, the decoded tables in the sheet of facts say. */
static const struct expected {
    const char *part;
    uint32_t size;
    uint32_t large[2];
    uint8_t erase_opcodes[3];
    uint32_t erase_ms[3]; /* longest */
    uint32_t program_us;
    uint8_t program_opcode;
    uint8_t address_size;
    struct {
        uint8_t opcode, address_lanes, mode_size, dummy_clocks, data_lanes;
    } single, quad;
    bool mode_4byte;
} expected[] = {
    {"w25q64",
     MIB(8),
     {KIB(32), KIB(64)},
     {0x20, 0x52, 0xD8},
     {896, 1792, 2240},
     4224,
     0x02,
     3,
     {0x0B, 1, 0, 8, 1},
     {0xEB, 4, 1, 4, 4},
     false},
    {"w25q256fv",
     MIB(32),
     {KIB(32), KIB(64)},
     {0x20, 0x52, 0xD8},
     {1000, 2000, 4000},
     10000,
     0x02,
     4,
     {0x0B, 1, 0, 8, 1},
     {0x0B, 1, 0, 8, 1},
     true},
    {"w25q256jv",
     MIB(32),
     {KIB(64), 0},
     {0x21, 0xDC, 0},
     {896, 2240, 0},
     4224,
     0x12,
     4,
     {0x0C, 1, 0, 8, 1},
     {0xEC, 4, 1, 4, 4},
     false},
    {"mx25r6435f",
     MIB(8),
     {KIB(32), KIB(64)},
     {0x20, 0x52, 0xD8},
     {384, 1920, 3840},
     5376,
     0x02,
     3,
     {0x0B, 1, 0, 8, 1},
     {0xEB, 4, 1, 4, 4},
     false},
    {"w25q16old",
     MIB(2),
     {KIB(64), 0},
     {0x20, 0xD8, 0},
     {1000, 4000, 0},
     10000,
     0x02,
     3,
     {0x0B, 1, 0, 8, 1},
     {0x0B, 1, 0, 8, 1},
     false},
};

static void check_part(const struct expected *e, uint8_t lanes)
{
    struct nor_rig rig;
    rig_open(&rig, e->part, lanes);
    assert_int_equal(rig_start(&rig), 0);
    const struct mprom_spi_nor *nor = &rig.nor;
    assert_memory_equal(nor->id, rig.part.id, 3);
    assert_int_equal(mprom_flash_check(rig.flash), 0);
    assert_int_equal(nor->geometry.size, e->size);
    assert_int_equal(nor->geometry.page_size, 256);
    assert_int_equal(nor->geometry.program_size, 1);
    assert_int_equal(nor->region.erase_size, 4096);
    assert_int_equal(nor->geometry.large_erase_sizes[0], e->large[0]);
    assert_int_equal(nor->geometry.large_erase_sizes[1], e->large[1]);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(nor->erases[i].opcode, e->erase_opcodes[i]);
        assert_int_equal(nor->erases[i].timeout_us, e->erase_ms[i] * 1000);
    }
    assert_int_equal(nor->program_timeout_us, e->program_us);
    assert_int_equal(nor->program_opcode, e->program_opcode);
    assert_int_equal(nor->address_size, e->address_size);
    const uint8_t read[] = {nor->read.opcode, nor->read.address_lanes, nor->read.mode_size, nor->read.dummy_clocks,
                            nor->read.data_lanes};
    assert_memory_equal(read, lanes == 4 ? &e->quad : &e->single, sizeof read);
    assert_int_equal(rig.chip.mode_4byte, e->mode_4byte);
    assert_false(rig.chip.write_enabled);
    assert_int_equal(nor_frame_clocks(&(struct nor_frame){.opcode_lanes = 1}), 8);

    check_range(&rig, 0, KIB(4), 1);
    check_range(&rig, KIB(28), KIB(4 + 32 + 64 + 4), 2);
    check_range(&rig, e->size - KIB(8), KIB(8), 3);
    if (e->size > MIB(16)) {
        check_range(&rig, MIB(16) - KIB(4), KIB(8), 4);
        check_range(&rig, MIB(16), KIB(4), 5);
        assert_memory_not_equal(rig.cells.bytes, rig.cells.bytes + MIB(16), KIB(4));
    }
    assert_int_equal(rig.chip.violations, 0);
    assert_int_equal(rig.cells.counts.violations, 0);
    rig_close(&rig);
}

static void every_part_is_what_its_data_sheet_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        check_part(&expected[i], 1);
        check_part(&expected[i], 4);
    }
}

static void the_largest_erase_that_fits_is_sent(void **state)
{
    (void)state;
    struct nor_rig rig;
    rig_open(&rig, "w25q64", 4);
    assert_int_equal(rig_start(&rig), 0);
    assert_int_equal(mprom_flash_erase(rig.flash, KIB(28), KIB(4 + 32 + 128 + 32 + 4)), 0);
    assert_int_equal(rig.bus.counts[0x20], 2);
    assert_int_equal(rig.bus.counts[0x52], 2);
    assert_int_equal(rig.bus.counts[0xD8], 2);
    assert_int_equal(rig.cells.counts.blocks_erased, 50);
    rig_close(&rig);
}

/* In simulated time, read-back included: the chip's own typical times, and at most a fifth more. */
static void the_chip_is_kept_busy(void **state)
{
    (void)state;
    static uint8_t image[KIB(200)];
    struct nor_rig rig;
    rig_open(&rig, "w25q64", 4);
    assert_int_equal(rig_start(&rig), 0);
    fill(image, sizeof image, 1);
    uint64_t start_ns = rig.bus.time_ns;
    assert_int_equal(mprom_flash_erase(rig.flash, 0, KIB(256)), 0);
    assert_int_equal(mprom_flash_program(rig.flash, 0, image, sizeof image), 0);
    uint64_t needed_us = 4 * 150000 + sizeof image / 256 * 400;
    print_message("%u us, of which the chip needs %u\n", (unsigned)((rig.bus.time_ns - start_ns) / 1000),
                  (unsigned)needed_us);
    assert_in_range((rig.bus.time_ns - start_ns) / 1000, needed_us, needed_us * 12 / 10);
    rig_close(&rig);
}

/* One byte of a part's tables is changed; what is read and programmed with, and how far, follows. */
static void reads_and_addresses_follow_the_tables(void **state)
{
    (void)state;
    static const struct {
        const char *part;
        uint32_t off[2];
        uint8_t value[2];
        uint8_t read, address_lanes, mode_size, dummy_clocks, data_lanes, program, address_size;
        uint32_t size;
    } cases[] = {
        /* DW1 at 80h: bit 21 is 1-4-4, bit 22 1-1-4. DW3 at 88h: clocks of wait and mode, opcode; both twice. */
        {"w25q64", {0x82, 0x82}, {0xF9, 0xF9}, 0xEB, 4, 1, 4, 4, 0x02, 3, MIB(8)},
        {"w25q64", {0x82, 0x82}, {0xD9, 0xD9}, 0x6B, 1, 0, 8, 4, 0x02, 3, MIB(8)},
        {"w25q64", {0x82, 0x82}, {0x99, 0x99}, 0x0B, 1, 0, 8, 1, 0x02, 3, MIB(8)},
        {"w25q64", {0x88, 0x88}, {0x64, 0x64}, 0x6B, 1, 0, 8, 4, 0x02, 3, MIB(8)},
        {"w25q64", {0x82, 0x8A}, {0xD9, 0x48}, 0x0B, 1, 0, 8, 1, 0x02, 3, MIB(8)},
        /* The table for 4-byte addresses, at D0h: which opcodes there are. Without, DW16 at BCh. */
        {"w25q256jv", {0xD0, 0xD0}, {0xFF, 0xFF}, 0xEC, 4, 1, 4, 4, 0x12, 4, MIB(32)},
        {"w25q256jv", {0xD0, 0xD0}, {0xDF, 0xDF}, 0x6C, 1, 0, 8, 4, 0x12, 4, MIB(32)},
        {"w25q256jv", {0xD0, 0xD0}, {0xCF, 0xCF}, 0x0C, 1, 0, 8, 1, 0x12, 4, MIB(32)},
        {"w25q256jv", {0xD0, 0xD0}, {0xFD, 0xFD}, 0xEB, 4, 1, 4, 4, 0x02, 4, MIB(32)},
        {"w25q256jv", {0xD0, 0xD0}, {0xBF, 0xBF}, 0xEB, 4, 1, 4, 4, 0x02, 4, MIB(32)},
        {"w25q256jv", {0xD1, 0xD1}, {0x00, 0x00}, 0xEB, 4, 1, 4, 4, 0x02, 4, MIB(32)},
        {"w25q256jv", {0xD0, 0xBF}, {0x00, 0x02}, 0xEB, 4, 1, 4, 4, 0x02, 4, MIB(32)},
        {"w25q256jv", {0xD0, 0xBF}, {0x00, 0x00}, 0xEB, 4, 1, 4, 4, 0x02, 3, MIB(16)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct nor_rig rig;
        rig_open(&rig, cases[i].part, 4);
        rig.sfdp[cases[i].off[0]] = cases[i].value[0];
        rig.sfdp[cases[i].off[1]] = cases[i].value[1];
        assert_int_equal(rig_start(&rig), 0);
        const struct mprom_spi_nor_command *read = &rig.nor.read;
        assert_int_equal(read->opcode, cases[i].read);
        assert_int_equal(read->address_lanes, cases[i].address_lanes);
        assert_int_equal(read->mode_size, cases[i].mode_size);
        assert_int_equal(read->dummy_clocks, cases[i].dummy_clocks);
        assert_int_equal(read->data_lanes, cases[i].data_lanes);
        assert_int_equal(read->address_size, cases[i].address_size);
        assert_int_equal(rig.nor.program_opcode, cases[i].program);
        assert_int_equal(rig.nor.address_size, cases[i].address_size);
        assert_int_equal(rig.nor.geometry.size, cases[i].size);
        check_range(&rig, cases[i].size - KIB(8), KIB(8), (uint32_t)i);
        assert_int_equal(rig.chip.violations, 0);
        rig_close(&rig);
    }
}

/* Every rule of JESD216 for quad enable: the bit comes on, the others stay, and it is written once. */
static void quad_enable_follows_the_rule(void **state)
{
    (void)state;
    static const uint8_t wanted[][2] = {{0x00, 0x08}, {0x00, 0x0A}, {0x40, 0x08}, {0x00, 0x88},
                                        {0x00, 0x0A}, {0x00, 0x0A}, {0x00, 0x0A}};
    for (uint8_t rule = 0; rule <= 6; rule++) {
        struct nor_rig rig;
        rig_open(&rig, "w25q64", 4);
        rig_set_quad_rule(&rig, rule);
        rig.chip.status[0] = rule == 0 ? 0x40 : 0x00; /* BP3 of Micron, the makers that have no quad enable */
        rig.chip.status[1] = 0x08;                    /* LB1 */
        assert_int_equal(rig_start(&rig), 0);
        assert_int_equal(rig.nor.quad_rule, rule);
        assert_int_equal(rig.nor.read.opcode, 0xEB);
        assert_memory_equal(rig.chip.status, wanted[rule], 2);
        check_range(&rig, KIB(64), KIB(8), rule);
        uint32_t writes = rig.bus.counts[0x01] + rig.bus.counts[0x31] + rig.bus.counts[0x3E];
        assert_int_equal(writes, 1);
        assert_int_equal(rig_start(&rig), 0);
        assert_int_equal(rig.bus.counts[0x01] + rig.bus.counts[0x31] + rig.bus.counts[0x3E], writes);
        assert_int_equal(rig.chip.violations, 0);
        rig_close(&rig);
    }
}

static void one_lane_leaves_quad_enable_alone(void **state)
{
    (void)state;
    struct nor_rig rig;
    rig_open(&rig, "w25q64", 1);
    assert_int_equal(rig_start(&rig), 0);
    assert_int_equal(rig.bus.counts[0x01], 0);
    assert_int_equal(rig.chip.status[1], 0);
    rig_close(&rig);
    rig_open(&rig, "mx25r6435f", 1);
    rig.chip.status[0] = 0x7C; /* quad enable is bit 6 here: protection goes, it stays */
    assert_int_equal(rig_start(&rig), 0);
    assert_int_equal(rig.chip.status[0], 0x40);
    assert_int_equal(rig.chip.violations, 0);
    rig_close(&rig);
}

/* 35h enters QPI on some chips: it is sent only where the rule says that it reads a register. */
static void the_second_register_is_read_only_where_there_is_one(void **state)
{
    (void)state;
    static const char *const parts[] = {"mx25r6435f", "w25q256fv", "w25q16old"};
    for (int i = 0; i < 3; i++) {
        struct nor_rig rig;
        rig_open(&rig, parts[i], 4);
        assert_int_equal(rig_start(&rig), 0);
        assert_int_equal(rig.bus.counts[0x35], 0);
        rig_close(&rig);
    }
}

static void reads_fall_back_to_one_lane(void **state)
{
    (void)state;
    struct nor_rig rig;
    rig_open(&rig, "w25q64", 4);
    rig.chip.status_locked = true; /* the bit cannot be set */
    assert_int_equal(rig_start(&rig), 0);
    assert_int_equal(rig.nor.read.opcode, 0x0B);
    assert_int_equal(rig.nor.read.data_lanes, 1);
    check_range(&rig, 0, KIB(4), 1);
    assert_int_equal(rig.chip.violations, 0);

    rig.chip.status_locked = false;
    rig.is_quiet = true;
    rig.part.features &= ~(uint32_t)NOR_STATUS_2; /* 35h is not answered, against the rule */
    rig.chip.status[0] = 0x1C;
    assert_int_equal(rig_start(&rig), 0);
    assert_int_equal(rig.nor.read.data_lanes, 1);
    assert_int_equal(rig.chip.status[0], 0);
    check_range(&rig, 0, KIB(4), 2);
    rig_close(&rig);
}

static void protection_is_taken_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < NOR_PART_COUNT; i++) {
        struct nor_rig rig;
        rig_open(&rig, nor_parts[i].name, 4);
        for (uint8_t code = 1; code < 16; code += 2) {
            rig.chip.status[0] = (uint8_t)(code << 2);
            assert_int_equal(rig_start(&rig), 0);
            assert_false(nor_parts[i].quad_rule != 2 && (rig.chip.status[0] & 0x7C) != 0);
            assert_int_equal(rig.chip.status[0] & 0x3C, 0);
            check_range(&rig, rig.nor.geometry.size - KIB(4), KIB(4), code);
            check_range(&rig, 0, KIB(4), code);
        }
        assert_int_equal(rig.chip.violations, 0);
        rig_close(&rig);
    }
    struct nor_rig rig;
    rig_open(&rig, "w25q64", 1);
    rig.chip.status[1] = 0x40; /* CMP: all is protected though no BP bit is set */
    assert_int_equal(rig_start(&rig), 0);
    check_range(&rig, 0, KIB(4), 1);
    assert_int_equal(rig.chip.violations, 0);
    rig_close(&rig);
}

static void what_stays_protected_is_refused(void **state)
{
    (void)state;
    struct nor_rig rig;
    uint8_t byte = 0;
    rig_open(&rig, "w25q64", 4);
    rig.chip.status[0] = 0x04; /* the upper 64th */
    rig.chip.status_locked = true;
    assert_int_equal(rig_start(&rig), 0);
    assert_int_equal(rig.chip.violations, 0);
    check_range(&rig, 0, KIB(4), 1);
    check_range(&rig, MIB(8) - KIB(132), KIB(4), 1);
    assert_int_equal(rig.chip.violations, 0);
    rig.is_quiet = true;
    assert_int_equal(mprom_flash_program(rig.flash, MIB(8) - KIB(128), &byte, 1), -MPROM_EROFS);
    assert_string_equal(rig.violation, "program at 8257536, which is protected");
    assert_false(rig.chip.write_enabled);
    assert_int_equal(mprom_flash_erase(rig.flash, MIB(8) - KIB(4), KIB(4)), -MPROM_EROFS);
    assert_string_equal(rig.violation, "erase of 4096 bytes at 8384512, which is protected");
    assert_false(rig.chip.write_enabled);
    check_range(&rig, 0, KIB(4), 2);
    rig_close(&rig);
}

/* Whatever an earlier program has left the chip in, the driver gets it back, and breaks no rule on the way. */
static void a_chip_in_any_state_is_brought_back(void **state)
{
    (void)state;
    enum {
        CONTINUOUS,
        MODE_4BYTE,
        QPI,
        QPI_UNTIL_RESET,
        POWER_DOWN,
        RESET_ENABLED,
        WRITE_ENABLED,
        PROGRAMS,
        WRITES_STATUS,
        COUNT
    };
    for (int what = 0; what < COUNT; what++) {
        for (uint8_t lanes = 1; lanes <= 4; lanes += 3) {
            for (int part = 0; part < (what <= MODE_4BYTE ? 3 : 1); part++) {
                struct nor_rig rig;
                rig_open(&rig, nor_parts[part].name, lanes);
                rig.chip.status[1] = 0x02;
                rig.chip.continuous = what == CONTINUOUS ? 0xEB : 0;
                rig.chip.mode_4byte = part != 0;
                rig.chip.qpi = what == QPI || (what == QPI_UNTIL_RESET && lanes == 4);
                rig.part.features |= what == QPI_UNTIL_RESET ? NOR_QPI_UNTIL_RESET : 0;
                /* Four lanes drive all lines; one relies on pull-ups, but for the line from the chip. */
                rig.chip.held_low = lanes == 4 ? 0xE : what == CONTINUOUS || what == QPI ? 0 : 0x2;
                rig.chip.power_down = what == POWER_DOWN;
                rig.chip.reset_enabled = what == RESET_ENABLED;
                rig.chip.write_enabled = what >= WRITE_ENABLED;
                if (what == PROGRAMS || what == WRITES_STATUS) {
                    rig.chip.job = what == PROGRAMS ? NOR_PROGRAMS : NOR_WRITES_STATUS;
                    rig.chip.busy_ns = 9000000;
                    rig.chip.job_size = 10;
                    memcpy(rig.chip.new_status, rig.chip.status, 2);
                }
                assert_int_equal(rig_start(&rig), 0);
                assert_memory_equal(rig.nor.id, rig.part.id, 3);
                check_range(&rig, KIB(64), KIB(8), (uint32_t)what);
                assert_int_equal(rig.chip.violations, 0);
                rig_close(&rig);
            }
        }
    }
}

static void the_mode_is_entered_with_write_enable(void **state)
{
    (void)state;
    struct nor_rig rig;
    rig_open(&rig, "w25q256fv", 4);
    rig.part.features |= NOR_MODE_4BYTE_GUARDED;
    assert_int_equal(rig_start(&rig), 0);
    assert_true(rig.chip.mode_4byte);
    assert_false(rig.chip.write_enabled);
    assert_int_equal(rig.chip.violations, 0);
    rig_close(&rig);
}

/* A chip that comes up with 4-byte addresses: with opcodes of its own it does not matter, else the mode is as needed.
 */
static void the_address_width_at_power_up_does_not_matter(void **state)
{
    (void)state;
    for (int part = 1; part < 3; part++) {
        struct nor_rig rig;
        rig_open(&rig, nor_parts[part].name, 4);
        rig.chip.starts_in_4byte = true;
        nor_chip_power_on(&rig.chip);
        assert_true(rig.chip.mode_4byte);
        assert_int_equal(rig_start(&rig), 0);
        check_range(&rig, MIB(16) - KIB(4), KIB(8), 1);
        assert_int_equal(rig.chip.violations, 0);
        rig_close(&rig);
    }
}

static void a_large_chip_without_a_known_way_is_used_by_half(void **state)
{
    (void)state;
    struct nor_rig rig;
    rig_open(&rig, "w25q256fv", 4);
    rig.sfdp[0x82] = 0xF1; /* DW1 says three address bytes */
    rig.chip.starts_in_4byte = true;
    nor_chip_power_on(&rig.chip);
    assert_int_equal(rig_start(&rig), 0);
    assert_int_equal(rig.nor.geometry.size, MIB(16));
    assert_int_equal(rig.nor.address_size, 3);
    assert_false(rig.chip.mode_4byte);
    check_range(&rig, MIB(16) - KIB(4), KIB(4), 1);
    assert_int_equal(rig.chip.violations, 0);
    rig_close(&rig);
}

/* A chip that always takes four bytes, whatever its size. */
static void four_address_bytes_only(void **state)
{
    (void)state;
    struct nor_rig rig;
    rig_open(&rig, "w25q64", 4);
    rig.sfdp[0x82] = 0xFD; /* DW1, bits 18:17 = 2 */
    rig.chip.starts_in_4byte = true;
    nor_chip_power_on(&rig.chip);
    assert_int_equal(rig_start(&rig), 0);
    assert_int_equal(rig.nor.address_size, 4);
    assert_int_equal(rig.nor.geometry.size, MIB(8));
    check_range(&rig, MIB(8) - KIB(4), KIB(4), 1);
    assert_int_equal(rig.chip.violations, 0);
    rig_close(&rig);
}

static void a_chip_that_is_never_ready_runs_into_the_time_out(void **state)
{
    (void)state;
    struct nor_rig rig;
    uint8_t byte = 0x55;
    rig_open(&rig, "w25q64", 4);
    assert_int_equal(rig_start(&rig), 0);
    rig.chip.never_ready = true;
    uint64_t start_ns = rig.bus.time_ns;
    assert_int_equal(mprom_flash_program(rig.flash, 77, &byte, 1), -MPROM_ETIMEDOUT);
    uint64_t took_us = (rig.bus.time_ns - start_ns) / 1000;
    assert_in_range(took_us, 4224, 2 * 4224);
    /* Until it is ready, nothing else can be done, and nothing is tried. */
    start_ns = rig.bus.time_ns;
    assert_int_equal(mprom_flash_read(rig.flash, 0, &byte, 1), -MPROM_ETIMEDOUT);
    assert_in_range((rig.bus.time_ns - start_ns) / 1000, 4224, 2 * 4224);
    assert_int_equal(mprom_flash_erase(rig.flash, 0, KIB(4)), -MPROM_ETIMEDOUT);
    assert_int_equal(mprom_flash_sync(rig.flash), -MPROM_ETIMEDOUT);
    assert_int_equal(rig.chip.violations, 0);
    rig.chip.never_ready = false;
    nor_chip_tick(&rig.chip, 1000000000);
    assert_int_equal(mprom_flash_sync(rig.flash), 0);
    assert_int_equal(mprom_flash_read(rig.flash, 77, &byte, 1), 0);
    assert_int_equal(byte, 0x55);

    rig.chip.never_ready = true;
    start_ns = rig.bus.time_ns;
    assert_int_equal(mprom_flash_erase(rig.flash, 0, KIB(64)), -MPROM_ETIMEDOUT);
    assert_in_range((rig.bus.time_ns - start_ns) / 1000, 2240000, 2 * 2240000);
    assert_int_equal(rig.chip.violations, 0);

    /* Busy at the start, and for ever. */
    rig.is_quiet = true;
    rig.chip.job = NOR_WRITES_STATUS;
    assert_int_equal(rig_start(&rig), -MPROM_ENODEV);
    rig_close(&rig);
}

/* A read that follows a program which took longer than its time-out is answered as soon as the chip is ready. */
static void a_late_chip_is_waited_for(void **state)
{
    (void)state;
    struct nor_rig rig;
    uint8_t byte = 0x55;
    rig_open(&rig, "w25q64", 4);
    assert_int_equal(rig_start(&rig), 0);
    rig.part.program_us = 8000;
    assert_int_equal(mprom_flash_program(rig.flash, 5, &byte, 1), -MPROM_ETIMEDOUT);
    assert_int_equal(mprom_flash_read(rig.flash, 5, &byte, 1), 0);
    assert_int_equal(byte, 0x55);
    assert_int_equal(rig.chip.violations, 0);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_is_what_its_data_sheet_says),
        cmocka_unit_test(the_largest_erase_that_fits_is_sent),
        cmocka_unit_test(the_chip_is_kept_busy),
        cmocka_unit_test(reads_and_addresses_follow_the_tables),
        cmocka_unit_test(quad_enable_follows_the_rule),
        cmocka_unit_test(one_lane_leaves_quad_enable_alone),
        cmocka_unit_test(the_second_register_is_read_only_where_there_is_one),
        cmocka_unit_test(reads_fall_back_to_one_lane),
        cmocka_unit_test(protection_is_taken_off),
        cmocka_unit_test(what_stays_protected_is_refused),
        cmocka_unit_test(a_chip_in_any_state_is_brought_back),
        cmocka_unit_test(the_mode_is_entered_with_write_enable),
        cmocka_unit_test(the_address_width_at_power_up_does_not_matter),
        cmocka_unit_test(a_large_chip_without_a_known_way_is_used_by_half),
        cmocka_unit_test(four_address_bytes_only),
        cmocka_unit_test(a_chip_that_is_never_ready_runs_into_the_time_out),
        cmocka_unit_test(a_late_chip_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
