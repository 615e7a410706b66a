/* Stand-in for the header of Alif's pins: what mphalport.h of MicroPython's alif port names. */
#ifndef MPROM_TESTS_FAKES_ALIF_GPIO_H
#define MPROM_TESTS_FAKES_ALIF_GPIO_H

typedef int GPIO_Type;

int gpio_set_direction_input(GPIO_Type *gpio, int pin);
int gpio_set_direction_output(GPIO_Type *gpio, int pin);
int gpio_set_value_low(GPIO_Type *gpio, int pin);
int gpio_set_value_high(GPIO_Type *gpio, int pin);
int gpio_get_value(GPIO_Type *gpio, int pin);
int gpio_enable_interrupt(GPIO_Type *gpio, int pin);
int gpio_disable_interrupt(GPIO_Type *gpio, int pin);
int gpio_interrupt_set_edge_trigger(GPIO_Type *gpio, int pin);
int gpio_interrupt_set_polarity_low(GPIO_Type *gpio, int pin);

#endif
