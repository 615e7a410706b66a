/*
 * SPI-NOR: what a chip says of itself, in SFDP (JEDEC JESD216).
 *
 * DW1 to DW16 are the 32-bit words of the basic flash parameter table (BFPT); JESD216 of 2011 has nine of them, its
 * revisions A and B sixteen, later ones more. Nothing in the tables is believed before it was checked.
 *
 * The fields were compared with how Linux, U-Boot and Zephyr decode them, and with what the tables of a W25Q64JV, a
 * W25Q512JV, a MX25R6435F and a MX66L1G45G say.
 */
#include "flash/spi_nor_internal.h"

enum {
    SFDP_SIGNATURE = 0x50444653,
    SFDP_BFPT = 0xFF00, /* ids of the tables: JESD216, parameter headers */
    SFDP_SECTOR_MAP = 0xFF81,
    SFDP_4BYTE = 0xFF84,
    HEADER_SIZE = 8,
    BFPT_DWORDS_MIN = 9,
    BFPT_DWORDS_MAX = 16,
    DWORDS_4BYTE = 2,
    ERASE_EXPONENT_MIN = 12, /* 4 KiB to 1 MiB: what lies outside is no erase block but a fault in the table */
    ERASE_EXPONENT_MAX = 20,
    PAGE_EXPONENT = 8, /* of every chip whose table does not say */
    SIZE_3BYTE_MAX = 1 << 24,
};

/* The tables that matter. */
struct tables {
    uint32_t bfpt[BFPT_DWORDS_MAX + 1]; /* from 1 on, as the standard counts them */
    uint32_t bfpt_dwords;
    uint32_t bait[DWORDS_4BYTE]; /* the 4-byte address instruction table; 0 if there is none or it is of no use */
    bool has_sector_map;
};

static uint32_t bits(uint32_t dword, int high, int low)
{
    return dword >> low & (0xFFFFFFFFu >> (31 - (high - low)));
}

