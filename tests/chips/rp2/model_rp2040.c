/* The models of SSI, pins and window catch what chips/rp2/facts.md forbids: each mistake made once, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "chips/rp2/boot2/boot2.h"
#include "chips/rp2/rom/rom_flash_rp2040.h"
#include "rig.h"

enum {
    SSI = 0x18000000,
    CTRLR0 = SSI + 0x00,
    SSIENR = SSI + 0x08,
    SER = SSI + 0x10,
    BAUDR = SSI + 0x14,
    SR = SSI + 0x28,
    DR0 = SSI + 0x60,
    SPI_CTRLR0 = SSI + 0xF4,
    RESETS = 0x4000C000,
    SS = 0x4001800C,
    SD0 = 0x40018014,
    PAD_SD0 = 0x40020008,
    XIP_CTRL = 0x14000000,
    FLUSH = 0x14000004,
    LOW = 0x200,
    HIGH = 0x300,
    SECTOR = 0x60000,
    SECTOR_SIZE = 0x1000,
    BLOCK_SIZE = 0x10000,
    FLASH_SIZE = 0x200000,
    XIP = 0x10000000,
};

static struct rig rig;
static const uint8_t zeros[512];

static void leave_window(void)
{
    mprom_rp2040_rom_connect();
    mprom_rp2040_rom_exit_xip();
}

static void erase_sector(void)
{
    leave_window();
    mprom_rp2040_rom_erase(SECTOR, SECTOR_SIZE, BLOCK_SIZE, 0xD8);
}

/* A frame by hand: the bytes of data, and as many back, which nobody looks at. */
static void frame(const uint8_t *data, uint32_t size)
{
    mprom_rp2040_rom_exchange(data, NULL, size);
}

static void send(uint32_t byte)
{
    mprom_mmio_write32(DR0, byte);
}

static void read_window(void)
{
    rig_access(SECTOR, MODEL_LOAD);
}

static void read_after_if(void)
{
    mprom_rp2040_rom_connect();
    read_window();
}

static void execute_after_ex(void)
{
    leave_window();
    rig_access(SECTOR, MODEL_FETCH);
}

static void read_after_re(void)
{
    erase_sector();
    read_window();
}

static void read_without_boot2(void)
{
    erase_sector();
    mprom_rp2040_rom_flush();
    read_window();
}

static void boot2_without_fc(void)
{
    erase_sector();
    mprom_rp2_boot2_set_up();
    read_window();
}

/* Chip select is given back by hand. */
static void read_without_flush(void)
{
    erase_sector();
    mprom_mmio_write32(SS, 0);
    mprom_rp2_boot2_set_up();
    read_window();
}

static void boot2_without_ex(void)
{
    mprom_rp2040_rom_connect();
    mprom_rp2_boot2_set_up();
}

/* As a debugger ends it: the boot ROM waits for a chip that was never asked. */
static void abort_when_caught(void)
{
    rig.pins.ctrl[RP2_SD1] |= bus.violations > 0 ? 1u << 16 : 0;
}

static void erase_without_ex(void)
{
    bus.polled = abort_when_caught;
    mprom_rp2040_rom_connect();
    mprom_rp2040_rom_erase(SECTOR, SECTOR_SIZE, BLOCK_SIZE, 0xD8);
}

/* The window reads by 03h, which the chip in continuous read does not hear. */
static void enter_without_ex(void)
{
    mprom_rp2040_rom_connect();
    mprom_rp2040_rom_enter_xip();
    mprom_mmio_write32(SER, 1);
    read_window();
}

static void execute_while_polled(void)
{
    bus.polled = NULL;
    rig_access(0x100, MODEL_FETCH);
}

/* The other core goes on in the window. */
static void second_core_runs(void)
{
    leave_window();
    bus.polled = execute_while_polled;
    mprom_rp2040_rom_erase(SECTOR, SECTOR_SIZE, BLOCK_SIZE, 0xD8);
}

static void window_of_a_busy_chip(void)
{
    rig_hang(&rig);
    mprom_mmio_write32(XIP_CTRL, 3);
    rig.ssi.is_checked = false;
    read_window();
}

static void erase_unaligned(void)
{
    leave_window();
    mprom_rp2040_rom_erase_checked(SECTOR + 0x800, SECTOR_SIZE, BLOCK_SIZE, 0xD8);
}

/* As a real boot ROM does it. */
static void erase_unaligned_unchecked(void)
{
    leave_window();
    mprom_rp2040_rom_erase(SECTOR + 0x800, SECTOR_SIZE, BLOCK_SIZE, 0xD8);
}

