/* The driver of octal flash over the models of OSPI and of the chips: what the flash contract does not look at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "octal_rig.h"

enum {
    KIB = 1024,
    MIB = 1024 * KIB,
    DEAF_US = 36000, /* an ISSI after an erase of 32 KiB that power had failed in */
};

static const char *const parts[] = {"is25wx256", "is25wx512", "mx25um25645g", "em064lx"};

enum {
    PARTS = sizeof parts / sizeof parts[0]
};

static struct octal_rig rig;
static uint8_t pattern[256];

static void expect_works(void)
{
    const struct mprom_flash *flash = &rig.driver.flash;
    uint32_t off = flash->geometry->size - 4 * KIB;
    assert_int_equal(mprom_flash_check(flash), 0);
    assert_int_equal(mprom_flash_erase(flash, off, 4 * KIB), 0);
    assert_int_equal(mprom_flash_program(flash, off, pattern, sizeof pattern), 0);
    assert_memory_equal(rig.cells.bytes + off, pattern, sizeof pattern);
    assert_memory_equal(mprom_flash_map(flash, off), pattern, sizeof pattern);
    assert_int_equal(bus.masked, 0);
    assert_string_equal(bus.first_violation, "");
}

static void each_part_is_found(void **state)
{
    (void)state;
    static const uint32_t sizes[PARTS] = {32 * MIB, 64 * MIB, 32 * MIB, 8 * MIB};
    static const uint32_t larges[PARTS][2] = {{32 * KIB, 128 * KIB}, {32 * KIB, 128 * KIB}, {64 * KIB, 0}, {0, 0}};
    static const uint32_t dummies[PARTS] = {10, 10, 10, 7};
    for (int i = 0; i < PARTS; i++) {
        assert_int_equal(octal_rig_start(&rig, parts[i]), 0);
        const struct mprom_flash_geometry *geometry = rig.driver.flash.geometry;
        assert_int_equal(geometry->size, sizes[i]);
        assert_int_equal(geometry->large_erase_sizes[0], larges[i][0]);
        assert_int_equal(geometry->large_erase_sizes[1], larges[i][1]);
        assert_int_equal(geometry->program_count, 1);
        assert_int_equal(octal_chip_dummy(&rig.chip), dummies[i]);
        expect_works();
        octal_rig_close(&rig);
    }
}

/* Started twice: another program had left it so. */
static void a_chip_on_eight_lines_is_found(void **state)
{
    (void)state;
    for (int i = 0; i < PARTS; i++) {
        assert_int_equal(octal_rig_start(&rig, parts[i]), 0);
        ospi_model_reset(&rig.ospi);
        armv8m_model_reset(&rig.armv8m);
        assert_int_equal(mprom_alif_octal_start(&rig.driver, &octal_wiring, octal_rig_wait_us), 0);
        expect_works();
        octal_rig_close(&rig);
    }
}

static void an_erase_that_goes_on_is_broken_off(void **state)
{
    (void)state;
    uint8_t zeros[16] = {0};
    assert_int_equal(octal_rig_start(&rig, "is25wx256"), 0);
    const struct mprom_flash *flash = &rig.driver.flash;
    assert_int_equal(mprom_flash_program(flash, 0x0FF0, zeros, sizeof zeros), 0);
    rig.chip.hangs = true;
    assert_int_equal(mprom_flash_erase(flash, 0, 4 * KIB), -MPROM_ETIMEDOUT);
    rig.chip.hangs = false;
    assert_int_equal(mprom_alif_octal_start(&rig.driver, &octal_wiring, octal_rig_wait_us), 0);
    assert_int_equal(rig.cells.bytes[0x0FF0], 0); /* the second half of the block is as it was */
    assert_int_equal(mprom_flash_erase(flash, 0, 4 * KIB), 0);
    expect_works();
    octal_rig_close(&rig);
}

static void a_deaf_chip_is_waited_for(void **state)
{
    (void)state;
    for (int i = 0; i < PARTS; i++) {
        octal_rig_open(&rig, parts[i]);
        octal_chip_power_on(&rig.chip, DEAF_US);
        uint64_t start_ns = bus.now_ns;
        assert_int_equal(mprom_alif_octal_start(&rig.driver, &octal_wiring, octal_rig_wait_us), 0);
        assert_in_range(bus.now_ns - start_ns, DEAF_US * UINT64_C(1000), 200000000);
        expect_works();
        octal_rig_close(&rig);
    }
}

static void no_chip_is_an_error(void **state)
{
    (void)state;
    octal_rig_open(&rig, "is25wx256");
    octal_chip_power_on(&rig.chip, 10000000);
    uint64_t start_ns = bus.now_ns;
    assert_int_equal(mprom_alif_octal_start(&rig.driver, &octal_wiring, octal_rig_wait_us), -MPROM_ENODEV);
    assert_in_range(bus.now_ns - start_ns, 120000000, 200000000);
    assert_int_equal(rig.driver.id[0], 0xFF);
    assert_int_equal(bus.masked, 0);
    assert_string_equal(bus.first_violation, "");
    octal_rig_close(&rig);
}

static void a_chip_of_another_id_is_an_error(void **state)
{
    (void)state;
    octal_rig_open(&rig, "is25wx256");
    struct octal_part part = *rig.chip.part;
    part.id[2] = 0x18;
    rig.chip.part = &part;
    assert_int_equal(mprom_alif_octal_start(&rig.driver, &octal_wiring, octal_rig_wait_us), -MPROM_ENODEV);
    assert_int_equal(rig.driver.id[2], 0x18);
    octal_rig_close(&rig);
}

