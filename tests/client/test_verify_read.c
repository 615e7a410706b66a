/*
 * B11: an image whose bytes did not come gets no checksum. Stand-ins take the place of mprom_segment_read() and
 * mprom_romfs_crc32() (--wrap of the linker).
 */
#include "client/repl/session.h"
#include "mprom/romfs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

enum {
    IMAGE_SIZE = 100,
    CRC = 0x12345678,
};

static int read_result;
static unsigned sums;

int __wrap_mprom_segment_read(struct mprom_client *client, uint32_t id, uint32_t off, void *dst, uint32_t size,
                              struct mprom_client_error *error);
uint32_t __wrap_mprom_romfs_crc32(uint32_t crc, const void *bytes, size_t size);

int __wrap_mprom_segment_read(struct mprom_client *client, uint32_t id, uint32_t off, void *dst, uint32_t size,
                              struct mprom_client_error *error)
{
    (void)client;
    (void)error;
    assert_int_equal(id, 0);
    assert_int_equal(off, 0);
    assert_int_equal(size, IMAGE_SIZE - 4);
    memset(dst, 0, size);
    return read_result;
}

uint32_t __wrap_mprom_romfs_crc32(uint32_t crc, const void *bytes, size_t size)
{
    (void)crc;
    (void)bytes;
    (void)size;
    sums++;
    return CRC;
}

static int verify(int result)
{
    static struct mprom_client client;
    struct mprom_client_error error;
    client.board = (struct mprom_client_board){.has_romfs = true, .segment_count = 1};
    client.board.segments[0] = (struct mprom_client_segment){
        .shape = MPROM_CLIENT_SHAPE_VIEW,
        .size = 4096,
        .has_image = true,
        .image_size = IMAGE_SIZE,
        .is_sealed = true,
        .crc = CRC,
    };
    read_result = result;
    sums = 0;
    return mprom_client_verify(&client, 0, NULL, 0, &error);
}

static void what_did_not_come_has_no_checksum(void **state)
{
    (void)state;
    assert_int_equal(verify(0), 0);
    assert_int_equal(sums, 1);
    assert_int_equal(verify(-MPROM_EIO), -MPROM_EIO);
    assert_int_equal(sums, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_did_not_come_has_no_checksum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
