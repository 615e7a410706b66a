/* What the model of FlexSPI must catch: each mistake made once, step by step, on a rig that is ready for commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "rig.h"

/* From chips/imxrt/facts.md. */
enum {
    MCR0 = 0x00,
    MCR2 = 0x08,
    AHBCR = 0x0C,
    INTR = 0x14,
    LUTKEY = 0x18,
    LUTCR = 0x1C,
    FLSHA1CR0 = 0x60,
    FLSHA2CR0 = 0x64,
    FLSHA1CR2 = 0x80,
    IPCR0 = 0xA0,
    IPCR1 = 0xA4,
    IPCMD = 0xB0,
    IPRXFCR = 0xB8,
    IPTXFCR = 0xBC,
    STS0 = 0xE0,
    STS1 = 0xE4,
    RFDR = 0x100,
    TFDR = 0x180,
    LUT0 = 0x200,

    SLOT = 15,
    DONE = 1,
    IPCMDERR = 8,
    TXWE = 1 << 6,
    SWRESET = 1,
    MDIS = 2,
    ARDFEN = 0x40,
    ATDFEN = 0x80,
    SERCLKDIV_8 = 7 << 8,

    STEPS_MAX = 12,
    POLLS_MAX = 1000,
};

static const uint32_t KEY = 0x5AF05AF0;
static struct rig rig;

enum doing {
    NOTHING,
    WRITES,
    READS,
    READS_HALF,
    SEQUENCES, /* puts two words into the slot */
    GOES,      /* address and size, and the trigger */
    FINISHES,
    PUSHES, /* so many pieces of 8 bytes */
    WINDOWS,
    LOADS,
    FETCHES,
    STORES,
    READS_AHEAD,
    CACHES,
    PASSES,
};

struct step {
    enum doing does;
    uint32_t first;
    uint32_t second;
};

#define ON 0xFFFF8010u /* MCR0 of a rig that is ready */
#define W(off, value)                                                                                                \
    {                                                                                                                \
        WRITES, off, value                                                                                           \
    }
#define R(off)                                                                                                       \
    {                                                                                                                \
        READS, off, 0                                                                                                \
    }
#define SEQUENCE(first, second)                                                                                      \
    {                                                                                                                \
        SEQUENCES, first, second                                                                                     \
    }
#define GO(address, size)                                                                                            \
    {                                                                                                                \
        GOES, address, size                                                                                          \
    }
#define END                                                                                                          \
    {                                                                                                                \
        FINISHES, 0, 0                                                                                               \
    }
#define ENABLE SEQUENCE(0x00000406, 0), GO(0, 0), END
#define STATUS SEQUENCE(0x24010405, 0), GO(0, 1)
#define ERASE ENABLE, SEQUENCE(0x08180420, 0), GO(0x1000, 0)
#define PROGRAM(address, size) ENABLE, SEQUENCE(0x08180402, 0x00002004), GO(address, size)
#define READ_AT(address, size) SEQUENCE(0x0818040B, 0x24043008), GO(address, size)
#define OPEN                                                                                                         \
    {                                                                                                                \
        WINDOWS, 1, 0                                                                                                \
    }
#define LOAD(off)                                                                                                    \
    {                                                                                                                \
        LOADS, off, 0                                                                                                \
    }
#define FETCH(off)                                                                                                   \
    {                                                                                                                \
        FETCHES, off, 0                                                                                              \
    }
#define PASS                                                                                                         \
    {                                                                                                                \
        PASSES, 0, 0                                                                                                 \
    }
#define RESET W(MCR0, ON | SWRESET), PASS

struct mistake {
    const char *name;
    const char *violation;
    const char *part; /* NULL: RT1062 */
    struct step steps[STEPS_MAX];
};

static void await_done(void)
{
    for (int polls = 0; polls < POLLS_MAX && !(rig_read(&rig, INTR) & DONE); polls++) {
    }
    rig_write(&rig, INTR, DONE);
}

