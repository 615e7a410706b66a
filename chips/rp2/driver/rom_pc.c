/* For the PC only: whoever plays the boot ROM for the driver. */
#include "chips/rp2/driver/rom.h"

struct mprom_rp2_rom_pc mprom_rp2_rom_pc;
