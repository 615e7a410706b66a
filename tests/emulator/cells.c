/* The simulated cells: what is reported, what a cut leaves, and that a killed process leaves the same. */
#include "emulator/array/cells.h"
#include "emulator/array/geometries.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct mprom_flash *flash;

static void open_memory(struct cells *cells, const char *geometry)
{
    assert_int_equal(cells_open_memory(cells, geometry_find(geometry)), 0);
    flash = cells_flash(cells);
}

static int program(uint32_t off, const void *bytes, uint32_t size)
{
    return flash->ops->program(flash, off, bytes, size);
}

static int erase(uint32_t off, uint32_t size)
{
    return flash->ops->erase(flash, off, size);
}

static void remember_violation(void *ctx, const char *text)
{
    snprintf(ctx, 200, "%s", text);
}

/* Each violation is planted, and must be counted, told, and refused where a chip would do nothing sensible. */
static void every_violation_is_caught(void **state)
{
    (void)state;
    static const struct {
        const char *geometry;
        enum cells_kind kind;
        uint32_t off, size;
        const char *says;
    } cases[] = {
        {"nor4k", CELLS_PROGRAM, 262144, 1, "leaves the flash"},
        {"nor4k", CELLS_PROGRAM, UINT32_MAX, 2, "leaves the flash"},
        {"nor4k", CELLS_PROGRAM, 0, 0, "empty"},
        {"nor4k", CELLS_PROGRAM, 255, 2, "crosses a page"},
        {"nor4k", CELLS_PROGRAM, 0, 257, "crosses a page"},
        {"nrf", CELLS_PROGRAM, 2, 4, "units of 4"},
        {"nrf", CELLS_PROGRAM, 4, 2, "units of 4"},
        {"nor4k", CELLS_ERASE, 100, 4096, "no block"},
        {"nor4k", CELLS_ERASE, 0, 8192, "no block"},
        {"nor4k", CELLS_ERASE, 32768, 65536, "no block"},
        {"nor4k", CELLS_ERASE, 262144, 4096, "no block"},
        {"nor4k", CELLS_ERASE, UINT32_MAX - 4095, 4096, "no block"},
        {"stm32f4", CELLS_ERASE, 65536, 16384, "no block"},
    };
    uint8_t bytes[512] = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cells cells;
        char text[200] = "";
        open_memory(&cells, cases[i].geometry);
        cells.hooks = (struct cells_hooks){.violation = remember_violation, .ctx = text};
        int err = cases[i].kind == CELLS_PROGRAM ? program(cases[i].off, bytes, cases[i].size)
                                                 : erase(cases[i].off, cases[i].size);
        assert_int_equal(err, -MPROM_EIO);
        assert_int_equal(cells.counts.violations, 1);
        assert_non_null(strstr(text, cases[i].says));
        assert_int_equal(cells.number, 0);
        cells_close(&cells);
    }
}

static void reads_outside_are_caught(void **state)
{
    (void)state;
    struct cells cells;
    uint8_t byte;
    open_memory(&cells, "stm32h7");
    assert_int_equal(flash->ops->read(flash, 1048576, &byte, 1), -MPROM_EIO);
    assert_int_equal(flash->ops->probe(flash, 1048575, 2), -MPROM_EIO);
    assert_int_equal(cells.counts.violations, 2);
    /* A bad unit must be probed, reading it would fault. */
    cells.units[3] = CELLS_UNIT_BAD | 1;
    assert_int_equal(flash->ops->probe(flash, 0, 96), 0);
    assert_int_equal(flash->ops->probe(flash, 0, 97), -MPROM_EBADMSG);
    assert_int_equal(cells.counts.violations, 2);
    assert_int_equal(flash->ops->read(flash, 127, &byte, 1), -MPROM_EIO);
    assert_int_equal(cells.counts.violations, 3);
    cells_close(&cells);
}

