# Tries the link: what arrives of a burst of bytes.
#
# args: TRY_SIZE %d, BURST_SIZE %d, SLOWEST_US %d

say('did', *try_link(TRY_SIZE, BURST_SIZE, SLOWEST_US))
