/*
 * The parts of the module romfs (docs/module-romfs.md).
 */
#ifndef MPROM_MOD_ROMFS_H
#define MPROM_MOD_ROMFS_H

#include "py/obj.h"

#include "mprom/rom.h"

/* Whether the firmware has what the PC asks for a faster deploy: describe(), digests(), digest(), crc(), receive(). */
#ifndef MPROM_LINK
#define MPROM_LINK 1
#endif

/* romfs.Update */
extern const mp_obj_type_t mprom_mod_romfs_update_type;

/* romfs.segments() and romfs.info() */
mp_obj_t mprom_mod_romfs_segments(void);
mp_obj_t mprom_mod_romfs_info(mp_obj_t id_in);

/* romfs.describe(), romfs.digests(), romfs.digest(), romfs.crc() */
MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(mprom_mod_romfs_describe_obj);
MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(mprom_mod_romfs_digests_obj);
MP_DECLARE_CONST_FUN_OBJ_3(mprom_mod_romfs_crc_obj);
MP_DECLARE_CONST_FUN_OBJ_3(mprom_mod_romfs_digest_obj);
/* romfs.receive() */
MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(mprom_mod_romfs_receive_obj);

/* The number of a segment. Raises OSError(ENOENT) if there is none of that number, TypeError if it is no number. */
uint32_t mprom_mod_romfs_id(mp_obj_t id_in);

/* What is in a segment. Raises OSError if the flash failed. */
void mprom_mod_romfs_verify_image(uint32_t id, enum mprom_rom_verify_mode mode, struct mprom_rom_image *image);

#endif
