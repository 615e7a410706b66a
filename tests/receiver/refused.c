/* Patches that break the format or ask for what they must not use, at every stage of a transfer. */
#include "receiver/check.h"
#include "rom/image_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    BLOCK = 1024,
    SIZE = 7 * BLOCK + 210,
    SEGMENT = 32 * 1024,
};

static uint8_t old_image[SIZE];
static uint8_t image[SIZE];
static struct maker maker;
static struct board board;

static int setup(void **state)
{
    (void)state;
    board_open(&board, "nrf", BOARD_PLAIN);
    make_image(old_image, SIZE, 1, true);
    make_image(image, SIZE, 2, true);
    assert_int_equal(board_deploy(&board, 0, old_image, SIZE, 4096), 0);
    maker_open(&maker);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    board_close(&board);
    return 0;
}

/* Sends the patch; it ends with that error, and with the word for it after all that was on the way. */
static void assert_refused(enum mprom_wire_mode mode, int err, const char *why)
{
    struct mprom_client client;
    assert_int_equal(client_send(&client, &board, &maker, SIZE, mode), err);
    assert_int_equal(client.refused, 1);
    assert_int_equal(client.done, 0);
    assert_int_equal(client.last_word, 0x18);
    assert_int_equal(client.pos, client.frame_off[client.frame_count]);
    assert_int_equal(board.rom.error.code, err);
    assert_string_equal(board.rom.error.what, why);
    assert_int_equal(board.rom.update.mode, MPROM_ROM_UPDATE_CLOSED);
    assert_int_equal(board.cells.counts.violations, 0);
}

struct refused {
    const char *bytes; /* pairs of digits */
    const char *why;
};

static const char not_allowed[] = "the patch has an operation that is not allowed";
static const char beyond[] = "an operation of the patch is empty or goes beyond the image";
static const char too_large[] = "a number in the patch is too large";
static const char not_there[] = "the patch copies what the segment does not hold";

static const struct refused refused[] = {
    {"00", beyond},      /* nothing, */
    {"01", beyond},      /* copied nothing, */
    {"02", beyond},      /* kept nothing */
    {"07", not_allowed}, /* kind 3 */
    {"03", not_allowed},
    {"FFFFFFFF0F", not_allowed},
    {"FCFFFFFF0F", beyond},    /* the most literal bytes that there are, */
    {"FDFFFFFF0F", beyond},    /* copied bytes, */
    {"FEFFFFFF0F", beyond},    /* kept bytes */
    {"FFFFFFFF10", too_large}, /* 2^32 and more */
    {"FFFFFFFF8F", too_large}, /* six bytes */
    {"8080808080", too_large},
    {"FFFFFFFFFF", too_large},
    {"04FFFCFFFF1F", beyond},     /* a literal byte, and on with a size that is none */
    {"0580808080 10", too_large}, /* a shift of 2^32 */
    {"05FFFFFFFF0F", not_there},  /* shifts of -2^31, */
    {"05FEFFFFFF0F", not_there},  /* and 2^31 - 1 */
};

static uint8_t from_digits(const char *digits)
{
    return (uint8_t)(strtoul((char[]){digits[0], digits[1], '\0'}, NULL, 16));
}

static void add_digits(const char *digits)
{
    for (; *digits != '\0'; digits += 2) {
        digits += *digits == ' ';
        uint8_t byte = from_digits(digits);
        maker_bytes(&maker, &byte, 1);
    }
}

static void broken_numbers_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        for (uint32_t blocks = 0; blocks < 3; blocks += 2) {
            teardown(NULL);
            setup(NULL);
            if (blocks > 0) {
                maker_literal(&maker, image, blocks * BLOCK);
            }
            add_digits(refused[i].bytes);
            assert_refused(MPROM_WIRE_DELTA, -MPROM_EBADMSG, refused[i].why);
            if (blocks == 0) {
                assert_holds(&board, old_image, SIZE);
            } else {
                assert_holds_none(&board);
            }
        }
    }
}

static void sizes_beyond_the_image_are_refused(void **state)
{
    (void)state;
    maker_literal(&maker, image, SIZE - 1);
    maker_number(&maker, 2 << 2);
    assert_refused(MPROM_WIRE_DELTA, -MPROM_EBADMSG, beyond);
    assert_holds_none(&board);
}

static void bytes_behind_the_image_are_refused(void **state)
{
    (void)state;
    maker_literal(&maker, image, SIZE);
    add_digits("80");
    assert_refused(MPROM_WIRE_DELTA, -MPROM_EBADMSG, "the patch goes on behind the end of the image");
    assert_holds_none(&board);
}

