"""The boot.py and main.py that MicroPython's ports write into a fresh filesystem, read out of a source tree."""

import ast
import itertools
import re

C_TEXTS = ("stm32/factoryreset.c", "renesas-ra/factoryreset.c")
PYTHON_TEXTS = ("esp32/modules/inisetup.py", "esp8266/modules/inisetup.py")


def combine(parts, end):
    """Every text up to one of these directives, with each #if taken and left out."""
    found = [""]
    while parts and parts[0] not in end:
        part = parts.pop(0)
        choices = ["".join(ast.literal_eval(literal) for literal in re.findall(r'"(?:[^"\\]|\\.)*"', part))]
        if part == "if":
            choices = combine(parts, ("else", "endif"))
            choices += combine(parts, ("endif",)) if parts.pop(0) == "else" else [""]
            if parts and parts[0] == "endif":
                parts.pop(0)
        found = [text + choice for text, choice in itertools.product(found, choices)]
    return found


def of_c(source, name):
    """Every text that the array can be."""
    body = re.search(rf"{name}\[\]\s*=(.*?);\s*\n\s*\n", source, re.S)[1]
    return [text.encode() for text in combine(re.split(r"#(if|else|endif)[^\n]*\n", body), ())]


def of_python(source):
    text = re.search(r'open\("boot.py".*?f\.write\(\s*"""\\\n(.*?)"""', source, re.S)[1]
    yield text.encode()


def texts(tree):
    """{text} of all of them."""
    found = set()
    for name in C_TEXTS:
        source = (tree / "ports" / name).read_text()
        found.update(of_c(source, "fresh_boot_py"), of_c(source, "fresh_main_py"))
    for name in PYTHON_TEXTS:
        found.update(of_python((tree / "ports" / name).read_text()))
    return found
