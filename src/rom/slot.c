/* Slots: what their trailers say, the marks, and the choice of the one to start from. */
#include "rom/slot.h"

#include "rom/image.h"
#include "rom/trailer.h"

static int enter_slot(struct mprom_rom *rom, uint32_t id)
{
    int err = mprom_rom_enter(rom, id);
    if (err == 0 && !mprom_rom_segment(rom, id)->has_trailer) {
        err = mprom_rom_fail(rom, -MPROM_EOPNOTSUPP, id, 0, "this segment has no trailer");
    }
    return err;
}

static bool is_sound(const struct mprom_rom *rom, uint32_t id)
{
    const struct mprom_rom_state *state = &rom->states[id];
    return state->checked &&
           (state->image.state == MPROM_ROM_IMAGE_SEALED || state->image.state == MPROM_ROM_IMAGE_UNSEALED);
}

static int read_marks(struct mprom_rom *rom, uint32_t id, struct mprom_rom_slot *slot)
{
    bool *const marks[MPROM_ROM_MARK_COUNT] = {
        [MPROM_ROM_MARK_TRIED] = &slot->tried,
        [MPROM_ROM_MARK_CONFIRMED] = &slot->confirmed,
        [MPROM_ROM_MARK_REJECTED] = &slot->rejected,
    };
    for (int mark = 0; mark < MPROM_ROM_MARK_COUNT; mark++) {
        int set = mprom_rom_trailer_mark_read(rom, id, (enum mprom_rom_mark)mark);
        if (set < 0) {
            return set;
        }
        *marks[mark] = set;
    }
    return 0;
}

/*
 * An image that was chosen counts as on trial even before its boot or main runs: it is mounted, and it may have
 * neither. That a trial ended without a confirmation no mark says: a hard reset has ended every one that was begun.
 */
static enum mprom_rom_slot_state state_of(const struct mprom_rom_state *state, const struct mprom_rom_slot *slot)
{
    if (slot->rejected) {
        return MPROM_ROM_SLOT_REJECTED;
    }
    if (slot->confirmed) {
        return MPROM_ROM_SLOT_CONFIRMED;
    }
    if (slot->tried) {
        return state->on_trial ? MPROM_ROM_SLOT_TRIAL : MPROM_ROM_SLOT_GAVE_UP;
    }
    return state->chosen ? MPROM_ROM_SLOT_TRIAL : MPROM_ROM_SLOT_WAITING;
}

/* Reads the trailer of a segment whose image is known. */
MPROM_ROM_OWN_FRAME static int read_slot(struct mprom_rom *rom, uint32_t id, struct mprom_rom_slot *slot)
{
    struct mprom_rom_record record;
    *slot = (struct mprom_rom_slot){.valid = false};
    int found = is_sound(rom, id) ? mprom_rom_trailer_read(rom, id, &record) : 0;
    if (found != 1 || !mprom_rom_trailer_speaks_of(&record, &rom->states[id].image)) {
        return found < 0 ? found : 0;
    }
    slot->valid = true;
    slot->sequence = record.sequence;
    slot->size = record.size;
    slot->crc = record.crc;
    int err = read_marks(rom, id, slot);
    slot->state = err ? MPROM_ROM_SLOT_UNKNOWN : state_of(&rom->states[id], slot);
    return err;
}

int mprom_rom_slot_read(struct mprom_rom *rom, uint32_t id, struct mprom_rom_slot *slot)
{
    int err = enter_slot(rom, id);
    if (err == 0) {
        err = mprom_rom_image_know(rom, id);
    }
    return err ? err : read_slot(rom, id, slot);
}

const char *mprom_rom_slot_state_text(enum mprom_rom_slot_state state)
{
    static const char *const texts[] = {
        [MPROM_ROM_SLOT_UNKNOWN] = "",
        [MPROM_ROM_SLOT_WAITING] = "not started yet",
        [MPROM_ROM_SLOT_TRIAL] = "on trial",
        [MPROM_ROM_SLOT_GAVE_UP] = "gave up",
        [MPROM_ROM_SLOT_CONFIRMED] = "confirmed",
        [MPROM_ROM_SLOT_REJECTED] = "rejected",
    };
    return texts[state];
}

/* How much a slot is worth to start from, worst first. */
enum rank {
    RANK_NONE,     /* no sound image, or its flash fails */
    RANK_REJECTED, /* rolled back from */
    RANK_FAILED,   /* its trial was not confirmed */
    RANK_UNKNOWN,  /* sound, and there is no record of it: not written by a session */
    RANK_GOOD,     /* confirmed, or not tried yet */
};

struct candidate {
    enum rank rank;
    uint32_t sequence;
};

