/* Whether this is for firmware that must be small: no reasons in words, a small CRC table (docs/ports.md). */
#ifndef MPROM_SMALL_H
#define MPROM_SMALL_H

#ifndef MPROM_SMALL
#define MPROM_SMALL 0
#endif

#endif
