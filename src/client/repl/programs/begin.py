# Goes before every program that is not bare.
#
# args: NUMBER %u
# shared: ended=_e

global answer, ended
answer = [NUMBER]
