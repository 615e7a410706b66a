"""What a terminal of so many columns shows, for programs that move the cursor up and down only."""

import re

PIECE = re.compile(r"\x1b\[(\??[0-9;]*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)")


class Screen:
    def __init__(self, columns=80):
        self.columns = columns
        self.lines = [""]
        self.row = self.column = 0
        self.wraps = True

    def feed(self, text):
        end = 0
        for piece in PIECE.finditer(text):
            assert piece.start() == end, f"not understood: {text[end:piece.start()]!r}"
            end = piece.end()
            argument, command, control, plain = piece.groups()
            if command:
                self.command(argument, command)
            elif control == "\r":
                self.column = 0
            elif control == "\n":
                self.down()
            else:
                self.put(plain)
        assert end == len(text), f"not understood: {text[end:]!r}"

    def down(self):
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append("")

    def put(self, text):
        for character in text:
            if self.column == self.columns and self.wraps:
                self.column = 0
                self.down()
            at = min(self.column, self.columns - 1)
            line = self.lines[self.row].ljust(at)
            self.lines[self.row] = line[:at] + character + line[at + 1 :]
            self.column = at + 1

    def command(self, argument, command):
        if command == "A":
            self.row -= int(argument or 1)
            assert self.row >= 0, "moved above the first line"
        elif command == "J":
            del self.lines[self.row + 1 :]
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif command == "K":
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif argument == "?7":
            self.wraps = command == "h"
        else:
            raise AssertionError(f"not understood: {argument!r} {command!r}")
