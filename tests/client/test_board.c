/* What boards say about themselves, taken for hostile; and what images look like from their two ends. */
#include "client/board/board.h"
#include "client/link/failure.h"
#include "mprom/romfs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

static struct mprom_client_board board;

static struct mprom_answer_line line_of(const char *text)
{
    return (struct mprom_answer_line){text, strlen(text)};
}

static bool parse(bool (*parser)(struct mprom_client_board *, struct mprom_answer_line *), const char *text)
{
    struct mprom_answer_line line = line_of(text);
    return parser(&board, &line);
}

static void start(uint32_t segment_count)
{
    board = (struct mprom_client_board){.segment_count = segment_count};
}

static void python_facts(void **state)
{
    (void)state;
    start(0);
    assert_true(parse(mprom_board_parse_python, "1.25.0 4358 31 123456 rp2 Raspberry Pi \033[31mPico"));
    assert_string_equal(board.version, "1.25.0");
    assert_int_equal(board.mpy_version, 6); /* 4358 = 4 << 10 | 1 << 8 | 6 */
    assert_int_equal(board.mpy_sub_version, 1);
    assert_int_equal(board.mpy_arch, 4);
    assert_int_equal(board.small_int_bits, 31);
    assert_int_equal(board.free_memory, 123456);
    assert_string_equal(board.platform, "rp2");
    assert_string_equal(board.machine, "Raspberry Pi \\x1b[31mPico");
    assert_true(parse(mprom_board_parse_python, "1.29.0-preview 4358 31 1 rp2 x")); /* R8 */
    assert_string_equal(board.version, "1.29.0-preview");
    assert_false(parse(mprom_board_parse_python, "1.25.0 4358 31"));
    assert_true(parse(mprom_board_parse_python, "1.28.0 208646 31 1 rp2 x"));
    assert_int_equal(board.mpy_arch, 11); /* 3 << 16 | 11 << 10 | 3 << 8 | 6: flags of the architecture above it */
    assert_false(parse(mprom_board_parse_python, "1.25.0 4294967296 31 1 rp2 x"));
    assert_false(parse(mprom_board_parse_python, "1.25.0 6 65 1 rp2 x"));
    assert_true(parse(mprom_board_parse_python, "1.25.0 6 0 1 rp2 x"));
    assert_false(parse(mprom_board_parse_python, ""));
}

/* L1: firmware from before the limits were said, and stock firmware. */
static void limits_that_are_not_said(void **state)
{
    (void)state;
    board = (struct mprom_client_board){.is_mprom = true};
    mprom_board_fill_limits(&board);
    assert_int_equal(board.depth_max, 32);
    assert_int_equal(board.path_max, 255);
    assert_true(board.needs_even_size);
    board = (struct mprom_client_board){.is_mprom = false};
    mprom_board_fill_limits(&board);
    assert_int_equal(board.depth_max, 0);
    assert_int_equal(board.path_max, 511);
    assert_false(board.needs_even_size);
}

static void link_facts(void **state)
{
    (void)state;
    start(0);
    assert_true(parse(mprom_board_parse_link, "2 4096 921600"));
    assert_int_equal(board.link_version, 2);
    assert_int_equal(board.console_baud_max, 921600);
    assert_int_equal(board.console_room, 4096);
    assert_int_equal(board.depth_max, 0);
    assert_true(parse(mprom_board_parse_link, "2 4096 921600 48 127"));
    assert_int_equal(board.depth_max, 48);
    assert_int_equal(board.path_max, 127);
    mprom_board_fill_limits(&board);
    assert_int_equal(board.depth_max, 48);
    assert_false(board.needs_even_size);
    assert_string_equal(board.id, "");
    assert_true(parse(mprom_board_parse_link, "3 0 0 48 and what comes later"));
    assert_int_equal(board.depth_max, 0);
    assert_int_equal(board.path_max, 0);
    assert_int_equal(board.link_version, 3);
    assert_int_equal(board.console_room, 0);
    start(0);
    assert_false(parse(mprom_board_parse_link, "1 4096 0"));
    assert_false(parse(mprom_board_parse_link, "2 4096"));
    assert_false(parse(mprom_board_parse_link, "2 -1 0"));
    assert_false(parse(mprom_board_parse_link, "2 4294967296 0"));
    assert_false(parse(mprom_board_parse_link, "2 1 x"));
    assert_false(parse(mprom_board_parse_link, ""));
    assert_int_equal(board.link_version, 0);
}

