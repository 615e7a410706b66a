# Whether Python still knows what the first program of the session has left there: _w is how
# helpers.py sends its `removed`.

print('mprom-w', int('_w' in globals()))
