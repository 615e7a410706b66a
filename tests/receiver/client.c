#include "receiver/client.h"

#include "rom/image_maker.h"
#include "rom/require.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WIRE_MAX = 4 * 1024 * 1024,
    FILLERS_MAX = 20000,
    DAMAGED_MAX = 20,
    QUIET_MS = 300,
};

void maker_open(struct maker *maker)
{
    maker->size = maker->pos = maker->shift = 0;
}

void maker_bytes(struct maker *maker, const void *bytes, uint32_t size)
{
    REQUIRE(size <= sizeof maker->bytes - maker->size);
    memcpy(maker->bytes + maker->size, bytes, size);
    maker->size += size;
}

void maker_number(struct maker *maker, uint32_t number)
{
    uint8_t byte;
    do {
        byte = (uint8_t)((number & 0x7F) | (number > 0x7F ? 0x80 : 0));
        maker_bytes(maker, &byte, 1);
        number >>= 7;
    } while (byte & 0x80);
}

void maker_literal(struct maker *maker, const uint8_t *image, uint32_t size)
{
    maker_number(maker, size << 2);
    maker_bytes(maker, image + maker->pos, size);
    maker->pos += size;
}

void maker_copy(struct maker *maker, uint32_t source, uint32_t size)
{
    int64_t shift = (int64_t)source - maker->pos;
    int64_t change = shift - (int32_t)maker->shift;
    maker_number(maker, size << 2 | 1);
    maker_number(maker, (uint32_t)(change < 0 ? -2 * change - 1 : 2 * change));
    maker->shift = (uint32_t)shift;
    maker->pos += size;
}

void maker_keep(struct maker *maker, uint32_t size)
{
    maker_number(maker, size << 2 | 2);
    maker->pos += size;
}

static bool is_escaped(uint8_t byte)
{
    return (byte > 0 && byte < 6) || byte == 13 || byte == 27;
}

/* Continues the checksum over what follows. */
static uint32_t crc_continue(uint32_t crc, const uint8_t *bytes, uint32_t size)
{
    crc = ~crc;
    for (uint32_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
        }
    }
    return ~crc;
}

uint32_t client_frame(uint8_t *dst, uint32_t number, uint32_t off, uint32_t size, const uint8_t *payload,
                      uint32_t payload_size)
{
    char digits[25];
    uint8_t *to = dst + 24;
    for (uint32_t i = 0; i < payload_size; i++) {
        if (is_escaped(payload[i])) {
            *to++ = 27;
        }
        *to++ = is_escaped(payload[i]) ? payload[i] | 0x40 : payload[i];
    }
    uint32_t wire_size = (uint32_t)(to - dst);
    snprintf(digits, sizeof digits, "%04X%04x%08x%08x", (wire_size - 24) & 0xFFFF, size & 0xFFFF, off, 0u);
    uint32_t crc = crc_continue(crc_continue(number, (uint8_t *)digits, 16), payload, payload_size);
    snprintf(digits + 16, sizeof digits - 16, "%08x", crc);
    memcpy(dst, digits, 24);
    return wire_size;
}

void mprom_client_open(struct mprom_client *client)
{
    memset(client, 0, sizeof *client);
    client->wire = malloc(WIRE_MAX);
    client->run_max = 200;
    client->random = 1;
    REQUIRE(client->wire != NULL);
}

void mprom_client_close(struct mprom_client *client)
{
    free(client->wire);
}

void client_add(struct mprom_client *client, uint32_t off, uint32_t size, const uint8_t *payload,
                uint32_t payload_size)
{
    uint32_t at = client->frame_off[client->frame_count];
    REQUIRE(client->frame_count < FRAMES_MAX && at + 2 * payload_size + 24 <= WIRE_MAX);
    uint32_t end = at + client_frame(client->wire + at, client->frame_count, off, size, payload, payload_size);
    client->frame_off[++client->frame_count] = end;
}

void client_greet(struct mprom_client *client)
{
    uint8_t bytes[GREETING_SIZE];
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)i;
    }
    client_add(client, 0, 0, bytes, sizeof bytes);
}

void client_add_patch(struct mprom_client *client, const struct maker *maker, uint32_t first, uint32_t chunk)
{
    client_greet(client);
    for (uint32_t off = 0; off < maker->size;) {
        uint32_t size = off == 0 && first > 0 ? first : chunk;
        size = size < maker->size - off ? size : maker->size - off;
        client_add(client, off, size, maker->bytes + off, size);
        off += size;
    }
}

/* 1 to max. */
static uint32_t random_below(struct mprom_client *client, uint32_t max)
{
    client->random = client->random * 1664525 + 1013904223;
    return 1 + (client->random >> 8) % max;
}

/* The byte that comes next, or -1. */
static int next_byte(struct mprom_client *client)
{
    bool hits = client->fault != FAULT_NONE && client->read == client->fault_at;
    client->read++;
    if (hits && client->fault == FAULT_INSERT) {
        client->fault = FAULT_NONE;
        return 0x55;
    }
    if (hits && client->fault == FAULT_LOSE) {
        client->fault = FAULT_NONE;
        client->pos++;
    }
    if (client->pos >= client->frame_off[client->frame_count]) {
        client->read--;
        return -1;
    }
    int byte = client->wire[client->pos++];
    if (hits && client->fault == FAULT_FLIP) {
        client->fault = FAULT_NONE;
        byte ^= 0x10;
    }
    return byte;
}

