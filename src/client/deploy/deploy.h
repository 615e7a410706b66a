/*
 * A deploy, from what the segment holds to the proof that it holds the image. What the parts of src/client/deploy*.c
 * share.
 */
#ifndef MPROM_CLIENT_DEPLOY_H
#define MPROM_CLIENT_DEPLOY_H

#include "client/board/segment.h"
#include "client/transfer/transfer.h"

struct mprom_deploy {
    struct mprom_client *client;
    struct mprom_client_error *error;
    uint32_t id;
    const uint8_t *image;
    uint32_t image_size;
    const uint8_t *base; /* what the segment may hold, delta says where it does; or NULL */
    uint32_t base_size;
    uint32_t size;      /* with padding to a multiple of the unit */
    uint32_t unit;      /* of writing */
    uint32_t held_size; /* so much is written last on boards that do not hold it back themselves */
    uint8_t *tail;      /* the end of that, from tail_off on */
    uint32_t tail_off;
    struct mprom_delta delta;
    uint32_t sent_size; /* bytes of the image that were sent */
    uint32_t baud;      /* that the line may be raised to */
    bool is_text;       /* frames do not come through */
    bool is_update;     /* mprom's firmware has a session open that can keep blocks */
    struct mprom_transfer transfer;
};

/* How long a board may take to complete the image: not for ever, since its answer may be lost. */
uint32_t mprom_deploy_commit_ms(const struct mprom_deploy *deploy);

/*
 * Finds what the segment holds already, in delta. A board whose memory is full of what ran on it cannot say so; then
 * delta stays empty.
 */
int mprom_deploy_look(struct mprom_deploy *deploy);

/*
 * Whether mprom_deploy_look() found all of it, where it runs. In a slot that does not run, it has to be made the newest
 * again.
 */
bool mprom_deploy_is_there(const struct mprom_deploy *deploy);

/*
 * Restarts Python and lets go of what the firmware mounted from the segment by itself. Modules that were imported
 * from there run in place, and so do names that they brought along: none of that may be left when its flash changes,
 * and the memory that a program has filled is needed.
 */
int mprom_deploy_begin(struct mprom_client *client, uint32_t id, struct mprom_client_error *error);

/*
 * Breaks the header of an old image, on memory that needs no erasing (MRAM) and so still holds it when the segment is
 * prepared. Sets held_size.
 */
int mprom_deploy_invalidate(struct mprom_deploy *deploy);

/*
 * Sends what is between two offsets, without what delta says stays: in frames, or else as text. -MPROM_EOPNOTSUPP:
 * frames do not come through, the session that is open knows nothing else, and transfer is set to text.
 */
int mprom_deploy_send(struct mprom_deploy *deploy, uint32_t from, uint32_t to);

/* Writes the image with programs, as every board understands them, and proves that it is there. */
int mprom_deploy_write(struct mprom_deploy *deploy);

/* An image that was found wrong is cleared; error says why it is wrong, and goes on to unless that fails. */
int mprom_deploy_give_up(struct mprom_deploy *deploy);

/* Has firmware with a receiver built in make the image, and proves that it did. Errors as mprom_client_deploy(); also
 * -MPROM_EOPNOTSUPP: nothing was written, but frames do not come through. */
int mprom_deploy_patch(struct mprom_deploy *deploy);

/*
 * Whether the deploy that failed with err did so because the board restarted, and the board is back at its prompt and
 * was asked anew: the deploy can be repeated. client->board counts it.
 */
bool mprom_deploy_may_go_on(struct mprom_client *client, int err);

/* The board restarted too often. Returns err. */
int mprom_deploy_fail_restarted(const struct mprom_client *client, int err, struct mprom_client_error *error);

#endif
