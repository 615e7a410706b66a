# Erases the block `place` of a device; for erase_device.py.
#
# names: place=i

segment.ioctl(6, place)