static void erase_a_part(void)
{
    leave_window();
    mprom_rp2040_rom_erase_checked(SECTOR, 300, BLOCK_SIZE, 0xD8);
}

static void erase_an_address(void)
{
    leave_window();
    mprom_rp2040_rom_erase_checked(XIP + SECTOR, SECTOR_SIZE, BLOCK_SIZE, 0xD8);
}

static void erase_beyond(void)
{
    leave_window();
    mprom_rp2040_rom_erase_checked(FLASH_SIZE, SECTOR_SIZE, BLOCK_SIZE, 0xD8);
}

static void program_unaligned(void)
{
    leave_window();
    mprom_rp2040_rom_program_checked(SECTOR + 4, zeros, 256);
}

static void program_unaligned_unchecked(void)
{
    leave_window();
    mprom_rp2040_rom_program(SECTOR + 4, zeros, 256);
}

static void program_a_part(void)
{
    leave_window();
    mprom_rp2040_rom_program_checked(SECTOR, zeros, 300);
}

static void program_twice(void)
{
    uint8_t ones[256];
    memset(ones, 0x5A, sizeof ones);
    leave_window();
    mprom_rp2040_rom_program(SECTOR, zeros, 256);
    mprom_rp2040_rom_program(SECTOR, ones, 256);
}

static void program_without_enable(void)
{
    static const uint8_t program[] = {0x02, 0x06, 0x00, 0x00, 0x55};
    leave_window();
    frame(program, sizeof program);
}

static void erase_twice_at_once(void)
{
    static const uint8_t enable[] = {0x06}, erase[] = {0x20, 0x06, 0x00, 0x00};
    leave_window();
    frame(enable, sizeof enable);
    frame(erase, sizeof erase);
    frame(enable, sizeof enable);
}

static void erase_chip(void)
{
    leave_window();
    mprom_rp2040_rom_erase(0, SECTOR_SIZE, SECTOR_SIZE, 0xC7);
}

static void odd_divider(void)
{
    mprom_mmio_write32(SSIENR, 0);
    mprom_mmio_write32(BAUDR, 3);
}

static void format_while_on(void)
{
    mprom_mmio_write32(CTRLR0, 0x00070000);
}

static void divider_while_on(void)
{
    mprom_mmio_write32(BAUDR, 4);
}

static void read_format_while_on(void)
{
    mprom_mmio_write32(SPI_CTRLR0, 0x03000218);
}

static void send_while_off(void)
{
    mprom_mmio_write32(SSIENR, 0);
    send(0x06);
}

static void send_to_nobody(void)
{
    leave_window();
    mprom_mmio_write32(SER, 0);
    send(0x06);
}

static void too_many_words(void)
{
    leave_window();
    mprom_mmio_write32(SS, HIGH);
    for (int i = 0; i < 17; i++) {
        send(0);
    }
}

static void read_of_nothing(void)
{
    leave_window();
    (void)mprom_mmio_read32(DR0);
}

static void too_fast(void)
{
    static const uint32_t clock_hz = 300000000;
    rig.ssi.clock_hz = &clock_hz;
    rig.ssi.is_checked = false;
    read_window();
}

static void plain_read_too_fast(void)
{
    static const uint32_t clock_hz = 125000000;
    leave_window();
    mprom_rp2040_rom_flush();
    mprom_mmio_write32(SSIENR, 0);
    mprom_mmio_write32(BAUDR, 2);
    mprom_rp2040_rom_enter_xip();
    rig.ssi.clock_hz = &clock_hz;
    read_window();
}

static void byte_access(void)
{
    mprom_mmio_write8(SSIENR, 0);
}

static void pins_held(void)
{
    mprom_mmio_write32(RESETS, 0x01FFFFFF);
    (void)mprom_mmio_read32(SS);
}

static void pads_held(void)
{
    mprom_mmio_write32(RESETS, 0x01FFFFFF);
    mprom_mmio_write32(PAD_SD0, 0x52);
}

static void select_inverted(void)
{
    mprom_mmio_write32(SS, 0x100);
}

/* Where OUTOVER of an RP2350 is. */
static void select_as_on_another_chip(void)
{
    mprom_mmio_write32(SS, 0x2000);
}

static void pin_of_nobody(void)
{
    leave_window();
    mprom_mmio_write32(SD0, 0x1F);
    send(0x06);
}

static void window_store(void)
{
    mprom_mmio_write32(XIP + SECTOR, 0);
}

