/* The sentences for faults. Apart from the check, so that a board can leave them out. */
#include "mprom/romfs_check.h"

static const char *const fault_texts[] = {
    [ROMFS_FAULT_NONE] = "no fault",
    [ROMFS_FAULT_HEADER] = "not a ROMFS image: it does not start with D2 CD 31",
    [ROMFS_FAULT_LENGTH] = "the image says that it is longer than what is there",
    [ROMFS_FAULT_LENGTH_PADDED] = "the image's length has more bytes than it needs",
    [ROMFS_FAULT_ODD_SIZE] = "the image's size is odd; only mprom's own images are always even",
    [ROMFS_FAULT_VARUINT] = "a number does not fit 32 bits or does not end inside its record",
    [ROMFS_FAULT_RECORD_BOUNDS] = "a record runs over the end of what it is in",
    [ROMFS_FAULT_UNUSED_KIND] = "a record of kind 0, which nothing writes",
    [ROMFS_FAULT_NAME_BOUNDS] = "a name runs over the end of its record",
    [ROMFS_FAULT_NAME] = "a name that boards cannot use: empty, \".\", \"..\", or with '/' or NUL in it",
    [ROMFS_FAULT_NAME_UTF8] =
        "a name that is not UTF-8: boards find it by its bytes, and cannot list its directory as text",
    [ROMFS_FAULT_NAME_TWICE] = "a second entry with the same name in one directory: boards take the first",
    [ROMFS_FAULT_NO_DATA] = "a file without a data record",
    [ROMFS_FAULT_POINTER] = "a data pointer leads out of the image",
    [ROMFS_FAULT_MISPLACED] = "an info record, an index or a seal that is not in its place",
    [ROMFS_FAULT_SKIPPED] = "bytes that no reader looks at where they are",
    [ROMFS_FAULT_DEPTH] = "directories are nested too deep",
    [ROMFS_FAULT_INFO] = "the info record is malformed",
    [ROMFS_FAULT_INDEX] = "the index does not agree with the entries",
    [ROMFS_FAULT_SEAL_MISSING] = "the seal is missing, though the info record says that there is one",
    [ROMFS_FAULT_SEAL] = "the seal does not match the image: its bytes changed",
    [ROMFS_FAULT_TRAILING] = "there are bytes behind the image that are neither 00 nor FF throughout",
};

const char *romfs_fault_text(enum romfs_fault fault)
{
    if ((unsigned)fault >= ROMFS_FAULT_COUNT) {
        return "unknown fault";
    }
    return fault_texts[fault];
}

bool romfs_fault_is_note(enum romfs_fault fault)
{
    return fault == ROMFS_FAULT_ODD_SIZE || fault == ROMFS_FAULT_NAME_UTF8 || fault == ROMFS_FAULT_NAME_TWICE ||
           fault == ROMFS_FAULT_SKIPPED || fault == ROMFS_FAULT_TRAILING;
}
