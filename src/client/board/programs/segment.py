# Defines describe_segment(number, has_module): says a segment's shape, its first bytes, the last ten of its image if they
# are a seal, and what only the module romfs knows: name, group of slots, whether the board started from it, what it
# makes of it.
#
# shared: describe_segment=_s
# names: number=i has_module=c device=d shape=s size=z block_size=b misaligned=a seal=t info=m slot=l state=w

global describe_segment


def describe_segment(number, has_module):
    device = rom_ioctl(2, number)
    shape = 'view'
    size = block_size = 0
    misaligned = -1
    if isinstance(device, int):
        shape = 'none'
    elif hasattr(device, 'ioctl'):
        shape = 'samd' if hasattr(device, 'flash_version') or sys.platform == 'samd' else 'device'
        block_size = device.ioctl(5, 0)
        size = block_size * device.ioctl(4, 0)
    else:
        size = len(device)
        try:
            block_size = rom_ioctl(6, number)
            if block_size > 4096:
                import uctypes
                misaligned = uctypes.addressof(device) % block_size
        except Exception:
            pass
    say('segment', number, shape, size, block_size, misaligned)
    if not size:
        return
    open_segment(number, block_size)
    say('head', number, hex_of(read_bytes(0, min(size, 96))))
    try:
        seal = seal_of(size)
    except Exception:
        seal = b''
    say('seal', number, hex_of(seal))
    if not has_module:
        return
    import romfs
    info, slot = romfs.segments()[number], romfs.info(number).slot
    state = ['damaged'] if info.state == 'damaged' else []
    if info.chosen:
        state.append('started from')
    if slot:
        if slot.rejected:
            state.append('rejected')
        elif slot.confirmed:
            state.append('confirmed')
        else:
            state.append('on trial' if info.chosen else 'gave up' if slot.tried else 'not started yet')
    say('slot', number, info.group, int(info.chosen), info.name, ', '.join(state))
