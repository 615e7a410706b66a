# Goes before every bare program, which begins its answer with this number.
#
# args: NUMBER %u
# shared: number=_n

number = NUMBER
