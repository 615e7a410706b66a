# The first bare program of a session: a main that was stopped may have a variable called print.

removed = globals().pop('print', 0)
