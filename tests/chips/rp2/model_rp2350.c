/* The models of QMI, pins and window of an RP2350 catch what chips/rp2/facts.md forbids: each mistake made once, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "chips/rp2/rom/rom_flash_rp2350.h"
#include "rig.h"

enum {
    CSR = 0x400D0000,
    CSR_XOR = CSR + 0x1000,
    TX = 0x400D0004,
    RX = 0x400D0008,
    M0_TIMING = 0x400D000C,
    M0_RFMT = 0x400D0010,
    M0_RCMD = 0x400D0014,
    ATRANS0 = 0x400D0034,
    EN = 1,
    CS0 = 4,
    CS1 = 8,
    AUTO_CS0 = 0x40,
    NOPUSH = 1 << 20,
    RESETS = 0x40020000,
    SS = 0x4003001C,
    SS_OF_RP2040 = 0x4003000C,
    SD0 = 0x40030024,
    PAD_SS = 0x40040018,
    PAD_SD0 = 0x40040008,
    XIP_CTRL = 0x400C8000,
    MAINTENANCE = 0x1BFFC000,
    BOOTRAM = 0x400E0000,
    SECTOR = 0x60000,
    SECTOR_SIZE = 0x1000,
    BLOCK_SIZE = 0x10000,
    XIP = 0x10000000,
    LINE = 8,
};

static struct rig rig;

static void leave_window(void)
{
    mprom_rp2350_rom_connect();
    mprom_rp2350_rom_exit_xip();
}

static void erase_sector(void)
{
    leave_window();
    mprom_rp2350_rom_erase(SECTOR, SECTOR_SIZE, BLOCK_SIZE, 0xD8);
}

static void read_window(void)
{
    rig_access(SECTOR, MODEL_LOAD);
}

static void send(uint32_t word)
{
    mprom_mmio_write32(TX, word);
}

static void read_in_direct_mode(void)
{
    mprom_mmio_write32(CSR_XOR, EN);
    read_window();
}

static void execute_in_direct_mode(void)
{
    leave_window();
    mprom_mmio_write32(CSR_XOR, EN | CS0);
    rig_access(SECTOR, MODEL_FETCH);
}

static void read_while_selected(void)
{
    mprom_mmio_write32(CSR_XOR, CS0);
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
    mprom_mmio_write32(CSR_XOR, EN | CS0);
    bus.polled = execute_while_polled;
    (void)mprom_mmio_read32(CSR);
}

static void read_without_flush(void)
{
    erase_sector();
    mprom_rp2350_rom_select_read(ROM_READ_EBH, 3);
    read_window();
}

/* All lines but the last that FC drops. */
static void flush_of_a_part(void)
{
    erase_sector();
    for (uint32_t off = LINE; off < 2048 * LINE; off += LINE) {
        mprom_mmio_write8(MAINTENANCE + off, 0);
    }
    read_window();
}

/* The lines that were dropped before the erase hold it again, perhaps. */
static void flush_before_the_end(void)
{
    for (uint32_t off = 0; off < 1024 * LINE; off += LINE) {
        mprom_mmio_write8(MAINTENANCE + off, 0);
    }
    erase_sector();
    for (uint32_t off = 1024 * LINE; off < 2048 * LINE; off += LINE) {
        mprom_mmio_write8(MAINTENANCE + off, 0);
    }
    read_window();
}

static void flush_by_words(void)
{
    mprom_mmio_write32(MAINTENANCE, 0);
}

static void flush_by_address(void)
{
    mprom_mmio_write8(MAINTENANCE + 2, 0);
}

static void flush_as_on_another_chip(void)
{
    mprom_mmio_write32(XIP_CTRL + 4, 1);
}

static void read_of_a_busy_chip(void)
{
    rig_hang(&rig);
    mprom_mmio_write32(XIP_CTRL, 0x83);
    rig.qmi.is_checked = false;
    read_window();
}

static void pins_reset(void)
{
    mprom_mmio_write32(RESETS, 0x1FFFFFFF);
    mprom_mmio_write32(RESETS, 0x1FFFFFFF & ~(1u << 7 | 1u << 10));
    read_window();
}

/* As IF leaves it out: pins have their function, and the pads are isolated. */
static void iso_not_cleared(void)
{
    leave_window();
    mprom_mmio_write32(PAD_SD0, 0x156);
    send(0x06 | NOPUSH);
    mprom_mmio_write32(CSR_XOR, EN | CS0);
}

static void iso_of_chip_select(void)
{
    mprom_mmio_write32(PAD_SS, 0x15A);
    read_window();
}

static void pins_held(void)
{
    mprom_mmio_write32(RESETS, 0x1FFFFFFF);
    (void)mprom_mmio_read32(SS);
}