static uint32_t load_dword(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* 5Ah, always three address bytes and 8 dummy clocks. The dwords are stored low byte first. */
static int read_dwords(struct mprom_spi_nor *nor, uint32_t off, uint32_t *dst, uint32_t count)
{
    uint8_t *bytes = (uint8_t *)dst;
    struct mprom_spi_nor_command command;
    mprom_spi_nor_prepare(&command, MPROM_SPI_NOR_READ_SFDP, 1, count * 4);
    command.address_size = 3;
    command.address = off;
    command.dummy_clocks = 8;
    command.in = bytes;
    int err = mprom_spi_nor_transfer(nor, &command);
    for (uint32_t i = 0; i < count; i++) {
        dst[i] = load_dword(bytes + i * 4);
    }
    return err;
}

/* Looks at one table's header: id, revision, size in dwords, address (JESD216, parameter header). */
static int read_table(struct mprom_spi_nor *nor, uint32_t header_off, struct tables *tables)
{
    uint32_t header[2];
    int err = read_dwords(nor, header_off, header, 2);
    if (err || bits(header[0], 23, 16) != 1) {
        return err; /* of a major revision that is not known */
    }
    uint32_t dwords = bits(header[0], 31, 24);
    uint32_t off = bits(header[1], 23, 0);
    uint32_t id = bits(header[1], 31, 24) << 8 | bits(header[0], 7, 0);
    if (id == SFDP_BFPT && dwords >= BFPT_DWORDS_MIN && dwords >= tables->bfpt_dwords) {
        tables->bfpt_dwords = dwords; /* of several the longest, which is the newest */
        return read_dwords(nor, off, &tables->bfpt[1], dwords < BFPT_DWORDS_MAX ? dwords : BFPT_DWORDS_MAX);
    }
    if (id == SFDP_4BYTE && dwords >= DWORDS_4BYTE) {
        return read_dwords(nor, off, tables->bait, DWORDS_4BYTE);
    }
    tables->has_sector_map = tables->has_sector_map || id == SFDP_SECTOR_MAP;
    return 0;
}

/* DW2: bits less one, or the exponent of 2. Returns bytes, 0 for what no chip can be. */
static uint32_t decode_size(uint32_t dword)
{
    uint32_t size = (dword >> 3) + 1;
    if ((dword & 0x80000000u) != 0) {
        uint32_t exponent = bits(dword, 30, 0) - 3;
        size = exponent < 32 ? 1u << exponent : 0;
    } else if (bits(dword, 2, 0) != 7) {
        size = 0; /* no whole bytes */
    }
    return (size & (size - 1)) == 0 ? size : 0;
}

/* DW10: 7 bits an erase type, of which 2 are the unit, and how many times the typical time the longest is. */
static uint32_t decode_erase_timeout(const struct tables *tables, int type, uint32_t exponent)
{
    static const uint16_t units_ms[] = {1, 16, 128, 1000};
    if (tables->bfpt_dwords < 10) {
        /* Above all that data sheets say: 1 s for 4 KiB, 2 s for 32 KiB, 4 s for 64 KiB. */
        return 1000000u << (exponent - ERASE_EXPONENT_MIN) / 2;
    }
    uint32_t time = tables->bfpt[10] >> (4 + 7 * type);
    return (bits(time, 4, 0) + 1) * units_ms[bits(time, 6, 5)] * 1000 * 2 * (bits(tables->bfpt[10], 3, 0) + 1);
}

/*
 * DW8 and DW9: four types, each a size and an opcode; the opcodes for 4-byte addresses have a table of their own.
 * Returns the opcode of the first type of that size, 0 if there is none.
 */
static uint32_t find_erase(const struct tables *tables, uint32_t exponent, int *type)
{
    for (int i = 0; i < MPROM_SPI_NOR_ERASES_MAX; i++) {
        uint32_t half = tables->bfpt[8 + i / 2] >> (i % 2 * 16);
        if (bits(half, 7, 0) == exponent && (tables->bait[0] == 0 || bits(tables->bait[0], 9 + i, 9 + i) != 0)) {
            *type = i;
            return tables->bait[0] == 0 ? bits(half, 15, 8) : bits(tables->bait[1], 8 * i + 7, 8 * i);
        }
    }
    return 0;
}

/* With a sector map, the types larger than the smallest are not for all of the chip. */
static void decode_erases(struct mprom_spi_nor *nor, const struct tables *tables)
{
    uint32_t exponent_max = tables->has_sector_map ? ERASE_EXPONENT_MIN : ERASE_EXPONENT_MAX;
    int count = 0;
    for (uint32_t exponent = ERASE_EXPONENT_MIN; exponent <= exponent_max && count < MPROM_SPI_NOR_ERASES_MAX;
         exponent++) {
        int type = 0;
        uint32_t opcode = find_erase(tables, exponent, &type);
        if (opcode != 0) {
            nor->erases[count].size = 1u << exponent;
            nor->erases[count].opcode = (uint8_t)opcode;
            nor->erases[count].timeout_us = decode_erase_timeout(tables, type, exponent);
            count++;
        }
    }
}

void mprom_spi_nor_use_single_read(struct mprom_spi_nor *nor)
{
    bool is_4byte = nor->program_opcode == MPROM_SPI_NOR_PROGRAM_4BYTE;
    mprom_spi_nor_prepare(&nor->read, is_4byte ? MPROM_SPI_NOR_READ_4BYTE : MPROM_SPI_NOR_READ, 1, 0);
    nor->read.address_size = nor->address_size;
    nor->read.dummy_clocks = 8;
}

/* DW3: of each way to read, opcode, clocks of mode bits, and clocks of waiting. */
static bool decode_quad_read(struct mprom_spi_nor *nor, uint32_t half, uint8_t address_lanes, uint8_t opcode_4byte)
{
    uint32_t mode_clocks = bits(half, 7, 5);
    /* The mode bits are one byte on four lines or none; anything else no chip has. */
    if (mode_clocks != 0 && (mode_clocks != 2 || address_lanes != 4)) {
        return false;
    }
    nor->read.opcode = nor->read.opcode == MPROM_SPI_NOR_READ_4BYTE ? opcode_4byte : (uint8_t)bits(half, 15, 8);
    nor->read.address_lanes = address_lanes;
    nor->read.mode_size = mode_clocks != 0;
    nor->read.dummy_clocks = (uint8_t)bits(half, 4, 0);
    nor->read.data_lanes = 4;
    return true;
}

/* DW1 says which ways there are. Without a rule how to enable them there are none. */
static void choose_read(struct mprom_spi_nor *nor, const struct tables *tables)
{
    uint32_t ways = tables->bfpt[1];
    uint32_t bait = tables->bait[0] != 0 ? tables->bait[0] : 0xFFFFFFFFu;
    mprom_spi_nor_use_single_read(nor);
    nor->quad_rule = tables->bfpt_dwords >= 15 ? (uint8_t)bits(tables->bfpt[15], 22, 20) : MPROM_SPI_NOR_QUAD_UNKNOWN;
    if (nor->bus.lanes != 4 || nor->quad_rule == MPROM_SPI_NOR_QUAD_UNKNOWN) {
        return;
    }
    if (bits(ways, 21, 21) != 0 && bits(bait, 5, 5) != 0 &&
        decode_quad_read(nor, bits(tables->bfpt[3], 15, 0), 4, MPROM_SPI_NOR_QUAD_IO_READ_4BYTE)) {
        return;
    }
    if (bits(ways, 22, 22) != 0 && bits(bait, 4, 4) != 0) {
        decode_quad_read(nor, bits(tables->bfpt[3], 31, 16), 1, MPROM_SPI_NOR_QUAD_READ_4BYTE);
    }
}

/*
 * Three address bytes reach 16 MiB. For what lies above, in this order: opcodes of their own, which leave no state in
 * the chip; a chip that always takes four; the mode, by DW16 or, where the table is too old to have it, because DW1
 * says that there is one. Else only the first 16 MiB are used.
 */
static uint32_t choose_address_size(struct mprom_spi_nor *nor, struct tables *tables, uint32_t size)
{
    enum {
        FAST_READ = 1 << 1,
        PROGRAM = 1 << 6,
        ERASES = 0xF << 9
    };
    uint32_t address = bits(tables->bfpt[1], 18, 17); /* 0: three, 1: three or four, 2: four */
    uint32_t modes = tables->bfpt_dwords >= 16 ? tables->bfpt[16] : address << 24;
    bool has_opcodes =
        (tables->bait[0] & FAST_READ) != 0 && (tables->bait[0] & PROGRAM) != 0 && (tables->bait[0] & ERASES) != 0;
    nor->program_opcode = MPROM_SPI_NOR_PROGRAM;
    nor->address_size = 4;
    if (size > SIZE_3BYTE_MAX && has_opcodes) {
        nor->program_opcode = MPROM_SPI_NOR_PROGRAM_4BYTE;
        return size;
    }
    tables->bait[0] = 0;
    if (address == 2) {
        return size;
    }
    if (size > SIZE_3BYTE_MAX && bits(modes, 25, 24) != 0) {
        nor->address_opcode = MPROM_SPI_NOR_ENTER_4BYTE;
        return size;
    }
    nor->address_size = 3;
    if (size > SIZE_3BYTE_MAX) {
        nor->address_opcode = MPROM_SPI_NOR_LEAVE_4BYTE; /* not every chip does at a reset */
        size = SIZE_3BYTE_MAX;
    }
    return size;
}

/* DW11: page size, and the times of a page program. */
static void decode_program(struct mprom_spi_nor *nor, const struct tables *tables)
{
    uint32_t exponent = PAGE_EXPONENT;
    nor->program_timeout_us = 10000; /* above all that data sheets say */
    if (tables->bfpt_dwords >= 11) {
        uint32_t dword = tables->bfpt[11];
        uint32_t unit_us = bits(dword, 13, 13) != 0 ? 64 : 8;
        nor->program_timeout_us = (bits(dword, 12, 8) + 1) * unit_us * 2 * (bits(dword, 3, 0) + 1);
        exponent = bits(dword, 7, 4);
    }
    /* Part of a page may be programmed too. */
    nor->geometry.page_size = exponent < PAGE_EXPONENT ? 1u << exponent : MPROM_SPI_NOR_OUT_SIZE_MAX;
}

static int fill_geometry(struct mprom_spi_nor *nor, uint32_t size)
{
    struct mprom_flash_geometry *geometry = &nor->geometry;
    if (nor->erases[0].size == 0) {
        return -MPROM_EOPNOTSUPP;
    }
    geometry->size = size;
    nor->region.erase_size = nor->erases[0].size;
    nor->region.count = size / nor->region.erase_size;
    geometry->regions = &nor->region;
    geometry->region_count = 1;
    for (int i = 1; i < MPROM_SPI_NOR_ERASES_MAX; i++) {
        geometry->large_erase_sizes[i - 1] = nor->erases[i].size;
    }
    geometry->program_size = 1;
    geometry->program_count = MPROM_FLASH_PROGRAM_ANY;
    geometry->erased_value = 0xFF;
    return mprom_flash_geometry_check(geometry) == 0 ? 0 : -MPROM_EBADMSG;
}

/* No tables: for chips from before 2011 the third byte of the id is the exponent of the size, and these erases exist.
 */
static int make_tables(const struct mprom_spi_nor *nor, struct tables *tables)
{
    if (nor->id[2] < 16 || nor->id[2] > 31) {
        return -MPROM_EOPNOTSUPP;
    }
    tables->bfpt_dwords = BFPT_DWORDS_MIN;
    tables->bfpt[2] = 0x80000000u | (nor->id[2] + 3u);
    tables->bfpt[8] = (uint32_t)MPROM_SPI_NOR_ERASE_64K << 24 | 16 << 16 | MPROM_SPI_NOR_ERASE_4K << 8 | 12;
    return 0;
}

int mprom_spi_nor_read_tables(struct mprom_spi_nor *nor)
{
    struct tables tables = {.bfpt_dwords = 0};
    uint32_t header[2];
    int err = read_dwords(nor, 0, header, 2);
    if (err == 0 && header[0] != SFDP_SIGNATURE) {
        err = make_tables(nor, &tables);
    } else {
        uint32_t count = bits(header[1], 23, 16) + 1; /* JESD216, SFDP header */
        for (uint32_t i = 1; i <= count && err == 0; i++) {
            err = read_table(nor, i * HEADER_SIZE, &tables);
        }
    }
    if (err) {
        return err;
    }
    uint32_t size = decode_size(tables.bfpt[2]);
    if (size == 0) {
        return -MPROM_EBADMSG; /* or there was no such table */
    }
    size = choose_address_size(nor, &tables, size);
    decode_erases(nor, &tables);
    choose_read(nor, &tables);
    decode_program(nor, &tables);
    return fill_geometry(nor, size);
}
