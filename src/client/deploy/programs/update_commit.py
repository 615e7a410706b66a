# Makes the image live.

update.commit()
say('did')
