"""Rules about C sources by themselves: their size and the names that they make public. scripts/lint_tree.py runs it."""

import re

LINES_MAX = 600
HEADER_LINES_MAX = 270  # of a public header: one page of the reference
FUNCTION_LINES_MAX = 60
CONDITIONS_MAX = 3

# Whose public names other people's firmware sees beside its own.
PREFIXED = re.compile(r"include/mprom/|src/|arch/|micropython/(?!firmware/)|chips/[^/]+/driver/")

CONDITION = re.compile(r"^\s*#\s*(?:if|ifdef|ifndef)\b", re.M)
FUNCTION = re.compile(r"^(?![ \t#/*}])[^\n;=]*?\b(\w+)\([^;{}]*\)\s*\n\{\n(.*?)^\}", re.M | re.S)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
NAMES = [re.compile(pattern, re.M) for pattern in (
    r"^\s*#\s*define\s+(\w+)",                              # macros
    r"^(?:struct|union|enum)\s+(\w+)\s*\{",                 # tags
    r"^typedef\b[^;{]*?\(?\*?(\w+)\)?(?:\([^;]*\))?;",      # types
    r"^(?!typedef|static|return|#)[A-Za-z_][\w \t*]*?\b(\w+)\([^;{}]*\)(?:\s+__attribute__\(\([^;]*\)\))?;",  # functions
    r"^extern\b[^;]*?\b(\w+)(?:\[[^\]]*\])*;",              # variables
    r"^static inline\b[^;{(]*?\b(\w+)\(",
)]
# Of MicroPython: what its ports must define, and what its makefiles look for.
THEIR_NAMES = re.compile(r"(?:_?MPROM_|mprom_|_mprom_|mp_|MP_|MICROPY_|gc_|nlr_|pyexec_|rom_ioctl$)")


def size_faults(name, text):
    lines = text.count("\n")
    if lines > LINES_MAX and not name.startswith("tests/golden/"):
        yield f"has {lines} lines, more than {LINES_MAX}: split it by concept"
    if name.startswith("include/") and lines > HEADER_LINES_MAX:
        yield f"is a public header and has {lines} lines, more than {HEADER_LINES_MAX}"
    conditions = len(CONDITION.findall(text))
    limit = CONDITIONS_MAX + 1 if name.endswith(".h") else CONDITIONS_MAX  # a header's guard is one
    if conditions > limit and "mpconfig" not in name:
        yield f"has {conditions} conditional sections, more than {limit}"
    if name.endswith(".c"):
        for function, body in FUNCTION.findall(text):
            length = body.count("\n") + 3
            if length > FUNCTION_LINES_MAX:
                yield f"{function}() has {length} lines, more than {FUNCTION_LINES_MAX}"


def name_faults(name, text):
    if not PREFIXED.match(name) or not name.endswith(".h") or name.endswith(("_regs.h", "mpconfigport.h")):
        return
    code = COMMENT.sub(" ", text)
    for pattern in NAMES:
        for found in pattern.findall(code):
            if not THEIR_NAMES.match(found):
                yield f"makes the name {found} public, which does not begin with mprom_ or MPROM_"


def faults(name, text):
    yield from size_faults(name, text)
    yield from name_faults(name, text)