static void pads_held(void)
{
    mprom_mmio_write32(RESETS, 0x1FFFFFFF);
    mprom_mmio_write32(PAD_SD0, 0x56);
}

/* Where OUTOVER of an RP2040 is, and where its register is. */
static void select_as_on_another_chip(void)
{
    mprom_mmio_write32(SS, 0x200);
}

static void select_at_another_place(void)
{
    mprom_mmio_write32(SS_OF_RP2040, 0);
}

static void select_forced(void)
{
    mprom_mmio_write32(SS, 0x3000);
    read_window();
}

static void select_inverted(void)
{
    mprom_mmio_write32(SS, 0x1000);
}

static void pin_of_nobody(void)
{
    leave_window();
    mprom_mmio_write32(SD0, 0x1F);
    send(0x06 | NOPUSH);
    mprom_mmio_write32(CSR_XOR, EN | CS0);
}

static void other_voltage(void)
{
    mprom_mmio_write32(0x40040000, 1);
}

static void second_chip(void)
{
    leave_window();
    mprom_mmio_write32(CSR_XOR, EN | CS1);
}

static void automatic_select(void)
{
    leave_window();
    mprom_mmio_write32(CSR_XOR, AUTO_CS0);
}

static void five_words(void)
{
    leave_window();
    for (int i = 0; i < 5; i++) {
        send(0);
    }
}

static void read_of_nothing(void)
{
    leave_window();
    (void)mprom_mmio_read32(RX);
}

/* Words wait for room, and chip select must not go. */
static void deselected_while_busy(void)
{
    leave_window();
    mprom_mmio_write32(CSR_XOR, EN | CS0);
    send(0x05 | NOPUSH);
    for (int i = 0; i < 5; i++) {
        send(0);
    }
    mprom_mmio_write32(CSR_XOR, CS0);
}

static void left_while_busy(void)
{
    leave_window();
    mprom_mmio_write32(CSR_XOR, EN | CS0);
    send(0x05 | NOPUSH);
    for (int i = 0; i < 5; i++) {
        send(0);
    }
    mprom_mmio_write32(CSR_XOR, EN);
}

static void on_two_lines(void)
{
    leave_window();
    mprom_mmio_write32(CSR_XOR, EN | CS0);
    send(0x06 | 1 << 16 | NOPUSH);
}

static void word_with_other_bits(void)
{
    send(1u << 21);
}

static void byte_access(void)
{
    mprom_mmio_write8(CSR, 0);
}

static void other_translation(void)
{
    mprom_mmio_write32(ATRANS0, 0x04000001);
}

static void timing_with_other_bits(void)
{
    mprom_mmio_write32(M0_TIMING, 1u << 26);
}

static void double_rate(void)
{
    mprom_mmio_write32(M0_RFMT, 0x100492A8);
    read_window();
}

static void on_one_line(void)
{
    mprom_mmio_write32(M0_RFMT, 0x1000);
    read_window();
}

static void too_few_dummy_clocks(void)
{
    mprom_mmio_write32(M0_RFMT, 0x000292A8);
    read_window();
}

static void by_bbh(void)
{
    mprom_rp2350_rom_select_read(ROM_READ_BBH, 3);
    read_window();
}

static void too_fast(void)
{
    static const uint32_t clock_hz = 150000000;
    mprom_mmio_write32(M0_TIMING, 0x60007201);
    rig.qmi.clock_hz = &clock_hz;
    read_window();
}

static void plain_read_too_fast(void)
{
    static const uint32_t clock_hz = 150000000;
    mprom_rp2350_rom_select_read(ROM_READ_03H, 2);
    rig.qmi.clock_hz = &clock_hz;
    read_window();
}

static void direct_too_fast(void)
{
    static const uint32_t clock_hz = 150000000;
    leave_window();
    mprom_mmio_write32(CSR, 1u << 22);
    rig.qmi.clock_hz = &clock_hz;
    send(0x06 | NOPUSH);
    mprom_mmio_write32(CSR_XOR, EN | CS0);
}

static void quad_is_off(void)
{
    rig.chip.status[1] = 0;
    rig.qmi.is_checked = false;
    read_window();
}

/* As boot2 of an RP2040 reads: the boot ROM's EX mends that. */
static void continuous_read(void)
{
    mprom_mmio_write32(M0_RCMD, 0xA0EB);
    read_window();
    rig.qmi.is_checked = false;
    read_window();
}

static void window_store(void)
{
    mprom_mmio_write32(XIP + SECTOR, 0);
}

static void cache_powered_down(void)
{
    mprom_mmio_write32(XIP_CTRL, 0x8B);
}

static void writable_window(void)
{
    mprom_mmio_write32(XIP_CTRL, 0x883);
}

