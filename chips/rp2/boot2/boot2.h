/* What boot2 does once it runs from RAM; chips/rp2/boot2/entry.S is how it gets there and where it goes on. */
#ifndef MPROM_RP2_BOOT2_H
#define MPROM_RP2_BOOT2_H

/*
 * Sets up the window for a chip with EBh, four lines and continuous read: W25Q16JV and its like. The chip must take
 * commands, as after the boot ROM's EX. Quad enable is set in the chip if it is not.
 */
void mprom_rp2_boot2_set_up(void);

#endif
