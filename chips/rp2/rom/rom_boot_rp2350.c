/* From reset to the program: what the boot ROM of an RP2350 does on a board with an image for an Arm CPU in its flash. */
#include <stdbool.h>
#include <stddef.h>

#include "arch/mmio.h"
#include "chips/rp2/regs/rp2350_regs.h"
#include "chips/rp2/rom/rom_boot.h"
#include "chips/rp2/rom/rom_check.h"
#include "chips/rp2/rom/rom_flash_rp2350.h"
#include "chips/rp2/rom/rom_image_rp2350.h"

enum {
    READ_STATUS_2 = 0x35,
    STATUS_2_QUAD = 2,
    DIVIDER = 3,
    SAMPLES = 9,
    SETTLE_LOOPS = 100,
    SET_UP_WORDS = 256 / 4,
    SET_UP_CODE_WORDS = 3, /* then come its two arguments */
};

/* In rom_rp2350.S: calls XM with the two words behind it, wherever it was copied to. */
extern const uint32_t mprom_rp2350_rom_set_up[SET_UP_CODE_WORDS];

/* BOOTSEL pulls chip select low. */
static bool wants_usb(void)
{
    uint32_t high = 0;
    for (uint32_t i = 0; i < SETTLE_LOOPS; i++) {
        mprom_cpu_barrier();
    }
    for (uint32_t i = 0; i < SAMPLES; i++) {
        high += (mprom_mmio_read32(SIO_GPIO_HI_IN) & SIO_GPIO_HI_QSPI_CSN) != 0;
    }
    return high <= SAMPLES / 2;
}

/*
 * The real one tries all reads, from the fastest on, until it finds a block. Our chips report a read on four lines that
 * they would not answer, so ours asks first whether they do.
 */
static uint32_t choose_read(void)
{
    uint8_t status = 0;
    mprom_rp2350_rom_command(READ_STATUS_2, NULL, &status, 1);
    return (status & STATUS_2_QUAD) ? ROM_READ_EBH : ROM_READ_0BH;
}

/* Programs call a copy of this after they have used the flash. */
static void leave_set_up(uint32_t read)
{
    for (uint32_t i = 0; i < SET_UP_WORDS; i++) {
        uint32_t word = i < SET_UP_CODE_WORDS        ? mprom_rp2350_rom_set_up[i]
                        : i == SET_UP_CODE_WORDS     ? read
                        : i == SET_UP_CODE_WORDS + 1 ? DIVIDER
                                                     : 0;
        mprom_mmio_write32(BOOTRAM_BASE + 4 * i, word);
    }
}

static void boot_flash(void)
{
    uint32_t read = choose_read();
    mprom_rp2350_rom_select_read(read, DIVIDER);
    uint32_t vectors = mprom_rp2350_rom_find_image();
    if (vectors != 0) {
        leave_set_up(read);
        mprom_mmio_write32(SCB_VTOR, vectors);
        mprom_rp2_rom_jump(mprom_mmio_read32(vectors + 4), mprom_mmio_read32(vectors));
    }
}

/* The second CPU is never started on the emulated board. */
void mprom_rp2_rom_start(void)
{
    if (mprom_mmio_read32(SIO_CPUID) == 0) {
        mprom_rp2350_rom_connect();
        mprom_rp2350_rom_exit_xip();
        if (!wants_usb()) {
            boot_flash();
        }
        mprom_rp2_rom_report(ROM_USB_BOOT);
    }
    for (;;) {
    }
}