static void cache_powered_down(void)
{
    mprom_mmio_write32(XIP_CTRL, 9);
}

static void quad_is_off(void)
{
    leave_window();
    rig.chip.status[1] = 0xFD;
    mprom_rp2040_rom_flush();
    rig.chip.status[1] |= 2;
    mprom_rp2_boot2_set_up();
    rig.chip.status[1] = 0;
    read_window();
}

static const struct bus_mistake mistakes[] = {
    {"the window is read after IF", read_after_if, "the pins were reset and the window not set up again"},
    {"the window is executed after EX", execute_after_ex,
     "execution of the flash at 0x10060000, while the SSI is not"},
    {"the window is read after RE", read_after_re, "while chip select is forced high"},
    {"the window is read after FC", read_without_boot2, "while the SSI is not set up to read for the window"},
    {"boot2 runs before FC", boot2_without_fc, "while chip select is forced high"},
    {"the cache is not flushed", read_without_flush, "which the cache may hold as it was before"},
    {"boot2 runs before EX", boot2_without_ex, "in continuous read is taken for an address"},
    {"RE before EX", erase_without_ex, "flash chip: "},
    {"CX before EX", enter_without_ex, "in continuous read is taken for an address"},
    {"the other core runs", second_core_runs, "execution of the flash at 0x10000100, while"},
    {"the window is read while the chip is busy", window_of_a_busy_chip, "on four lines is taken for"},
    {"RE in the middle of a sector", erase_unaligned, "RE of an address or a size that is not a multiple of 4096"},
    {"the same without our check", erase_unaligned_unchecked, "which is no block's start"},
    {"RE of a part of a sector", erase_a_part, "RE of an address or a size that is not a multiple of 4096"},
    {"RE of an address", erase_an_address, "they take offsets in the flash, not addresses"},
    {"RE beyond the flash", erase_beyond, "beyond the array"},
    {"RP in the middle of a page", program_unaligned, "RP of an address that is not a multiple of 256"},
    {"the same without our check", program_unaligned_unchecked, "wraps within its page"},
    {"RP of 300 bytes", program_a_part, "programs what lies behind the buffer"},
    {"RP of what is not erased", program_twice, "would set a bit"},
    {"a program without 06h", program_without_enable, "02h without write enable"},
    {"06h while the chip is busy", erase_twice_at_once, "06h while busy"},
    {"RE with C7h", erase_chip, "C7h is no command of this chip"},
    {"an odd divider", odd_divider, "which must be even"},
    {"CTRLR0 while the SSI is on", format_while_on, "to the SSI at 0x00, while the SSI is on"},
    {"BAUDR while the SSI is on", divider_while_on, "to the SSI at 0x14, while the SSI is on"},
    {"SPI_CTRLR0 while the SSI is on", read_format_while_on, "to the SSI at 0xf4, while the SSI is on"},
    {"DR0 while the SSI is off", send_while_off, "DR0 while it is off"},
    {"DR0 without a chip in SER", send_to_nobody, "without a clock or a chip that it is for"},
    {"17 words that nobody takes", too_many_words, "more than its FIFO of 16 words holds"},
    {"DR0 is read and empty", read_of_nothing, "DR0, which is empty"},
    {"150 MHz", too_fast, "faster than the chip can follow"},
    {"03h at 62.5 MHz", plain_read_too_fast, "by 03h, faster than the chip can follow"},
    {"a byte to the SSI", byte_access, "write of 1 bytes to the SSI"},
    {"IO_QSPI is held in reset", pins_held, "access to IO_QSPI while it is held in reset"},
    {"PADS_QSPI is held in reset", pads_held, "access to PADS_QSPI while it is held in reset"},
    {"chip select is inverted", select_inverted, "chip select of the flash is inverted"},
    {"OUTOVER of an RP2350", select_as_on_another_chip, "write of 0x00002000 to IO_QSPI"},
    {"SD0 is not connected", pin_of_nobody, "while its pins are not connected"},
    {"a store to the window", window_store, "which it never reaches"},
    {"the cache is powered down", cache_powered_down, "write of 0x00000009 to XIP_CTRL"},
    {"quad enable is off", quad_is_off, "EBh without quad enable"},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        rig_open(&rig, &rig_rp2040);
        bus_expect_caught("RP2040", &mistakes[i]);
        rig_close(&rig);
    }
}

