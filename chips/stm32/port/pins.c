/* Pins: RM0090 8.4; F7 and H7 have the same registers (stm32f767xx.h, RM0399 12.4). */
#include "arch/mmio.h"
#include "chips/stm32/port/family.h"
#include "chips/stm32/port/port.h"
#include "chips/stm32/regs/stm32f4_regs.h"

enum {
    MODE_ALTERNATE = 2,
    PULL_UP = 1,
};

static void register_change(uint32_t address, uint32_t clear, uint32_t set)
{
    mprom_mmio_write32(address, (mprom_mmio_read32(address) & ~clear) | set);
}

void mprom_stm32_pin_connect(struct mprom_stm32_pin pin, enum mprom_stm32_pin_speed speed)
{
    uint32_t port = mprom_stm32_family.gpio_base + GPIO_DISTANCE * pin.port;
    uint32_t pair = pin.number * 2u;
    uint32_t four = pin.number % 8u * 4u;
    register_change(mprom_stm32_family.gpio_enable, 0, 1u << pin.port);
    register_change(port + GPIO_AFR(pin.number), 0xFu << four, (uint32_t)pin.function << four);
    register_change(port + GPIO_OSPEEDR, 3u << pair, (uint32_t)speed << pair);
    register_change(port + GPIO_PUPDR, 3u << pair, (uint32_t)PULL_UP << pair);
    register_change(port + GPIO_MODER, 3u << pair, (uint32_t)MODE_ALTERNATE << pair);
}
