# Defines receive(), which writes frames to a segment as they arrive, and try_link(); says whether the board has what
# they take, and whether it can inflate. docs/transfer.md has the frames and the words.
#
# shared: receive=_r try_link=_t
# names: offset=o end=e piece_size=w room=n write=a keep=b inflater=z chunk=c stdin=s say_word=g piece=m poller=q
# names: frame=f left=u finds_input=P drain=d payload=y made=v header=h wire_size=l made_size=t made_offset=p checksum=k
# names: mask=B size=j at=J escape=i data=x refused=r marks=M
# names: try_size=n burst_size=N slowest_us=l arrived=c check=k time_us=t
# names: can_inflate=z time=t crc32=crc32

global receive, try_link, sys, poll, sleep_ms, ticks_us, ticks_diff, crc32, DeflateIO, RAW, BytesIO


def receive(offset, end, piece_size, room, write, keep, inflater, chunk):
    """
    Writes the segment's bytes offset to end as frames arrive: payloads in pieces of piece_size bytes, without escapes
    into payload, which has room for `room`, then write(offset, bytes), or keep(offset, size) for what a frame leaves
    out. Both return 0 or None, or why the flash refuses.

    With inflater, at first the exponent of its window, the payloads from frame 1 on are one deflate stream, of which
    at most chunk bytes are made at a time. The `left` bytes that are left of a payload wait at the start of payload
    for the next one.

    When a frame is damaged, and before it ends by an error, it reads on until the line is quiet: what is on the way
    must not arrive at the prompt. Not so after Ctrl-C, for what follows that is for the prompt.
    """
    stdin = sys.stdin.buffer
    say_word = sys.stdout.write
    piece = memoryview(bytearray(piece_size + 1))
    poller = poll()
    poller.register(sys.stdin, 1)
    frame = left = finds_input = 0

    def drain():
        while poller.poll(300):
            stdin.read(1)

    try:
        payload = BytesIO(room)
        if inflater:
            inflater = DeflateIO(payload, RAW, inflater)
            made = memoryview(bytearray(chunk))
        while offset < end:
            header = stdin.read(24)
            # On some ports poll() never finds input. This is in the middle of the first frame: more must come.
            if frame < 1:
                finds_input = finds_input or poller.poll(200)
            try:
                wire_size = int(header[:4], 16)
                made_size = int(header[4:8], 16)
                made_offset = int(header[8:16], 16)
                checksum = int(header[16:], 16)
            except ValueError:
                wire_size = room + 1
            if wire_size <= room:
                payload.seek(left)
                mask = 255
                while wire_size > 0:
                    size = min(piece_size, wire_size)
                    stdin.readinto(piece[:size])
                    say_word('\x16')
                    wire_size -= size
                    # A byte costs Python itself 20 times what it costs find(), so it only acts on escapes: it clears
                    # the bit in the byte behind one, and copies what lies before. mask does that where the piece
                    # before ended with an escape.
                    data = bytes(piece[:size])
                    piece[0] &= mask
                    mask = (255, 63)[data[-1] == 27]
                    at = 0
                    escape = data.find(b'\x1b')
                    while escape >= 0:
                        piece[escape + 1] &= 63
                        payload.write(piece[at:escape])
                        at = escape + 1
                        escape = data.find(b'\x1b', at)
                    payload.write(piece[at:len(data)])
                size = payload.tell() - left
                payload.seek(left)
                data = payload.read(size)
                if crc32(data, crc32(header[:16], frame)) & 0xffffffff == checksum:
                    if inflater and frame:
                        payload.seek(0)
                        if made_size:
                            inflater.readinto(made[:made_size])
                        data = payload.read(left + size - payload.tell())
                        left = len(data)
                        payload.seek(0)
                        payload.write(data)
                        data = made[:made_size]
                    refused = made_offset > offset and keep(offset, made_offset - offset) or made_size and write(
                        made_offset, data)
                    if refused:
                        drain()
                        say_word('\x18')
                        return refused
                    offset = made_offset + made_size
                    frame += 1
                    say_word('\6')
                    continue
            if finds_input:
                say_word('\x15')
                drain()
            else:
                # What is on the way ends with three escapes in a row, which no frame has.
                say_word('\x1d')
                marks = 0
                while marks < 3:
                    marks = (marks + 1) * (stdin.read(1) == b'\x1b')
            say_word('\x0e%d\x0f' % frame)
    except Exception:
        drain()
        raise
    say_word('\x17')
    return 0


def try_link(try_size, burst_size, slowest_us):
    """
    From the time that try_size bytes take it tells how long burst_size would, and sleeps so long while they come,
    unless they come as slowly as over a UART. Returns how many were there then, and their CRC-32.
    """
    stdin = sys.stdin.buffer
    say_word = sys.stdout.write
    arrived = check = 0
    poller = poll()
    poller.register(sys.stdin, 1)
    say_word('\x16')
    stdin.read(1)
    time_us = ticks_us()
    stdin.read(try_size - 1)
    time_us = ticks_diff(ticks_us(), time_us)
    if time_us < slowest_us:
        say_word('\x16')
        sleep_ms(10 + time_us * burst_size // try_size // 500)
        while arrived < burst_size and poller.poll(100):
            check = crc32(stdin.read(1), check)
            arrived += 1
    say_word('\x17')
    return arrived, check & 0xffffffff


can_inflate = 0
try:
    BytesIO = import_module('io').BytesIO
    from deflate import DeflateIO, RAW
    can_inflate = int(DeflateIO(BytesIO(b'K\4\0'), RAW, 9).read(1) == b'a')
except (ImportError, AttributeError, TypeError, ValueError, OSError):
    pass
try:
    import sys
    poll = import_module('select').poll
    crc32 = import_module('binascii').crc32
    time = import_module('time')
    sleep_ms = time.sleep_ms
    ticks_us = time.ticks_us
    ticks_diff = time.ticks_diff
    sys.stdin.buffer.readinto
    say('can', 1, can_inflate)
except (ImportError, AttributeError):
    say('can', 0, 0)