static void bootram_beyond(void)
{
    mprom_mmio_write32(BOOTRAM + 0x400, 0);
}

static const struct bus_mistake mistakes[] = {
    {"the window is read in direct mode", read_in_direct_mode, "while direct mode is on, which is a bus error"},
    {"the window is executed in direct mode", execute_in_direct_mode,
     "execution of the flash at 0x10060000, while direct"},
    {"the window is read while the chip is selected", read_while_selected, "while DIRECT_CSR holds chip select low"},
    {"the other core runs", second_core_runs, "execution of the flash at 0x10000100, while direct mode"},
    {"the cache is not flushed", read_without_flush, "which the cache may hold as it was before"},
    {"a line of the cache is not dropped", flush_of_a_part, "which the cache may hold as it was before"},
    {"half of the lines are dropped too early", flush_before_the_end, "which the cache may hold as it was before"},
    {"a word where bytes maintain the cache", flush_by_words, "store of 4 bytes to maintain the cache"},
    {"another operation on the cache", flush_by_address, "operation 2, which is not modelled"},
    {"FLUSH of an RP2040", flush_as_on_another_chip, "write of 0x00000001 to XIP_CTRL at 0x04"},
    {"the window is read while the chip is busy", read_of_a_busy_chip, "flash chip: EBh while busy"},
    {"the pins are reset", pins_reset, "while its pins are isolated or not connected"},
    {"ISO is not cleared", iso_not_cleared, "while its pins are isolated or not connected"},
    {"ISO of chip select is not cleared", iso_of_chip_select, "while its pins are isolated or not connected"},
    {"IO_QSPI is held in reset", pins_held, "access to IO_QSPI while it is held in reset"},
    {"PADS_QSPI is held in reset", pads_held, "access to PADS_QSPI while it is held in reset"},
    {"OUTOVER of an RP2040", select_as_on_another_chip, "write of 0x00000200 to IO_QSPI"},
    {"SS of an RP2040", select_at_another_place, "to IO_QSPI at 0x00c"},
    {"chip select is forced high", select_forced, "while chip select is forced high"},
    {"chip select is inverted", select_inverted, "chip select of the flash is inverted"},
    {"SD0 is not connected", pin_of_nobody, "while its pins are isolated or not connected"},
    {"1.8 V", other_voltage, "write of 0x00000001 to PADS_QSPI at 0x000"},
    {"a second chip", second_chip, "chip select of a second chip is low"},
    {"AUTO_CS0N", automatic_select, "AUTO_CS0N and AUTO_CS1N are not modelled"},
    {"five words at once", five_words, "DIRECT_TX, which is full"},
    {"DIRECT_RX is read and empty", read_of_nothing, "DIRECT_RX, which is empty"},
    {"chip select ends while the QMI is busy", deselected_while_busy, "ends while the QMI is busy"},
    {"direct mode ends while the QMI is busy", left_while_busy, "ends while the QMI is busy"},
    {"two lines", on_two_lines, "on two lines or none, which is not modelled"},
    {"a bit that DIRECT_TX has not", word_with_other_bits, "where bits are set that are not there"},
    {"a byte to the QMI", byte_access, "write of 1 bytes"},
    {"another translation of addresses", other_translation, "to the QMI at 0x34, which is not modelled"},
    {"a bit that TIMING has not", timing_with_other_bits, "where bits are set that are not there"},
    {"two bits a clock", double_rate, "with a format of M0_RFMT that is not modelled"},
    {"EBh on one line", on_one_line, "flash chip: EBh"},
    {"EBh with two dummy clocks", too_few_dummy_clocks, "flash chip: EBh"},
    {"BBh", by_bbh, "BBh is no command of this chip"},
    {"150 MHz", too_fast, "faster than the chip can follow"},
    {"03h at 75 MHz", plain_read_too_fast, "by 03h, faster than the chip can follow"},
    {"a command at 150 MHz", direct_too_fast, "the QMI sends faster than the chip can follow"},
    {"quad enable is off", quad_is_off, "EBh without quad enable"},
    {"the opcode in continuous read", continuous_read, "flash chip: "},
    {"a store to the window", window_store, "which it never reaches"},
    {"the cache is powered down", cache_powered_down, "write of 0x0000008b to XIP_CTRL"},
    {"stores to a second chip", writable_window, "write of 0x00000883 to XIP_CTRL"},
    {"BOOTRAM beyond its end", bootram_beyond, "write of 4 bytes to BOOTRAM at 0x400"},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        rig_open(&rig, &rig_rp2350);
        bus_expect_caught("RP2350", &mistakes[i]);
        rig_close(&rig);
    }
}