static void whole_images_are_literal(void **state)
{
    (void)state;
    maker_copy(&maker, 0, 4);
    assert_refused(MPROM_WIRE_WHOLE, -MPROM_EBADMSG, not_allowed);
    maker_open(&maker);
    maker_literal(&maker, image, 2 * BLOCK);
    maker_keep(&maker, BLOCK);
    assert_refused(MPROM_WIRE_WHOLE, -MPROM_EBADMSG, not_allowed);
    assert_holds_none(&board);
}

/* The last byte of the segment may be copied, the one behind it not. */
static void copies_stay_inside_the_segment(void **state)
{
    (void)state;
    for (uint32_t blocks = 0; blocks < 3; blocks += 2) {
        for (uint32_t beyond_end = 0; beyond_end < 2; beyond_end++) {
            maker_open(&maker);
            if (blocks > 0) {
                maker_literal(&maker, image, blocks * BLOCK);
            }
            maker_copy(&maker, SEGMENT - 4 + beyond_end, 4);
            add_digits("03");
            assert_refused(MPROM_WIRE_DELTA, -MPROM_EBADMSG, beyond_end ? not_there : not_allowed);
        }
    }
}

/* Before anything is written all of the segment can be copied, later not the first block, which lacks its first unit.
 */
static void copies_of_the_first_block(void **state)
{
    (void)state;
    maker_literal(&maker, image, BLOCK - 8);
    maker_copy(&maker, 0, 8);
    maker_copy(&maker, BLOCK, BLOCK);
    add_digits("03");
    assert_refused(MPROM_WIRE_DELTA, -MPROM_EBADMSG, not_allowed);

    for (uint32_t off = 0; off <= BLOCK; off += BLOCK - 1) {
        maker_open(&maker);
        maker_literal(&maker, image, 2 * BLOCK);
        maker_copy(&maker, off, 8);
        assert_refused(MPROM_WIRE_DELTA, -MPROM_EBADMSG, not_there);
    }
    /* A copy that runs from the first block into the second is cut where the block of its destination ends. */
    maker_open(&maker);
    maker_literal(&maker, image, 8);
    maker_copy(&maker, 0, 2 * BLOCK);
    assert_refused(MPROM_WIRE_DELTA, -MPROM_EBADMSG, not_there);
    assert_holds_none(&board);
}

/* Of an erase block larger than what is written at once, the rest is gone as soon as its start is written. */
static void copies_of_what_an_erase_took(void **state)
{
    (void)state;
    enum {
        ERASE_BLOCK = 128 * 1024,
        WRITTEN = MPROM_WIRE_BLOCK_SIZE_MAX,
    };
    static const struct {
        uint32_t source;
        bool is_there;
    } copies[] = {
        {WRITTEN, false},
        {ERASE_BLOCK - 8, false},
        {ERASE_BLOCK - 1, false},
        {ERASE_BLOCK, true},
    };
    board_close(&board);
    board_open(&board, "stm32h7", BOARD_PLAIN);
    for (size_t i = 0; i < sizeof copies / sizeof copies[0]; i++) {
        maker_open(&maker);
        maker_literal(&maker, image, WRITTEN);
        maker_copy(&maker, copies[i].source, 8);
        add_digits("03");
        assert_refused(MPROM_WIRE_DELTA, -MPROM_EBADMSG, copies[i].is_there ? not_allowed : not_there);
    }
    assert_holds_none(&board);
}

static void only_whole_blocks_are_kept(void **state)
{
    (void)state;
    static const char of_blocks[] = "only whole blocks can be kept, and not the first";
    maker_keep(&maker, BLOCK);
    assert_refused(MPROM_WIRE_DELTA, -MPROM_EBADMSG, "the patch keeps the start of the segment");
    assert_holds(&board, old_image, SIZE);
    maker_open(&maker);
    maker_literal(&maker, image, BLOCK - 1);
    maker_keep(&maker, BLOCK);
    assert_refused(MPROM_WIRE_DELTA, -MPROM_EBADMSG, "the patch keeps the start of the segment");
    assert_holds(&board, old_image, SIZE);

    maker_open(&maker);
    maker_literal(&maker, image, BLOCK + 4);
    maker_keep(&maker, BLOCK);
    assert_refused(MPROM_WIRE_DELTA, -MPROM_EINVAL, of_blocks);
    assert_holds_none(&board);
    maker_open(&maker);
    maker_literal(&maker, image, BLOCK);
    maker_keep(&maker, BLOCK - 4);
    assert_refused(MPROM_WIRE_DELTA, -MPROM_EINVAL, of_blocks);
    assert_holds_none(&board);
}

