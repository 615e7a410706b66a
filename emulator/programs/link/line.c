#include "emulator/programs/link/line.h"

enum {
    LINE_RUN_MAX = 40,
    LINE_BITS = 7, /* of a byte, on any line */
    LINE_CTRL_C = 3,
};

/* What another program might say to a board: keys of the REPL, a line of Python, anything. */
static const char line_text[] = "\r\nprint('another program')\r\n\x03\r\nimport os\r\n";
static const char line_keys[] = "\x01\x02\x03\x04\x05";

/* Numbers that look random and are the same for the same seed (xorshift). */
static uint32_t line_random(uint32_t *state)
{
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    return x;
}

static uint32_t line_seeded(const struct line_fault *fault)
{
    uint32_t state = fault->seed * 2654435761u + 0x9E3779B9u + (uint32_t)fault->kind;
    state = state ? state : 1;
    for (int i = 0; i < 4; i++) {
        line_random(&state);
    }
    return state;
}

void line_init(struct line *line, const struct line_config *config)
{
    *line = (struct line){.config = *config};
}

/* What faults add has slots of its own. */
size_t line_room(const struct line *line)
{
    return line->count < LINE_QUEUE_SIZE ? LINE_QUEUE_SIZE - line->count : 0;
}

static void line_append(struct line *line, uint64_t now_ns, int value, uint64_t busy_ns)
{
    uint64_t start_ns = line->free_ns > now_ns ? line->free_ns : now_ns;
    line->free_ns = start_ns + busy_ns;
    struct line_slot *slot = &line->slots[(line->begin + line->count++) % LINE_SLOT_COUNT];
    *slot = (struct line_slot){.due_ns = line->free_ns + line->config.latency_ns, .value = (int16_t)value};
}

static void line_append_byte(struct line *line, uint64_t now_ns, uint8_t byte)
{
    uint8_t seen = line->config.seven_bit ? byte & 0x7F : byte;
    line_append(line, now_ns, seen, line->config.byte_ns);
}

static void line_make_noise(struct line *line, uint64_t now_ns, uint32_t *state)
{
    uint32_t kind = line_random(state) % 3;
    uint32_t size = 1 + line_random(state) % LINE_EXTRA_MAX;
    if (kind == 0 && size > sizeof(line_text) - 1) {
        size = sizeof(line_text) - 1;
    }
    for (uint32_t i = 0; i < size; i++) {
        uint32_t x = line_random(state);
        char byte = kind == 0 ? line_text[i] : kind == 1 ? line_keys[x % 5] : (char)(x >> 8);
        line_append_byte(line, now_ns, (uint8_t)byte);
    }
    line->counts.added += size;
}

/* The fault strikes at the byte that is about to be put. Returns the byte, which it may have changed. */
static uint8_t line_strike(struct line *line, uint64_t now_ns, const struct line_fault *fault, uint8_t byte)
{
    uint32_t state = line_seeded(fault);
    line->counts.faults++;
    switch (fault->kind) {
    case LINE_LOSE:
    case LINE_DOUBLE:
    case LINE_CHANGE:
        line->run_kind = (uint32_t)fault->kind;
        line->run_left = 1 + line_random(&state) % LINE_RUN_MAX;
        break;
    case LINE_FLIP:
        byte ^= (uint8_t)(1u << line_random(&state) % (line->config.seven_bit ? 7 : 8));
        break;
    case LINE_STALL:
        line->free_ns = (line->free_ns > now_ns ? line->free_ns : now_ns) + line->config.stall_ns;
        break;
    case LINE_NOISE:
        line_make_noise(line, now_ns, &state);
        break;
    case LINE_CUT:
    case LINE_RESET:
        line_append(line, now_ns, -1 - (int)fault->kind, 0);
        break;
    case LINE_FAULT_COUNT:
        break;
    }
    return byte;
}

/* Another byte, also where a line takes seven bits of it. */
static uint8_t line_change(const struct line *line, uint8_t byte)
{
    uint8_t changed = byte ^ (uint8_t)(1u << line->counts.sent % LINE_BITS);
    return (changed & 0x7F) == LINE_CTRL_C ? byte ^ 0x7F : changed;
}

static void line_put_byte(struct line *line, uint64_t now_ns, uint8_t byte)
{
    for (size_t i = 0; i < line->config.fault_count; i++) {
        if (line->config.faults[i].off == line->counts.sent) {
            byte = line_strike(line, now_ns, &line->config.faults[i], byte);
        }
    }
    line->counts.sent++;
    if (line->run_left > 0) {
        line->run_left--;
        if (line->run_kind == LINE_LOSE) {
            line->counts.lost++;
            return;
        }
        if (line->run_kind == LINE_CHANGE) {
            byte = line_change(line, byte);
        } else {
            line_append_byte(line, now_ns, byte);
            line->counts.added++;
        }
    }
    line_append_byte(line, now_ns, byte);
}

void line_put(struct line *line, uint64_t now_ns, const uint8_t *src, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        line_put_byte(line, now_ns, src[i]);
    }
}

static const struct line_slot *line_slot(const struct line *line, size_t index)
{
    return &line->slots[(line->begin + index) % LINE_SLOT_COUNT];
}

size_t line_peek(const struct line *line, uint64_t now_ns, uint8_t *dst, size_t room)
{
    size_t size = 0;
    while (size < room && size < line->count) {
        const struct line_slot *slot = line_slot(line, size);
        if (slot->due_ns > now_ns || slot->value < 0) {
            break;
        }
        dst[size++] = (uint8_t)slot->value;
    }
    return size;
}

void line_pop(struct line *line, size_t size, bool heard)
{
    line->begin = (line->begin + size) % LINE_SLOT_COUNT;
    line->count -= size;
    if (heard) {
        line->counts.delivered += size;
    } else {
        line->counts.unheard += size;
    }
}

int line_event(struct line *line, uint64_t now_ns)
{
    const struct line_slot *slot = line_slot(line, 0);
    if (line->count == 0 || slot->due_ns > now_ns || slot->value >= 0) {
        return -1;
    }
    int kind = -1 - slot->value;
    line->begin = (line->begin + 1) % LINE_SLOT_COUNT;
    line->count--;
    return kind;
}

uint64_t line_next_ns(const struct line *line)
{
    return line->count > 0 ? line_slot(line, 0)->due_ns : UINT64_MAX;
}
