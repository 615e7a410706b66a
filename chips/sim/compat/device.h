/* The object through which rp2 and esp32 give access to a segment. */
#ifndef MPROM_SIM_COMPAT_DEVICE_H
#define MPROM_SIM_COMPAT_DEVICE_H

#include "py/obj.h"

extern const mp_obj_base_t compat_device;

#endif
