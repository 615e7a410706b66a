"""The freestanding half of src/romfs needs nothing but five functions of string.h, little stack and little text.

Builds it for a Cortex-M0 with the cross preset, then looks at what its objects leave undefined and adds up the stack
along every path of calls, as the compiler reports them. The reader by itself is measured for a Cortex-M4.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE_DIR = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])
ALLOWED = {"memcpy", "memset", "memcmp", "memmove", "strlen"}
LIBGCC = re.compile(r"__(aeabi_|gnu_thumb1_case_)\w+|__\w+[sd]i[234]")
STACK_LIMIT = 512
# The reader and VfsRom together may have 2,300 bytes without index and seal.
READER_SOURCES = ["reader.c", "record.c"]
READER_TEXT_LIMIT = 800


def fail(message):
    sys.exit("freestanding: " + message)


def build(build_dir):
    configure = ["cmake", "--preset", "cross", "-S", str(SOURCE_DIR), "-B", str(build_dir)]
    compile_romfs = ["cmake", "--build", str(build_dir), "--target", "romfs"]
    for command in (configure, compile_romfs):
        # A compiler that ccache stands before writes no call graph.
        run = subprocess.run(command, cwd=SOURCE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             env=dict(os.environ, CFLAGS="-fcallgraph-info=su", CCACHE_DISABLE="1"))
        if run.returncode != 0:
            fail(" ".join(command) + " failed:\n" + run.stdout)


def check_symbols(library):
    """Names that no object of the library defines must be on the list."""
    lines = subprocess.run(["arm-none-eabi-nm", library], check=True, stdout=subprocess.PIPE, text=True).stdout
    symbols = re.findall(r"^[0-9a-f ]{8} (\w) (\S+)$", lines, re.M)
    defined = {name for kind, name in symbols if kind != "U"}
    undefined = {name for kind, name in symbols if kind == "U"} - defined
    if not defined:
        fail(f"{library} defines nothing")
    foreign = sorted(name for name in undefined if name not in ALLOWED and not LIBGCC.fullmatch(name))
    if foreign:
        fail("needs functions that a board may not have: " + ", ".join(foreign))
    data = sorted(name for kind, name in symbols if kind in "dDbBC")
    if data:
        fail("has variables that a caller cannot see: " + ", ".join(data))


def read_call_graph(build_dir):
    """Stack of each function in bytes, and whom it calls. Static functions carry their file in the title."""
    stack, calls = {}, {}
    for path in build_dir.rglob("*.ci"):
        text = path.read_text()
        for title, label in re.findall(r'node: \{ title: "([^"]+)" label: "([^"]+)"', text):
            size = re.search(r"(\d+) bytes \((\w+)", label)
            if size:
                if size.group(2) != "static":
                    fail(f"{title} has a stack of {size.group(2)} size")
                stack[title] = int(size.group(1))
        for source, target in re.findall(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"', text):
            calls.setdefault(source, set()).add(target)
    return stack, calls


def deepest(function, stack, calls, above, known):
    """The largest stack of any path of calls from a function, and the path."""
    if function in above:
        fail("recursion: " + " > ".join(above + [function]))
    if function not in known:
        paths = [deepest(callee, stack, calls, above + [function], known) for callee in sorted(calls.get(function, ()))]
        size, path = max(paths, default=(0, []))
        known[function] = (size + stack.get(function, 0), [function] + path)
    return known[function]


def check_stack(build_dir):
    stack, calls = read_call_graph(build_dir)
    if "mprom_romfs_check" not in stack:
        fail("the compiler reported no stack for mprom_romfs_check")
    known = {}
    size, path = max(deepest(function, stack, calls, [], known) for function in stack)
    print(f"deepest stack {size} bytes: " + " > ".join(f"{name} {stack.get(name, 0)}" for name in path))
    if size >= STACK_LIMIT:
        fail(f"the deepest stack is {size} bytes; the limit is {STACK_LIMIT}")


def check_reader_text(build_dir):
    """Opening, looking up and listing, without an index, as a board links it."""
    objects = []
    for source in READER_SOURCES:
        objects.append(build_dir / f"{source}.o")
        subprocess.run(["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-Os", "-std=c11", "-ffreestanding",
                        "-DMPROM_ROMFS_INDEX=0", "-I", SOURCE_DIR / "include", "-I", SOURCE_DIR / "src",
                        "-c", SOURCE_DIR / "src/romfs" / source, "-o", objects[-1]], check=True)
    lines = subprocess.run(["arm-none-eabi-size", *objects], check=True, stdout=subprocess.PIPE, text=True).stdout
    text = sum(int(line.split()[0]) for line in lines.splitlines()[1:])
    print(f"reader without index: {text} bytes of text on a Cortex-M4")
    if text > READER_TEXT_LIMIT:
        fail(f"the reader has {text} bytes of text; the limit is {READER_TEXT_LIMIT}")


def main():
    with tempfile.TemporaryDirectory() as name:
        build_dir = pathlib.Path(name)
        build(build_dir)
        check_symbols(next(build_dir.rglob("libromfs.a")))
        check_stack(build_dir)
        check_reader_text(build_dir)


main()
