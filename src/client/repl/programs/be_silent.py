# Has programs print nothing: their answers are asked for (say_again.py).

global is_silent
is_silent = 1
