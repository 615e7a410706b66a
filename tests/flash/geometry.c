/* Geometries: what is refused, and where the blocks are. */
#include "emulator/array/geometries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct mprom_flash_region mixed[] = {{16384, 4}, {65536, 1}, {131072, 3}};

static struct mprom_flash_geometry sound(void)
{
    return (struct mprom_flash_geometry){
        .size = 524288,
        .regions = mixed,
        .region_count = 3,
        .program_size = 4,
        .page_size = 256,
        .erased_value = 0xFF,
    };
}

static void every_named_geometry_is_sound(void **state)
{
    (void)state;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        assert_int_equal(mprom_flash_geometry_check(&geometries[i].geometry), 0);
        assert_ptr_equal(geometry_find(geometries[i].name), &geometries[i].geometry);
    }
    assert_null(geometry_find("nothing"));
}

#define REFUSED(change)                                                                                              \
    do {                                                                                                             \
        struct mprom_flash_geometry g = sound();                                                                     \
        change;                                                                                                      \
        assert_int_equal(mprom_flash_geometry_check(&g), -MPROM_EINVAL);                                             \
    } while (0)

static void a_geometry_that_makes_no_sense_is_refused(void **state)
{
    (void)state;
    struct mprom_flash_geometry good = sound();
    assert_int_equal(mprom_flash_geometry_check(&good), 0);
    assert_int_equal(mprom_flash_geometry_check(NULL), -MPROM_EINVAL);

    REFUSED(g.size -= 4);
    REFUSED(g.size += 4);
    REFUSED(g.size = 0);
    REFUSED(g.regions = NULL);
    REFUSED(g.region_count = 0);
    REFUSED(g.region_count = 2);
    REFUSED(g.program_size = 0);
    REFUSED(g.program_size = 3);
    REFUSED(g.program_size = 2 * MPROM_FLASH_PROGRAM_SIZE_MAX);
    REFUSED(g.page_size = 2);
    REFUSED(g.page_size = 0);
    REFUSED(g.page_size = 300);
    REFUSED(g.page_size = 32768); /* larger than the smallest block */
    REFUSED(g.large_erase_sizes[0] = 16384 * 3);
    REFUSED(g.large_erase_sizes[0] = 65536); /* no multiple of the third region's blocks */
    REFUSED(g.large_erase_sizes[1] = 131072);
    REFUSED(g.large_erase_sizes[0] = g.large_erase_sizes[1] = 131072);

    const struct mprom_flash_region empty[] = {{16384, 0}, {524288, 1}};
    REFUSED((g.regions = empty, g.region_count = 2));
    const struct mprom_flash_region zero[] = {{0, 1}, {524288, 1}};
    REFUSED((g.regions = zero, g.region_count = 2));
    const struct mprom_flash_region tiny[] = {{16, 32768}}; /* smaller than a unit that is held in RAM */
    REFUSED((g.regions = tiny, g.region_count = 1, g.page_size = 16));
    /* 65537 * 65536 is 65536 in 32 bits. */
    const struct mprom_flash_region wraps[] = {{65536, 65537}};
    REFUSED((g.regions = wraps, g.region_count = 1, g.size = 65536));
    const struct mprom_flash_region wraps_later[] = {{65536, 65535}, {65536, 9}};
    REFUSED((g.regions = wraps_later, g.region_count = 2));
}

static int some_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    (void)flash;
    (void)off;
    memset(dst, 0xFF, size);
    return 0;
}

static int some_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    (void)flash;
    (void)off;
    (void)src;
    (void)size;
    return 0;
}

static int some_range(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    (void)flash;
    (void)off;
    (void)size;
    return 0;
}

