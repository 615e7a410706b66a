/*
 * The register accesses of our boot ROM for an RP2350 are those of a real one: one erase and one program, compared with what
 * was traced there (erase_rp2350.trace, program_rp2350.trace).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chips/rp2/rom/rom_flash_rp2350.h"
#include "rig.h"

enum {
    LINES_SIZE = 16384,
    LINE_SIZE = 3000,
    SECTOR = 0x60000,
    PAGE = 0x60100,
    PAGE_SIZE = 256,
    READ_EBH = 3,
    DIVIDER = 3,
    LINE_BYTES = 8,
};

static struct rig rig;
static char lines[LINES_SIZE];

static const struct {
    uint32_t address;
    const char *name;
} names[] = {
    {0x40022000, "RESETS+2000"},
    {0x40023000, "RESETS+3000"},
    {0x40040000, "VOLTAGE_SELECT"},
    {0x40030014, "SCLK"},
    {0x4003001C, "SS"},
    {0x40030024, "SD0"},
    {0x4003002C, "SD1"},
    {0x40030034, "SD2"},
    {0x4003003C, "SD3"},
    {0x40043004, "PAD_SCLK+3000"},
    {0x40043008, "PAD_SD0+3000"},
    {0x4004300C, "PAD_SD1+3000"},
    {0x40043010, "PAD_SD2+3000"},
    {0x40043014, "PAD_SD3+3000"},
    {0x40043018, "PAD_SS+3000"},
    {0x40040008, "PAD_SD0"},
    {0x4004000C, "PAD_SD1"},
    {0x40040010, "PAD_SD2"},
    {0x40040014, "PAD_SD3"},
    {0x400D0000, "CSR"},
    {0x400D1000, "CSR+1000"},
    {0x400D0004, "TX"},
    {0x400D000C, "M0_TIMING"},
    {0x400D0010, "M0_RFMT"},
    {0x400D0014, "M0_RCMD"},
    {0x400D0020, "M1_TIMING"},
    {0x400D0024, "M1_RFMT"},
    {0x400D0028, "M1_RCMD"},
};

/* Stores that drop lines are counted, not named: 2048 names would fill the trace. */
static struct {
    uint32_t first;
    uint32_t last;
    uint32_t count;
} drops;

static const char *name_of(uint32_t address)
{
    if (address >> 24 == 0x1B) {
        drops.first = drops.count++ == 0 ? address : drops.first;
        assert_true(drops.count == 1 || address == drops.last - LINE_BYTES);
        drops.last = address;
        return NULL;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].address == address) {
            return names[i].name;
        }
    }
    return NULL;
}

static void add(const char *text)
{
    assert_true(strlen(lines) + strlen(text) < sizeof lines);
    strcat(lines, text);
}

/* The bus's trace, words for the chip in one line. */
static void take_trace(void)
{
    bool in_words = false;
    for (const char *line = bus.trace; *line != '\0'; line = strchr(line, '\n') + 1) {
        char kind[8], name[32], text[64];
        unsigned value;
        assert_int_equal(sscanf(line, "%7s %31s %x", kind, name, &value), 3);
        if (kind[0] == 'r') {
            continue;
        }
        bool is_word = strcmp(name, "TX") == 0;
        snprintf(text, sizeof text, is_word ? "%s %06x" : "%s %08x", is_word && in_words ? "" : name, value);
        add(is_word && in_words ? "" : "\n");
        add(text);
        in_words = is_word;
    }
    bus.trace_size = 0;
    bus.trace[0] = '\0';
}

/* Of looks at the status that are the same only the last stays. */
static void drop_polls(void)
{
    static const char poll[] = "\nTX 100005\nCSR+1000 00000005\nTX 000000\nCSR+1000 00000005";
    size_t size = sizeof poll - 1;
    for (char *at = strstr(lines, poll); at != NULL; at = strstr(at, poll)) {
        while (strncmp(at + size, poll, size) == 0) {
            memmove(at, at + size, strlen(at + size) + 1);
        }
        at += size;
    }
}

