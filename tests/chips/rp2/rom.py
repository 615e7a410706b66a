"""The boot ROMs that were built have their fixed places, tables and codes where programs look for them."""

import struct
import unittest

from programs import BUILD, run

FUNCTIONS = ("IF", "EX", "RE", "RP", "FC", "CX", "UB", "WV", "MS", "S4", "MC", "C4", "P3", "R3", "L3", "T3")
FUNCTIONS_RP2350 = {"IF": "connect", "EX": "exit_xip", "RE": "erase", "RP": "program", "FC": "flush", "CX": "enter_xip",
                    "XM": "select_read"}
ARM_SECURE = 4
FLOATS = ("{}add {}sub {}mul {}div no_float no_float {}sqrt {}_to_int {}_to_fix {}_to_uint {}_to_ufix int_to_{} fix_to_{} "
          "uint_to_{} ufix_to_{}" + 8 * " no_float" + " int64_to_{} fix64_to_{} uint64_to_{} ufix64_to_{} {}_to_int64 {}_to_fix64 "
          "{}_to_uint64 {}_to_ufix64 {}_to_other").split()


class Image:
    """A boot ROM."""

    def __init__(self, series):
        folder = BUILD / "chips" / "rp2"
        self.bytes = (folder / f"rom_{series}.bin").read_bytes()
        lines = run("arm-none-eabi-nm", folder / f"rom_{series}.elf").stdout.splitlines()
        self.symbols = {name: int(at, 16) for at, _, name in (line.split() for line in lines)}

    def half(self, at):
        return struct.unpack_from("<H", self.bytes, at)[0]

    def word(self, at):
        return struct.unpack_from("<I", self.bytes, at)[0]

    def code(self, at):
        return self.bytes[at:at + 2].decode()


class Rp2040(unittest.TestCase):
    def setUp(self):
        self.rom = Image("rp2040")

    def table(self, at):
        """The addresses of a table by their codes."""
        entries = {}
        while self.rom.half(at) != 0:
            entries[self.rom.code(at)] = self.rom.half(at + 2)
            at += 4
        return entries

    def test_the_fixed_places(self):
        rom = self.rom
        self.assertEqual((len(rom.bytes), rom.word(0), rom.bytes[0x10:0x13]), (16384, 0x20041F00, b"Mu\x01"))
        self.assertEqual(rom.word(4), rom.symbols["rom_reset"] | 1)
        self.assertEqual(rom.half(0x18), rom.symbols["mprom_rp2_rom_lookup"] | 1)

    def test_each_function_has_its_code(self):
        functions = self.table(self.rom.half(0x14))
        self.assertEqual(tuple(functions), FUNCTIONS)
        self.assertTrue(all(at & 1 and at < len(self.rom.bytes) for at in functions.values()))
        for code, name in (("IF", "rp2040_rom_connect"), ("EX", "rp2040_rom_exit_xip"), ("RE", "rp2040_rom_erase_checked"),
                           ("RP", "rp2040_rom_program_checked"), ("FC", "rp2040_rom_flush"), ("CX", "rp2040_rom_enter_xip"),
                           ("C4", "rp2_rom_copy_words"), ("L3", "rp2_rom_leading")):
            self.assertEqual(functions[code], self.rom.symbols[f"mprom_{name}"] | 1, code)

    def test_the_data(self):
        data = self.table(self.rom.half(0x16))
        self.assertTrue(self.rom.bytes[data["CR"]:].startswith(b"mprom's boot ROM"))
        self.assertEqual(self.rom.word(data["GR"]), 0)

    def test_floating_point(self):
        data = self.table(self.rom.half(0x16))
        for code, precision in (("SF", "f"), ("SD", "d")):
            at = data[code]
            self.assertEqual((at % 4, self.rom.bytes[at - 2]), (0, 32))
            self.assertEqual([self.rom.word(at + 4 * i) for i in range(32)],
                             [self.rom.symbols["mprom_rp2_rom_" + name.format(precision)] | 1 for name in FLOATS])


class Rp2350(unittest.TestCase):
    def setUp(self):
        self.rom = Image("rp2350")

    def test_the_fixed_places(self):
        rom = self.rom
        self.assertEqual((len(rom.bytes), rom.bytes[0x10:0x13]), (32768, b"Mu\x02"))
        self.assertEqual(rom.word(4), rom.symbols["rom_reset"] | 1)
        self.assertEqual(rom.half(0x16), rom.symbols["mprom_rp2350_rom_api_lookup_value"] | 1)
        self.assertEqual(rom.half(0x18), rom.symbols["mprom_rp2350_rom_api_lookup_entry"] | 1)

    def test_each_function_has_its_code(self):
        at, functions = self.rom.half(0x14), {}
        while self.rom.half(at) != 0:
            self.assertEqual(self.rom.half(at + 2), ARM_SECURE)
            functions[self.rom.code(at)] = self.rom.half(at + 4)
            at += 6
        self.assertEqual(functions, {code: self.rom.symbols[f"mprom_rp2350_rom_api_{name}"] | 1
                                     for code, name in FUNCTIONS_RP2350.items()})

    def test_what_sets_up_the_window_may_lie_anywhere(self):
        """12 bytes: two loads from the words behind them, the address of XM, a jump to it."""
        at = self.rom.symbols["mprom_rp2350_rom_set_up"]
        first, second, low, high, jump, _ = (self.rom.half(at + 2 * i) for i in range(6))
        self.assertEqual(((4 & ~3) + 4 * (first & 0xFF), (6 & ~3) + 4 * (second & 0xFF)), (12, 16))
        self.assertEqual((first >> 8, second >> 8, jump), (0x48, 0x49, 0x4710))
        target = (low & 0xF) << 12 | (low >> 10 & 1) << 11 | (high >> 12 & 7) << 8 | high & 0xFF
        self.assertEqual(target, self.rom.symbols["mprom_rp2350_rom_api_select_read"] | 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
