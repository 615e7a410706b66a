#include "bus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"

enum {
    PAGE_MAX = 65536
};

struct bus bus;

static void bus_violation(void *ctx, const char *text)
{
    (void)ctx;
    if (bus.violations++ == 0) {
        snprintf(bus.first_violation, sizeof bus.first_violation, "%s", text);
    }
}

static bool bus_masks_faults(void *ctx)
{
    (void)ctx;
    return bus.faults_masked != 0;
}

void bus_open(void)
{
    memset(&bus, 0, sizeof bus);
    bus.side = (struct model_bus){.report = bus_violation, .masks_faults = bus_masks_faults};
}

static void cells_violation(void *ctx, const char *text)
{
    (void)ctx;
    bus_violation(NULL, text);
}

static int cells_operation(void *ctx, const struct cells_operation *operation)
{
    (void)ctx;
    bus.operation = *operation;
    return 0;
}

void bus_open_cells(struct cells *cells, const struct mprom_flash_geometry *geometry)
{
    assert_int_equal(cells_open_memory(cells, geometry), 0);
    cells->hooks.violation = cells_violation;
    cells->hooks.operation = cells_operation;
}

void bus_expect_caught(const char *where, const struct bus_mistake *mistake)
{
    assert_string_equal(bus.first_violation, "");
    mistake->make();
    if (bus.violations == 0 || strstr(bus.first_violation, mistake->violation) == NULL) {
        fail_msg("%s: %s: %d violations: %s", where, mistake->name, bus.violations, bus.first_violation);
    }
}

static struct model *bus_find(uint32_t address)
{
    for (int i = 0; i < BUS_MODELS_MAX && bus.models[i] != NULL; i++) {
        if (address - bus.models[i]->base < bus.models[i]->size) {
            return bus.models[i];
        }
    }
    fprintf(stderr, "bus: nothing is at 0x%08x\n", address);
    abort();
}

void bus_pass(uint64_t ns)
{
    bus.now_ns += ns;
    for (int i = 0; i < BUS_MODELS_MAX && bus.models[i] != NULL; i++) {
        if (bus.models[i]->tick != NULL) {
            bus.models[i]->tick(bus.models[i]->ctx, ns);
        }
    }
}

static void bus_trace(char kind, uint32_t address, uint32_t value)
{
    const char *name = bus.name != NULL ? bus.name(address) : NULL;
    if (name == NULL || bus.trace_size + 64 > sizeof bus.trace) {
        return;
    }
    int size =
        snprintf(bus.trace + bus.trace_size, 64, "%s %s 0x%08x\n", kind == 'r' ? "read " : "write", name, value);
    bus.trace_size += (size_t)size;
}

/* The window that holds an address, or NULL. */
static const struct model_window *bus_window(uint32_t address)
{
    const struct model_window *const windows[] = {bus.window, bus.second_window};
    for (size_t i = 0; i < sizeof windows / sizeof windows[0]; i++) {
        if (windows[i] != NULL && address - windows[i]->base < windows[i]->size) {
            return windows[i];
        }
    }
    return NULL;
}

static uint32_t bus_load(const struct model_window *window, uint32_t off, uint32_t size)
{
    uint32_t value = 0;
    if (window->guarded(window->ctx)) {
        window->access(window->ctx, off, size, MODEL_LOAD);
    }
    memcpy(&value, window->bytes + off, size);
    return value;
}

static uint32_t bus_read(uint32_t address, uint32_t size)
{
    const struct model_window *window = bus_window(address);
    if (window != NULL) {
        return bus_load(window, address - window->base, size);
    }
    struct model *model = bus_find(address);
    if (++bus.reads > BUS_POLLS_MAX) {
        fprintf(stderr, "bus: polled for ever\n");
        abort();
    }
    if (bus.polled != NULL) {
        bus.polled();
    }
    uint32_t value = model->read(model->ctx, address - model->base, size);
    bus_trace('r', address, value);
    if (model->busy_ns != NULL) {
        bus_pass(model->busy_ns(model->ctx));
    }
    return value;
}

uint32_t mprom_mmio_read32(uint32_t address)
{
    return bus_read(address, 4);
}

uint16_t mprom_mmio_read16(uint32_t address)
{
    return (uint16_t)bus_read(address, 2);
}

uint8_t mprom_mmio_read8(uint32_t address)
{
    return (uint8_t)bus_read(address, 1);
}

static void bus_write(uint32_t address, uint32_t size, uint32_t value)
{
    bus_trace('w', address, value);
    const struct model_window *window = bus_window(address);
    if (window != NULL) {
        window->store(window->ctx, address - window->base, size, value);
        if (window->store_ns != NULL) {
            bus_pass(window->store_ns(window->ctx));
        }
        return;
    }
    struct model *model = bus_find(address);
    model->write(model->ctx, address - model->base, size, value);
}

void mprom_mmio_write32(uint32_t address, uint32_t value)
{
    bus_write(address, 4, value);
}

/* The models know words: half of it comes before the other half. */
void mprom_mmio_write64(uint32_t address, uint32_t low, uint32_t high)
{
    bus_write(address, 4, low);
    bus_write(address + 4, 4, high);
}

void mprom_mmio_write8(uint32_t address, uint8_t value)
{
    bus_write(address, 1, value);
}

/* The whole window may be read through it, so all of it must be readable now. */
const void *mprom_mmio_map(uint32_t address)
{
    const struct model_window *window = bus_window(address);
    if (window->guarded(window->ctx)) {
        window->access(window->ctx, address - window->base, 4, MODEL_LOAD);
    }
    return window->bytes + (address - window->base);
}

void mprom_cpu_barrier(void)
{
}

uint32_t mprom_cpu_irq_mask(void)
{
    uint32_t before = (uint32_t)bus.masked;
    bus.masked = 1;
    return before;
}

void mprom_cpu_irq_restore(uint32_t primask)
{
    bus.masked = (int)primask;
}

uint32_t mprom_cpu_fault_mask(void)
{
    uint32_t before = (uint32_t)bus.faults_masked;
    bus.faults_masked = 1;
    return before;
}

void mprom_cpu_fault_restore(uint32_t faultmask)
{
    bus.faults_masked = (int)faultmask;
}

void mprom_cpu_sleep(void)
{
    if (bus.sleep != NULL) {
        bus.sleep();
    }
}

void bus_expect_trace(const char *title, const char *expected, const char *readme)
{
    printf("%s\n%s\n", title, bus.trace);
    assert_string_equal(bus.trace, expected);
    assert_non_null(strstr(readme, expected));
    bus.trace_size = 0;
    bus.trace[0] = '\0';
}

char *bus_read_page(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = calloc(1, PAGE_MAX);
    assert_non_null(text);
    char line[512];
    while (fgets(line, sizeof line, file) != NULL && strlen(text) + sizeof line < PAGE_MAX) {
        strcat(text, line + strspn(line, " "));
    }
    fclose(file);
    return text;
}
