"""The boot ROM that was built has its fixed places, tables and codes where programs look for them."""

import struct
import unittest

from programs import BUILD, run

ROM = (BUILD / "chips" / "rp2" / "rom.bin").read_bytes()
SYMBOLS = {name: int(at, 16) for at, _, name in
           (line.split() for line in run("arm-none-eabi-nm", BUILD / "chips" / "rp2" / "rom.elf").stdout.splitlines())}
FUNCTIONS = ("IF", "EX", "RE", "RP", "FC", "CX", "UB", "WV", "MS", "S4", "MC", "C4", "P3", "R3", "L3", "T3")
FLOATS = ("{}add {}sub {}mul {}div no_float no_float {}sqrt {}_to_int {}_to_fix {}_to_uint {}_to_ufix int_to_{} fix_to_{} "
          "uint_to_{} ufix_to_{}" + 8 * " no_float" + " int64_to_{} fix64_to_{} uint64_to_{} ufix64_to_{} {}_to_int64 {}_to_fix64 "
          "{}_to_uint64 {}_to_ufix64 {}_to_other").split()


def half(at):
    return struct.unpack_from("<H", ROM, at)[0]


def word(at):
    return struct.unpack_from("<I", ROM, at)[0]


def table(at):
    """The addresses of a table by their codes."""
    entries = {}
    while half(at) != 0:
        entries[ROM[at:at + 2].decode()] = half(at + 2)
        at += 4
    return entries


class Rom(unittest.TestCase):
    def test_the_fixed_places(self):
        self.assertEqual((len(ROM), word(0), ROM[0x10:0x13]), (16384, 0x20041F00, b"Mu\x01"))
        self.assertEqual(word(4), SYMBOLS["rom_reset"] | 1)
        self.assertEqual(half(0x18), SYMBOLS["mprom_rp2_rom_lookup"] | 1)

    def test_each_function_has_its_code(self):
        functions = table(half(0x14))
        self.assertEqual(tuple(functions), FUNCTIONS)
        self.assertTrue(all(at & 1 and at < len(ROM) for at in functions.values()))
        for code, name in (("IF", "connect"), ("EX", "exit_xip"), ("RE", "erase_checked"), ("RP", "program_checked"),
                           ("FC", "flush"), ("CX", "enter_xip"), ("C4", "copy_words"), ("L3", "leading")):
            self.assertEqual(functions[code], SYMBOLS[f"mprom_rp2_rom_{name}"] | 1, code)

    def test_the_data(self):
        data = table(half(0x16))
        self.assertTrue(ROM[data["CR"]:].startswith(b"mprom's boot ROM"))
        self.assertEqual(word(data["GR"]), 0)

    def test_floating_point(self):
        data = table(half(0x16))
        for code, precision in (("SF", "f"), ("SD", "d")):
            at = data[code]
            self.assertEqual((at % 4, ROM[at - 2]), (0, 32))
            self.assertEqual([word(at + 4 * i) for i in range(32)],
                             [SYMBOLS["mprom_rp2_rom_" + name.format(precision)] | 1 for name in FLOATS])


if __name__ == "__main__":
    unittest.main(verbosity=2)
