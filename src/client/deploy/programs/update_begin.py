# Opens a session of mprom's firmware.
#
# args: SEGMENT %u, SIZE %u
# shared: update=_u

global update
import romfs
update = romfs.Update(SEGMENT, SIZE)
say('did')
