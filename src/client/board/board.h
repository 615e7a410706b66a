/*
 * What a board says about itself, its segments and the images in them.
 */
#ifndef MPROM_CLIENT_BOARD_PARTS_H
#define MPROM_CLIENT_BOARD_PARTS_H

#include "client/repl/session.h"

/* Asks the board about itself and fills client->board. Errors as mprom_session_run(). */
int mprom_board_probe(struct mprom_client *client, struct mprom_client_error *error);

/* Asks again about one segment, after it was written. */
int mprom_board_probe_segment(struct mprom_client *client, uint32_t id, struct mprom_client_error *error);

/* Notes that a segment holds these bytes, a whole image that was found there, without asking the board. */
void mprom_board_note_image(struct mprom_client_segment *segment, const void *image, uint32_t size);

/* Whether id is a segment that the board has; if not fills error with -MPROM_EINVAL, or -MPROM_EOPNOTSUPP. */
int mprom_board_require_segment(const struct mprom_client *client, uint32_t id, struct mprom_client_error *error);

/* The pure part, for hostile lines. What returns bool tells whether the line makes sense. */

/* The limits of a board that did not say them: as older firmware of mprom's and stock firmware are known to have. */
void mprom_board_fill_limits(struct mprom_client_board *board);

void mprom_board_take_id(struct mprom_client_board *board, struct mprom_answer_line *line);
bool mprom_board_parse_link(struct mprom_client_board *board, struct mprom_answer_line *line);
bool mprom_board_parse_python(struct mprom_client_board *board, struct mprom_answer_line *line);
bool mprom_board_parse_able(struct mprom_client_board *board, struct mprom_answer_line *line);
bool mprom_board_parse_segment(struct mprom_client_board *board, struct mprom_answer_line *line);
bool mprom_board_parse_erase(struct mprom_client_board *board, struct mprom_answer_line *line);
bool mprom_board_parse_head(struct mprom_client_board *board, struct mprom_answer_line *line);
bool mprom_board_parse_seal(struct mprom_client_board *board, struct mprom_answer_line *line);
bool mprom_board_parse_slot(struct mprom_client_board *board, struct mprom_answer_line *line);

/* Reads an image's length from the first bytes of a segment. Returns 0 if no image of at most `room` bytes is there.
 */
uint32_t mprom_board_image_size(const uint8_t *head, size_t size, uint32_t room);

#endif
