# Has the firmware describe a segment, or with None all of the board.
#
# args: ABOUT %s

try:
    import vfs
    if vfs.rom_ioctl(28016) == 1:
        import romfs
        romfs.describe(number, ABOUT)
except (ImportError, AttributeError):
    pass
