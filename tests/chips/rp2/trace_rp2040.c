/*
 * The register accesses of our boot ROM for an RP2040 are those of a real one: one erase and one program, compared with what was traced
 * there (erase_rp2040.trace, program_rp2040.trace).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chips/rp2/rom/rom_crc.h"
#include "chips/rp2/rom/rom_flash_rp2040.h"
#include "rig.h"

enum {
    LINES_SIZE = 16384,
    LINE_SIZE = 1200,
    SECTOR = 0x60000,
    PAGE = 0x60100,
    PAGE_SIZE = 256,
};

static struct rig rig;
static char lines[LINES_SIZE];

static const struct {
    uint32_t address;
    const char *name;
} names[] = {
    {0x4000E000, "RESETS+2000"}, {0x4000F000, "RESETS+3000"}, {0x40018004, "SCLK"},
    {0x4001800C, "SS"},          {0x40018014, "SD0"},         {0x4001801C, "SD1"},
    {0x40018024, "SD2"},         {0x4001802C, "SD3"},         {0x40020008, "PAD_SD0"},
    {0x4002000C, "PAD_SD1"},     {0x40020010, "PAD_SD2"},     {0x40020014, "PAD_SD3"},
    {0x18000000, "CTRLR0"},      {0x18000008, "SSIENR"},      {0x18000010, "SER"},
    {0x18000014, "BAUDR"},       {0x18000028, "SR"},          {0x18000048, "ICR"},
    {0x18000060, "DR0"},         {0x14000004, "FLUSH"},       {0x14002000, "XIP_CTRL+2000"},
};

static const char *name_of(uint32_t address)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].address == address) {
            return names[i].name;
        }
    }
    return NULL;
}

/* Reads count where they have an effect. */
static bool counts(const char *kind, const char *name)
{
    return kind[0] == 'w' || strcmp(name, "SR") == 0 || strcmp(name, "ICR") == 0 || strcmp(name, "FLUSH") == 0;
}

/* The bus's trace, bytes of a frame in one line. */
static void take_trace(void)
{
    bool in_data = false;
    lines[0] = '\0';
    for (const char *line = bus.trace; *line != '\0'; line = strchr(line, '\n') + 1) {
        char kind[8], name[32], text[48];
        unsigned value;
        assert_int_equal(sscanf(line, "%7s %31s %x", kind, name, &value), 3);
        bool is_data = strcmp(name, "DR0") == 0;
        if (!counts(kind, name)) {
            continue;
        }
        if (kind[0] == 'r') {
            snprintf(text, sizeof text, "\nread %s", name);
        } else if (is_data) {
            snprintf(text, sizeof text, "%s %02x", in_data ? "" : "\nDR0", value);
        } else {
            snprintf(text, sizeof text, "\n%s %08x", name, value);
        }
        in_data = is_data;
        assert_true(strlen(lines) + strlen(text) < sizeof lines);
        strcat(lines, text);
    }
    strcat(lines, "\n");
}

/* Of looks at the status that are the same only the last stays. */
static void drop_polls(void)
{
    static const char poll[] = "\nSS 00000200\nDR0 05 00\nSS 00000300";
    size_t size = sizeof poll - 1;
    for (char *at = strstr(lines, poll); at != NULL; at = strstr(at, poll)) {
        while (strncmp(at + size, poll, size) == 0) {
            memmove(at, at + size, strlen(at + size) + 1);
        }
        at += size;
    }
}

static void expect_trace(const char *file)
{
    char path[512], line[LINE_SIZE], expected[LINES_SIZE] = "\n";
    take_trace();
    drop_polls();
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

static void begin_trace(void)
{
    rig_open(&rig, &rig_rp2040);
    bus.name = name_of;
    bus.trace_size = 0;
    mprom_rp2040_rom_connect();
    mprom_rp2040_rom_exit_xip();
}

static void an_erase_is_as_that_of_a_real_boot_rom(void **state)
{
    (void)state;
    begin_trace();
    mprom_rp2040_rom_erase(SECTOR, 4096, 65536, 0xD8);
    mprom_rp2040_rom_flush();
    expect_trace("erase_rp2040.trace");
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
    mprom_rp2040_rom_program(PAGE, data, sizeof data);
    mprom_rp2040_rom_flush();
    expect_trace("program_rp2040.trace");
    assert_memory_equal(rig.cells.bytes + PAGE, data, sizeof data);
    rig_close(&rig);
}

/* RE takes the block's command where it fits, and sectors before and behind. */
static void an_erase_takes_blocks_where_they_fit(void **state)
{
    (void)state;
    begin_trace();
    bus.trace_size = 0;
    mprom_rp2040_rom_erase(0x1F000, 0x12000, 65536, 0xD8);
    take_trace();
    assert_non_null(strstr(lines, "DR0 20 01 f0 00"));
    assert_non_null(strstr(lines, "DR0 d8 02 00 00"));
    assert_non_null(strstr(lines, "DR0 20 03 00 00"));
    assert_int_equal(rig.cells.counts.erases, 3);
    rig_close(&rig);
}

/* CX: SSIENR, CTRLR0, SPI_CTRLR0; then the window reads by 03h. */
static void the_window_reads_by_03h_too(void **state)
{
    (void)state;
    begin_trace();
    mprom_rp2040_rom_flush();
    mprom_rp2040_rom_enter_xip();
    assert_int_equal(rig.ssi.ctrlr0, 0x001F0300);
    assert_int_equal(rig.ssi.spi_ctrlr0, 0x03000218);
    rig_access(0x1234, MODEL_FETCH);
    assert_string_equal(bus.first_violation, "");
    assert_true(rig.ssi.is_checked);
    rig_close(&rig);
}

static void the_crc_is_that_of_boot2(void **state)
{
    (void)state;
    uint8_t bytes[252] = {0};
    assert_int_equal(mprom_rp2_rom_crc((const uint8_t *)"123456789", 9), 0x0376E6E7);
    assert_int_equal(mprom_rp2_rom_crc(bytes, sizeof bytes), 0x7065399A);
    memset(bytes, 0xFF, sizeof bytes);
    assert_int_equal(mprom_rp2_rom_crc(bytes, sizeof bytes), 0x0B8FD31A);
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)i;
    }
    assert_int_equal(mprom_rp2_rom_crc(bytes, sizeof bytes), 0xB454E2A8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_erase_is_as_that_of_a_real_boot_rom),
        cmocka_unit_test(a_program_is_as_that_of_a_real_boot_rom),
        cmocka_unit_test(an_erase_takes_blocks_where_they_fit),
        cmocka_unit_test(the_window_reads_by_03h_too),
        cmocka_unit_test(the_crc_is_that_of_boot2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
