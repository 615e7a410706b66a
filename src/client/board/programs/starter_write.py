# Writes main.py and reads it back.
#
# args: TEXT %s, SIZE %d
# names: os=o text=t file=f data=b

os = import_module('os')
text = b'''$TEXT'''
file = open('main.new', 'wb')
file.write(text)
file.close()
os.rename('main.new', 'main.py')
file = open('main.py', 'rb')
data = file.read()
file.close()
if hasattr(os, 'sync'):
    os.sync()
say('did', int(data == text and len(text) == SIZE))
