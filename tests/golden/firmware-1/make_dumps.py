#!/usr/bin/python3
"""Made the dumps beside this file, with the SIM of commit bbddd87: flash-NAME.gz and describe-NAME.txt.

    MPROM_BUILD_DIR=BUILD PYTHONPATH=tests/support python3 tests/golden/firmware-1/make_dumps.py

It is here to show how they came to be, and is not run again: later firmware would write what it writes itself.
"""
import gzip
import pathlib

from board import Board
from romfs_writer import file, image, sealed_image

HERE = pathlib.Path(__file__).resolve().parent
FIRST = sealed_image(file("main.py", "print('first')\n"))
SECOND = sealed_image(file("main.py", "print('second')\n"), file("data.bin", bytes(range(256)) * 8))
PLAIN = image(file("extra.py", "x = 3\n"))


def write(board, segment, data):
    with board.raw() as console:
        console.rom_write(segment, data)


def run(board, source):
    with board.raw() as console:
        return console.exec(source)


def reset(board):
    with board.console() as console:
        console.enter_raw()
        console.write(b"import machine; machine.reset()\x04")
        console.read_until(b">>> ")


def dump(board, name):
    text = run(board, "import romfs\nromfs.describe(7)\n")
    (HERE / f"describe-{name}.txt").write_text(text.replace("\r\n", "\n"))
    data = (pathlib.Path(board.state) / "flash").read_bytes()[: 3 * 65536]
    (HERE / f"flash-{name}.gz").write_bytes(gzip.compress(data, mtime=0))


def main():
    with Board("--segment-size", "64K") as board:
        dump(board, "blank")
        write(board, 0, FIRST)
        write(board, 2, PLAIN)
        run(board, "import romfs\nromfs.confirm(0)\n")
        reset(board)
        dump(board, "confirmed")
        write(board, 1, SECOND)
        reset(board)
        dump(board, "trial")
        run(board, "import romfs\nromfs.confirm(1)\n")
        dump(board, "both")
        run(board, "import romfs\nromfs.rollback()\n")
        reset(board)
        dump(board, "rejected")


main()
