/* What micropython/firmware asks of a board, for every board of this family. */
#include "arch/cortex_m/startup.h"
#include "chips/stm32/port/port.h"
#include "micropython/firmware/board.h"

extern uint8_t link_heap_start[];
extern uint8_t link_heap_end[];
extern uint8_t link_stack_size[];

enum {
    STACK_RESERVE = 1024, /* what MicroPython's check of the stack leaves to C code */
    WAIT_MS_MAX = 1000000,
    SLOT_GROUP = 1,
};

static struct mprom_rom_segment segments[MPROM_STM32_SEGMENTS_MAX];
static struct mprom_rom_state states[MPROM_STM32_SEGMENTS_MAX];
static struct mprom_rom rom;

uint64_t board_time_ns(void)
{
    return board_clock_us() * 1000;
}

void board_wait(uint32_t timeout_ms)
{
    mprom_sleep((timeout_ms < WAIT_MS_MAX ? timeout_ms : WAIT_MS_MAX) * 1000u);
}

/* These boards have no input for it: Ctrl-C on the console stops boot and main. */
bool board_safe_mode(void)
{
    return false;
}

void board_reset(void)
{
    mprom_cpu_reset();
}

void mprom_startup_power_up(void)
{
    if (mprom_stm32_family.power_up != NULL) {
        mprom_stm32_family.power_up(&mprom_stm32_board_facts);
    }
}

static void fail(const char *text)
{
    const char *end = text;
    while (*end != '\0') {
        end++;
    }
    board_console_write(text, (size_t)(end - text));
    board_console_write("\r\n", 2);
}

static void segments_fill(const struct mprom_stm32_board *board, const struct mprom_flash *flash)
{
    for (uint32_t i = 0; i < board->segment_count; i++) {
        const struct mprom_stm32_segment *from = &board->segments[i];
        segments[i] = (struct mprom_rom_segment){
            .name = from->name,
            .flash = flash,
            .off = from->off,
            .size = from->size != 0 ? from->size : flash->geometry->size - from->off,
            .has_trailer = from->has_trailer,
            .group = from->group,
        };
    }
}

/* The first segment as slots: the only one of a board that has them. Returns how many there are then. */
static uint32_t segments_divide(uint32_t count)
{
    static const char *const names[MPROM_STM32_SEGMENTS_MAX] = {"rom0", "rom1", "rom2", "rom3"};
    const struct mprom_rom_segment whole = segments[0];
    if (count > MPROM_STM32_SEGMENTS_MAX || mprom_rom_segment_divide(&whole, count, names, SLOT_GROUP, segments)) {
        fail("rom: the segment cannot be divided into slots");
        return 1;
    }
    return count;
}

/* Without its segments the board still has a prompt. */
static void segments_open(const struct mprom_stm32_board *board)
{
    const struct mprom_flash *flash = mprom_port_flash_open(board);
    uint32_t count = board->segment_count;
    if (flash == NULL) {
        fail("rom: this chip, or that of its flash, is not one that the firmware is for");
        count = 0;
    } else {
        segments_fill(board, flash);
        count = board->slots != 0 ? segments_divide(board->slots) : count;
    }
    if (mprom_rom_init(&rom, segments, states, count, &firmware_rom_hooks)) {
        fail(rom.error.what);
        mprom_rom_init(&rom, segments, states, 0, &firmware_rom_hooks);
    }
}

int main(void)
{
    bool is_fast = mprom_clock_speed_up(&mprom_stm32_board_facts);
    mprom_console_open(&mprom_stm32_board_facts);
    mprom_clock_open();
    if (!is_fast) {
        fail("clock: the PLL does not start, the board runs from its internal oscillator");
    }
    segments_open(&mprom_stm32_board_facts);
    struct board board = {
        .rom = &rom,
        .heap = link_heap_start,
        .heap_size = (size_t)(link_heap_end - link_heap_start),
        .stack_size = (size_t)link_stack_size - STACK_RESERVE,
    };
    firmware_run(&board);
}
