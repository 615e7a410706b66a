/*
 * A deploy, from what the segment holds to the proof that it holds the image. What the parts of src/client/deploy*.c
 * share.
 */
#ifndef MPROM_CLIENT_DEPLOY_H
#define MPROM_CLIENT_DEPLOY_H

#include "client/segment.h"
#include "client/transfer.h"

enum {
    DEPLOY_COMMIT_MS = 20000,
    DEPLOY_COMMIT_BYTES_PER_MS = 20, /* the slowest that a board checks an image */
};

struct deploy {
    struct client *client;
    struct client_error *error;
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
    struct delta delta;
    uint32_t sent_size; /* bytes of the image that were sent */
    uint32_t baud;      /* that the line may be raised to */
    bool is_text;       /* frames do not come through */
    bool is_update;     /* mprom's firmware has a session open that can keep blocks */
    struct transfer transfer;
};

/* An image that was found wrong is cleared; error says why it is wrong, and goes on to unless that fails. */
int deploy_give_up(struct deploy *deploy);

/* Has firmware with a receiver built in make the image, and proves that it did. Errors as client_deploy(); also
 * -MPROM_EOPNOTSUPP: nothing was written, but frames do not come through. */
int deploy_patch(struct deploy *deploy);

#endif