static void programming_clears_bits_only(void **state)
{
    (void)state;
    struct cells cells;
    uint8_t byte = 0xF0;
    open_memory(&cells, "nor4k");
    assert_int_equal(program(10, &byte, 1), 0);
    byte = 0x30;
    assert_int_equal(program(10, &byte, 1), 0);
    assert_int_equal(cells.bytes[10], 0x30);
    assert_int_equal(cells.counts.violations, 0);
    assert_int_equal(cells.counts.bytes_programmed_again, 1);
    byte = 0x51; /* wants bits that only an erase can set */
    assert_int_equal(program(10, &byte, 1), 0);
    assert_int_equal(cells.bytes[10], 0x10);
    assert_int_equal(cells.counts.violations, 1);
    assert_int_equal(erase(0, 4096), 0);
    assert_int_equal(cells.bytes[10], 0xFF);
    assert_int_equal(program(10, &byte, 1), 0);
    assert_int_equal(cells.bytes[10], 0x51);
    assert_int_equal(cells.counts.bytes_programmed_again, 2);
    cells_close(&cells);

    open_memory(&cells, "mram");
    uint8_t unit[16] = {0};
    assert_int_equal(program(16, unit, 16), 0);
    memset(unit, 0x5A, 16);
    assert_int_equal(program(16, unit, 16), 0);
    assert_int_equal(cells.bytes[20], 0x5A);
    assert_int_equal(cells.counts.violations, 0);
    cells_close(&cells);
}

static void a_unit_takes_so_many_programs(void **state)
{
    (void)state;
    struct cells cells;
    uint8_t unit[32] = {0};
    open_memory(&cells, "stm32h7");
    assert_int_equal(program(32, unit, 32), 0);
    assert_int_equal(program(32, unit, 32), -MPROM_EIO);
    assert_int_equal(program(64, unit, 32), 0);
    assert_int_equal(cells.counts.violations, 1);
    assert_int_equal(erase(0, 131072), 0);
    assert_int_equal(program(32, unit, 32), 0);
    cells_close(&cells);

    open_memory(&cells, "nrf");
    assert_int_equal(program(4, unit, 4), 0);
    assert_int_equal(program(4, unit, 4), 0);
    assert_int_equal(cells.counts.violations, 0);
    assert_int_equal(program(4, unit, 4), -MPROM_EIO);
    assert_int_equal(cells.counts.violations, 1);
    cells_close(&cells);
}

static void erases_are_counted_by_block(void **state)
{
    (void)state;
    struct cells cells;
    uint8_t byte = 0;
    open_memory(&cells, "nor4k");
    assert_int_equal(program(5000, &byte, 1), 0);
    cells.shaky[9000] = 1;
    assert_int_equal(erase(0, 32768), 0);
    assert_int_equal(cells.counts.erases, 1);
    assert_int_equal(cells.counts.blocks_erased, 8);
    assert_int_equal(cells.counts.blank_blocks_erased, 6);
    assert_int_equal(cells.shaky[9000], 0);
    assert_int_equal(cells.counts.violations, 0);
    cells_close(&cells);
}

static void a_shaky_cell_shows_itself_in_three_reads(void **state)
{
    (void)state;
    struct cells cells;
    open_memory(&cells, "nor4k");
    for (uint32_t bit = 0; bit < 8; bit++) {
        for (uint8_t turn = 0; turn < 3; turn++) {
            cells.shaky[100 + bit] = (uint8_t)(1u << bit);
            cells.turn[100 + bit] = turn;
            int other = 0;
            for (int read = 0; read < 3; read++) {
                uint8_t byte;
                assert_int_equal(flash->ops->read(flash, 100 + bit, &byte, 1), 0);
                other += byte != 0xFF;
            }
            assert_int_equal(other, 1);
        }
    }
    cells_close(&cells);
}

