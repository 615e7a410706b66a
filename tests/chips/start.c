#include "start.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "emulator/host/host.h"
#include "emulator/machine/machine.h"

enum {
    OUTPUT_SIZE = 16384,
    IDLE_MAX = 1000, /* how often the firmware may sleep without getting on */
    SECONDS_MAX = 60,
};

/* What the firmware is asked, in the raw REPL. */
static const char question[] = "\x01import os, romfs\n"
                               "i = romfs.info(0)\n"
                               "print('mounted', 'rom' in os.listdir('/'), i.state)\n"
                               "\x04";

static struct {
    struct start *start;
    const char *name;
    const char *input; /* what it has not read yet */
    char output[OUTPUT_SIZE];
    size_t output_size;
    size_t booted_size; /* what it printed up to its prompt */
    uint32_t idle_count;
} run;

static void end(const char *fault)
{
    if (fault != NULL) {
        run.output[run.output_size] = '\0';
        printf("%s: %s\n", run.name, fault);
        for (const char *line = strtok(run.output, "\r\n\x04"); line != NULL; line = strtok(NULL, "\r\n\x04")) {
            printf("    %s\n", line);
        }
        fflush(stdout);
    }
    _exit(fault != NULL);
}

static bool console_ready(void *ctx)
{
    (void)ctx;
    return *run.input != '\0';
}

static int console_read(void *ctx)
{
    (void)ctx;
    return (uint8_t)*run.input++;
}

static void console_write(void *ctx, const char *bytes, size_t size)
{
    (void)ctx;
    for (size_t i = 0; i < size && run.output_size < OUTPUT_SIZE - 1; i++) {
        run.output[run.output_size++] = bytes[i];
    }
}

static bool output_ends(const char *text)
{
    size_t size = strlen(text);
    return run.output_size >= size && memcmp(run.output + run.output_size - size, text, size) == 0;
}

static bool output_has(const char *text)
{
    run.output[run.output_size] = '\0';
    return strstr(run.output, text) != NULL;
}

/* Whether the segment holds this image, byte for byte, and it has run. */
static bool holds(const struct start_image *image)
{
    const uint8_t *segment = run.start->flash.cells->bytes + image->off;
    return image->size > 0 && memcmp(segment, image->bytes, image->size) == 0 && output_has(image->says);
}

/* The old image or the new one, whole; or none, and the firmware says why, unless the segment is blank. */
static const char *judge(void)
{
    bool ran = output_has(run.start->before.says) || output_has(run.start->after.says);
    bool complains = output_has("rom: segment 0 (rom0) is damaged and not mounted: offset ");
    if (output_has("Traceback")) {
        return "a program raises";
    }
    if (output_has("mounted True ")) {
        return holds(&run.start->before) || holds(&run.start->after) ? NULL : "an image is mounted that is not whole";
    }
    if (ran) {
        return "a program ran from no image";
    }
    if (run.start->never_nothing) {
        return "no image is mounted, though there are slots";
    }
    if (output_has("mounted False damaged")) {
        return complains ? NULL : "nothing says why no image is mounted";
    }
    return output_has("mounted False empty") && !complains ? NULL : "there is no answer";
}

/* It waits for input: at its prompt, or with the answer. */
static void board_idle(void *ctx, uint32_t timeout_ms)
{
    (void)ctx;
    (void)timeout_ms;
    if (run.booted_size == 0 && output_ends(">>> ")) {
        run.booted_size = run.output_size;
        run.input = question;
        run.idle_count = 0;
    } else if (run.booted_size != 0 && output_ends("\x04>")) {
        end(judge());
    } else if (++run.idle_count > IDLE_MAX) {
        end("it does not get on");
    }
}

static void cells_violation(void *ctx, const char *text)
{
    const struct model_bus *bus = ctx;
    bus->report(bus->ctx, text);
}

void start_open(struct start *start, const char *board, const char *firmware)
{
    static const struct model_console console = {
        .ready = console_ready, .read = console_read, .write = console_write};
    const struct machine_target *target = machine_targets;
    while (target->name != NULL && strcasecmp(target->name, board) != 0) {
        target++;
    }
    if (target->name == NULL) {
        host_refuse(board, "there is no board of that name");
    }
    start->board = target->family->open(target->facts, &console, &start->flash);
    const char *fault = elf_open(&start->elf, firmware);
    errno = 0;
    if (fault != NULL) {
        host_fail("%s: %s", firmware, fault);
    }
    const struct machine_flash *second = start->flash.second;
    if (start->board == NULL || cells_open_memory(start->flash.cells, start->flash.geometry) ||
        (second != NULL && cells_open_memory(second->cells, second->geometry))) {
        host_fail("%s cannot be opened", board);
    }
    start->board->idle = board_idle;
}

/* A bit that reads differently from time to time shows the CPU one of its faces from now on. */
static void settle(struct cells *cells, uint32_t seed)
{
    static const uint8_t firm[4096];
    for (uint32_t off = 0; off < cells->geometry->size; off++) {
        if (off % sizeof firm == 0 && memcmp(cells->shaky + off, firm, sizeof firm) == 0) {
            off += (uint32_t)sizeof firm - 1; /* most of the flash */
        } else if (cells->shaky[off] != 0) {
            seed = seed * 1664525 + 1013904223;
            cells->bytes[off] = (uint8_t)(cells->bytes[off] ^ (seed >> 24 & cells->shaky[off]));
        }
    }
}

void start_run(struct start *start, const char *name)
{
    struct soc *soc = start->board;
    run.start = start;
    run.name = name;
    run.input = "";
    alarm(SECONDS_MAX);
    settle(start->flash.cells, 1);
    struct machine *machine;
    const char *fault = machine_open(&machine, soc, &start->elf);
    if (fault != NULL) {
        end(fault);
    }
    soc->reset(soc->ctx); /* the window shows the cells from now on */
    fault = machine_load(soc, &start->elf);
    if (fault != NULL) {
        end(fault);
    }
    start->flash.cells->hooks = (struct cells_hooks){.violation = cells_violation, .ctx = soc->bus};
    if (start->flash.second != NULL) {
        start->flash.second->cells->hooks = start->flash.cells->hooks;
    }
    end(machine_run(machine) == MACHINE_VIOLATION ? machine_fault(machine) : "it resets");
    abort(); /* not reached */
}