static void begin_trace(void)
{
    rig_open(&rig, &rig_rp2350);
    bus.name = name_of;
    bus.trace_size = 0;
    lines[0] = '\0';
    mprom_rp2350_rom_connect();
    mprom_rp2350_rom_exit_xip();
}

/* FC, and what a program runs behind it. */
static void end_trace(void)
{
    char text[64];
    take_trace();
    memset(&drops, 0, sizeof drops);
    mprom_rp2350_rom_flush();
    snprintf(text, sizeof text, "\ndrop lines %08x to %08x, %u", drops.first, drops.last, drops.count);
    add(text);
    mprom_rp2350_rom_select_read(READ_EBH, DIVIDER);
    take_trace();
    add("\n");
    drop_polls();
}

static void expect_trace(const char *file)
{
    char path[512], line[LINE_SIZE], expected[LINES_SIZE] = "\n";
    end_trace();
    snprintf(path, sizeof path, MPROM_SOURCE_DIR "/tests/chips/rp2/%s", file);
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    while (fgets(line, sizeof line, stream) != NULL) {
        if (line[0] != '#') {
            assert_true(strlen(expected) + strlen(line) < sizeof expected);
            strcat(expected, line);
        }
    }
    fclose(stream);
    assert_string_equal(lines, expected);
    assert_string_equal(bus.first_violation, "");
}

static void an_erase_is_as_that_of_a_real_boot_rom(void **state)
{
    (void)state;
    begin_trace();
    mprom_rp2350_rom_erase(SECTOR, 4096, 65536, 0xD8);
    expect_trace("erase_rp2350.trace");
    char *page = bus_read_page(MPROM_SOURCE_DIR "/chips/rp2/README.md");
    assert_non_null(strstr(page, lines));
    free(page);
    rig_close(&rig);
}

static void a_program_is_as_that_of_a_real_boot_rom(void **state)
{
    (void)state;
    uint8_t data[PAGE_SIZE];
    for (uint32_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(7 * i);
    }
    begin_trace();
    mprom_rp2350_rom_program(PAGE, data, sizeof data);
    expect_trace("program_rp2350.trace");
    assert_memory_equal(rig.cells.bytes + PAGE, data, sizeof data);
    rig_close(&rig);
}

/* RE takes the block's command where it fits, and sectors before and behind. */
static void an_erase_takes_blocks_where_they_fit(void **state)
{
    (void)state;
    begin_trace();
    bus.trace_size = 0;
    mprom_rp2350_rom_erase(0x1F000, 0x12000, 65536, 0xD8);
    take_trace();
    assert_non_null(strstr(lines, "TX 140120 1400f0"));
    assert_non_null(strstr(lines, "TX 1402d8 140000"));
    assert_non_null(strstr(lines, "TX 140320 140000"));
    assert_int_equal(rig.cells.counts.erases, 3);
    rig_close(&rig);
}

/* XM has four ways to read; BBh is no command of this chip. */
static void the_window_reads_in_other_ways_too(void **state)
{
    (void)state;
    static const struct {
        uint32_t read;
        uint32_t format;
        uint32_t command;
    } ways[] = {{0, 0x00001000, 0x03}, {1, 0x00021000, 0x0B}, {3, 0x000492A8, 0xEB}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        rig_open(&rig, &rig_rp2350);
        mprom_rp2350_rom_select_read(ways[i].read, 6);
        assert_int_equal(rig.qmi.windows[0].timing, 0x60007206);
        assert_int_equal(rig.qmi.windows[0].rfmt, ways[i].format);
        assert_int_equal(rig.qmi.windows[0].rcmd, ways[i].command);
        rig_access(0x1234, MODEL_FETCH);
        assert_string_equal(bus.first_violation, "");
        assert_true(rig.qmi.is_checked);
        rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_erase_is_as_that_of_a_real_boot_rom),
        cmocka_unit_test(a_program_is_as_that_of_a_real_boot_rom),
        cmocka_unit_test(an_erase_takes_blocks_where_they_fit),
        cmocka_unit_test(the_window_reads_in_other_ways_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
