# Tells old answers from what comes next.
#
# args: NONCE %08x

print('mprom-$NONCE')