static void go(uint32_t address, uint32_t size)
{
    rig_write(&rig, IPCR0, address);
    rig_write(&rig, IPCR1, SLOT << 16 | size);
    rig_write(&rig, IPCMD, 1);
}

static void push(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        rig_write(&rig, TFDR, 0);
        rig_write(&rig, TFDR + 4, 0);
        rig_write(&rig, INTR, TXWE);
    }
}

static void sequence(uint32_t first, uint32_t second)
{
    const uint32_t words[] = {first, second, 0};
    for (uint32_t i = 0; i < 3; i++) {
        rig_write(&rig, LUT0 + 16 * SLOT + 4 * i, words[i]);
    }
}

static void take_step(const struct step *step)
{
    switch (step->does) {
    case NOTHING:
        break;
    case WRITES:
        rig_write(&rig, step->first, step->second);
        break;
    case READS:
        rig_read(&rig, step->first);
        break;
    case READS_HALF:
        mprom_mmio_read16(rig.model.model.base + step->first);
        break;
    case SEQUENCES:
        sequence(step->first, step->second);
        break;
    case GOES:
        go(step->first, step->second);
        break;
    case FINISHES:
        await_done();
        break;
    case PUSHES:
        push(step->first);
        break;
    case WINDOWS:
        rig_window(&rig, step->first != 0);
        break;
    case LOADS:
    case FETCHES:
        rig_access(&rig, step->first, step->does == LOADS ? MODEL_LOAD : MODEL_FETCH);
        break;
    case STORES:
        mprom_mmio_write32(rig.model.window.base + step->first, 0);
        break;
    case READS_AHEAD:
        rig_access(&rig, step->first, MODEL_LOAD);
        rig.model.window.wait_ns(&rig.model, step->first, 4, MODEL_LOAD);
        break;
    case CACHES:
        rig_caches_start();
        break;
    case PASSES:
        bus_pass(1000000000);
        break;
    }
}

/* Registers to the FIFOs, LUT unlocked, window closed. */
static void get_ready(const char *part)
{
    rig_open(&rig, part != NULL ? part : "RT1062", "w25q64", RIG_READS_SINGLY);
    rig_window(&rig, false);
    rig_write(&rig, MCR0, ON);
    rig_write(&rig, LUTKEY, KEY);
    rig_write(&rig, LUTCR, 2);
    rig_write(&rig, IPTXFCR, 1);
    rig_write(&rig, IPRXFCR, 1);
}

static void take_steps(const struct mistake *mistake)
{
    get_ready(mistake->part);
    assert_string_equal(bus.first_violation, "");
    for (int i = 0; i < STEPS_MAX; i++) {
        take_step(&mistake->steps[i]);
    }
}

