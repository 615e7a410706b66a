# Lets `size` bytes stay in the session of mprom's firmware; for receive_frames.py.
#
# names: size=n

update.keep(size)
