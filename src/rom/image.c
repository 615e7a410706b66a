#include "rom/image.h"

#include <string.h>

#include "rom/head.h"
#include "rom/image_source.h"
#include "rom/trailer.h"

/* Flash whose bad reads fault is probed as a whole: the check has not looked at every byte of an unsealed image. */
MPROM_ROM_OWN_FRAME static int probe_image(struct mprom_rom *rom, uint32_t size)
{
    struct mprom_rom_source *source = &rom->source;
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, source->segment);
    uint32_t start = source->overlay != NULL ? source->overlay->first_size : 0;
    uint32_t unit = segment->flash->geometry->program_size;
    if (!segment->flash->geometry->bad_read_faults) {
        return 0;
    }
    for (uint32_t off = start; off < size; off += unit) {
        int err = mprom_flash_probe(segment->flash, segment->off + off, unit);
        if (err) {
            source->bad_off = off;
            return err;
        }
    }
    return 0;
}

MPROM_ROM_OWN_FRAME static void set_damaged(struct mprom_rom_image *image, enum mprom_romfs_fault fault, uint32_t off,
                                            const char *what)
{
    image->state = MPROM_ROM_IMAGE_DAMAGED;
    image->fault = fault;
    image->fault_off = off;
    image->what = MPROM_ROM_WHY(what);
}

/*
 * On flash that erases to 00 and whose heads cannot be broken, a cut can leave an image that is shorter than it was,
 * in the end "D2 CD 31 00". Without a record nothing tells, but that the rest of the old image stands behind it.
 */
static bool may_be_short(const struct mprom_rom *rom, uint32_t id)
{
    const struct mprom_flash_geometry *geometry = mprom_rom_geometry(rom, id);
    return !mprom_rom_has_trailer(rom, id) && geometry->erased_value != 0xFF && mprom_rom_head_may_be_gone(geometry);
}

int mprom_rom_image_may_end(struct mprom_rom *rom, uint32_t id, uint32_t size)
{
    uint32_t end = mprom_rom_block_end(rom, id, size);
    return may_be_short(rom, id) ? mprom_rom_flash_is_blank(rom, id, size, end - size) : 1;
}

MPROM_ROM_OWN_FRAME static int refuse_short_image(struct mprom_rom *rom, struct mprom_rom_image *image)
{
    uint32_t id = rom->source.segment;
    if (image->state != MPROM_ROM_IMAGE_UNSEALED || !may_be_short(rom, id)) {
        return 0;
    }
    int blank = image->file_count == 0 ? 0 : mprom_rom_image_may_end(rom, id, image->size);
    if (blank == 0) {
        set_damaged(image, MPROM_ROMFS_FAULT_NONE, image->size, "it may be the rest of a longer image: seal it");
        image->size = 0;
    }
    return blank < 0 ? blank : 0;
}

int mprom_rom_image_check(struct mprom_rom *rom, unsigned flags, struct mprom_rom_image *image)
{
    struct mprom_romfs_check *check = &rom->check;
    memset(check, 0, sizeof *check);
    check->source = &rom->source.source;
    check->flags = flags;
    check->levels = rom->levels;
    check->level_count = MPROM_ROM_LEVELS;
    *image = (struct mprom_rom_image){.state = MPROM_ROM_IMAGE_NONE};
    int err = mprom_romfs_check(check);
    if (err == 0) {
        err = probe_image(rom, check->image_size);
    }
    if (err == -MPROM_ENODEV) {
        return 0;
    }
    if (err == -MPROM_EBADMSG) {
        bool unreadable = check->first == MPROM_ROMFS_FAULT_NONE;
        set_damaged(image, check->first, unreadable ? rom->source.bad_off : check->first_off,
                    unreadable ? "the flash cannot be read here" : mprom_romfs_fault_text(check->first));
        return 0;
    }
    if (err) {
        return err;
    }
    image->state = check->has_seal ? MPROM_ROM_IMAGE_SEALED : MPROM_ROM_IMAGE_UNSEALED;
    image->size = check->image_size;
    image->file_count = check->file_count;
    image->crc = check->has_seal ? check->crc : 0;
    return refuse_short_image(rom, image);
}