/* How many bytes the board may be given now; a real client has stopped when it hears that a frame is damaged. */
static uint32_t bytes_on_way(struct mprom_client *client, size_t size)
{
    uint32_t count = random_below(client, client->run_max);
    count = count < size ? count : (uint32_t)size;
    if (client->is_waiting) {
        count = count < client->on_way ? count : client->on_way;
        client->on_way -= count;
    }
    return count;
}

static int client_read(void *ctx, uint8_t *dst, size_t size, uint32_t timeout_ms)
{
    struct mprom_client *client = ctx;
    REQUIRE(size > 0 && (timeout_ms == MPROM_RECEIVER_FOREVER || timeout_ms == QUIET_MS));
    if (client->damaged > DAMAGED_MAX) {
        return CLIENT_CUT; /* as the real one gives up */
    }
    uint32_t wanted = bytes_on_way(client, size);
    uint32_t count = 0;
    while (count < wanted) {
        if (client->fault == FAULT_CUT && client->read == client->fault_at) {
            return count > 0 ? (int)count : CLIENT_CUT;
        }
        int byte = next_byte(client);
        if (byte < 0) {
            break;
        }
        dst[count++] = (uint8_t)byte;
    }
    if (count > 0 || timeout_ms != MPROM_RECEIVER_FOREVER) {
        return (int)count;
    }
    if (client->done || client->refused || client->fillers++ == FILLERS_MAX) {
        return CLIENT_CUT;
    }
    *dst = 0; /* a client that hears nothing fills the frame up */
    return 1;
}

static void take_word(struct mprom_client *client, char byte)
{
    REQUIRE(!client->done && !client->refused); /* nothing comes after the last word */
    client->last_word = byte;
    switch (byte) {
    case 0x16:
        client->rooms++;
        return;
    case 0x06:
        client->written++;
        return;
    case 0x15:
        client->damaged++;
        client->is_waiting = true;
        client->on_way = client->extra;
        return;
    case 0x0E:
        /* Not before all that was on the way is read. */
        REQUIRE(client->is_waiting && (client->on_way == 0 || client->pos == client->frame_off[client->frame_count]));
        client->is_reading = true;
        client->number = 0;
        return;
    case 0x17:
        client->done++;
        return;
    default:
        REQUIRE(byte == 0x18);
        client->refused++;
    }
}

static void client_hear(void *ctx, const char *bytes, size_t size)
{
    struct mprom_client *client = ctx;
    for (size_t i = 0; i < size; i++) {
        if (!client->is_reading) {
            take_word(client, bytes[i]);
        } else if (bytes[i] == 0x0F) {
            REQUIRE(client->number <= client->frame_count && client->number == client->written);
            client->rewinds++;
            client->is_waiting = client->is_reading = false;
            client->pos = client->frame_off[client->number];
        } else {
            REQUIRE(bytes[i] >= '0' && bytes[i] <= '9');
            client->number = client->number * 10 + (uint32_t)(bytes[i] - '0');
        }
    }
}

static void client_poll(void *ctx)
{
    struct mprom_client *client = ctx;
    client->polls++;
    if (client->on_poll != NULL) {
        client->on_poll(client->on_poll_ctx);
    }
}

static int run(struct mprom_client *client, struct mprom_receiver_setup *setup, bool is_packed)
{
    static struct mprom_receiver receiver;
    client->io.read = client_read;
    client->io.write = client_hear;
    client->io.poll = client_poll;
    client->io.ctx = client;
    setup->piece = PIECE;
    setup->room = ROOM;
    setup->chunk = CHUNK;
    setup->is_packed = is_packed;
    /* As large as they must be and no larger, so that the sanitizers see what goes beyond. */
    setup->payload = malloc(MPROM_RECEIVER_KEPT_SIZE + ROOM);
    setup->block = malloc(mprom_receiver_block_size(setup->rom, setup->id));
    setup->io = &client->io;
    REQUIRE(setup->payload != NULL && setup->block != NULL);
    mprom_receiver_init(&receiver, setup);
    int err = mprom_receiver_run(&receiver);
    free(setup->payload);
    free(setup->block);
    return err;
}

int client_run(struct mprom_client *client, struct mprom_rom *rom, uint32_t id, uint32_t size,
               enum mprom_wire_mode mode)
{
    struct mprom_receiver_setup setup = {.rom = rom, .id = id, .size = size, .mode = mode};
    return run(client, &setup, false);
}

int client_run_packed(struct mprom_client *client, struct mprom_rom *rom, uint32_t size,
                      int (*inflate)(void *, const uint8_t **, const uint8_t *, uint8_t *, size_t))
{
    struct mprom_receiver_setup setup = {.rom = rom, .size = size, .mode = MPROM_WIRE_DELTA};
    client->io.inflate = inflate;
    return run(client, &setup, true);
}