static void tables_must_agree_if_there_are_any(void **state)
{
    (void)state;
    octal_rig_open(&rig, "mx25um25645g");
    rig.chip.has_tables = false;
    assert_int_equal(mprom_alif_octal_start(&rig.driver, &octal_wiring, octal_rig_wait_us), 0);
    expect_works();
    octal_rig_close(&rig);
    octal_rig_open(&rig, "is25wx256");
    struct octal_part part = *rig.chip.part;
    part.geometry = octal_part_find("is25wx512")->geometry;
    rig.chip.part = &part;
    assert_int_equal(mprom_alif_octal_start(&rig.driver, &octal_wiring, octal_rig_wait_us), -MPROM_EBADMSG);
    octal_rig_close(&rig);
}

/* The ISSI says so; of a Macronix the read-back does. */
static void protected_flash_is_an_error(void **state)
{
    (void)state;
    static const int errors[] = {-MPROM_EROFS, -MPROM_EROFS, -MPROM_EIO};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(octal_rig_start(&rig, parts[i]), 0);
        const struct mprom_flash *flash = &rig.driver.flash;
        assert_int_equal(mprom_flash_program(flash, 0, pattern, sizeof pattern), 0);
        rig.chip.protected_bits = 0x1C;
        assert_int_equal(mprom_flash_program(flash, 0x1000, pattern, sizeof pattern), errors[i]);
        assert_int_equal(mprom_flash_erase(flash, 0, 4 * KIB), errors[i]);
        rig.chip.protected_bits = 0;
        assert_int_equal(mprom_flash_erase(flash, 0, 4 * KIB), 0);
        expect_works();
        octal_rig_close(&rig);
    }
}

/* The wrapper asks for the largest that fits. */
static void an_erase_takes_the_largest_blocks(void **state)
{
    (void)state;
    assert_int_equal(octal_rig_start(&rig, "is25wx256"), 0);
    cells_reset_counts(&rig.cells);
    assert_int_equal(mprom_flash_erase(&rig.driver.flash, 96 * KIB, 192 * KIB + 4 * KIB), 0);
    assert_int_equal(rig.cells.counts.erases, 4); /* 32, 128, 32 and 4 KiB */
    assert_string_equal(bus.first_violation, "");
    octal_rig_close(&rig);
}

/* In bits that are the Secure Enclave's. */
static void the_aes_block_is_left_alone(void **state)
{
    (void)state;
    octal_rig_open(&rig, "is25wx256");
    rig.ospi.aes_control = 0x1;
    assert_int_equal(mprom_alif_octal_start(&rig.driver, &octal_wiring, octal_rig_wait_us), 0);
    expect_works();
    assert_int_equal(rig.ospi.aes_control, 0x11);
    octal_rig_close(&rig);
}

static int masked_at_operation;

static int note_masked(void *ctx, const struct cells_operation *operation)
{
    (void)ctx;
    (void)operation;
    masked_at_operation += bus.masked && ospi_window_fault(&rig.ospi, rig.ospi.window.base) != NULL;
    return 0;
}

static void nobody_sees_the_window_while_it_is_closed(void **state)
{
    (void)state;
    assert_int_equal(octal_rig_start(&rig, "is25wx256"), 0);
    masked_at_operation = 0;
    rig.cells.hooks.operation = note_masked;
    expect_works();
    assert_int_equal(masked_at_operation, 2);
    assert_null(ospi_window_fault(&rig.ospi, rig.ospi.window.base));
    octal_rig_close(&rig);
}

/* What is programmed may lie in the window, which is closed meanwhile; and at an odd address. */
static void what_is_programmed_may_lie_anywhere(void **state)
{
    (void)state;
    assert_int_equal(octal_rig_start(&rig, "mx25um25645g"), 0);
    const struct mprom_flash *flash = &rig.driver.flash;
    assert_int_equal(mprom_flash_program(flash, 0, pattern, sizeof pattern), 0);
    const uint8_t *mapped = mprom_flash_map(flash, 0);
    assert_int_equal(mprom_flash_program(flash, 0x100, mapped + 1, 16), 0);
    assert_memory_equal(rig.cells.bytes + 0x100, pattern + 1, 16);
    assert_string_equal(bus.first_violation, "");
    octal_rig_close(&rig);
}

int main(void)
{
    for (uint32_t i = 0; i < sizeof pattern; i++) {
        pattern[i] = (uint8_t)(i * 7 + 3);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_is_found),
        cmocka_unit_test(a_chip_on_eight_lines_is_found),
        cmocka_unit_test(an_erase_that_goes_on_is_broken_off),
        cmocka_unit_test(a_deaf_chip_is_waited_for),
        cmocka_unit_test(no_chip_is_an_error),
        cmocka_unit_test(a_chip_of_another_id_is_an_error),
        cmocka_unit_test(tables_must_agree_if_there_are_any),
        cmocka_unit_test(protected_flash_is_an_error),
        cmocka_unit_test(an_erase_takes_the_largest_blocks),
        cmocka_unit_test(the_aes_block_is_left_alone),
        cmocka_unit_test(nobody_sees_the_window_while_it_is_closed),
        cmocka_unit_test(what_is_programmed_may_lie_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