/*
 * Where going live programs more than the magic, a cut may leave other bits wrong, and error correction may fail to
 * notice. No seal shows it, but the record does, which was written before. The torn length may be another one.
 */
static int refuse_torn_head(struct mprom_rom *rom, struct mprom_rom_image *image)
{
    struct mprom_rom_record record;
    if (!mprom_rom_head_may_tear(mprom_rom_geometry(rom, rom->source.segment))) {
        return 0;
    }
    int found = mprom_rom_trailer_read(rom, rom->source.segment, &record);
    if (found == 1 && !mprom_rom_trailer_speaks_of(&record, image)) {
        set_damaged(image, MPROM_ROMFS_FAULT_NONE, 0, "the image is not the one that was written here");
    }
    return found < 0 ? found : 0;
}

/* Gives an image without a seal its digest, where there is a trailer to compare it with. */
MPROM_ROM_OWN_FRAME static int add_digest(struct mprom_rom *rom, struct mprom_rom_image *image)
{
    if (image->state != MPROM_ROM_IMAGE_UNSEALED || !mprom_rom_has_trailer(rom, rom->source.segment)) {
        return 0;
    }
    int err = mprom_rom_source_crc(rom, 0, image->size, &image->crc);
    return err ? err : refuse_torn_head(rom, image);
}

int mprom_rom_image_head_crc(struct mprom_rom *rom, const struct mprom_rom_image *image, uint32_t *crc)
{
    *crc = 0;
    return mprom_rom_source_crc(rom, 0, mprom_rom_min(image->size, MPROM_FLASH_PROGRAM_SIZE_MAX), crc);
}

/*
 * Whether the trailer's record speaks of this image, which has a seal, so that the sum need not be computed again.
 * The head was programmed after the record: its bytes are compared. Returns 1, 0, or an error.
 */
MPROM_ROM_OWN_FRAME static int is_vouched_for(struct mprom_rom *rom, const struct mprom_rom_image *image)
{
    struct mprom_rom_record record;
    uint32_t head_crc;
    int found = mprom_rom_trailer_read(rom, rom->source.segment, &record);
    if (found != 1 || !mprom_rom_trailer_speaks_of(&record, image)) {
        return found < 0 ? found : 0;
    }
    int err = mprom_rom_image_head_crc(rom, image, &head_crc);
    return err ? err : head_crc == record.head_crc;
}

static void set_unfirm(struct mprom_rom_image *image, const char *what)
{
    *image = (struct mprom_rom_image){.state = MPROM_ROM_IMAGE_NONE};
    set_damaged(image, MPROM_ROMFS_FAULT_NONE, 0, what);
}

/*
 * How many bytes of an image a power failure may have left such that they read well now and not the next time: those
 * that go live last; and where the first block is erased to get rid of an image, all in that block, unless error
 * correction finds them.
 */
static uint32_t doubtful_size(const struct mprom_rom *rom, uint32_t id, const struct mprom_rom_image *image)
{
    const struct mprom_flash_geometry *geometry = mprom_rom_geometry(rom, id);
    bool is_erased = mprom_rom_head_may_be_gone(geometry) && !geometry->bad_read_faults;
    return mprom_rom_min(image->size, is_erased ? mprom_rom_block_size(rom, id, 0) : MPROM_FLASH_PROGRAM_SIZE_MAX);
}

/*
 * An image that may read well now and not the next time counts as damaged, so that a start does not depend on luck:
 * three reads must agree.
 */
MPROM_ROM_OWN_FRAME static int check_is_firm(struct mprom_rom *rom, uint32_t id, struct mprom_rom_image *image)
{
    uint32_t first = 0;
    uint32_t size = doubtful_size(rom, id, image); /* 0 for what is no image, or damaged already */
    for (int reads = 0; reads < 3; reads++) {
        uint32_t crc = 0;
        int err = mprom_rom_source_crc(rom, 0, size, &crc);
        if (err && err != -MPROM_EBADMSG) {
            return err;
        }
        if (err || (reads > 0 && crc != first)) {
            set_unfirm(image, "the header does not read the same each time");
            return 0;
        }
        first = crc;
    }
    return 0;
}

