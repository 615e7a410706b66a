/*
 * Error numbers of the library.
 *
 * Functions return 0 or a positive result on success and the negative of one of these on failure. The values are
 * those of MicroPython and of Linux, so that they reach a Python exception or strerror() unchanged; they stand here
 * because a freestanding compiler has no <errno.h>.
 */
#ifndef MPROM_ERROR_H
#define MPROM_ERROR_H

enum mprom_error {
    MPROM_EPERM = 1,    /* not allowed in this state */
    MPROM_ENOENT = 2,   /* no such file, directory or segment */
    MPROM_EIO = 5,      /* the flash reported a failure, or a read-back differed */
    MPROM_ENOMEM = 12,  /* out of memory (host code only) */
    MPROM_EBUSY = 16,   /* in use: the segment runs, or another session is open */
    MPROM_EEXIST = 17,  /* the name is already there */
    MPROM_ENODEV = 19,  /* not a ROMFS image, or a flash that is not there */
    MPROM_ENOTDIR = 20, /* a directory was asked for, this is a file */
    MPROM_EISDIR = 21,  /* a file was asked for, this is a directory */
    MPROM_EINVAL = 22,  /* an argument is out of range, misaligned or out of order */
    MPROM_EFBIG = 27,   /* larger than the format or the interface can say */
    MPROM_ENOSPC = 28,  /* larger than the segment */
    MPROM_EROFS = 30,   /* write-protected */
    MPROM_ENAMETOOLONG = 36,
    MPROM_ELOOP = 40,      /* directories nested deeper than the caller's stack of levels */
    MPROM_EBADMSG = 74,    /* the bytes break the format, or do not match their seal */
    MPROM_EOPNOTSUPP = 95, /* this flash or build cannot do that */
    MPROM_ETIMEDOUT = 110, /* no answer within the time allowed */
};

#endif
