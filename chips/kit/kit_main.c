/* From start-up to firmware_run(): what micropython/firmware asks of a board, for every bare board. */
#include "arch/cortex_m/startup.h"
#include "chips/kit/kit.h"
#include "chips/kit/kit_parts.h"
#include "chips/kit/kit_rom.h"
#include "micropython/firmware/board.h"

/* From the linker script. */
extern uint8_t link_heap_start[];
extern uint8_t link_heap_end[];
extern uint8_t link_stack_size[];

enum {
    STACK_RESERVE = 1024, /* what MicroPython's check of the stack leaves to C code */
};

static struct mprom_rom_segment segments[MPROM_KIT_SEGMENTS_MAX];
static struct mprom_rom_state states[MPROM_KIT_SEGMENTS_MAX];
static struct mprom_rom rom;

void mprom_startup_power_up(void)
{
    if (mprom_kit_port.power_up != NULL) {
        mprom_kit_port.power_up();
    }
}

bool board_safe_mode(void)
{
    return mprom_kit_port.safe_mode != NULL && mprom_kit_port.safe_mode();
}

void board_reset(void)
{
    mprom_kit_port.reset();
}

static void print(const char *text)
{
    const char *end = text;
    while (*end != '\0') {
        end++;
    }
    board_console_write(text, (size_t)(end - text));
}

static void say(const char *text)
{
    print(text);
    print("\r\n");
}

static bool uses_second_flash(const struct mprom_kit_rom *facts)
{
    bool uses = false;
    for (uint32_t i = 0; i < facts->segment_count; i++) {
        uses = uses || facts->segments[i].flash != 0;
    }
    return uses;
}

/* Without its segments the board still has a prompt. */
static void segments_open(const struct mprom_kit_rom *facts)
{
    const struct mprom_flash *flash = mprom_kit_port.open_flash();
    bool uses_second = uses_second_flash(facts);
    const struct mprom_flash *second = flash != NULL && uses_second ? mprom_kit_port.open_second_flash() : NULL;
    int count = 0;
    if (flash == NULL || (uses_second && second == NULL)) {
        say("rom: this chip, or that of its flash, is not one that the firmware is for");
    } else {
        count = mprom_kit_rom_fill(facts, flash, second, segments);
    }
    if (count < 0) {
        say("rom: the segment cannot be divided into slots");
        count = 1;
    }
    if (mprom_rom_init(&rom, segments, states, (uint32_t)count, &firmware_rom_hooks)) {
        print("rom: segment ");
        print(segments[rom.error.segment].name);
        print(" cannot be used, so none is: ");
        say(rom.error.what);
        mprom_rom_init(&rom, segments, states, 0, &firmware_rom_hooks);
    }
}

int main(void)
{
    const char *fault = mprom_kit_port.start != NULL ? mprom_kit_port.start() : NULL;
    mprom_console_open();
    mprom_clock_open();
    if (fault != NULL) {
        say(fault);
    }
    segments_open(mprom_kit_port.rom);
    struct board board = {
        .rom = &rom,
        .heap = link_heap_start,
        .heap_size = (size_t)(link_heap_end - link_heap_start),
        .stack_size = (size_t)link_stack_size - STACK_RESERVE,
    };
    if (mprom_kit_port.id != NULL) {
        board.id = mprom_kit_port.id(&board.id_size);
    }
    firmware_run(&board);
}
