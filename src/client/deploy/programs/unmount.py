# Of what is deployed nothing may be mounted when its flash changes.
#
# args: SEGMENT %u
# names: path=p

for path in ('/rom', '/rom$SEGMENT'):
    try:
        vfs.umount(path)
    except OSError:
        pass
say('did')