/* Of 16 bits the lower half goes first and comes first; NOPUSH keeps an answer out; what has no room waits. */
static void words_go_through_the_fifos(void **state)
{
    (void)state;
    rig_open(&rig, &rig_rp2350);
    leave_window();
    mprom_mmio_write32(CSR_XOR, EN | CS0);
    send(0x9F | NOPUSH);
    assert_int_equal(rig.qmi.rx_count, 0);
    send(1u << 18);
    assert_int_equal(mprom_mmio_read32(RX), 0x40EF);
    send(0);
    assert_int_equal(mprom_mmio_read32(RX), 0x16);
    mprom_mmio_write32(CSR_XOR, CS0);
    mprom_mmio_write32(CSR_XOR, CS0);
    send(0x05 | NOPUSH);
    for (int i = 0; i < 4; i++) {
        send(0);
    }
    uint32_t csr = mprom_mmio_read32(CSR);
    assert_int_equal(csr & (1u << 1), 0);
    assert_int_equal(csr >> 18 & 7, 4);
    send(0);
    assert_int_equal(mprom_mmio_read32(CSR) & (1u << 1), 1u << 1);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(mprom_mmio_read32(RX), 0);
    }
    csr = mprom_mmio_read32(CSR);
    assert_int_equal(csr & (1u << 1), 0);
    assert_int_equal(csr & (1u << 16), 1u << 16);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* The boot ROM pushes before it switches direct mode on: what it pushed goes then. */
static void words_wait_for_direct_mode(void **state)
{
    (void)state;
    rig_open(&rig, &rig_rp2350);
    leave_window();
    send(0x9F | NOPUSH);
    send(0);
    assert_int_equal(rig.qmi.tx_count, 2);
    mprom_mmio_write32(CSR_XOR, EN | CS0);
    assert_int_equal(rig.qmi.tx_count, 0);
    assert_int_equal(mprom_mmio_read32(RX), 0xEF);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* EX leaves a window that reads by 03h, and that may be used: only direct mode closes it. */
static void the_window_reads_after_ex(void **state)
{
    (void)state;
    rig_open(&rig, &rig_rp2350);
    leave_window();
    read_window();
    assert_string_equal(bus.first_violation, "");
    assert_int_equal(rig.qmi.windows[0].rcmd, 0x03);
    rig_close(&rig);
}

/* A chip that another program left in continuous read. */
static void ex_ends_continuous_read(void **state)
{
    (void)state;
    rig_open(&rig, &rig_rp2350);
    rig.chip.continuous = 0xEB;
    leave_window();
    assert_int_equal(rig.chip.continuous, 0);
    mprom_rp2350_rom_flush();
    mprom_rp2350_rom_select_read(ROM_READ_EBH, 3);
    read_window();
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* Until all lines are dropped the window may show what was there before; in which order does not matter. */
static void a_flush_shows_what_was_erased(void **state)
{
    (void)state;
    rig_open(&rig, &rig_rp2350);
    uint32_t erases = rig.window->erases;
    erase_sector();
    assert_int_equal(rig.window->erases, erases);
    for (uint32_t off = 0; off < 2048 * LINE; off += LINE) {
        mprom_mmio_write8(MAINTENANCE + off, 0);
    }
    assert_int_equal(rig.window->erases, erases + 1);
    mprom_rp2350_rom_flush();
    assert_int_equal(rig.window->erases, erases + 1);
    read_window();
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* 8 bytes by EBh: 8 clocks for the opcode, 6 for the address, 2 for the mode, 4 to wait, 16 for data, and chip select. */
static void a_line_of_the_cache_takes_its_time_once(void **state)
{
    (void)state;
    static const uint32_t clock_hz = 100000000;
    const struct model_window *window = &rig.window->window;
    rig_open(&rig, &rig_rp2350);
    window = &rig.window->window;
    read_window();
    rig.qmi.clock_hz = &clock_hz;
    assert_int_equal(window->wait_ns(window->ctx, SECTOR, 4, MODEL_LOAD), 1200);
    assert_int_equal(window->wait_ns(window->ctx, SECTOR + 4, 4, MODEL_LOAD), 0);
    assert_int_equal(window->wait_ns(window->ctx, SECTOR + 4, 8, MODEL_FETCH), 1200);
    mprom_rp2350_rom_flush();
    assert_int_equal(window->wait_ns(window->ctx, SECTOR, 4, MODEL_LOAD), 1200);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(words_go_through_the_fifos),
        cmocka_unit_test(words_wait_for_direct_mode),
        cmocka_unit_test(the_window_reads_after_ex),
        cmocka_unit_test(ex_ends_continuous_read),
        cmocka_unit_test(a_flush_shows_what_was_erased),
        cmocka_unit_test(a_line_of_the_cache_takes_its_time_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
