# Gives `data` to the session of mprom's firmware; for receive_frames.py.
#
# names: data=x

update.write(data) - len(data)
