# Goes behind every program that is not bare: that it is there says that the answer is whole.
#
# args: NUMBER %u

ended = NUMBER
