"""Stand-ins for stock MicroPython's `vfs.rom_ioctl`: the three shapes in which its ports give access to a segment.

The source is `boot.py` for a board SIM: the REPL is MicroPython's own, only the module `vfs` is replaced. Semantics
as upstream's ports have them (1.25, for "blocks" 1.29), over flash that clears bits only:

  view    stm32, esp8266: a memoryview; op 3 erases from the start; ops 5 and 6 are unknown (-EINVAL)
  mram    alif: as view, but nothing needs erasing, so op 3 leaves the old contents and writes replace bytes
  blocks  1.29: a memoryview; op 3 takes ranges aligned to op 6; op 5 is there
  device  rp2, esp32: an object with ioctl(), readblocks(), writeblocks(); pages of 256 bytes
  bare    device, without a buffer: no memoryview of it can be taken

Each operation, and each violation of the flash's rules (unaligned, out of range, programming bits that are not
erased), is a line in /log.txt on the board. The contents are kept in a file over resets.

`fault` is what the flash does wrong, `poor` a board without the modules that make a transfer quick.
"""

SOURCE = '''
import sys
import vfs as real

SHAPE = {shape!r}
SIZE = {size}
BLOCK = {block}
UNIT = {unit}
FAULT = {fault!r}
FILE = "/flash.bin"


class State:
    flash = bytearray(b"\\xff" * SIZE)
    view = memoryview(flash)


def load():
    try:
        with open(FILE, "rb") as f:
            f.readinto(State.flash)
    except OSError:
        with open(FILE, "wb") as f:
            f.write(State.flash)


def save(off, size):
    with open(FILE, "r+b") as f:
        f.seek(off)
        f.write(State.view[off : off + size])


def note(*what):
    with open("/log.txt", "a") as f:
        print(*what, file=f)


def violation(*what):
    note("violation", *what)


def erase(off, size):
    if off % BLOCK or size % BLOCK or off < 0 or off + size > SIZE:
        violation("erase", off, size)
        return -22
    if FAULT == "erase fails" and off + size > 8192:
        return -5
    for o in range(off, off + size, BLOCK):
        State.flash[o : o + BLOCK] = b"\\xff" * BLOCK
    note("erase", off, size)
    save(off, size)
    return 0


def program(off, data):
    if off % UNIT or len(data) % UNIT or off < 0 or off + len(data) > SIZE:
        violation("program", off, len(data))
        return -22
    if FAULT == "stops" and off >= 8192:
        while True:
            pass
    if FAULT == "resets" and off >= 8192:
        import machine

        machine.reset()
    if FAULT == "program fails" and off >= 8192:
        return -5
    if FAULT == "program lies" and off >= 8192:
        return 0
    for i in range(len(data)):
        old = State.flash[off + i]
        if SHAPE != "mram" and data[i] & ~old:
            violation("not erased", off + i, old, data[i])
            return 0
        State.flash[off + i] = data[i]
    if FAULT == "first unit lies" and off == 0:
        State.flash[8] = 0
    note("program", off, len(data))
    save(off, len(data))
    return 0


class Device:
    def readblocks(self, n, buf, off=0):
        o = n * BLOCK + off
        buf[:] = State.view[o : o + len(buf)]

    def writeblocks(self, n, buf, off=None):
        if off is None:
            erase(n * BLOCK, len(buf))
        r = program(n * BLOCK + (off or 0), buf)
        if r:
            raise OSError(-r)

    def ioctl(self, op, arg):
        if op == 4:
            return SIZE // BLOCK
        if op == 5:
            return BLOCK
        if op == 6:
            return erase(arg * BLOCK, BLOCK)


def rom_ioctl(op, *args):
    if op == 1:
        return 1
    if not args or args[0] != 0:
        return -22
    if op == 2:
        return device if SHAPE in ("device", "bare") else State.view
    if SHAPE in ("device", "bare"):
        return -22
    if op == 3:
        off, size = args[1:] if len(args) == 3 else (0, args[1])
        if len(args) == 3 and SHAPE != "blocks":
            violation("op 3 with a range")
            return -22
        if off + size > SIZE:
            return -22
        if SHAPE != "mram":
            r = erase(off, (size + BLOCK - 1) // BLOCK * BLOCK)
            if r:
                return r
        return UNIT
    if op == 4:
        return program(args[1], args[2])
    if op == 5 and SHAPE == "blocks":
        return 0
    if op == 6 and SHAPE == "blocks":
        return BLOCK
    return -22


class Vfs:
    rom_ioctl = staticmethod(rom_ioctl)
    mount = staticmethod(real.mount)
    umount = staticmethod(real.umount)
    State = State


class Nothing:
    pass


load()
device = Device()
sys.modules["vfs"] = Vfs
if FAULT in ("garbles", "loses"):
    import binascii

    class Garbling:
        crc32 = staticmethod(binascii.crc32)
        count = 0

        @staticmethod
        def a2b_base64(text):
            data = binascii.a2b_base64(text)
            return data[:-4] if FAULT == "loses" and len(data) == 4096 else data

        @staticmethod
        def b2a_base64(data):
            text = bytearray(binascii.b2a_base64(data))
            Garbling.count += 1
            if FAULT == "garbles" and Garbling.count == 3:
                text[100] = 65 if text[100] != 65 else 66
            return bytes(text)

    sys.modules["binascii"] = Garbling
if FAULT == "loses":
    sys.modules["select"] = Nothing
if {poor!r}:
    sys.modules["binascii"] = Nothing
    sys.modules["deflate"] = Nothing
'''

# mprom's firmware from before it had anything built in for transfers.
OLDER = '''
import sys
import romfs as real


class Romfs:
    pass


for name in dir(real):
    if name not in ("describe", "digests", "crc", "receive"):
        setattr(Romfs, name, getattr(real, name))
sys.modules["romfs"] = Romfs
'''

UNITS = {"view": 4, "mram": 16, "blocks": 4, "device": 256, "bare": 256}


def source(shape, size=65536, block=4096, fault=None, poor=False):
    return SOURCE.format(shape=shape, size=size, block=block, unit=UNITS[shape], fault=fault, poor=poor)


def install(board, *args, **kwargs):
    """Makes a running SIM such a board. What its flash holds stays."""
    install_boot(board, source(*args, **kwargs))


def install_older(board):
    """Makes a running SIM one with mprom's older firmware: Python does what the client needs."""
    install_boot(board, OLDER)


def install_boot(board, text):
    with board.raw() as console:
        console.exec("f = open('/boot.py', 'w')")
        for at in range(0, len(text), 1000):
            console.exec(f"f.write({text[at : at + 1000]!r})")
        console.exec("f.close()")
        said = console.soft_reset()
        if said:
            raise AssertionError(f"boot.py: {said}")
        console.leave_raw()


def contents(board):
    """What the flash holds, by way of the stand-in's own file."""
    with board.raw() as console:
        return bytes.fromhex(
            console.exec("with open('/flash.bin', 'rb') as f:\n while c := f.read(1024): print(c.hex())")
        )


def take_log(board):
    """The operations since the last call: [("erase", 0, 4096), …]. A violation fails the caller's test."""
    with board.raw() as console:
        text = console.exec(
            "import os\ntry:\n print(open('/log.txt').read())\n os.remove('/log.txt')\nexcept OSError: pass"
        )
    lines = [line.split() for line in text.splitlines() if line.strip()]
    for line in lines:
        if line[0] == "violation":
            raise AssertionError(" ".join(line))
    return [(kind, int(off), int(size)) for kind, off, size in lines]
