/* What the tests of the receiver have in common: a patch is sent to segment 0, and that is looked at. */
#ifndef MPROM_TESTS_RECEIVER_CHECK_H
#define MPROM_TESTS_RECEIVER_CHECK_H

#include "receiver/client.h"
#include "rom/board.h"

/*
 * Opens a client, has it send the patch in frames of CHUNK bytes for an image of that size, closes it. Returns what
 * the receiver returned; what the client has counted stays.
 */
int client_send(struct mprom_client *client, struct board *board, const struct maker *maker, uint32_t size,
                enum mprom_wire_mode mode);

/* No session is open, the flash was treated as it has to be, and segment 0 holds the sealed image. */
void assert_holds(struct board *board, const uint8_t *image, uint32_t size);

/* The same, and it holds no image. */
void assert_holds_none(struct board *board);

#endif