static const struct mistake mistakes[] = {
    {"LUT locked", "LUT60 while the LUT is locked", NULL, {W(LUTKEY, KEY), W(LUTCR, 1), SEQUENCE(0x0406, 0)}},
    {"LUTCR without key", "LUTCR without the key", NULL, {W(LUTCR, 1)}},
    {"LUTCR, stale key", "LUTCR without the key", NULL, {W(LUTKEY, KEY), W(IPCR0, 0), W(LUTCR, 1)}},
    {"wrong key", "LUTCR without the key", NULL, {W(LUTKEY, KEY + 1), W(LUTCR, 2)}},
    {"LUTCR of 3", "write of 0x3 to LUTCR", NULL, {W(LUTKEY, KEY), W(LUTCR, 3)}},
    {"LUT while a command runs", "LUT60 while FlexSPI is not idle", NULL, {STATUS, SEQUENCE(0x0406, 0)}},
    {"LUT while it reads ahead",
     "LUT60 while FlexSPI is not idle",
     NULL,
     {OPEN, {READS_AHEAD, 0x100, 0}, SEQUENCE(0x0406, 0)}},
    {"empty sequence", "sequence 15 is empty", NULL, {SEQUENCE(0, 0), GO(0, 0)}},
    {"a loader's sequence", "sequence 8", NULL, {W(IPCR1, 8u << 16), W(IPCMD, 1)}},
    {"unknown instruction", "instruction 1Eh", NULL, {SEQUENCE(0x7800, 0), GO(0, 0)}},
    {"JMP_ON_CS", "JMP_ON_CS in sequence 15", NULL, {SEQUENCE(0x7C000406, 0), GO(0, 0)}},
    {"dummy of double rate", "dummy clocks of double data rate", NULL, {SEQUENCE(0xB0080405, 0x2401), GO(0, 1)}},
    {"dummy on other lanes", "dummy clocks on other lanes", NULL, {SEQUENCE(0x0818040B, 0x24043208), GO(0, 1)}},
    {"address of 16 bits", "an address of 16 bits", NULL, {SEQUENCE(0x08100420, 0), GO(0x1000, 0)}},
    {"data before the address", "from its instruction 2", NULL, {SEQUENCE(0x24040403, 0x0818), GO(0, 4)}},
    {"eight lanes", "from its instruction 0", NULL, {SEQUENCE(0x0818070B, 0x24043008), GO(0, 4)}},
    {"two sequences", "for several sequences", NULL, {W(IPCR1, 1u << 24 | SLOT << 16), W(IPCMD, 1)}},
    {"the CPU's address", "IPCR0 is 0x60001000, beyond the flash", NULL, {READ_AT(0x60001000, 4)}},
    {"a chip that is not there", "that the board does not have", NULL, {W(FLSHA2CR0, 1024), READ_AT(8 << 20, 4)}},
    {"over the end of the chip", "over the end of the chip", NULL, {READ_AT((8 << 20) - 2, 4)}},
    {"24 bits for 16 MiB", "24 bits for 0x01000000", NULL, {W(FLSHA1CR0, 32 << 10), READ_AT(16 << 20, 4)}},
    {"IDATSZ without data", "IDATSZ is 1", NULL, {SEQUENCE(0x0406, 0), GO(0, 1)}},
    {"data without IDATSZ", "IDATSZ is 0", NULL, {SEQUENCE(0x24010405, 0), GO(0, 0)}},
    {"module off", "IPCMD while MDIS turns the module off", NULL, {W(MCR0, ON | MDIS), W(IPCMD, 1)}},
    {"second command", "IPCMD while a command runs", NULL, {STATUS, W(IPCMD, 1)}},
    {"IPCMDDONE left set", "IPCMDDONE of the command before", NULL, {SEQUENCE(0x0406, 0), GO(0, 0), PASS, GO(0, 0)}},
    {"setting while a command runs", "at 0x0a0 while a command runs", NULL, {STATUS, W(IPCR0, 0x1000)}},
    {"tables too fast", "5Ah at more than 50 MHz", NULL, {SEQUENCE(0x0818045A, 0x24043008), GO(0, 8)}},
    {"03h too fast", "03h at more than 50 MHz", NULL, {SEQUENCE(0x08180403, 0x2404), GO(0, 8)}},
    {"ARDFEN set", "while ARDFEN gives its FIFO", NULL, {W(MCR0, ON | ARDFEN), STATUS}},
    {"ATDFEN set", "while ATDFEN gives its FIFO", NULL, {W(MCR0, ON | ATDFEN), PROGRAM(0, 8)}},
    {"load with ARDFEN", "read of RFDR while ARDFEN", NULL, {W(MCR0, ON | ARDFEN), R(RFDR)}},
    {"store with ATDFEN", "store to TFDR while ATDFEN", NULL, {W(MCR0, ON | ATDFEN), W(TFDR, 0)}},
    {"a byte left in the FIFO", "begins with 1 bytes in the RX FIFO", NULL, {STATUS, END, STATUS}},
    {"load before data came", "RFDR at 0 with 0 bytes", NULL, {STATUS, R(RFDR)}},
    {"load beyond the data", "RFDR at 4 with 1 bytes", NULL, {STATUS, END, R(RFDR + 4)}},
    {"more than the FIFO holds", "the TX FIFO has no room", NULL, {PROGRAM(0, 256), {PUSHES, 17, 0}}},
    {"more than the watermark",
     "beyond the watermark of 8 are lost",
     NULL,
     {PROGRAM(0, 16), W(TFDR, 0), W(TFDR + 4, 0), W(TFDR + 8, 0), W(INTR, TXWE)}},
    {"pushed before stored", "byte 0 of command 02h is sent, but", NULL, {PROGRAM(0, 8), W(INTR, TXWE), END}},
    {"half a piece", "byte 4 of command 02h is sent", NULL, {PROGRAM(0, 8), W(TFDR, 0), W(INTR, TXWE), END}},
    {"FIFO by DMA", "control, which is not modelled", NULL, {W(IPTXFCR, 3)}},
    {"a watermark that is none", "control, which is not modelled", NULL, {W(IPRXFCR, 1u << 6)}},
    {"divider while on", "while FlexSPI is on", NULL, {W(MCR0, ON | SERCLKDIV_8)}},
    {"divider together with MDIS", "while FlexSPI is on", NULL, {W(MCR0, ON | SERCLKDIV_8 | MDIS)}},
    {"MDIS while a command runs", "off while it is not idle", NULL, {STATUS, W(MCR0, ON | MDIS)}},
    {"SWRESET while a command runs", "SWRESET breaks a command off", NULL, {STATUS, W(MCR0, ON | SWRESET)}},
    {"SWRESET not awaited", "before SWRESET has ended", NULL, {W(MCR0, ON | SWRESET), R(STS0)}},
    {"reserved bits of MCR2", "reserved bits of MCR2", NULL, {W(MCR2, 0)}},
    {"CLRAHBTXBUF of an RT1176", "AHBCR, of which the RT1176 has", "RT1176", {W(AHBCR, 0x1C)}},
    {"CLRAHBRXBUF of an RT1052", "AHBCR, of which the RT1052 has", "RT1052", {W(AHBCR, 0x1A)}},
    {"a register that is none", "read of 4 bytes from FlexSPI at 0x098", NULL, {R(0x98)}},
    {"half a register", "read of 2 bytes from FlexSPI at 0x014", NULL, {{READS_HALF, INTR, 0}}},
    {"a status written", "write of 4 bytes to FlexSPI at 0x0e4", NULL, {W(STS1, 0)}},
    {"no write enable", "20h without write enable", NULL, {SEQUENCE(0x08180420, 0), GO(0x1000, 0), END}},
    {"command to a busy chip", "flash chip: 06h while busy", NULL, {ERASE, END, ENABLE}},
    {"quad without quad enable", "6Bh without quad", NULL, {SEQUENCE(0x0818046B, 0x26043208), GO(0, 8), END}},
    {"page wrapped", "flash chip: ", NULL, {PROGRAM(0x10FE, 4), W(TFDR, 0), W(INTR, TXWE), END}},
    {"read of a busy flash", "read of flash at 0x60000000 while it is busy", NULL, {ERASE, END, OPEN, LOAD(0)}},
    {"execution from a busy flash", "execution of flash at 0x60000000 while it", NULL, {ERASE, END, OPEN, FETCH(0)}},
    {"read during a command", "while an IP command is on its lines", NULL, {STATUS, OPEN, LOAD(0)}},
    {"window open at an erase", "the CPU may read ahead in its window", NULL, {OPEN, ERASE, END}},
    {"read that the MPU forbids", "which the MPU forbids", NULL, {LOAD(0)}},
    {"read while off", "while FlexSPI is off", NULL, {OPEN, W(MCR0, ON | MDIS), LOAD(0)}},
    {"store to the window", "which can only be read", NULL, {OPEN, {STORES, 0, 0}}},
    {"window of another sequence", "sequence 8", NULL, {W(FLSHA1CR2, 8), OPEN, LOAD(0)}},
    {"window in quad, not enabled",
     "flash chip: 6Bh without quad enable",
     NULL,
     {W(LUT0, 0x0818046B), W(LUT0 + 4, 0x26043208), OPEN, LOAD(0)}},
    {"buffers not cleared", "buffers may hold", NULL, {ERASE, END, PASS, OPEN, LOAD(0x100000)}},
    {"stale data",
     "read of flash at 0x60001000 which a cache may hold",
     NULL,
     {{CACHES, 0, 0}, ERASE, END, PASS, RESET, OPEN, LOAD(0x1000)}},
    {"stale code",
     "execution of flash at 0x60001ffc which a cache may hold",
     NULL,
     {{CACHES, 0, 0}, ERASE, END, PASS, RESET, OPEN, FETCH(0x1FFC)}},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        take_steps(&mistakes[i]);
        if (strstr(bus.first_violation, mistakes[i].violation) == NULL) {
            fail_msg("%s: %d violations: %s", mistakes[i].name, bus.violations, bus.first_violation);
        }
        rig_close(&rig);
    }
}