static int some_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static void a_driver_without_an_operation_is_refused(void **state)
{
    (void)state;
    struct mprom_flash_geometry geometry = sound();
    const struct mprom_flash_ops whole = {
        .read = some_read, .program = some_program, .erase = some_range, .sync = some_sync, .probe = some_range};
    struct mprom_flash_ops ops = whole;
    struct mprom_flash flash = {.ops = &ops, .geometry = &geometry};
    assert_int_equal(mprom_flash_check(&flash), 0);
    assert_null(mprom_flash_map(&flash, 0)); /* map may be missing */

    assert_int_equal(mprom_flash_check(NULL), -MPROM_EINVAL);
    ops.read = NULL;
    assert_int_equal(mprom_flash_check(&flash), -MPROM_EINVAL);
    ops = whole;
    ops.program = NULL;
    assert_int_equal(mprom_flash_check(&flash), -MPROM_EINVAL);
    ops = whole;
    ops.erase = NULL;
    assert_int_equal(mprom_flash_check(&flash), -MPROM_EINVAL);
    ops = whole;
    ops.sync = NULL;
    assert_int_equal(mprom_flash_check(&flash), -MPROM_EINVAL);
    ops = whole;
    ops.probe = NULL;
    assert_int_equal(mprom_flash_check(&flash), 0);
    geometry.bad_read_faults = true;
    assert_int_equal(mprom_flash_check(&flash), -MPROM_EINVAL);
    geometry.page_size = 3;
    assert_int_equal(mprom_flash_check(&flash), -MPROM_EINVAL);
    flash.ops = NULL;
    assert_int_equal(mprom_flash_check(&flash), -MPROM_EINVAL);
}

static void blocks_are_found_across_regions(void **state)
{
    (void)state;
    static const struct {
        uint32_t off, block_off, block_size;
    } cases[] = {
        {0, 0, 16384},         {16383, 0, 16384},      {16384, 16384, 16384},    {65535, 49152, 16384},
        {65536, 65536, 65536}, {131071, 65536, 65536}, {131072, 131072, 131072}, {524287, 393216, 131072},
    };
    struct mprom_flash_geometry geometry = sound();
    struct mprom_flash flash = {.geometry = &geometry};
    uint32_t off;
    uint32_t size;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(mprom_flash_block_at(&flash, cases[i].off, &off, &size), 0);
        assert_int_equal(off, cases[i].block_off);
        assert_int_equal(size, cases[i].block_size);
    }
    assert_int_equal(mprom_flash_block_at(&flash, 524288, &off, &size), -MPROM_EINVAL);
    assert_int_equal(mprom_flash_block_at(&flash, UINT32_MAX, &off, &size), -MPROM_EINVAL);
}

static void the_largest_erase_that_fits_is_chosen(void **state)
{
    (void)state;
    struct mprom_flash flash = {.geometry = geometry_find("nor4k")};
    assert_int_equal(mprom_flash_erase_size(&flash, 0, 65536), 65536);
    assert_int_equal(mprom_flash_erase_size(&flash, 0, 65535), 32768);
    assert_int_equal(mprom_flash_erase_size(&flash, 32768, 65536), 32768);
    assert_int_equal(mprom_flash_erase_size(&flash, 4096, 262144 - 4096), 4096);
    assert_int_equal(mprom_flash_erase_size(&flash, 65536, 131072), 65536);
    assert_int_equal(mprom_flash_erase_size(&flash, 0, 4095), 0);
    assert_int_equal(mprom_flash_erase_size(&flash, 1, 8192), 0);
    assert_int_equal(mprom_flash_erase_size(&flash, 262144, 4096), 0);

    /* A large erase stays inside its region: here the next region starts in the middle of one. */
    static const struct mprom_flash_region boot_blocks[] = {{4096, 8}, {32768, 3}};
    struct mprom_flash_geometry geometry = {.size = 131072,
                                            .regions = boot_blocks,
                                            .region_count = 2,
                                            .large_erase_sizes = {65536},
                                            .program_size = 1,
                                            .page_size = 256,
                                            .erased_value = 0xFF};
    assert_int_equal(mprom_flash_geometry_check(&geometry), 0);
    flash.geometry = &geometry;
    assert_int_equal(mprom_flash_erase_size(&flash, 0, 131072), 4096);
    assert_int_equal(mprom_flash_erase_size(&flash, 32768, 98304), 32768);
    assert_int_equal(mprom_flash_erase_size(&flash, 65536, 65536), 65536);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_named_geometry_is_sound),
        cmocka_unit_test(a_geometry_that_makes_no_sense_is_refused),
        cmocka_unit_test(a_driver_without_an_operation_is_refused),
        cmocka_unit_test(blocks_are_found_across_regions),
        cmocka_unit_test(the_largest_erase_that_fits_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
