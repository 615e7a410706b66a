"""The client's side of romfs.receive(), written from docs/transfer.md and not with the project's client: patches, frames,
and a conversation with a board."""

import zlib

LITERAL, COPY, KEEP = 0, 1, 2
WRITTEN, FROM, FROM_END, RATE, DAMAGED, ROOM, DONE, REFUSED = 0x06, 0x0E, 0x0F, 0x14, 0x15, 0x16, 0x17, 0x18
WORDS = {WRITTEN, DAMAGED, ROOM, DONE, REFUSED}
ESCAPES = bytes([1, 2, 3, 4, 5, 13, 27])
GREETING = bytes(range(128, 256))


def varuint(number):
    """Little-endian groups of seven bits."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


class Patch:
    """Puts a patch together, and the image that it makes of what a segment holds."""

    def __init__(self, old=b""):
        self.old, self.image, self.patch, self.shift = old, b"", b"", 0

    def literal(self, data):
        self.patch += varuint(len(data) << 2 | LITERAL) + data
        self.image += data
        return self

    def copy(self, source, count):
        """From what the segment held before."""
        shift = source - len(self.image)
        change = shift - self.shift
        self.shift = shift
        self.patch += varuint(count << 2 | COPY) + varuint(change * 2 if change >= 0 else -change * 2 - 1)
        self.image += self.old[source:source + count]
        return self

    def keep(self, count):
        self.patch += varuint(count << 2 | KEEP)
        self.image += self.old[len(self.image):len(self.image) + count]
        return self


def escape(data):
    return b"".join(bytes([27, byte | 64]) if byte in ESCAPES else bytes([byte]) for byte in data)


def frame(number, offset, size, payload):
    """A frame that makes `size` bytes of the patch from `offset` on."""
    wire = escape(payload)
    digits = b"%04x%04x%08x" % (len(wire), size, offset)
    return digits + b"%08x" % zlib.crc32(payload, zlib.crc32(digits, number)) + wire


def frames(patch, chunk=2048, window_bits=0):
    """All frames of a transfer."""
    stream = None
    if window_bits:
        packer = zlib.compressobj(9, zlib.DEFLATED, -window_bits)
        stream = packer.compress(patch) + packer.flush()
        unpacker = zlib.decompressobj(-window_bits)
    out = [frame(0, 0, 0, GREETING)]
    for offset in range(0, len(patch), chunk):
        part = patch[offset:offset + chunk]
        payload = part
        if window_bits:
            # Byte by byte, until what the frame makes is there.
            made = b""
            before = stream
            while len(made) < len(part):
                taken = unpacker.unconsumed_tail or stream[:1]
                if not unpacker.unconsumed_tail:
                    stream = stream[1:]
                made += unpacker.decompress(taken, len(part) - len(made))
            assert made == part
            payload = before[:len(before) - len(stream)]
        out.append(frame(len(out), offset, len(part), payload))
    return out


class Transfer:
    """A conversation: starts romfs.receive() on a board in the raw REPL, then sends frames and hears words."""

    def __init__(self, console, segment, size, mode=1, piece=512, room=2304, chunk=2048, window_bits=0, baud=0):
        self.console = console
        self.words = []
        call = f"import romfs\nromfs.receive({segment}, {size}, {mode}, {piece}, {room}, {chunk}, {window_bits}, {baud})"
        console.write(call.encode() + b"\x04")
        console.read_until(b"OK")

    def word(self):
        """The next word; a pair of FROM and the number that it names."""
        byte = self.console.read_bytes(1)[0]
        if byte == FROM:
            return FROM, int(self.console.read_until(bytes([FROM_END]))[:-1])
        return byte

    def send(self, data):
        self.console.write(data)

    def send_frame(self, data):
        """Sends a frame and returns the words up to the one that ends it."""
        self.send(data)
        words = []
        while not words or words[-1] == ROOM:
            words.append(self.word())
        return words

    def end(self):
        """What the program printed since, and its traceback."""
        output = self.console.read_until(b"\x04")[:-1]
        error = self.console.read_until(b"\x04>")[:-2]
        return output.decode(errors="replace"), error.decode(errors="replace")

    def run(self, all_frames):
        """Sends them one after the other; returns what end() does."""
        for one in all_frames:
            words = self.send_frame(one)
            if words[-1] != WRITTEN:
                break
        else:
            words = [self.word()]
        self.words = words
        return self.end()