static void a_cut_ends_everything_until_power_is_back(void **state)
{
    (void)state;
    static const enum cells_phase phases[] = {CELLS_BEFORE, CELLS_DURING, CELLS_AFTER};
    uint8_t bytes[64];
    memset(bytes, 0x0F, sizeof bytes);
    for (int i = 0; i < 3; i++) {
        struct cells cells;
        open_memory(&cells, "nor4k");
        const struct cells_cut cut = {.number = 1, .phase = phases[i], .pattern = CELLS_TORN_PREFIX, .seed = 7};
        cells_set_cut(&cells, &cut);
        assert_int_equal(program(0, bytes, 64), 0);
        assert_int_equal(program(64, bytes, 64), -MPROM_EIO);
        assert_int_equal(program(128, bytes, 64), -MPROM_EIO);
        assert_int_equal(erase(0, 4096), -MPROM_EIO);
        assert_int_equal(flash->ops->read(flash, 0, bytes, 1), -MPROM_EIO);
        assert_int_equal(flash->ops->sync(flash), -MPROM_EIO);
        assert_int_equal(cells.bytes[63], 0x0F);
        assert_int_equal(cells.bytes[64], i == 0 ? 0xFF : 0x0F);
        assert_int_equal(cells.bytes[127], i == 2 ? 0x0F : 0xFF);
        assert_int_equal(cells.bytes[128], 0xFF);
        cells_power_on(&cells);
        assert_int_equal(program(256, bytes, 64), 0);
        assert_int_equal(cells.counts.violations, 0);
        cells_close(&cells);
    }
}

struct torn_count {
    uint32_t done, undone, shaky;
};

static struct torn_count tear_erase(struct cells *cells, enum cells_pattern pattern, uint32_t seed)
{
    const struct cells_operation operation = {.kind = CELLS_ERASE, .off = 0, .size = 4096};
    memset(cells->bytes, 0, 4096);
    memset(cells->shaky, 0, 4096);
    cells_apply_torn(cells, &operation, pattern, seed);
    struct torn_count count = {0};
    for (uint32_t i = 0; i < 4096; i++) {
        count.done += (uint32_t)__builtin_popcount(cells->bytes[i]);
        count.shaky += (uint32_t)__builtin_popcount(cells->shaky[i]);
        /* Only what has just changed is shaky. */
        assert_int_equal(cells->shaky[i] & ~cells->bytes[i], 0);
    }
    count.undone = 32768 - count.done;
    return count;
}

static void torn_states_are_as_their_names_say(void **state)
{
    (void)state;
    struct cells cells;
    open_memory(&cells, "nor4k");
    for (uint32_t seed = 0; seed < 50; seed++) {
        struct torn_count few = tear_erase(&cells, CELLS_TORN_FEW, seed);
        assert_in_range(few.done, 15, 60);
        struct torn_count some = tear_erase(&cells, CELLS_TORN_SOME, seed);
        assert_in_range(some.done, 250, 410);
        assert_in_range(some.shaky, 10, 90);
        struct torn_count half = tear_erase(&cells, CELLS_TORN_HALF, seed);
        assert_in_range(half.done, 15500, 17300);
        assert_in_range(half.shaky, 1500, 2600);
        struct torn_count most = tear_erase(&cells, CELLS_TORN_MOST, seed);
        assert_in_range(most.undone, 250, 410);

        struct torn_count prefix = tear_erase(&cells, CELLS_TORN_PREFIX, seed);
        assert_in_range(prefix.done / 8, 1, 4095);
        assert_int_equal(cells.bytes[prefix.done / 8 - 1], 0xFF);
        assert_int_equal(cells.bytes[prefix.done / 8], 0);
        struct torn_count suffix = tear_erase(&cells, CELLS_TORN_SUFFIX, seed);
        assert_in_range(suffix.undone / 8, 1, 4095);
        assert_int_equal(cells.bytes[suffix.undone / 8 - 1], 0);
        assert_int_equal(cells.bytes[suffix.undone / 8], 0xFF);
        struct torn_count head = tear_erase(&cells, CELLS_TORN_HEAD, seed);
        assert_in_range(head.undone, 32 * 8, 160 * 8);
        assert_int_equal(head.undone % (32 * 8), 0);
        assert_int_equal(cells.bytes[head.undone / 8 - 1], 0);
        assert_int_equal(cells.bytes[head.undone / 8], 0xFF);
        struct torn_count first = tear_erase(&cells, CELLS_TORN_FIRST, seed);
        assert_in_range(first.done, 32 * 8, 160 * 8);
        assert_int_equal(cells.bytes[first.done / 8 - 1], 0xFF);
        assert_int_equal(cells.bytes[first.done / 8], 0);
        struct torn_count bits = tear_erase(&cells, CELLS_TORN_BITS, seed);
        assert_in_range(bits.done, 1, 3);
        struct torn_count shaky = tear_erase(&cells, CELLS_TORN_SHAKY, seed);
        assert_int_equal(shaky.undone, 0);
        assert_in_range(shaky.shaky, 1, 3);
        assert_int_equal(prefix.shaky + suffix.shaky + head.shaky + first.shaky + bits.shaky, 0);
    }
    cells_close(&cells);
}

