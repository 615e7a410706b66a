# What main.py holds, whether boot.py starts something from the image, and where both lie.
#
# args: SIZE_MAX %d
# names: read=r path=p size_max=n file=f data=b is_there=x text=t

def read(path, size_max):
    try:
        file = open(path, 'rb')
        data = file.read(size_max)
        file.close()
        return 1, data
    except OSError:
        return 0, b''


is_there, data = read('main.py', SIZE_MAX)
text = read('boot.py', 4096)[1]
say('main', is_there, hex_of(data), int(b'/rom' in text or b'import main' in text), import_module('os').getcwd())
