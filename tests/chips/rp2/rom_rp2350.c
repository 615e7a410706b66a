/*
 * Our boot ROM for an RP2350: what programs ask of it wrongly, each mistake made once, by hand, and how it finds the image.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chips/rp2/rom/rom_api_rp2350.h"
#include "chips/rp2/rom/rom_flash_rp2350.h"
#include "chips/rp2/rom/rom_image_rp2350.h"
#include "rig.h"

enum {
    SECTOR = 0x60000,
    SECTOR_SIZE = 0x1000,
    BLOCK_SIZE = 0x10000,
    FLASH_SIZE = 0x400000,
    XIP = 0x10000000,
    ACCESS_TO_7 = 3 << 14,
};

static struct rig rig;
static const uint8_t zeros[512];

static void leave_window(void)
{
    mprom_rp2350_rom_connect();
    mprom_rp2350_rom_exit_xip();
}

static void erase_unaligned(void)
{
    leave_window();
    mprom_rp2350_rom_api_erase(SECTOR + 0x800, SECTOR_SIZE, BLOCK_SIZE, 0xD8);
}

/* As a real boot ROM does it. */
static void erase_unaligned_unchecked(void)
{
    leave_window();
    mprom_rp2350_rom_erase(SECTOR + 0x800, SECTOR_SIZE, BLOCK_SIZE, 0xD8);
}

static void erase_a_part(void)
{
    leave_window();
    mprom_rp2350_rom_api_erase(SECTOR, 300, BLOCK_SIZE, 0xD8);
}

static void erase_an_address(void)
{
    leave_window();
    mprom_rp2350_rom_api_erase(XIP + SECTOR, SECTOR_SIZE, BLOCK_SIZE, 0xD8);
}

static void erase_beyond(void)
{
    leave_window();
    mprom_rp2350_rom_api_erase(FLASH_SIZE, SECTOR_SIZE, BLOCK_SIZE, 0xD8);
}

static void erase_chip(void)
{
    leave_window();
    mprom_rp2350_rom_erase(0, SECTOR_SIZE, SECTOR_SIZE, 0xC7);
}

static void program_unaligned(void)
{
    leave_window();
    mprom_rp2350_rom_api_program(SECTOR + 4, zeros, 256);
}

static void program_unaligned_unchecked(void)
{
    leave_window();
    mprom_rp2350_rom_program(SECTOR + 4, zeros, 256);
}

static void program_a_part(void)
{
    leave_window();
    mprom_rp2350_rom_api_program(SECTOR, zeros, 300);
}

static void program_twice(void)
{
    uint8_t others[256];
    memset(others, 0x5A, sizeof others);
    leave_window();
    mprom_rp2350_rom_program(SECTOR, zeros, 256);
    mprom_rp2350_rom_program(SECTOR, others, 256);
}

static void program_without_enable(void)
{
    static const uint8_t rest[] = {0x06, 0x00, 0x00, 0x55};
    leave_window();
    mprom_rp2350_rom_command(0x02, rest, NULL, sizeof rest);
}

static void enable_of_a_busy_chip(void)
{
    static const uint8_t address[] = {0x06, 0x00, 0x00};
    leave_window();
    mprom_rp2350_rom_command(0x06, NULL, NULL, 0);
    mprom_rp2350_rom_command(0x20, address, NULL, sizeof address);
    mprom_rp2350_rom_command(0x06, NULL, NULL, 0);
}

static void without_coprocessor(void)
{
    rig.core.cpacr = 0;
    mprom_rp2350_rom_api_connect();
}

static void lookup_without_coprocessor(void)
{
    rig.core.cpacr = 0;
    (void)mprom_rp2350_rom_api_lookup_value('I' | 'F' << 8, 4);
}

static const struct bus_mistake mistakes[] = {
    {"RE in the middle of a sector", erase_unaligned, "RE of an address or a size that is not a multiple of 4096"},
    {"the same without our check", erase_unaligned_unchecked, "which is no block's start"},
    {"RE of a part of a sector", erase_a_part, "RE of an address or a size that is not a multiple of 4096"},
    {"RE of an address", erase_an_address, "they take offsets in the flash, not addresses"},
    {"RE beyond the flash", erase_beyond, "beyond the array"},
    {"RE with C7h", erase_chip, "C7h is no command of this chip"},
    {"RP in the middle of a page", program_unaligned, "RP of an address that is not a multiple of 256"},
    {"the same without our check", program_unaligned_unchecked, "wraps within its page"},
    {"RP of 300 bytes", program_a_part, "programs what lies behind the buffer"},
    {"RP of what is not erased", program_twice, "would set a bit"},
    {"a program without 06h", program_without_enable, "02h without write enable"},
    {"06h while the chip is busy", enable_of_a_busy_chip, "06h while busy"},
    {"a function without coprocessor 7", without_coprocessor, "without access to coprocessor 7"},
    {"a lookup without coprocessor 7", lookup_without_coprocessor, "without access to coprocessor 7"},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        rig_open(&rig, &rig_rp2350);
        rig.core.cpacr = ACCESS_TO_7;
        bus_expect_caught("RP2350", &mistakes[i]);
        rig_close(&rig);
    }
}

