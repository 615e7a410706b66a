/* The sentences for faults. */
#include "mprom/romfs_check.h"
#include "mprom/small.h"

#if !MPROM_SMALL

static const char *const fault_texts[] = {
    [MPROM_ROMFS_FAULT_NONE] = "no fault",
    [MPROM_ROMFS_FAULT_HEADER] = "not a ROMFS image: it does not start with D2 CD 31",
    [MPROM_ROMFS_FAULT_LENGTH] = "the image says that it is longer than what is there",
    [MPROM_ROMFS_FAULT_LENGTH_PADDED] = "the image's length has more bytes than it needs",
    [MPROM_ROMFS_FAULT_ODD_SIZE] = "the image's size is odd; only mprom's own images are always even",
    [MPROM_ROMFS_FAULT_VARUINT] = "a number does not fit 32 bits or does not end inside its record",
    [MPROM_ROMFS_FAULT_RECORD_BOUNDS] = "a record runs over the end of what it is in",
    [MPROM_ROMFS_FAULT_UNUSED_KIND] = "a record of kind 0, which nothing writes",
    [MPROM_ROMFS_FAULT_NAME_BOUNDS] = "a name runs over the end of its record",
    [MPROM_ROMFS_FAULT_NAME] = "a name that boards cannot use: empty, \".\", \"..\", or with '/' or NUL in it",
    [MPROM_ROMFS_FAULT_NAME_UTF8] =
        "a name that is not UTF-8: boards find it by its bytes, and cannot list its directory as text",
    [MPROM_ROMFS_FAULT_NAME_TWICE] = "a second entry with the same name in one directory: boards take the first",
    [MPROM_ROMFS_FAULT_NO_DATA] = "a file without a data record",
    [MPROM_ROMFS_FAULT_POINTER] = "a data pointer leads out of the image",
    [MPROM_ROMFS_FAULT_MISPLACED] = "an info record, an index or a seal that is not in its place",
    [MPROM_ROMFS_FAULT_SKIPPED] = "bytes that no reader looks at where they are",
    [MPROM_ROMFS_FAULT_DEPTH] = "directories are nested too deep",
    [MPROM_ROMFS_FAULT_INFO] = "the info record is malformed",
    [MPROM_ROMFS_FAULT_INDEX] = "the index does not agree with the entries",
    [MPROM_ROMFS_FAULT_SEAL_MISSING] = "the seal is missing, though the info record says that there is one",
    [MPROM_ROMFS_FAULT_SEAL] = "the seal does not match the image: its bytes changed",
    [MPROM_ROMFS_FAULT_TRAILING] = "there are bytes behind the image that are neither 00 nor FF throughout",
};

const char *mprom_romfs_fault_text(enum mprom_romfs_fault fault)
{
    if ((unsigned)fault >= MPROM_ROMFS_FAULT_COUNT) {
        return "unknown fault";
    }
    return fault_texts[fault];
}
#else
/* Firmware that must be small. */
const char *mprom_romfs_fault_text(enum mprom_romfs_fault fault)
{
    return fault == MPROM_ROMFS_FAULT_NONE ? "no fault" : "the image is damaged";
}
#endif

bool mprom_romfs_fault_is_note(enum mprom_romfs_fault fault)
{
    return fault == MPROM_ROMFS_FAULT_ODD_SIZE || fault == MPROM_ROMFS_FAULT_NAME_UTF8 ||
           fault == MPROM_ROMFS_FAULT_NAME_TWICE || fault == MPROM_ROMFS_FAULT_SKIPPED ||
           fault == MPROM_ROMFS_FAULT_TRAILING;
}
