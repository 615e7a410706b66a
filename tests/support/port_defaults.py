"""The boot.py and main.py that MicroPython's ports write into a fresh filesystem, read out of a source tree."""

import ast
import itertools
import re

C_TEXTS = ("stm32/factoryreset.c", "renesas-ra/factoryreset.c")
PYTHON_TEXTS = ("esp32/modules/inisetup.py", "esp8266/modules/inisetup.py")


def of_c(source, name):
    """Every text that the array can be, with each #if taken and left out."""
    body = re.search(rf"{name}\[\]\s*=(.*?);\s*\n\s*\n", source, re.S)[1]
    parts = re.split(r"#(if|endif)[^\n]*\n", body)
    lines, depth = [], 0
    for part in parts:
        if part in ("if", "endif"):
            depth += 1 if part == "if" else -1
            continue
        text = "".join(ast.literal_eval(literal) for literal in re.findall(r'"(?:[^"\\]|\\.)*"', part))
        lines.append((text, depth > 0))
    for taken in itertools.product((True, False), repeat=sum(conditional for _, conditional in lines)):
        choices = iter(taken)
        yield "".join(text for text, conditional in lines if not conditional or next(choices)).encode()


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