/* The block that the linker puts behind the vectors, by the numbers of the documentation. */
static const uint32_t block[] = {0xFFFFDED3, 0x10210142, 0x000001FF, 0x00000000, 0xAB123579};

static void put_block(uint32_t off, const uint32_t *words, uint32_t count)
{
    memset(rig.cells.bytes, 0xFF, 2 * SECTOR_SIZE);
    memcpy(rig.cells.bytes + off, words, 4 * count);
}

static void an_image_is_found_by_its_block(void **state)
{
    (void)state;
    static const uint32_t places[] = {0, 0x100, 0xFF0, 0xFFC};
    static const uint32_t with_vectors[] = {0xFFFFDED3, 0x10210142, 0x00000203, 0x10002000,
                                            0x000003FF, 0x00000000, 0xAB123579};
    rig_open(&rig, &rig_rp2350);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        put_block(places[i], block, 5);
        assert_int_equal(mprom_rp2350_rom_find_image(), XIP);
    }
    put_block(0x100, with_vectors, 7);
    assert_int_equal(mprom_rp2350_rom_find_image(), 0x10002000);
    assert_string_equal(bus.first_violation, "");
    put_block(0x1000, block, 5);
    assert_int_equal(mprom_rp2350_rom_find_image(), 0);
    rig_close(&rig);
}

/* Each word of a block counts. What begins like a block and is none does not hide one behind it. */
static void a_damaged_block_is_no_image(void **state)
{
    (void)state;
    rig_open(&rig, &rig_rp2350);
    for (uint32_t word = 0; word < 5; word++) {
        for (uint32_t bit = 0; bit < 32; bit++) {
            uint32_t damaged[5];
            memcpy(damaged, block, sizeof damaged);
            damaged[word] ^= 1u << bit;
            bool has_link = word == 3 || (word == 1 && bit < 8);
            bool is_unused = word == 2 && bit >= 24; /* a byte of 0 that nobody looks at */
            put_block(0x100, damaged, 5);
            bus.first_violation[0] = '\0';
            bus.violations = 0;
            uint32_t found = mprom_rp2350_rom_find_image();
            assert_true(found == 0 || is_unused || bus.violations != 0);
            assert_true(bus.violations == 0 || has_link);
        }
    }
    put_block(0x100, block, 5);
    memcpy(rig.cells.bytes + 0x40, block, 8);
    assert_int_equal(mprom_rp2350_rom_find_image(), XIP);
    rig_close(&rig);
}

static void an_image_that_asks_for_more_is_reported(void **state)
{
    (void)state;
    static const uint32_t linked[] = {0xFFFFDED3, 0x10210142, 0x000001FF, 0x00000040, 0xAB123579};
    static const uint32_t with_entry[] = {0xFFFFDED3, 0x10210142, 0x00000344, 0x10000201,
                                          0x20002000, 0x000004FF, 0x00000000, 0xAB123579};
    static const char said[] = "a link to another one, or more than type and vectors";
    rig_open(&rig, &rig_rp2350);
    put_block(0x100, linked, 5);
    (void)mprom_rp2350_rom_find_image();
    assert_non_null(strstr(bus.first_violation, "the image's block has"));
    rig_close(&rig);
    rig_open(&rig, &rig_rp2350);
    put_block(0x100, with_entry, 8);
    (void)mprom_rp2350_rom_find_image();
    assert_non_null(strstr(bus.first_violation, said));
    rig_close(&rig);
}

/* An image for the other CPUs of the chip is not for us. */
static void an_image_for_other_cpus_is_not_started(void **state)
{
    (void)state;
    static const uint32_t riscv[] = {0xFFFFDED3, 0x11010142, 0x000001FF, 0x00000000, 0xAB123579};
    rig_open(&rig, &rig_rp2350);
    put_block(0x100, riscv, 5);
    assert_int_equal(mprom_rp2350_rom_find_image(), 0);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(an_image_is_found_by_its_block),
        cmocka_unit_test(a_damaged_block_is_no_image),
        cmocka_unit_test(an_image_that_asks_for_more_is_reported),
        cmocka_unit_test(an_image_for_other_cpus_is_not_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
