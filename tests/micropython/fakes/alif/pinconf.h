/* Stand-in for the header of Alif's pads: what mphalport.h of MicroPython's alif port names. */
#ifndef MPROM_TESTS_FAKES_ALIF_PINCONF_H
#define MPROM_TESTS_FAKES_ALIF_PINCONF_H

enum {
    PINMUX_ALTERNATE_FUNCTION_0,
    PADCTRL_READ_ENABLE,
    PADCTRL_DRIVER_OPEN_DRAIN,
};

int pinconf_set(int port, int pin, int function, int pad);

#endif
