/* The segments of SIM: as the facts of its boards say. */
#include <errno.h>

#include "chips/kit/kit_rom.h"
#include "chips/sim/board.h"
#include "chips/sim/port/sim.h"
#include "emulator/host/host.h"
#include "micropython/firmware/board.h"

void sim_segments_read(struct mprom_kit_rom *segments, const struct sim_options *options)
{
    bool is_plain = options->plain || options->compat;
    *segments = is_plain ? sim_facts_SIM_PLAIN.rom : sim_facts_SIM.rom;
    for (uint32_t i = 0; options->segment_size > 0 && i < segments->segment_count; i++) {
        segments->segments[i].off = i * options->segment_size;
        segments->segments[i].size = options->segment_size;
    }
}

struct mprom_rom *sim_segments_open(const struct mprom_kit_rom *facts)
{
    static struct mprom_rom_segment segments[MPROM_KIT_SEGMENTS_MAX];
    static struct mprom_rom_state states[MPROM_KIT_SEGMENTS_MAX];
    static struct mprom_rom rom;
    int count = mprom_kit_rom_fill(facts, sim_flash_segments(), NULL, segments);
    errno = 0;
    if (count < 0) {
        host_fail("the first segment cannot be divided into slots");
    }
    if (mprom_rom_init(&rom, segments, states, (uint32_t)count, &firmware_rom_hooks)) {
        host_fail("segment %u: %s", (unsigned)rom.error.segment, rom.error.what);
    }
    return &rom;
}
