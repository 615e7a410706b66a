#include "receiver/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

int client_send(struct mprom_client *client, struct board *board, const struct maker *maker, uint32_t size,
                enum mprom_wire_mode mode)
{
    mprom_client_open(client);
    client_add_patch(client, maker, 0, CHUNK);
    int err = client_run(client, &board->rom, 0, size, mode);
    mprom_client_close(client);
    return err;
}

static void assert_state(struct board *board, enum mprom_rom_image_state state)
{
    struct mprom_rom_image found;
    assert_int_equal(board->cells.counts.violations, 0);
    assert_int_equal(board->rom.update.mode, MPROM_ROM_UPDATE_CLOSED);
    assert_int_equal(mprom_rom_verify(&board->rom, 0, MPROM_ROM_VERIFY_FULL, &found), 0);
    assert_int_equal(found.state, state);
}

void assert_holds(struct board *board, const uint8_t *image, uint32_t size)
{
    assert_state(board, MPROM_ROM_IMAGE_SEALED);
    assert_memory_equal(board_bytes(board, 0), image, size);
}

void assert_holds_none(struct board *board)
{
    assert_state(board, MPROM_ROM_IMAGE_NONE);
}
