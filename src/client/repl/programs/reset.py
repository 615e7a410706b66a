# Resets the board. The answer needs time to leave: what a USB controller has not sent yet goes with the reset. The
# Ctrl-C of whoever comes next may not end that time.

keep_from_interrupts(-1)
sleeper.sleep_ms(50)
machine.reset()