/* Codes of STS1, which go when their flag is cleared; IPCMDDONE comes with IPCMDERR, and nothing reaches the chip. */
static void an_error_before_the_command_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t code;
    } errors[] = {{"JMP_ON_CS", 2},
                  {"unknown instruction", 3},
                  {"dummy of double rate", 5},
                  {"the CPU's address", 6},
                  {"over the end of the chip", 0xF}};
    size_t found = 0;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0] && found < sizeof errors / sizeof errors[0]; i++) {
        if (strcmp(mistakes[i].name, errors[found].name) == 0) {
            take_steps(&mistakes[i]);
            assert_int_equal(rig_read(&rig, INTR) & (DONE | IPCMDERR), DONE | IPCMDERR);
            assert_int_equal(rig_read(&rig, STS1), errors[found].code << 24 | SLOT << 16);
            rig_write(&rig, INTR, IPCMDERR);
            assert_int_equal(rig_read(&rig, STS1), 0);
            assert_int_equal(rig.chip.job, NOR_NOTHING);
            rig_close(&rig);
            i = 0;
            found++;
        }
    }
    assert_int_equal(found, sizeof errors / sizeof errors[0]);
}

static void registers_after_a_reset(void **state)
{
    (void)state;
    static const uint32_t expected[][2] = {
        {MCR0, 0xFFFF80C2}, {0x04, 0xFFFFFFFF}, {MCR2, 0x200081F7}, {AHBCR, 0x18}, {INTR, 0},          {LUTKEY, KEY},
        {LUTCR, 2},         {0x24, 0x80010020}, {0x60, 0x10000},    {0x70, 0x63},  {0xC0, 0x00000100}, {STS0, 2}};
    rig_open(&rig, "RT1062", "w25q64", RIG_READS_SINGLY);
    flexspi_model_reset(&rig.model);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_int_equal(rig_read(&rig, expected[i][0]), expected[i][1]);
    }
    rig_write(&rig, MCR0, 0xFFFF80C0);
    assert_int_equal(rig_read(&rig, STS0), 3);
    assert_int_equal(rig_read(&rig, INTR), TXWE);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* Narrow stores, a piece that is longer than what is sent, a clear with nothing to clear: all of that is allowed. */
static void what_is_allowed_is_silent(void **state)
{
    (void)state;
    take_steps(&(struct mistake){.steps = {PROGRAM(0x1001, 3)}});
    for (uint32_t i = 0; i < 3; i++) {
        mprom_mmio_write8(rig.model.model.base + TFDR + i, (uint8_t)(0x11 * (i + 1)));
    }
    rig_write(&rig, INTR, TXWE);
    rig_write(&rig, INTR, TXWE);
    await_done();
    bus_pass(10000000);
    rig_write(&rig, AHBCR, rig_read(&rig, AHBCR) | 2); /* clears the buffers as SWRESET does, and reads as 0 */
    assert_int_equal(rig_read(&rig, AHBCR) & 2, 0);
    rig_window(&rig, true);
    rig_access(&rig, 0x1000, MODEL_LOAD);
    assert_memory_equal(rig.cells.bytes + 0x1000, "\xFF\x11\x22\x33\xFF", 5);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(an_error_before_the_command_is_told),
        cmocka_unit_test(registers_after_a_reset),
        cmocka_unit_test(what_is_allowed_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