/* R5: which ids may tell that two ports are one board's. */
static void unique_ids(void **state)
{
    (void)state;
    static const char *const good[] = {"00000001", "0f0f0f0f", "e6616407e3646b29",
                                       "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"};
    static const char *const bad[] = {"-",
                                      "",
                                      "00000000",
                                      "ffffffffffffffff",
                                      "000000000000000000000000",
                                      "aabbcc",
                                      "aabbccd",
                                      "AABBCCDD",
                                      "aabbccdg",
                                      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00"};
    char line[160];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        start(0);
        snprintf(line, sizeof line, "2 4096 0 32 255 %s and what comes later", good[i]);
        assert_true(parse(mprom_board_parse_link, line));
        assert_string_equal(board.id, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        start(0);
        snprintf(line, sizeof line, "2 4096 0 32 255 %s", bad[i]);
        assert_true(parse(mprom_board_parse_link, line));
        assert_string_equal(board.id, "");
    }
}

static void abilities(void **state)
{
    (void)state;
    start(0);
    assert_true(parse(mprom_board_parse_able, "1 0 0 1 0 0"));
    assert_true(board.has_crc32 && !board.has_base64 && !board.has_deflate && board.has_romfs && !board.is_mprom);
    assert_false(board.has_sha256);
    assert_true(parse(mprom_board_parse_able, "0 0 0 0 0 1"));
    assert_true(board.has_sha256 && !board.is_mprom);
    assert_true(parse(mprom_board_parse_able, "0 0 0 1 1 0"));
    assert_true(board.is_mprom && board.has_module);
    assert_true(parse(mprom_board_parse_able, "0 0 0 1 2 0"));
    assert_true(board.is_mprom && !board.has_module);
    assert_false(parse(mprom_board_parse_able, "0 0 0 1 3 0"));
    assert_false(parse(mprom_board_parse_able, "1 0 0 1 0"));
    assert_false(parse(mprom_board_parse_able, "1 0 0 1 0 2"));
    assert_false(parse(mprom_board_parse_able, "1 0 0 1 1 1 1"));
}

static void segment_shapes(void **state)
{
    (void)state;
    start(4);
    assert_true(parse(mprom_board_parse_segment, "0 view 131072 -22"));
    assert_true(parse(mprom_board_parse_segment, "1 view 131072 4096"));
    assert_true(parse(mprom_board_parse_segment, "2 device 65536 4096"));
    assert_true(parse(mprom_board_parse_segment, "3 none 0 0"));
    assert_int_equal(board.segments[0].shape, MPROM_CLIENT_SHAPE_VIEW);
    assert_int_equal(board.segments[0].block_size, 0);
    assert_int_equal(board.segments[1].shape, MPROM_CLIENT_SHAPE_BLOCKS);
    assert_int_equal(board.segments[1].block_size, 4096);
    assert_int_equal(board.segments[2].shape, MPROM_CLIENT_SHAPE_DEVICE);
    assert_int_equal(board.segments[2].size, 65536);
    assert_int_equal(board.segments[3].shape, MPROM_CLIENT_SHAPE_NONE);
}

/* L0, L7: what a port says of its chip need not be so of the segment. */
static void segments_that_cannot_be_erased_in_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum mprom_client_shape shape;
        uint32_t block_size;
    } cases[] = {
        {"0 view 4096 8192", MPROM_CLIENT_SHAPE_VIEW, 0}, /* a block is larger than all of it */
        {"0 view 65536 16384 0", MPROM_CLIENT_SHAPE_BLOCKS, 16384},
        {"0 view 65536 16384 -1", MPROM_CLIENT_SHAPE_VIEW, 0},   /* where it lies is not known */
        {"0 view 65536 16384 4096", MPROM_CLIENT_SHAPE_VIEW, 0}, /* in the middle of a block */
        {"0 view 65536 4096 -1", MPROM_CLIENT_SHAPE_BLOCKS, 4096},
        {"0 samd 65536 2048 -1", MPROM_CLIENT_SHAPE_DEVICE, 2048},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start(1);
        assert_true(parse(mprom_board_parse_segment, cases[i].line));
        assert_int_equal(board.segments[0].shape, cases[i].shape);
        assert_int_equal(board.segments[0].block_size, cases[i].block_size);
        assert_int_equal(board.segments[0].erases_by_write, cases[i].line[2] == 's');
    }
}