/* An image that was about to be erased when power failed is none, whatever is left of it. */
MPROM_ROM_OWN_FRAME static int check_is_not_gone(struct mprom_rom *rom, uint32_t id, struct mprom_rom_image *image)
{
    if (image->state != MPROM_ROM_IMAGE_SEALED && image->state != MPROM_ROM_IMAGE_UNSEALED) {
        return 0;
    }
    int gone = mprom_rom_head_is_gone(rom, id, image->size);
    if (gone == 1) {
        set_unfirm(image, "it was being erased when power failed");
    }
    return gone < 0 ? gone : 0;
}

/* long_size is 0 if the image is not whole either when it is read to its end. */
static void set_long(struct mprom_rom_image *image, uint32_t long_size)
{
    *image = (struct mprom_rom_image){.long_size = long_size};
    set_damaged(image, MPROM_ROMFS_FAULT_LENGTH, MPROM_ROM_MAGIC_SIZE,
                long_size != 0 ? "other firmware left an image that is longer than this segment: deploy another"
                               : mprom_romfs_fault_text(MPROM_ROMFS_FAULT_LENGTH));
}

/*
 * Firmware with one segment, or with a larger one, may have left an image that ends behind this segment. It is not
 * mounted, since the trailer and the slot behind it lie in it; but it is whole, and stays until a deploy.
 */
static int find_long_image(struct mprom_rom *rom, uint32_t id, struct mprom_rom_image *image)
{
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, id);
    if (image->state != MPROM_ROM_IMAGE_DAMAGED || image->fault != MPROM_ROMFS_FAULT_LENGTH) {
        return 0;
    }
    mprom_rom_source_open(rom, id, NULL, segment->flash->geometry->size - segment->off);
    int err = mprom_rom_image_check(rom, 0, image);
    set_long(image, image->size > mprom_rom_segment_size(rom, id) ? image->size : 0);
    return err;
}

static int know(struct mprom_rom *rom, uint32_t id, enum mprom_rom_verify_mode mode)
{
    struct mprom_rom_image *image = &rom->states[id].image;
    mprom_rom_source_open(rom, id, NULL, mprom_rom_segment_size(rom, id));
    bool trust = mode == MPROM_ROM_VERIFY_START && mprom_rom_has_trailer(rom, id);
    int err = mprom_rom_image_check(rom, trust ? MPROM_ROMFS_CHECK_NO_SEAL : 0, image);
    if (err == 0) {
        err = find_long_image(rom, id, image);
    }
    if (err == 0 && trust && image->state == MPROM_ROM_IMAGE_SEALED) {
        int vouched = is_vouched_for(rom, image);
        err = vouched < 0 ? vouched : vouched ? 0 : mprom_rom_image_check(rom, 0, image);
    }
    if (err == 0) {
        err = add_digest(rom, image);
    }
    if (err == 0) {
        err = check_is_firm(rom, id, image);
    }
    if (err == 0) {
        err = check_is_not_gone(rom, id, image);
    }
    rom->states[id].checked = err == 0;
    return err;
}

int mprom_rom_image_know(struct mprom_rom *rom, uint32_t id)
{
    return rom->states[id].checked ? 0 : know(rom, id, MPROM_ROM_VERIFY_START);
}

static bool reaches_into(const struct mprom_rom *rom, uint32_t from, uint32_t id)
{
    const struct mprom_rom_segment *first = mprom_rom_segment(rom, from);
    const struct mprom_rom_segment *second = mprom_rom_segment(rom, id);
    if (first->flash != second->flash || first->off >= second->off) {
        return false;
    }
    return !rom->states[from].checked || rom->states[from].image.long_size > second->off - first->off;
}

bool mprom_rom_image_reaches_into(const struct mprom_rom *rom, uint32_t id)
{
    bool reaches = false;
    for (uint32_t from = 0; from < rom->segment_count; from++) {
        reaches = reaches || reaches_into(rom, from, id);
    }
    return reaches;
}

int mprom_rom_verify(struct mprom_rom *rom, uint32_t id, enum mprom_rom_verify_mode mode,
                     struct mprom_rom_image *image)
{
    int err = mprom_rom_enter(rom, id);
    if (err == 0) {
        err = mode == MPROM_ROM_VERIFY_FULL ? know(rom, id, mode) : mprom_rom_image_know(rom, id);
    }
    if (err == 0) {
        *image = rom->states[id].image;
    }
    return err;
}
