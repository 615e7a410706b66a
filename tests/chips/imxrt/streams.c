/*
 * Streams of registers as three published drivers of others make them, described in chips/imxrt/facts.md: the model takes each,
 * and the flash then holds what it was given. Written from the description, without their code.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "rig.h"

enum {
    OFF = 0x1000,
    SIZE = 256,

    MCR0 = 0x00,
    INTR = 0x14,
    LUTKEY = 0x18,
    LUTCR = 0x1C,
    FLSHA1CR2 = 0x80,
    IPCR0 = 0xA0,
    IPCR1 = 0xA4,
    IPCMD = 0xB0,
    IPRXFCR = 0xB8,
    IPTXFCR = 0xBC,
    STS0 = 0xE0,
    IPRXFSTS = 0xF0,
    RFDR = 0x100,
    TFDR = 0x180,
    LUT = 0x200,

    DONE = 1,
    RXWA = 1 << 5,
    TXWE = 1 << 6,
};

static const uint32_t KEY = 0x5AF05AF0;
static struct rig rig;
static uint8_t bytes[SIZE + 8]; /* whole units are read from it */

/* 06h; 05h; 20h; 02h: the words of a sequence. */
static const uint32_t WRITE_ENABLE[] = {0x00000406, 0};
static const uint32_t STATUS[] = {0x24010405, 0};
static const uint32_t ERASE[] = {0x08180420, 0};
static const uint32_t PROGRAM[] = {0x08180402, 0x00002004};
static const uint32_t READ[] = {0x0818040B, 0x24043008};

static void await(uint32_t off, uint32_t mask, uint32_t wanted)
{
    for (int polls = 0; (rig_read(&rig, off) & mask) != wanted; polls++) {
        assert_true(polls < 100000);
    }
}

static void fifos_to_registers(void)
{
    rig_write(&rig, MCR0, rig_read(&rig, MCR0) & ~0xC0u);
}

static void soft_reset(void)
{
    rig_write(&rig, MCR0, rig_read(&rig, MCR0) | 1);
    await(MCR0, 1, 0);
}

static void lut_put(uint32_t slot, const uint32_t *words, bool locks)
{
    rig_write(&rig, LUTKEY, KEY);
    rig_write(&rig, LUTCR, 2);
    for (uint32_t i = 0; i < 4; i++) {
        rig_write(&rig, LUT + 16 * slot + 4 * i, i < 2 ? words[i] : 0);
    }
    if (locks) {
        rig_write(&rig, LUTKEY, KEY);
        rig_write(&rig, LUTCR, 1);
    }
}

static void trigger(uint32_t address, uint32_t slot, uint32_t size)
{
    rig_write(&rig, IPCR0, address);
    rig_write(&rig, IPCR1, slot << 16 | size);
    rig_write(&rig, IPCMD, 1);
}

/* What a published driver does, as functions for the three tests. */
struct style {
    void (*start)(void);
    void (*send)(const uint32_t *words, uint32_t address, const uint8_t *data, uint32_t size);
    uint8_t (*status)(void);
    void (*read)(uint32_t address, uint8_t *dst, uint32_t size); /* NULL: through the window only */
};

/* Unlocks once, uses the last slot, triggers first, and clears IPTXWE in each pass, also with nothing left to give. */

static void one_slot_start(void)
{
    fifos_to_registers();
    rig_write(&rig, LUTKEY, KEY);
    rig_write(&rig, LUTCR, 2);
}

static void one_slot_put(const uint32_t *words)
{
    rig_write(&rig, LUT + 240, words[0]);
    rig_write(&rig, LUT + 244, words[1]);
    rig_write(&rig, LUT + 248, 0);
    rig_write(&rig, LUT + 252, 0);
}

