# A program that was stopped has left its variables, and one may have the name of what is needed to load others.

for _ in 'print exec int'.split():
    globals().pop(_, 0)
