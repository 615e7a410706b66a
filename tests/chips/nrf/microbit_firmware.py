"""The firmware of MICROBIT on QEMU's microbit, whose CPU, UART, timer and flash controller were written by others.

Deploys, restarts, imports in place; resets the machine in the middle of deploys, by its monitor; and takes the memory
of the segment over into a second machine, as QEMU has no file for this flash.
"""

import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

from programs import BUILD, MICROPYTHON_DIR, MPROM, SOURCE, outside_make, run

FLASH_SIZE = 1 << 20
RAM_SIZE = 1 << 18
SEGMENT = 0x80000
SEGMENT_SIZE = 0x40000
RESETS = 6
# Each state that the segment may be in after a reset in the middle of a deploy: nothing, the old image or the new one.
STATES = re.compile(r"no image|image of [0-9,]+ bytes")
DATA_SIZE = 60000


def build():
    folder = BUILD / "nrf-qemu"
    run("make", "-j2", "-C", SOURCE / "chips/nrf", "BOARD=MICROBIT", f"BUILD={folder}", f"SHARED={BUILD / 'firmware'}",
        f"MICROPYTHON_DIR={MICROPYTHON_DIR}", env=outside_make(), timeout=1500)
    run("arm-none-eabi-objcopy", "-O", "binary", folder / "firmware.elf", folder / "firmware.bin")
    return folder / "firmware.bin"


class Machine:
    """A machine, and the port of its console. segment: what its segment holds at the start, or None for nothing."""

    def __init__(self, folder, firmware, segment=None):
        self.socket = folder / "monitor"
        self.folder = folder
        loader = ["-device", f"loader,file={segment},addr={SEGMENT:#x},force-raw=on"] if segment else []
        self.process = subprocess.Popen(
            ["qemu-system-arm", "-M", "microbit", "-global", f"nrf51-soc.flash-size={FLASH_SIZE}", "-global",
             f"nrf51-soc.sram-size={RAM_SIZE}", "-nographic", "-monitor", f"unix:{self.socket},server,nowait", "-serial", "pty",
             "-kernel", firmware, *loader, "-d", "guest_errors", "-D", folder / "qemu.log"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.port = re.search(r"/dev/pts/\d+", self.process.stdout.readline()).group()

    def monitor(self, command):
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(self.socket))
            link.settimeout(30)
            received = b""
            for line in ("", f"{command}\n"):
                link.sendall(line.encode())
                while not received.endswith(b"\n(qemu) "):
                    received += link.recv(4096)
                received = b""

    def mprom(self, *args, **kwargs):
        environment = {**os.environ, "XDG_CACHE_HOME": str(self.folder / "cache")}
        return run(MPROM, *args, "-p", self.port, env=environment, timeout=300, **kwargs).stdout

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.socket.unlink()


def require(ok, what):
    if not ok:
        sys.exit(f"microbit_firmware: {what}")


def say(proof, detail):
    print(f"MICROBIT on QEMU: {proof}: {detail}", flush=True)


def prove_deploy(machine):
    printed = machine.mprom("deploy", SOURCE / "examples/hello", "--follow", "5")
    require("limits was imported from /rom/limits.mpy" in printed and "bytes in place" in printed,
            f"main did not run from /rom: {printed}")
    say("deploy", "built, written, read back; main ran from /rom")
    printed = machine.mprom("reset", "--hard", "--follow", "5")
    require("limits was imported from /rom/limits.mpy" in printed, f"main did not run after a reset: {printed}")
    machine.mprom("verify", SOURCE / "examples/hello")
    say("restart", "main ran again, the image verifies")


def break_deploy(machine, tree, after_s):
    """The machine is reset, and the command that deploys ends, after so long. Returns what the segment holds then."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(machine.folder / "cache")}
    deploy = subprocess.Popen([MPROM, "deploy", tree, "-p", machine.port], env=environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    time.sleep(after_s)
    deploy.kill()
    machine.monitor("system_reset")
    deploy.wait()
    state = STATES.search(machine.mprom("query"))
    require(state, "the segment holds neither an image nor nothing")
    return state.group()


def prove_resets(machine, folder):
    """The time of a whole deploy is taken first; the resets are spread over it."""
    tree = folder / "app"
    tree.mkdir()
    (tree / "main.py").write_text("print('main runs')\n")
    (tree / "data.bin").write_bytes(os.urandom(DATA_SIZE))
    start = time.monotonic()
    machine.mprom("deploy", tree)
    whole_s = time.monotonic() - start
    states = []
    for i in range(RESETS):
        (tree / "data.bin").write_bytes(os.urandom(DATA_SIZE))
        states.append(break_deploy(machine, tree, whole_s * (i + 1) / (RESETS + 1)))
        machine.mprom("deploy", tree)
        machine.mprom("verify", tree)
    say("resets", f"{RESETS} in the middle of deploys of {whole_s:.1f} s left nothing {states.count('no image')} times, else a "
        "whole image; the next deploy mended it")


def prove_restart(machine, firmware, folder):
    dump = folder / "segment.bin"
    machine.mprom("deploy", SOURCE / "examples/hello")
    machine.monitor(f"memsave {SEGMENT:#x} {SEGMENT_SIZE:#x} \"{dump}\"")
    require(dump.stat().st_size == SEGMENT_SIZE, "the monitor has not saved the segment")
    machine.close()
    other = Machine(folder, firmware, dump)
    other.mprom("verify", SOURCE / "examples/hello")
    say("power", "a second machine with the memory of the first one has its image")
    return other


def main():
    firmware = build()
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as name:
        folder = pathlib.Path(name)
        machine = Machine(folder, firmware)
        try:
            prove_deploy(machine)
            prove_resets(machine, folder)
            machine = prove_restart(machine, firmware, folder)
            noted = [line for line in (folder / "qemu.log").read_text().splitlines() if "Flash write" in line]
            require(not noted, f"QEMU notes {noted[:3]}")
        finally:
            machine.close()


main()