static void one_slot_send(const uint32_t *words, uint32_t address, const uint8_t *data, uint32_t size)
{
    one_slot_put(words);
    rig_write(&rig, IPTXFCR, 1);
    trigger(address, 15, size);
    for (uint32_t done = 0; !(rig_read(&rig, INTR) & DONE);) {
        if (size == 0 || !(rig_read(&rig, INTR) & TXWE)) {
            continue;
        }
        for (uint32_t i = 0; i < 8 && done < size; i++, done++) {
            mprom_mmio_write8(rig.model.model.base + TFDR + i, data[done]);
        }
        rig_write(&rig, INTR, TXWE);
    }
    rig_write(&rig, INTR, DONE);
}

static uint8_t one_slot_status(void)
{
    one_slot_put(STATUS);
    rig_write(&rig, IPRXFCR, 1);
    trigger(0, 15, 1);
    await(INTR, DONE, DONE);
    rig_write(&rig, INTR, DONE);
    return mprom_mmio_read8(rig.model.model.base + RFDR);
}

/* Locks the LUT again, clears pointers and flags first, gives data before IPCMD as far as the FIFO holds them. */

static void feed_first_prepare(uint32_t slot, const uint32_t *words, uint32_t address)
{
    await(STS0, 3, 3);
    lut_put(slot, words, true);
    rig_write(&rig, IPTXFCR, 1);
    rig_write(&rig, IPRXFCR, 1);
    rig_write(&rig, INTR, 0x1F);
    rig_write(&rig, FLSHA1CR2, rig_read(&rig, FLSHA1CR2) | 1u << 31);
    rig_write(&rig, IPCR0, address);
}

static void feed_first_send(const uint32_t *words, uint32_t address, const uint8_t *data, uint32_t size)
{
    feed_first_prepare(13, words, address);
    uint32_t fed = size < 128 ? size : 128;
    for (uint32_t done = 0; done < fed; done += 8) {
        uint32_t pair[2];
        await(INTR, TXWE, TXWE);
        memcpy(pair, data + done, sizeof pair);
        rig_write(&rig, TFDR, pair[0]);
        rig_write(&rig, TFDR + 4, pair[1]);
        rig_write(&rig, INTR, TXWE);
    }
    rig_write(&rig, IPCR1, 13u << 16 | fed);
    rig_write(&rig, IPCMD, 1);
    await(INTR, DONE, DONE);
    rig_write(&rig, INTR, DONE);
}

static uint8_t feed_first_status(void)
{
    feed_first_prepare(12, STATUS, 0);
    rig_write(&rig, IPCR1, 12u << 16 | 1);
    rig_write(&rig, IPCMD, 1);
    await(INTR, DONE, DONE);
    await(INTR, RXWA, RXWA); /* a part of a unit counts as one */
    uint8_t status = (uint8_t)rig_read(&rig, RFDR);
    rig_write(&rig, INTR, DONE);
    rig_write(&rig, INTR, RXWA);
    assert_int_equal(rig_read(&rig, IPRXFSTS) & 0xFF, 0);
    return status;
}

/* Whole watermarks from RFDR, then the rest. */
static void feed_first_read(uint32_t address, uint8_t *dst, uint32_t size)
{
    feed_first_prepare(11, READ, address);
    rig_write(&rig, IPCR1, 11u << 16 | size);
    rig_write(&rig, IPCMD, 1);
    for (uint32_t done = 0; done < size; done += 8) {
        await(INTR, RXWA, RXWA);
        const uint32_t pair[] = {rig_read(&rig, RFDR), size - done > 4 ? rig_read(&rig, RFDR + 4) : 0};
        memcpy(dst + done, pair, size - done < 8 ? size - done : 8);
        rig_write(&rig, INTR, RXWA);
    }
    await(INTR, DONE, DONE);
    rig_write(&rig, INTR, DONE);
}

/* All accesses to the FIFOs are of bytes, and flags are cleared by read-modify-write, which writes all that are set. */

static void by_bytes_flags_clear(uint32_t mask)
{
    rig_write(&rig, INTR, rig_read(&rig, INTR) | mask);
}

static void by_bytes_prepare(const uint32_t *words)
{
    lut_put(14, words, true);
    rig_write(&rig, IPTXFCR, 1);
    rig_write(&rig, IPRXFCR, 1);
    by_bytes_flags_clear(DONE);
    rig_write(&rig, IPTXFCR, 1);
}

