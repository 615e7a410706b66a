# Reads a program of this size and runs it part by part. It says that it reads, before anything is sent.
#
# args: SIZE %zu
# names: part=s

import sys
print(end='\5')
[exec(part) for part in sys.stdin.read(SIZE).split('\f')]
