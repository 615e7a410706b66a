"""Constants. In ROMFS they stay in flash: importing this module copies none of them to RAM."""

SPEED_MAX = 1200  # mm/s
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
BANNER = "a long string that a board without ROMFS would have to keep in RAM"
