# What a hard reset needs. With an empty sys.path no file of the user's takes the place of a module.
#
# shared: machine=_m sleeper=_t kept_path=_p keep_from_interrupts=_k
# names: character=c

import sys
kept_path = sys.path[:]
sys.path.clear()
try:
    import machine as machine, time as sleeper
finally:
    sys.path.extend(kept_path)
machine.reset, sleeper.sleep_ms
keep_from_interrupts = lambda character: 0
try:
    from micropython import kbd_intr as keep_from_interrupts
except ImportError:
    pass
