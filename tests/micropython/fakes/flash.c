#include "tests/micropython/fakes/flash.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "py/runtime.h"

#include "emulator/array/cells.h"

static struct cells cells;
static struct cells_fault fault;
static bool serial;
static unsigned long break_at = ULONG_MAX;
static uint8_t *cpu_view;

_Noreturn void fake_violation(const char *text)
{
    fprintf(stderr, "violation: %s\n", text);
    _exit(FAKE_EXIT_VIOLATION);
}

static void violation(void *ctx, const char *text)
{
    (void)ctx;
    fake_violation(text);
}

static void power_off(void *ctx)
{
    (void)ctx;
    fflush(stdout);
    _exit(FAKE_EXIT_CUT);
}

static unsigned long number_of(const char *name)
{
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : ULONG_MAX;
}

static void plan(void)
{
    const char *text = getenv("FAKE_CUT");
    unsigned pattern = text && strchr(text, ':') ? (unsigned)atoi(strchr(text, ':') + 1) : 0;
    if (text) {
        cells_set_cut(&cells, &(struct cells_cut){.number = number_of("FAKE_CUT"),
                                                  .phase = CELLS_DURING,
                                                  .pattern = (enum cells_pattern)pattern,
                                                  .seed = pattern + 1});
    }
    if (getenv("FAKE_FAIL")) {
        fault = (struct cells_fault){
            .kind = CELLS_FAULT_FAILS, .first = number_of("FAKE_FAIL"), .last = number_of("FAKE_FAIL")};
        cells.faults = &fault;
        cells.fault_count = 1;
    }
    break_at = number_of("FAKE_BREAK");
}

/*
 * Bits that read differently from time to time do so only through the functions of cells, and a port's flash is read as
 * memory. So they are programmed, which shows, as it does in one of three reads of cells.
 */
static void settle(void)
{
    for (uint32_t i = 0; i < cells.geometry->size; i++) {
        cells.bytes[i] &= (uint8_t)~cells.shaky[i];
        cells.shaky[i] = 0;
    }
}

void fake_flash_open(const struct mprom_flash_geometry *geometry, bool is_serial)
{
    if (!getenv("FAKE_FILE") || cells_open_file(&cells, geometry, getenv("FAKE_FILE"))) {
        fake_violation("FAKE_FILE is wrong");
    }
    settle();
    serial = is_serial;
    cells.hooks = (struct cells_hooks){.violation = violation, .power_off = power_off};
    plan();
}

const uint8_t *fake_flash_bytes(void)
{
    return cells.bytes;
}

bool fake_flash_is_torn(uint32_t off)
{
    return cells.geometry->bad_read_faults && (cells.units[off / cells.geometry->program_size] & CELLS_UNIT_BAD) != 0;
}

static int done(int err, uint64_t number, bool sees_events)
{
    if (sees_events && number == break_at) {
        mp_raise_type(&mp_type_KeyboardInterrupt);
    }
    return err;
}

/* Cells take ones for a lack of an erase. */
int fake_flash_program(uint32_t off, const void *src, uint32_t size, bool sees_events)
{
    const uint8_t *bytes = src;
    uint64_t number = cells.number;
    while (serial && size > 0 && bytes[0] == 0xFF) {
        off++;
        bytes++;
        size--;
    }
    while (serial && size > 0 && bytes[size - 1] == 0xFF) {
        size--;
    }
    int err = size > 0 ? cells_flash(&cells)->ops->program(cells_flash(&cells), off, bytes, size) : 0;
    fake_guard_update(off, size);
    return done(err, number, sees_events);
}

int fake_flash_erase(uint32_t off, uint32_t size, bool sees_events)
{
    uint64_t number = cells.number;
    int err = cells_flash(&cells)->ops->erase(cells_flash(&cells), off, size);
    fake_guard_update(off, size);
    return done(err, number, sees_events);
}

void fake_flash_map(uintptr_t address)
{
    void *wanted = (void *)address; // NOLINT(performance-no-int-to-ptr): the address is the chip's
    cpu_view = mmap(wanted, cells.geometry->size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (cpu_view != wanted) {
        fake_violation("something else lies where the flash is to be");
    }
    fake_flash_show(0, cells.geometry->size);
    if (cells.geometry->bad_read_faults) {
        fake_guard_start(cpu_view, cells.geometry->size);
    }
}

void fake_flash_show(uint32_t off, uint32_t size)
{
    fake_guard_open(off, size);
    memcpy(cpu_view + off, cells.bytes + off, size);
    fake_guard_update(off, size);
}
