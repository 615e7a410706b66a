# Behind probe.py: all segments of the board.
#
# names: number=i count=n is_mprom=c

for number in range(min(count, 32)):
    describe_segment(number, is_mprom)
