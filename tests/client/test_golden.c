/*
 * What earlier firmware said about itself (tests/golden/firmware-1) is understood by this client: a board that
 * answers its first program with that text is opened as any other.
 */
#include "client/fake_board.h"
#include "mprom/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

struct expected {
    const char *name;     /* describe-NAME.txt */
    const char *state[3]; /* of each segment; NULL: it holds no image */
    int started;          /* the segment that was started from, or -1 */
};

/* As tests/golden/firmware-1/README.md and the texts themselves say it. */
static const struct expected all_expected[] = {
    {"blank", {NULL, NULL, NULL}, -1},
    {"confirmed", {"confirmed", NULL, ""}, 0},
    {"trial", {"confirmed", "on trial", ""}, 1},
    {"both", {"confirmed", "confirmed", ""}, 1},
    {"rejected", {"confirmed", "rejected", ""}, 0},
};

/* The answer to the first program: the text, with the number that the client asked with. */
static char *read_answer(const char *name)
{
    static const char mark[] = "mprom:7 ";
    char path[512];
    snprintf(path, sizeof path, "%s/tests/golden/firmware-1/describe-%s.txt", MPROM_SOURCE_DIR, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static char text[4096];
    size_t size = fread(text, 1, sizeof text - 1, file);
    assert_true(size > 0 && size < sizeof text - 1);
    fclose(file);
    text[size] = '\0';
    for (char *at = text; (at = strstr(at, mark)) != NULL; at++) {
        at[strlen("mprom:")] = '#';
    }
    static char answer[8192];
    snprintf(answer, sizeof answer, "OK%s\r\n\004\004>", text);
    return answer;
}

static void check_segment(const struct mprom_client_segment *segment, uint32_t id, const struct expected *expected)
{
    static const uint32_t sizes[] = {61440, 61440, 65536};
    const char *state = expected->state[id];
    const char name[] = {'r', 'o', 'm', (char)('0' + id), '\0'};
    assert_int_equal(segment->size, sizes[id]);
    assert_int_equal(segment->block_size, 4096);
    assert_int_equal(segment->group, id < 2);
    assert_string_equal(segment->name, name);
    assert_int_equal(segment->is_running, (int)id == expected->started);
    assert_int_equal(segment->has_image, state != NULL);
    assert_int_equal(segment->is_sealed, state != NULL && id < 2);
    if (state != NULL) {
        assert_non_null(strstr(segment->state, state));
    }
}

static void every_text_is_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all_expected / sizeof all_expected[0]; i++) {
        const struct expected *expected = &all_expected[i];
        const struct fake_step steps[] = {
            {FAKE_EXPECT, "\003\003\001", 0},
            {FAKE_SEND, "\r\n" FAKE_BANNER, 0},
            {FAKE_FIRST, read_answer(expected->name), 0},
            {FAKE_END, NULL, 0},
        };
        struct fake_board fake;
        struct mprom_client *client;
        struct mprom_client_error error;
        fake_board_start(&fake, steps);
        const struct mprom_client_options options = {.port = fake.path};
        if (mprom_client_open(&client, &options, &error) != 0) {
            fail_msg("%s: %s", expected->name, error.text);
        }
        const struct mprom_client_board *board = mprom_client_board(client);
        assert_string_equal(board->version, "1.25.0");
        assert_string_equal(board->platform, "mprom");
        assert_string_equal(board->machine, "SIM with mprom");
        assert_int_equal(board->mpy_version, 6);
        assert_int_equal(board->mpy_sub_version, 3);
        assert_int_equal(board->small_int_bits, 63);
        assert_true(board->is_mprom && board->has_romfs && board->has_crc32 && board->has_deflate);
        /* The limits of that firmware, which did not say them. */
        assert_int_equal(board->link_version, 2);
        assert_int_equal(board->console_room, 4095);
        assert_int_equal(board->depth_max, 32);
        assert_int_equal(board->path_max, 255);
        assert_true(board->needs_even_size);
        assert_int_equal(board->segment_count, 3);
        for (uint32_t id = 0; id < 3; id++) {
            check_segment(&board->segments[id], id, expected);
        }
        fake_board_stop(&fake);
        mprom_client_close(client);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_is_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
