# Asks for pieces of the last answer.
#
# args: SEED %u, FIRST %u, END %u

say_pieces(SEED, range(FIRST, END))
