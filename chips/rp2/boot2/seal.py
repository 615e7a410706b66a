"""Makes an assembler source of boot2: its code, zeros up to 252 bytes, the CRC that the boot ROM compares.

    seal.py boot2.bin boot2.S
"""

import pathlib
import sys

SIZE = 252
POLYNOMIAL = 0x04C11DB7


def crc32(data):
    """From FFFFFFFF on, nothing reflected, no final xor: of b"123456789" 0376E6E7."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = ((crc << 1) ^ (POLYNOMIAL if crc >> 31 else 0)) & 0xFFFFFFFF
    return crc


def main(binary, source):
    code = pathlib.Path(binary).read_bytes()
    if len(code) > SIZE or crc32(b"123456789") != 0x0376E6E7:
        raise SystemExit(f"boot2 has {len(code)} bytes, and {SIZE} is the most")
    code = code.ljust(SIZE, b"\0")
    sealed = code + crc32(code).to_bytes(4, "little")
    lines = ["    .byte " + ", ".join(f"0x{byte:02x}" for byte in sealed[at:at + 16]) for at in range(0, len(sealed), 16)]
    pathlib.Path(source).write_text('    .section .boot2, "a"\n' + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