static void by_bytes_send(const uint32_t *words, uint32_t address, const uint8_t *data, uint32_t size)
{
    by_bytes_prepare(words);
    trigger(address, 14, size);
    for (uint32_t done = 0; done < size;) {
        await(INTR, TXWE, TXWE);
        for (uint32_t i = 0; i < 8 && done < size; i++) {
            mprom_mmio_write8(rig.model.model.base + TFDR + i, data[done++]);
        }
        by_bytes_flags_clear(TXWE);
    }
    await(INTR, DONE, DONE);
    by_bytes_flags_clear(DONE);
}

static uint8_t by_bytes_status(void)
{
    by_bytes_prepare(STATUS);
    trigger(0, 14, 1);
    await(INTR, RXWA, RXWA);
    uint8_t status = mprom_mmio_read8(rig.model.model.base + RFDR);
    await(INTR, DONE, DONE);
    by_bytes_flags_clear(RXWA);
    return status;
}

static void by_bytes_read(uint32_t address, uint8_t *dst, uint32_t size)
{
    by_bytes_prepare(READ);
    trigger(address, 14, size);
    for (uint32_t done = 0; done < size;) {
        await(INTR, RXWA, RXWA);
        for (uint32_t i = 0; i < 8 && done < size; i++) {
            dst[done++] = mprom_mmio_read8(rig.model.model.base + RFDR + i);
        }
        rig_write(&rig, INTR, RXWA);
    }
    await(INTR, DONE, DONE);
    by_bytes_flags_clear(DONE);
}

static const struct style one_slot = {one_slot_start, one_slot_send, one_slot_status, NULL};
static const struct style feed_first = {fifos_to_registers, feed_first_send, feed_first_status, feed_first_read};
static const struct style by_bytes = {fifos_to_registers, by_bytes_send, by_bytes_status, by_bytes_read};

static void write_with(const struct style *style, const uint32_t *words, uint32_t address, uint32_t size)
{
    style->send(WRITE_ENABLE, 0, NULL, 0);
    assert_int_equal(style->status() & 3, 2);
    style->send(words, address, bytes + (address - OFF) % SIZE, size);
    while (style->status() & 1) {
        bus_pass(100000);
    }
}

static void expect_written(const struct style *style)
{
    rig_open(&rig, "RT1062", "w25q64", RIG_READS_QUAD);
    memset(rig.cells.bytes + OFF, 0x00, 4096);
    rig_window(&rig, false); /* all of them run from RAM and keep the CPU from the window, each in its way */
    style->start();
    write_with(style, ERASE, OFF, 0);
    for (uint32_t done = 0; done < SIZE; done += 128) {
        write_with(style, PROGRAM, OFF + done, 125); /* the last unit is no whole one */
        write_with(style, PROGRAM, OFF + done + 125, 3);
    }
    if (style->read != NULL) {
        uint8_t seen[SIZE];
        style->read(OFF, seen, 61);
        style->read(OFF + 61, seen + 61, SIZE - 61);
        assert_memory_equal(seen, bytes, SIZE);
    }
    soft_reset();
    rig_window(&rig, true);
    rig_access(&rig, OFF, MODEL_LOAD);
    assert_memory_equal(rig.cells.bytes + OFF, bytes, SIZE);
    assert_int_equal(rig.cells.bytes[OFF + SIZE], 0xFF);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

static void one_slot_with_surplus_clears(void **state)
{
    (void)state;
    expect_written(&one_slot);
}

static void data_before_the_trigger(void **state)
{
    (void)state;
    expect_written(&feed_first);
}

static void fifos_by_bytes_and_flags_by_read_modify_write(void **state)
{
    (void)state;
    expect_written(&by_bytes);
}

int main(void)
{
    for (uint32_t i = 0; i < SIZE; i++) {
        bytes[i] = (uint8_t)(i * 73 + 5);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_slot_with_surplus_clears),
        cmocka_unit_test(data_before_the_trigger),
        cmocka_unit_test(fifos_by_bytes_and_flags_by_read_modify_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