static enum rank rank_of(const struct mprom_rom_slot *slot)
{
    if (!slot->valid) {
        return RANK_UNKNOWN;
    }
    if (slot->rejected) {
        return RANK_REJECTED;
    }
    return slot->tried && !slot->confirmed ? RANK_FAILED : RANK_GOOD;
}

/* Of a slot whose image is known, if its flash lets that be. A failing slot must not keep the board from the other.
 */
MPROM_ROM_OWN_FRAME static struct candidate weigh(struct mprom_rom *rom, uint32_t id)
{
    struct mprom_rom_slot slot;
    if (!is_sound(rom, id) || read_slot(rom, id, &slot) != 0) {
        return (struct candidate){.rank = RANK_NONE};
    }
    return (struct candidate){rank_of(&slot), slot.sequence};
}

/* Finds out about the images of a whole group, as far as its flash lets it. */
static void know_group(struct mprom_rom *rom, uint8_t group)
{
    for (uint32_t id = 0; id < rom->segment_count; id++) {
        if (mprom_rom_segment(rom, id)->group == group) {
            mprom_rom_image_know(rom, id);
        }
    }
}

/* Of two good images the newer one; of two that failed the older one, which was there before. */
static bool is_better(struct candidate a, struct candidate b)
{
    if (a.rank != b.rank) {
        return a.rank > b.rank;
    }
    return a.rank == RANK_FAILED ? a.sequence < b.sequence : a.sequence > b.sequence;
}

MPROM_ROM_OWN_FRAME static int choose_slot(struct mprom_rom *rom, uint8_t group, bool hard_reset)
{
    int best = MPROM_ROM_SEGMENT_NONE;
    struct candidate best_candidate = {.rank = RANK_NONE};
    for (uint32_t id = 0; id < rom->segment_count; id++) {
        if (mprom_rom_segment(rom, id)->group != group) {
            continue;
        }
        struct candidate candidate = weigh(rom, id);
        if (!hard_reset && rom->states[id].chosen && candidate.rank != RANK_NONE) {
            return (int)id;
        }
        if (is_better(candidate, best_candidate)) {
            best_candidate = candidate;
            best = (int)id;
        }
    }
    return best;
}

int mprom_rom_boot_choose(struct mprom_rom *rom, bool hard_reset)
{
    int err = mprom_rom_enter(rom, 0);
    if (err) {
        return err;
    }
    uint8_t group = mprom_rom_segment(rom, 0)->group;
    int best = MPROM_ROM_SEGMENT_NONE;
    if (group != MPROM_ROM_GROUP_NONE) {
        know_group(rom, group);
        best = choose_slot(rom, group, hard_reset);
        bool stays = !hard_reset && best >= 0 && rom->states[best].chosen;
        if (best >= 0 && !stays) {
            rom->states[best].left = weigh(rom, (uint32_t)best).rank == RANK_REJECTED;
        }
        for (uint32_t id = 0; id < rom->segment_count; id++) {
            if (mprom_rom_segment(rom, id)->group == group) {
                rom->states[id].chosen = (int)id == best;
                rom->states[id].on_trial &= !hard_reset;
                rom->states[id].kept &= stays;
            }
        }
    } else {
        err = mprom_rom_image_know(rom, 0);
        if (err) {
            return err;
        }
        best = is_sound(rom, 0) ? 0 : MPROM_ROM_SEGMENT_NONE;
    }
    if (best < 0) {
        return mprom_rom_fail(rom, -MPROM_ENOENT, 0, 0, "there is no image to start from");
    }
    mprom_rom_enter(rom, 0); /* forget the errors of a slot that was passed over */
    return best;
}

int mprom_rom_slot_mark_tried(struct mprom_rom *rom, uint32_t id)
{
    struct mprom_rom_slot slot;
    int err = mprom_rom_slot_read(rom, id, &slot);
    if (err || !slot.valid || slot.tried || slot.confirmed || slot.rejected) {
        return err;
    }
    rom->states[id].on_trial = true;
    return mprom_rom_trailer_mark_write(rom, id, MPROM_ROM_MARK_TRIED);
}

int mprom_rom_slot_confirm(struct mprom_rom *rom, uint32_t id)
{
    struct mprom_rom_slot slot;
    int err = mprom_rom_slot_read(rom, id, &slot);
    if (err == 0 && !is_sound(rom, id)) {
        err = mprom_rom_fail(rom, -MPROM_ENODEV, id, 0, "there is no image");
    }
    if (err || !slot.valid) {
        return err;
    }
    if (slot.rejected) {
        return mprom_rom_fail(rom, -MPROM_EPERM, id, mprom_rom_segment_size(rom, id),
                              "this image was rolled back from: deploy it again");
    }
    return slot.confirmed ? 0 : mprom_rom_trailer_mark_write(rom, id, MPROM_ROM_MARK_CONFIRMED);
}