/* Without an override the SSI holds chip select low over several words; an override of the pin is above it. */
static void chip_select_has_two_masters(void **state)
{
    (void)state;
    uint32_t id = 0;
    rig_open(&rig, &rig_rp2040);
    leave_window();
    assert_false(rig.ssi.is_selected);
    for (int i = 0; i < 4; i++) {
        send(i == 0 ? 0x9F : 0);
        assert_true(rig.ssi.is_selected);
    }
    (void)mprom_mmio_read32(SR);
    assert_false(rig.ssi.is_selected);
    for (int i = 0; i < 4; i++) {
        id = id << 8 | mprom_mmio_read32(DR0);
    }
    assert_int_equal(id & 0xFFFFFF, 0xEF4015);
    mprom_mmio_write32(SS, LOW);
    assert_true(rig.ssi.is_selected);
    send(0x05);
    (void)mprom_mmio_read32(SR);
    assert_true(rig.ssi.is_selected);
    send(0);
    mprom_mmio_write32(SS, HIGH);
    assert_false(rig.ssi.is_selected);
    send(0);
    assert_false(rig.ssi.is_selected);
    mprom_mmio_write32(SS, 0);
    send(0x05);
    send(0);
    assert_true(rig.ssi.is_selected);
    mprom_mmio_write32(SSIENR, 0);
    assert_false(rig.ssi.is_selected);
    assert_int_equal(rig.ssi.count, 0);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* A reset of the chip that the program runs on leaves the flash chip as it is; the boot ROM's EX mends that. */
static void continuous_read_outlasts_a_reset(void **state)
{
    (void)state;
    rig_open(&rig, &rig_rp2040);
    assert_int_equal(rig.chip.continuous, 0xEB);
    rp2_resets_model_reset(&rig.resets);
    rp2040_ssi_model_reset(&rig.ssi);
    rp2040_xip_model_reset(&rig.xip_rp2040);
    assert_int_equal(rig.chip.continuous, 0xEB);
    leave_window();
    assert_int_equal(rig.chip.continuous, 0);
    mprom_rp2040_rom_flush();
    mprom_rp2_boot2_set_up();
    read_window();
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* boot2 sets quad enable and nothing else, and writes the status registers only for that. */
static void boot2_keeps_the_status_registers(void **state)
{
    (void)state;
    rig_open_cold(&rig, &rig_rp2040);
    rig.chip.status[0] = 0x1C;
    rig.chip.status[1] = 0x40;
    leave_window();
    mprom_rp2040_rom_flush();
    mprom_rp2_boot2_set_up();
    assert_int_equal(rig.chip.status[0], 0x1C);
    assert_int_equal(rig.chip.status[1], 0x42);
    uint64_t before_ns = bus.now_ns;
    leave_window();
    mprom_rp2040_rom_flush();
    mprom_rp2_boot2_set_up();
    assert_int_equal(bus.now_ns, before_ns);
    read_window();
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* Until the next flush the window may show what was there before. */
static void a_flush_shows_what_was_erased(void **state)
{
    (void)state;
    rig_open(&rig, &rig_rp2040);
    uint32_t erases = rig.window->erases;
    erase_sector();
    assert_int_equal(rig.window->erases, erases);
    mprom_rp2040_rom_flush();
    assert_int_equal(rig.window->erases, erases + 1);
    mprom_rp2040_rom_flush();
    assert_int_equal(rig.window->erases, erases + 1);
    mprom_rp2_boot2_set_up();
    read_window();
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* 8 bytes by EBh in continuous read: 8 clocks for the address, 4 to wait, 16 for data, and chip select. */
static void a_line_of_the_cache_takes_its_time_once(void **state)
{
    (void)state;
    static const uint32_t clock_hz = 125000000;
    const struct model_window *window = &rig.window->window;
    rig_open(&rig, &rig_rp2040);
    read_window();
    rig.ssi.clock_hz = &clock_hz;
    assert_int_equal(window->wait_ns(window->ctx, SECTOR, 4, MODEL_LOAD), 512);
    assert_int_equal(window->wait_ns(window->ctx, SECTOR + 4, 4, MODEL_LOAD), 0);
    assert_int_equal(window->wait_ns(window->ctx, SECTOR + 4, 8, MODEL_FETCH), 512);
    mprom_mmio_write32(FLUSH, 1);
    assert_int_equal(window->wait_ns(window->ctx, SECTOR, 4, MODEL_LOAD), 512);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),           cmocka_unit_test(chip_select_has_two_masters),
        cmocka_unit_test(continuous_read_outlasts_a_reset), cmocka_unit_test(boot2_keeps_the_status_registers),
        cmocka_unit_test(a_flush_shows_what_was_erased),    cmocka_unit_test(a_line_of_the_cache_takes_its_time_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
