# Removes main.py.
#
# names: os=o

os = import_module('os')
os.remove('main.py')
if hasattr(os, 'sync'):
    os.sync()
say('did')