/* The last block may be kept although the image ends inside it. */
static void the_end_can_be_kept(void **state)
{
    (void)state;
    struct mprom_client client;
    maker_literal(&maker, old_image, BLOCK);
    maker_keep(&maker, SIZE - BLOCK);
    assert_int_equal(client_send(&client, &board, &maker, SIZE, MPROM_WIRE_DELTA), 0);
    assert_holds(&board, old_image, SIZE);
}

/* Refused by the session, as soon as the first block is there. */
static void images_that_do_not_fit(void **state)
{
    (void)state;
    static const struct {
        uint32_t size;
        int err;
    } cases[] = {{SEGMENT + 1, -MPROM_ENOSPC}, {UINT32_MAX, -MPROM_ENOSPC}, {3, -MPROM_EINVAL}, {0, -MPROM_EINVAL}};
    for (size_t i = 0; i < 4; i++) {
        for (int mode = MPROM_WIRE_WHOLE; mode <= MPROM_WIRE_DELTA; mode++) {
            struct mprom_client client;
            maker_open(&maker);
            if (cases[i].size > 0) {
                maker_literal(&maker, image, cases[i].size < BLOCK ? cases[i].size : BLOCK);
            }
            int err = client_send(&client, &board, &maker, cases[i].size, (enum mprom_wire_mode)mode);
            assert_int_equal(err, cases[i].err);
            assert_int_equal(client.refused, 1);
            if (mode == MPROM_WIRE_WHOLE && cases[i].size == 3) {
                assert_holds_none(&board); /* which is known when it is complete */
                teardown(NULL);
                setup(NULL);
            } else {
                assert_holds(&board, old_image, SIZE);
            }
        }
    }
}

static void images_that_are_none(void **state)
{
    (void)state;
    image[SIZE / 2] ^= 1;
    maker_literal(&maker, image, SIZE);
    assert_refused(MPROM_WIRE_DELTA, -MPROM_EBADMSG, "the seal does not match the image: its bytes changed");
    assert_holds_none(&board);
    assert_refused(MPROM_WIRE_WHOLE, -MPROM_EBADMSG, "the seal does not match the image: its bytes changed");
    assert_holds_none(&board);
}

static void segments_that_run(void **state)
{
    (void)state;
    board.states[0].running = true;
    maker_literal(&maker, image, SIZE);
    struct mprom_client client;
    assert_int_equal(client_send(&client, &board, &maker, SIZE, MPROM_WIRE_DELTA), -MPROM_EBUSY);
    assert_holds(&board, old_image, SIZE);
}

/* What runs on the board while a transfer goes on. */
static void take_session_away(void *ctx)
{
    struct board *on = ctx;
    if (on->rom.update.mode != MPROM_ROM_UPDATE_CLOSED) {
        assert_int_equal(mprom_rom_prepare(&on->rom, 0, 0, 2 * BLOCK), MPROM_ROM_WRITE_SIZE_MIN);
    }
}

static void sessions_of_others_stay_open(void **state)
{
    (void)state;
    for (int mode = MPROM_WIRE_WHOLE; mode <= MPROM_WIRE_DELTA; mode++) {
        struct mprom_client client;
        maker_open(&maker);
        maker_literal(&maker, image, SIZE);
        mprom_client_open(&client);
        client_add_patch(&client, &maker, 0, CHUNK);
        client.on_poll = take_session_away;
        client.on_poll_ctx = &board;
        assert_int_equal(client_run(&client, &board.rom, 0, SIZE, (enum mprom_wire_mode)mode), -MPROM_EINVAL);
        assert_string_equal(board.rom.error.what, "the update was ended meanwhile");
        assert_int_equal(client.refused, 1);
        assert_int_equal(board.rom.update.mode, MPROM_ROM_UPDATE_IOCTL);
        assert_int_equal(board.rom.update.written_end, 0);
        mprom_client_close(&client);
        mprom_rom_update_abort(&board.rom);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(broken_numbers_are_refused),
        TEST(sizes_beyond_the_image_are_refused),
        TEST(bytes_behind_the_image_are_refused),
        TEST(whole_images_are_literal),
        TEST(copies_stay_inside_the_segment),
        TEST(copies_of_the_first_block),
        TEST(copies_of_what_an_erase_took),
        TEST(only_whole_blocks_are_kept),
        TEST(the_end_can_be_kept),
        TEST(images_that_do_not_fit),
        TEST(images_that_are_none),
        TEST(segments_that_run),
        TEST(sessions_of_others_stay_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
