# Behind probe.py: all segments of the board.
#
# names: number=i count=n mprom=c

for number in range(min(count, 32)):
    describe_segment(number, mprom == 1)
