/* A stand-in for asf4's header of this name, which MicroPython's tree does not hold: what flash_samd.c needs of it. */
#ifndef MPROM_TESTS_FAKES_SAMD_ERR_CODES_H
#define MPROM_TESTS_FAKES_SAMD_ERR_CODES_H

#define ERR_NONE 0
#define ERR_INVALID_ARG -13
#define ERR_BAD_ADDRESS -14
#define ERR_DENIED -17

#endif
