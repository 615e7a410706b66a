# Reprograms a ROM partition from a script that runs on the board: erases it, writes an image from a file, a socket or a
# generator, reads it back, verifies it, mounts it and imports from it. Copy it to the board, or run it from there:
#
#     import reprogram
#     reprogram.update(2, "/new.romfs", "/models")
#
# Every function raises when something is wrong, and the exception says what and where. Until all of an image was
# written, read back and checked, the partition counts as empty, also if the power fails in the middle.
import os
import sys

import romfs
import vfs

CHUNK_SIZE = 1024  # any size will do: this much RAM is what a source needs


def erase(segment):
    romfs.erase(segment)


def write(segment, size, chunks):
    """From a list, a generator or whatever else yields bytes; in all there must be `size` of them."""
    with romfs.Update(segment, size) as update:
        for chunk in chunks:
            update.write(chunk)


def chunks_of(stream, size):
    """The next `size` bytes of a stream, in pieces that share one buffer."""
    buffer = memoryview(bytearray(CHUNK_SIZE))
    while size > 0:
        count = stream.readinto(buffer[: min(size, CHUNK_SIZE)])
        if count == 0:
            raise EOFError("the source ended %u bytes before the image did; nothing is live" % size)
        if count is not None:  # a stream that does not wait has nothing yet
            yield buffer[:count]
            size -= count


def write_file(segment, path):
    size = os.stat(path)[6]
    with open(path, "rb") as file:
        write(segment, size, chunks_of(file, size))


def write_socket(segment, socket, size):
    """From a socket, or another object with readinto() such as a UART. The sender says how large its image is."""
    write(segment, size, chunks_of(socket, size))


def read_back(segment):
    """The image as it is in flash: not a copy, and no longer valid when the segment is written again."""
    return vfs.rom_ioctl(2, segment)[: romfs.info(segment).size]


def compare_file(segment, path):
    """Whether the flash holds what the file holds, byte for byte."""
    image = read_back(segment)
    at = 0
    if len(image) != os.stat(path)[6]:
        return False
    with open(path, "rb") as file:
        for chunk in chunks_of(file, len(image)):
            if image[at : at + len(chunk)] != chunk:
                return False
            at += len(chunk)
    return True


def verify(segment):
    """A damaged image, a half written one and none at all raise by themselves."""
    if not romfs.verify(segment):
        raise ValueError("segment %u: the image has no seal, so nothing is known about its contents" % segment)


def mount(segment, place):
    """Mounts it where its files are wanted, and lets `import` find its modules."""
    romfs.mount(segment, place)
    if place not in sys.path:
        sys.path.append(place)


def update(segment, path, place):
    """All of it, from a file. What was mounted from the segment is unmounted when writing begins."""
    try:
        write_file(segment, path)
        verify(segment)
    except OSError as error:
        # Such as (28, "segment 2, offset 0: the image is larger than the segment").
        print("The update failed:", error.args[-1])
        raise
    if not compare_file(segment, path):
        raise ValueError("segment %u differs from %s" % (segment, path))
    mount(segment, place)
