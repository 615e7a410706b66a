# Defines seal_of(size): the last ten bytes of the image in the open segment if they are a seal. Bytes that look like a
# seal may belong to a file, so it steps over the records of the top level, as many as any board has use for.
#
# shared: number_at=_u seal_of=_f
# names: offset=o value=v place=i byte=c size=e seal_offset=z record=n kind=k length=q

global number_at, seal_of


def number_at(offset):
    """The number at an offset, and the offset behind it."""
    value = 0
    for place in range(9):
        byte = read_bytes(offset + place, 1)[0]
        value = value << 7 | byte & 127
        if byte < 128:
            break
    return value, offset + place + 1


def seal_of(size):
    seal_offset, offset = number_at(3)
    seal_offset += offset - 10
    if seal_offset < offset or seal_offset + 10 > size or bytes(read_bytes(0, 3)) != b'\xd2\xcd1' or bytes(
            read_bytes(seal_offset, 4)) != b'\x83\xb5\xe0\x03':
        return b''
    for record in range(5000):
        if offset >= seal_offset:
            break
        kind, offset = number_at(offset)
        length, offset = number_at(offset)
        offset += length
        if not kind:
            break
    return read_bytes(seal_offset, 10) if offset == seal_offset else b''
