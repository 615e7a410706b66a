/* The commands of SPI-NOR chips, and how a byte looks on the lines. */
#include "emulator/parts/nor_internal.h"

static const struct nor_command commands[] = {
    {0x01, NOR_ACT_WRITE_STATUS, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_OUT, 1, NOR_NEEDS_WRITE, 0, 2},
    {0x02, NOR_ACT_PROGRAM, NOR_ADDRESS_BY_MODE, 1, 0, 0, NOR_DATA_OUT, 1, NOR_NEEDS_WRITE, 0, NOR_PAGE_SIZE},
    {0x03, NOR_ACT_READ, NOR_ADDRESS_BY_MODE, 1, 0, 0, NOR_DATA_IN, 1, 0, 0, 0},
    {0x04, NOR_ACT_DISABLE, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_NONE, 0, 0, 0, 0},
    {0x05, NOR_ACT_READ_STATUS, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_IN, 1, NOR_ANY_STATE, 0, 0},
    {0x06, NOR_ACT_ENABLE, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_NONE, 0, 0, 0, 0},
    {0x0B, NOR_ACT_READ, NOR_ADDRESS_BY_MODE, 1, 0, 8, NOR_DATA_IN, 1, 0, 0, 0},
    {0x0C, NOR_ACT_READ, NOR_ADDRESS_4, 1, 0, 8, NOR_DATA_IN, 1, 0, NOR_OPCODES_4BYTE, 0},
    {0x12, NOR_ACT_PROGRAM, NOR_ADDRESS_4, 1, 0, 0, NOR_DATA_OUT, 1, NOR_NEEDS_WRITE, NOR_OPCODES_4BYTE,
     NOR_PAGE_SIZE},
    {0x20, NOR_ACT_ERASE, NOR_ADDRESS_BY_MODE, 1, 0, 0, NOR_DATA_NONE, 0, NOR_NEEDS_WRITE, 0, 4096},
    {0x21, NOR_ACT_ERASE, NOR_ADDRESS_4, 1, 0, 0, NOR_DATA_NONE, 0, NOR_NEEDS_WRITE, NOR_OPCODES_4BYTE, 4096},
    {0x31, NOR_ACT_WRITE_STATUS_2, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_OUT, 1, NOR_NEEDS_WRITE, NOR_STATUS_2_ALONE,
     1},
    {0x35, NOR_ACT_READ_STATUS_2, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_IN, 1, NOR_ANY_STATE, NOR_STATUS_2, 0},
    {0x38, NOR_ACT_QPI, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_NONE, 0, NOR_NEEDS_QUAD, NOR_QPI, 0},
    {0x3E, NOR_ACT_WRITE_STATUS_2, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_OUT, 1, NOR_NEEDS_WRITE, NOR_STATUS_2_ALT, 1},
    {0x3F, NOR_ACT_READ_STATUS_2, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_IN, 1, NOR_ANY_STATE, NOR_STATUS_2_ALT, 0},
    {0x4B, NOR_ACT_READ_UNIQUE_ID, NOR_ADDRESS_NONE, 0, 0, 32, NOR_DATA_IN, 1, 0, NOR_UNIQUE_ID, 0},
    {0x52, NOR_ACT_ERASE, NOR_ADDRESS_BY_MODE, 1, 0, 0, NOR_DATA_NONE, 0, NOR_NEEDS_WRITE, 0, 32768},
    {0x5A, NOR_ACT_READ_SFDP, NOR_ADDRESS_3, 1, 0, 8, NOR_DATA_IN, 1, 0, 0, 0},
    {0x66, NOR_ACT_RESET_ENABLE, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_NONE, 0, NOR_ANY_STATE, 0, 0},
    {0x6B, NOR_ACT_READ, NOR_ADDRESS_BY_MODE, 1, 0, 8, NOR_DATA_IN, 4, NOR_NEEDS_QUAD, 0, 0},
    {0x6C, NOR_ACT_READ, NOR_ADDRESS_4, 1, 0, 8, NOR_DATA_IN, 4, NOR_NEEDS_QUAD, NOR_OPCODES_4BYTE, 0},
    {0x99, NOR_ACT_RESET, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_NONE, 0, NOR_ANY_STATE, 0, 0},
    {0x9F, NOR_ACT_READ_ID, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_IN, 1, 0, 0, 3},
    {0xAB, NOR_ACT_WAKE, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_NONE, 0, NOR_ANY_STATE, 0, 0},
    {0xB7, NOR_ACT_4BYTE, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_NONE, 0, 0, NOR_MODE_4BYTE, 0},
    {0xB9, NOR_ACT_SLEEP, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_NONE, 0, 0, 0, 0},
    {0xD8, NOR_ACT_ERASE, NOR_ADDRESS_BY_MODE, 1, 0, 0, NOR_DATA_NONE, 0, NOR_NEEDS_WRITE, 0, 65536},
    {0xDC, NOR_ACT_ERASE, NOR_ADDRESS_4, 1, 0, 0, NOR_DATA_NONE, 0, NOR_NEEDS_WRITE, NOR_OPCODES_4BYTE, 65536},
    {0xE9, NOR_ACT_3BYTE, NOR_ADDRESS_NONE, 0, 0, 0, NOR_DATA_NONE, 0, 0, NOR_MODE_4BYTE, 0},
    {0xEB, NOR_ACT_READ, NOR_ADDRESS_BY_MODE, 4, 1, 4, NOR_DATA_IN, 4, NOR_NEEDS_QUAD, 0, 0},
    {0xEC, NOR_ACT_READ, NOR_ADDRESS_4, 4, 1, 4, NOR_DATA_IN, 4, NOR_NEEDS_QUAD, NOR_OPCODES_4BYTE, 0},
};

const struct nor_command *nor_find_command(const struct nor_chip *chip, uint8_t opcode)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (commands[i].opcode == opcode &&
            (commands[i].features == 0 || (commands[i].features & chip->part->features) != 0)) {
            return &commands[i];
        }
    }
    return NULL;
}

uint32_t nor_address_size(const struct nor_chip *chip, uint8_t address)
{
    switch (address) {
    case NOR_ADDRESS_NONE:
        return 0;
    case NOR_ADDRESS_BY_MODE:
        return chip->mode_4byte ? 4 : 3;
    default:
        return address == NOR_ADDRESS_3 ? 3 : 4;
    }
}

uint8_t nor_lines(const struct nor_chip *chip, uint8_t byte, uint8_t lanes, uint32_t clock)
{
    uint8_t driven = (uint8_t)((1u << lanes) - 1);
    return (uint8_t)((byte >> (8 - lanes * (clock + 1)) & driven) | (0xF & ~driven & ~chip->held_low));
}

uint8_t nor_silence(const struct nor_chip *chip)
{
    return (chip->held_low & 2) != 0 ? 0x00 : 0xFF;
}
