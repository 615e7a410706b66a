# The same into Python, for an answer that can be asked for once more.
#
# args: ABOUT %s
# names: stream=_s

answer = number, ''
try:
    import vfs
    if vfs.rom_ioctl(28016) == 1:
        import romfs, io
        stream = io.StringIO()
        romfs.describe(number, ABOUT, stream)
        answer = number, stream.getvalue()
except (ImportError, AttributeError):
    pass