static void blocks_of_several_sizes(void **state)
{
    (void)state;
    static const char *const wrong[] = {"1 4096 1", "0 0 4",         "0 4096 0", "0 4096",
                                        "0 4096 x", "0 4096 524289", "-1 4096 4"};
    /* Such a segment is one block: nothing of it stays. */
    static const char *const useless[] = {"0 16384 3", "0 16384 5", "0 16384 2 24576 1 8192 1",
                                          "0 4096 1 4096 1 4096 1 4096 1 4096 1 4096 1 4096 1 4096 1 32768 1"};
    start(1);
    assert_true(parse(mprom_board_parse_segment, "0 view 65536 4096"));
    assert_int_equal(board.segments[0].run_count, 0);
    assert_true(parse(mprom_board_parse_erase, "0 4096 4 16384 1 32768 1"));
    assert_int_equal(board.segments[0].run_count, 3);
    assert_int_equal(board.segments[0].runs[2].size, 32768);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(parse(mprom_board_parse_erase, wrong[i]));
    }
    for (size_t i = 0; i < sizeof(useless) / sizeof(useless[0]); i++) {
        assert_true(parse(mprom_board_parse_segment, "0 view 65536 16384"));
        assert_true(parse(mprom_board_parse_erase, useless[i]));
        assert_int_equal(board.segments[0].run_count, 1);
        assert_int_equal(board.segments[0].runs[0].size, 65536);
    }
    assert_true(parse(mprom_board_parse_segment, "0 none 0 0"));
    assert_false(parse(mprom_board_parse_erase, "0 4096 4"));
}

static void segments_that_make_no_sense(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "4 view 4096 0",
        "-1 view 4096 0",
        "0 flash 4096 0",
        "0 view 4294967296 0",
        "0 view 2147483648 0",
        "0 device 4294967295 4294967295", /* the image's end in whole blocks would be 0 */
        "0 view 4096 4096 -2",
        "0 view 4096 4096 0 0",
        "0 device 65536 0",
        "0 device 65536 -22",
        "0 view 4096",
        "0 view 4096 0 extra",
        "0 device 4096 4097",
        "0",
        "",
        "0 view -1 0",
        "0 viewer 4096 0",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        start(4);
        assert_false(parse(mprom_board_parse_segment, lines[i]));
    }
    start(0);
    assert_false(parse(mprom_board_parse_segment, "0 view 4096 0"));
}

static void image_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        size_t size;
        uint32_t room, image_size;
    } cases[] = {
        {"\xd2\xcd\x31\x00", 4, 4096, 4},
        {"\xd2\xcd\x31\x82\x00", 5, 4096, 5 + 256},
        {"\xd2\xcd\x31\x80\x80\x02", 6, 4096, 6 + 2},
        {"\xd2\xcd\x31\x82\x00", 5, 261, 261},
        {"\xd2\xcd\x31\x82\x00", 5, 260, 0},                        /* does not fit */
        {"\xd2\xcd\x31\x00", 4, 3, 0},                              /* nor does its header */
        {"\xd2\xcd\x31\x9f\xff\xff\xff\xff", 8, 4096, 0},           /* has no end */
        {"\xd2\xcd\x31\xff\xff\xff\xff\xff\x7f", 9, UINT32_MAX, 0}, /* does not fit 32 bits */
        {"\xd2\xcd\x31\x8f\xff\xff\xff\x7f", 8, UINT32_MAX, 0},     /* nor does it with its header */
        {"\xff\xff\xff\xff", 4, 4096, 0},
        {"\xd2\xcd\x31", 3, 4096, 0},
        {"\xd2\xcd", 2, 4096, 0},
        {"", 0, 4096, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(mprom_board_image_size((const uint8_t *)cases[i].head, cases[i].size, cases[i].room),
                         cases[i].image_size);
    }
}

/* The start of an image by docs/format.md: the header, an info record with the label "demo1". */
#define HEAD                                                                                                         \
    "d2cd3116"                                                                                                       \
    "83b5e00107"                                                                                                     \
    "020564656d6f31"
#define SEAL                                                                                                         \
    "83b5e0030501"                                                                                                   \
    "01020304"