static void a_torn_program_mixes_old_and_new(void **state)
{
    (void)state;
    struct cells cells;
    uint8_t data[256];
    const struct cells_operation operation = {.kind = CELLS_PROGRAM, .off = 512, .size = 256, .data = data};
    open_memory(&cells, "nor4k");
    for (uint32_t i = 0; i < 256; i++) {
        data[i] = (uint8_t)(i * 37);
    }
    for (int pattern = 0; pattern < CELLS_TORN_COUNT; pattern++) {
        for (uint32_t seed = 0; seed < 20; seed++) {
            uint8_t first[256];
            for (int again = 0; again < 2; again++) {
                memset(cells.bytes, 0xFF, 4096);
                cells_apply_torn(&cells, &operation, (enum cells_pattern)pattern, seed);
                for (uint32_t i = 0; i < 256; i++) {
                    assert_int_equal(data[i] & ~cells.bytes[512 + i], 0); /* no bit is cleared that was not to be */
                }
                assert_int_equal(cells.bytes[511], 0xFF);
                assert_int_equal(cells.bytes[768], 0xFF);
                if (again == 0) {
                    memcpy(first, cells.bytes + 512, 256);
                }
            }
            assert_memory_equal(first, cells.bytes + 512, 256); /* the same seed, the same state */
        }
    }
    cells_close(&cells);
}

/* Error correction finds nearly every mixture, but not all. */
static void a_torn_unit_is_mostly_unreadable(void **state)
{
    (void)state;
    struct cells cells;
    uint8_t data[32];
    memset(data, 0x3C, sizeof data);
    open_memory(&cells, "stm32h7");
    uint32_t bad = 0;
    for (uint32_t seed = 0; seed < 800; seed++) {
        const struct cells_operation operation = {.kind = CELLS_PROGRAM, .off = seed * 32, .size = 32, .data = data};
        cells_apply_torn(&cells, &operation, CELLS_TORN_HALF, seed);
        bad += (cells.units[seed] & CELLS_UNIT_BAD) != 0;
        assert_int_equal(cells.units[seed] & ~CELLS_UNIT_BAD, 1);
    }
    assert_in_range(bad, 650, 750);
    cells_close(&cells);
}

static void injected_faults_do_as_they_say(void **state)
{
    (void)state;
    struct cells cells;
    uint8_t bytes[64] = {0};
    open_memory(&cells, "nor4k");
    struct cells_fault fault = {.kind = CELLS_FAULT_LIES, .first = 1, .last = 1};
    cells.faults = &fault;
    cells.fault_count = 1;
    assert_int_equal(program(0, bytes, 64), 0);
    assert_int_equal(program(64, bytes, 64), 0);
    assert_int_equal(cells.bytes[0], 0);
    assert_int_equal(cells.bytes[64], 0xFF);
    fault = (struct cells_fault){.kind = CELLS_FAULT_FAILS, .first = 2, .last = 2};
    assert_int_equal(program(128, bytes, 64), -MPROM_EIO);
    fault = (struct cells_fault){.kind = CELLS_FAULT_NOT_READY, .first = 3, .last = 9};
    assert_int_equal(program(192, bytes, 64), -MPROM_ETIMEDOUT);
    assert_int_equal(cells.bytes[192], 0xFF);
    fault = (struct cells_fault){.kind = CELLS_FAULT_STUCK, .off = 6, .mask = 0x81, .value = 0x80};
    uint8_t seen[8];
    assert_int_equal(flash->ops->read(flash, 0, seen, 8), 0);
    assert_int_equal(seen[6], 0x80);
    assert_int_equal(seen[5] | seen[7], 0);
    fault = (struct cells_fault){.kind = CELLS_FAULT_UNREADABLE, .off = 7};
    assert_int_equal(flash->ops->read(flash, 0, seen, 8), -MPROM_EIO);
    assert_int_equal(flash->ops->read(flash, 0, seen, 7), 0);
    cells_close(&cells);
}

