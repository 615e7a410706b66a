# What RPI_PICO and RPI_PICO2 freeze, without onewire, ds18x20, dht and neopixel: Debian's source of MicroPython has no
# micropython-lib.
freeze("$(PORT_DIR)/modules")
include("$(MPY_DIR)/extmod/asyncio")