static void label_and_seal(void **state)
{
    (void)state;
    start(1);
    assert_true(parse(mprom_board_parse_segment, "0 view 4096 0"));
    assert_true(parse(mprom_board_parse_head, "0 " HEAD));
    assert_true(board.segments[0].has_image);
    assert_int_equal(board.segments[0].image_size, 26);
    assert_string_equal(board.segments[0].label, "demo1");
    assert_false(board.segments[0].is_sealed);
    assert_true(parse(mprom_board_parse_seal, "0 " SEAL));
    assert_true(board.segments[0].is_sealed);
    assert_int_equal(board.segments[0].crc, 0x04030201);
    assert_true(parse(mprom_board_parse_seal, "0 -"));
    assert_false(board.segments[0].is_sealed);
}

static void heads_and_seals_that_make_no_sense(void **state)
{
    (void)state;
    static const char *const seals[] = {"83b5e003050201020304", "83b5e0030501010203", "83b5e002050101020304"};
    start(1);
    assert_true(parse(mprom_board_parse_segment, "0 view 4096 0"));
    assert_false(parse(mprom_board_parse_head, "1 -"));
    assert_false(parse(mprom_board_parse_head, "0 d2cd310"));
    assert_false(parse(mprom_board_parse_head, "0"));
    assert_true(parse(mprom_board_parse_head, "0 ffffffff"));
    assert_false(board.segments[0].has_image);
    assert_true(parse(mprom_board_parse_seal, "0 " SEAL));
    assert_false(board.segments[0].is_sealed); /* of no image */
    assert_true(parse(mprom_board_parse_head, "0 " HEAD));
    for (size_t i = 0; i < sizeof(seals) / sizeof(seals[0]); i++) {
        char text[40];
        snprintf(text, sizeof(text), "0 %s", seals[i]);
        assert_true(parse(mprom_board_parse_seal, text));
        assert_false(board.segments[0].is_sealed);
    }
    assert_false(parse(mprom_board_parse_seal, "0 " SEAL "00"));
}

static void slots(void **state)
{
    (void)state;
    start(2);
    assert_true(parse(mprom_board_parse_slot, "1 3 1 rom1 started from, on trial"));
    assert_int_equal(board.segments[1].group, 3);
    assert_true(board.segments[1].is_running);
    assert_string_equal(board.segments[1].name, "rom1");
    assert_string_equal(board.segments[1].state, "started from, on trial");
    assert_true(parse(mprom_board_parse_slot, "0 0 0 rom0 "));
    assert_string_equal(board.segments[0].state, "");
    assert_false(parse(mprom_board_parse_slot, "0 256 0 rom0"));
    assert_false(parse(mprom_board_parse_slot, "0 0 2 rom0"));
    assert_false(parse(mprom_board_parse_slot, "0 0 0"));
    assert_false(parse(mprom_board_parse_slot, "2 0 0 rom2"));
}

static void text_from_a_board_cannot_steer_a_terminal(void **state)
{
    (void)state;
    char text[64];
    mprom_failure_printable(text, sizeof(text),
                            "a\033[2J\r\n\x7f\xc2\x9b"
                            "1\xff\xc3\xa4",
                            14, false);
    assert_string_equal(text, "a\\x1b[2J\\x0d\\x0a\\x7f\\xc2\\x9b1\\xff\xc3\xa4");
    mprom_failure_printable(text, sizeof(text), "a\r\nb", 4, true);
    assert_string_equal(text, "a\nb");
    mprom_failure_printable(text, sizeof(text), "\xe2\x80\xae\xd8\x9c\xe2\x80\x8e\xe2\x81\xa9\xe2\x80\xa8", 14,
                            false);
    assert_string_equal(text, "\\xe2\\x80\\xae\\xd8\\x9c\\xe2\\x80\\x8e\\xe2\\x81\\xa9\\xe2\\x80\\xa8");
    mprom_failure_printable(text, 4, "ab\xe2\x82\xac", 5, false);
    assert_string_equal(text, "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(python_facts),
        cmocka_unit_test(link_facts),
        cmocka_unit_test(unique_ids),
        cmocka_unit_test(limits_that_are_not_said),
        cmocka_unit_test(abilities),
        cmocka_unit_test(segment_shapes),
        cmocka_unit_test(segments_that_cannot_be_erased_in_ranges),
        cmocka_unit_test(blocks_of_several_sizes),
        cmocka_unit_test(segments_that_make_no_sense),
        cmocka_unit_test(image_sizes),
        cmocka_unit_test(label_and_seal),
        cmocka_unit_test(heads_and_seals_that_make_no_sense),
        cmocka_unit_test(slots),
        cmocka_unit_test(text_from_a_board_cannot_steer_a_terminal),
    };
    return cmocka_run_group_tests_name("client_board", tests, NULL, NULL);
}