static char file_path[64];

static int make_file_path(void **state)
{
    (void)state;
    strcpy(file_path, "/tmp/mprom-cells-XXXXXX");
    int fd = mkstemp(file_path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(file_path);
}

static void a_file_keeps_what_was_done(void **state)
{
    (void)state;
    struct cells cells;
    uint8_t unit[32] = {1, 2, 3};
    assert_int_equal(cells_open_file(&cells, geometry_find("stm32h7"), file_path), 0);
    flash = cells_flash(&cells);
    assert_int_equal(mprom_flash_is_blank(flash, 0, 1048576), 1);
    assert_int_equal(program(32, unit, 32), 0);
    cells.shaky[5] = 0x10;
    cells_close(&cells);
    assert_int_equal(cells_open_file(&cells, geometry_find("stm32h7"), file_path), 0);
    flash = cells_flash(&cells);
    assert_memory_equal(cells.bytes + 32, unit, 32);
    assert_int_equal(cells.shaky[5], 0x10);
    assert_int_equal(program(32, unit, 32), -MPROM_EIO); /* still programmed once */
    cells_close(&cells);
    assert_int_equal(cells_open_file(&cells, geometry_find("nor4k"), file_path), -MPROM_EINVAL);
    assert_true(cells_open_file(&cells, geometry_find("nor4k"), "/nonexistent/cells") < 0);
}

static void a_dump_is_completed(void **state)
{
    (void)state;
    FILE *file = fopen(file_path, "wb");
    assert_non_null(file);
    for (int i = 0; i < 65536; i++) {
        fputc(i == 1000 ? 0 : 0xFF, file);
    }
    fclose(file);
    struct cells cells;
    assert_int_equal(cells_open_file(&cells, geometry_find("nrf"), file_path), 0);
    assert_int_equal(cells.bytes[1000], 0);
    assert_int_equal(cells.units[250], 1);
    assert_int_equal(cells.units[251], 0);
    cells_close(&cells);
}

/* A child programs until it is killed: what it had done by then is in the file. */
static void a_killed_process_leaves_its_operations(void **state)
{
    (void)state;
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct cells cells;
        uint8_t byte = 0;
        if (cells_open_file(&cells, geometry_find("nor4k"), file_path) == 0) {
            flash = cells_flash(&cells);
            for (uint32_t off = 0;; off++) {
                if (off == 1000 && write(ready[1], "", 1) != 1) {
                    break;
                }
                program(off % 262144, &byte, 1);
            }
        }
        _exit(1);
    }
    char go;
    assert_int_equal(read(ready[0], &go, 1), 1);
    assert_int_equal(kill(child, SIGKILL), 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    close(ready[0]);
    close(ready[1]);
    struct cells cells;
    assert_int_equal(cells_open_file(&cells, geometry_find("nor4k"), file_path), 0);
    for (uint32_t off = 0; off < 1000; off++) {
        assert_int_equal(cells.bytes[off], 0);
    }
    cells_close(&cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_violation_is_caught),
        cmocka_unit_test(reads_outside_are_caught),
        cmocka_unit_test(programming_clears_bits_only),
        cmocka_unit_test(a_unit_takes_so_many_programs),
        cmocka_unit_test(erases_are_counted_by_block),
        cmocka_unit_test(a_shaky_cell_shows_itself_in_three_reads),
        cmocka_unit_test(a_cut_ends_everything_until_power_is_back),
        cmocka_unit_test(torn_states_are_as_their_names_say),
        cmocka_unit_test(a_torn_program_mixes_old_and_new),
        cmocka_unit_test(a_torn_unit_is_mostly_unreadable),
        cmocka_unit_test(injected_faults_do_as_they_say),
        cmocka_unit_test_setup_teardown(a_file_keeps_what_was_done, make_file_path, remove_file),
        cmocka_unit_test_setup_teardown(a_dump_is_completed, make_file_path, remove_file),
        cmocka_unit_test_setup_teardown(a_killed_process_leaves_its_operations, make_file_path, remove_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