MPROM_ROM_OWN_FRAME static bool has_other_image(struct mprom_rom *rom, uint32_t id)
{
    uint8_t group = mprom_rom_segment(rom, id)->group;
    for (uint32_t other = 0; other < rom->segment_count && group != MPROM_ROM_GROUP_NONE; other++) {
        if (other != id && mprom_rom_segment(rom, other)->group == group && weigh(rom, other).rank > RANK_REJECTED) {
            return true;
        }
    }
    return false;
}

/* The slot of a group that the board was started from, or MPROM_ROM_SEGMENT_NONE. */
static int find_chosen(const struct mprom_rom *rom, uint8_t group)
{
    for (uint32_t id = 0; id < rom->segment_count && group != MPROM_ROM_GROUP_NONE; id++) {
        if (mprom_rom_segment(rom, id)->group == group && rom->states[id].chosen) {
            return (int)id;
        }
    }
    return MPROM_ROM_SEGMENT_NONE;
}

/*
 * Whether the board leaves the slot that it was started from for this one. What the slots hold has been found out by
 * the rollback that this is about; nothing is read again for that, which would take much stack below a session's
 * calls.
 */
MPROM_ROM_OWN_FRAME static bool is_gone_back_to(struct mprom_rom *rom, uint32_t id)
{
    uint8_t group = mprom_rom_segment(rom, id)->group;
    int chosen = find_chosen(rom, group);
    if (chosen < 0 || chosen == (int)id) {
        return false;
    }
    return rom->states[chosen].left && choose_slot(rom, group, true) == (int)id;
}

/* A slot that is kept stays so if it or the other one cannot be read later: that may pass. */
static void note_kept(struct mprom_rom *rom, uint8_t group)
{
    for (uint32_t id = 0; id < rom->segment_count; id++) {
        if (mprom_rom_segment(rom, id)->group == group) {
            rom->states[id].kept = is_gone_back_to(rom, id);
        }
    }
}

int mprom_rom_slot_rollback(struct mprom_rom *rom, uint32_t id)
{
    struct mprom_rom_slot slot;
    int err = mprom_rom_slot_read(rom, id, &slot);
    if (err) {
        return err;
    }
    know_group(rom, mprom_rom_segment(rom, id)->group);
    if (!slot.valid || !has_other_image(rom, id)) {
        return mprom_rom_fail(rom, -MPROM_EPERM, id, mprom_rom_segment_size(rom, id),
                              slot.valid ? "there is no other image to go back to"
                                         : "there is no record of this slot's image");
    }
    err = slot.rejected ? 0 : mprom_rom_trailer_mark_write(rom, id, MPROM_ROM_MARK_REJECTED);
    if (err == 0) {
        rom->states[id].left = true;
        note_kept(rom, mprom_rom_segment(rom, id)->group);
    }
    return err;
}

void mprom_rom_slot_note_live(struct mprom_rom *rom, uint32_t id)
{
    int chosen = find_chosen(rom, mprom_rom_segment(rom, id)->group);
    /* The newest of all, and not tried yet: no other slot is better. */
    rom->states[id].kept = chosen >= 0 && rom->states[chosen].left;
}

int mprom_rom_slot_check_open(struct mprom_rom *rom, uint32_t id)
{
    int err = mprom_rom_check_writable(rom, id);
    if (err) {
        return err;
    }
    if (!rom->states[id].unlocked && (rom->states[id].kept || is_gone_back_to(rom, id))) {
        return mprom_rom_fail(rom, -MPROM_EPERM, id, 0,
                              "the board goes back to this slot's image: reset the board, then write the other slot");
    }
    return mprom_rom_enter(rom, id); /* forget the errors of a slot that was only looked at */
}

int mprom_rom_slot_unlock(struct mprom_rom *rom, uint32_t id)
{
    int err = enter_slot(rom, id);
    if (err == 0) {
        err = mprom_rom_check_writable(rom, id);
    }
    if (err == 0) {
        rom->states[id].unlocked = true;
    }
    return err;
}

int mprom_rom_boot_passed_over(struct mprom_rom *rom)
{
    uint8_t group = mprom_rom_segment(rom, 0)->group;
    int chosen = find_chosen(rom, group);
    int passed = MPROM_ROM_SEGMENT_NONE;
    uint32_t newest = chosen < 0 ? UINT32_MAX : weigh(rom, (uint32_t)chosen).sequence;
    for (uint32_t id = 0; id < rom->segment_count && group != MPROM_ROM_GROUP_NONE; id++) {
        if (mprom_rom_segment(rom, id)->group != group) {
            continue;
        }
        struct candidate candidate = weigh(rom, id);
        if (candidate.rank == RANK_FAILED && candidate.sequence > newest) {
            newest = candidate.sequence;
            passed = (int)id;
        }
    }
    return passed;
}
