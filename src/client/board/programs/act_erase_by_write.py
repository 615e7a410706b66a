# The same on a device that erases what is written to. Programming erased bytes changes nothing.
#
# names: place=i

segment.writeblocks(place, b'\xff' * 256)
