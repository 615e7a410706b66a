#!/usr/bin/python3
"""Makes C headers of the programs that run on boards: src/client/FOLDER/programs/*.py.

    board_programs.py OUT [FOLDER...]     writes OUT/client/FOLDER/programs.h, for all folders if none is named

A program is a readable Python file. What a board is sent has no comments, no docstrings and no space that Python can do
without; nothing else changes, so the file says what runs. Each program becomes a macro MPROM_PROGRAM_NAME, a string
literal; a program with arguments is a format for printf(), so the compiler checks what it is given.

Lines in the comment at the start of a file:

    # args: SEGMENT %u, ACT %s      words that stand for what printf() puts in, in code as SEGMENT and in a string as
                                    $SEGMENT. printf() takes one argument for each place, in the order of the places.
    # names: offset=o size=n        how a name of this program is sent
    # shared: say=_p                the same, for all programs
    # verbatim                      the text behind the first empty line is sent as it stands (it becomes a file)

A comment `# part: ...` between two statements divides a program: a board with little memory compiles one part after
the other (MPROM_REPL_PART in src/client/repl/repl.h).

Refused are programs that do not parse, words that are not used, names that nothing defines, and two names that are
sent as one.
"""
import ast
import builtins
import io
import pathlib
import re
import sys
import tokenize

TOP = pathlib.Path(__file__).resolve().parent.parent
PART = "\f\n"
# The oldest grammar that a board may have: no f-strings, no := and no positional-only arguments.
GRAMMAR = (3, 5)

DIRECTIVE = re.compile(r"^# (args|names|shared): (.*)$|^# (verbatim)$", re.M)
ARGUMENT = re.compile(r"([A-Z][A-Z0-9_]*) (%(?:\.\*|0?[0-9]*)(?:[uds]|x|zu))")
IN_STRING = re.compile(r"\$([A-Z][A-Z0-9_]*)")
SKIPPED = (tokenize.NL, tokenize.COMMENT, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
SIMPLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.Return, ast.Pass, ast.Break, ast.Continue, ast.Import,
          ast.ImportFrom, ast.Global, ast.Raise, ast.Delete)
SCOPES = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.GeneratorExp)


class Refused(Exception):
    """What is wrong with a program."""


def pairs(text):
    found = dict(word.split("=", 1) for word in text.split())
    for name, short in found.items():
        if not name.isidentifier() or not short.isidentifier():
            raise Refused(f"{name}={short} is no pair of names")
    return found


class Program:
    """A program as it stands in its file."""

    def __init__(self, path):
        self.path = path
        self.name = path.stem
        self.macro = f"MPROM_PROGRAM_{path.stem.upper()}"
        self.source = path.read_text()
        head = re.match(r"(?:#.*\n)*", self.source).group()
        self.about = re.split(r"(?<=[.:]) |\n\n", re.sub(r"^# ?", "", head, flags=re.M), maxsplit=1)[0].strip().rstrip(":.")
        self.args, self.names, self.shared = {}, {}, {}
        self.is_verbatim = False
        for kind, text, verbatim in DIRECTIVE.findall(head):
            self.is_verbatim |= bool(verbatim)
            if kind == "args":
                self.args.update(self._arguments(text))
            elif kind:
                (self.names if kind == "names" else self.shared).update(pairs(text))

    @staticmethod
    def _arguments(text):
        found = {}
        for word in text.split(", "):
            match = ARGUMENT.fullmatch(word)
            if not match:
                raise Refused(f"'{word}' is no argument: a word in capitals and a conversion")
            found[match.group(1)] = match.group(2)
        return found


class Text:
    """What is sent of a program, made of its syntax tree (which statement stands where) and its tokens."""

    def __init__(self, program, shared):
        self.program = program
        self.places = []  # the arguments, in the order in which printf() takes them
        self.lines = program.source.splitlines(keepends=True)
        try:
            self.tree = ast.parse(program.source, feature_version=GRAMMAR)
        except SyntaxError as error:
            raise Refused(f"line {error.lineno}: {error.msg}") from None
        self.defined = defined_names(self.tree)
        self.names = {**shared, **program.names}
        self.tokens = list(tokenize.generate_tokens(io.StringIO(program.source).readline))
        self.kept = self._kept_names()
        self._check_names()

    def _kept_names(self):
        """Where names stand that mean something to somebody else: of arguments that are given by name, of modules."""
        kept = {(node.lineno, self._column(node.lineno, node.col_offset))
                for node in ast.walk(self.tree) if isinstance(node, ast.keyword) and node.arg}
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                after_as = False
                for token in self._between(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset):
                    if token.type == tokenize.NAME and not after_as:
                        kept.add(token.start)
                    after_as = token.string == "as"
        return kept

    def _column(self, line, byte_column):
        """Trees count bytes, tokens characters."""
        return len(self.lines[line - 1].encode()[:byte_column].decode())

    def _between(self, line, column, end_line, end_column):
        start, end = (line, self._column(line, column)), (end_line, self._column(end_line, end_column))
        return [token for token in self.tokens if start <= token.start and token.end <= end]

    def _check_names(self):
        unknown = used_names(self.tree) - self.defined - set(self.names) - set(self.program.args) - set(dir(builtins))
        if unknown:
            raise Refused(f"nothing defines {', '.join(sorted(unknown))}")
        unused = set(self.program.names) - used_names(self.tree)
        if unused:
            raise Refused(f"{', '.join(sorted(unused))} is not used")
        for scope in [self.tree, *(node for node in ast.walk(self.tree) if isinstance(node, SCOPES))]:
            sent = {}
            for name in sorted(names_of_scope(scope)):
                short = self.names.get(name, name)
                if sent.setdefault(short, name) != name:
                    raise Refused(f"{name} and {sent[short]} are both sent as {short}")

    def _argument(self, name):
        self.places.append(name)
        return self.program.args[name]

    def _string(self, text):
        def conversion(match):
            if match.group(1) not in self.program.args:
                raise Refused(f"${match.group(1)} is no argument")
            return "\0" + self._argument(match.group(1))[1:]
        return self._percent(IN_STRING.sub(conversion, text)).replace("\0", "%")

    def _percent(self, text):
        return text.replace("%", "%%") if self.program.args else text

    def _token(self, token):
        if token.type == tokenize.STRING:
            return self._string(token.string)
        if token.type == tokenize.NAME:
            if token.string in self.program.args:
                return self._argument(token.string)
            is_attribute = self.lines[token.start[0] - 1][:token.start[1]].rstrip().endswith(".")
            return token.string if is_attribute or token.start in self.kept else self.names.get(token.string, token.string)
        return self._percent(token.string)

    def _compact(self, tokens):
        """Tokens without what can be left out between them: a space parts two words and nothing else."""
        text = ""
        before = ""
        for token in tokens:
            if token.type in SKIPPED:
                continue
            if before and is_word(before[-1]) and is_word(token.string[0]):
                text += " "
            text += self._token(token)
            before = token.string
        return text

    def _simple(self, node):
        return self._compact(self._between(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset))

    def _header(self, node):
        """A compound statement up to its body, without the colon."""
        first = node.body[0]
        start = (node.lineno, self._column(node.lineno, node.col_offset))
        end = (first.lineno, self._column(first.lineno, first.col_offset))
        tokens = [token for token in self.tokens if start <= token.start and token.end <= end and token.type not in SKIPPED]
        return self._compact(tokens[:-1])

    def _suite(self, header, statements, depth):
        """Lines of a header and its suite: in one line if no statement has a suite of its own."""
        body = self._statements(statements, depth + 1)
        if len(body) == 1 and all(isinstance(node, SIMPLE) for node in statements):
            return [" " * depth + header + ":" + body[0].lstrip(" ")]
        return [" " * depth + header + ":", *body]

    def _compound(self, node, depth):
        if isinstance(node, ast.Try):
            lines = self._suite("try", node.body, depth)
            for handler in node.handlers:
                lines += self._suite(self._header(handler), handler.body, depth)
            lines += self._suite("else", node.orelse, depth) if node.orelse else []
            return lines + (self._suite("finally", node.finalbody, depth) if node.finalbody else [])
        if not isinstance(node, (ast.FunctionDef, ast.If, ast.For, ast.While, ast.With)):
            raise Refused(f"line {node.lineno}: a statement that no program has needed so far")
        lines = self._suite(self._header(node), node.body, depth)
        orelse = getattr(node, "orelse", [])
        while isinstance(node, ast.If) and len(orelse) == 1 and self._is_elif(orelse[0]):
            node = orelse[0]
            lines += self._suite(self._header(node), node.body, depth)
            orelse = node.orelse
        return lines + (self._suite("else", orelse, depth) if orelse else [])

    def _is_elif(self, node):
        return isinstance(node, ast.If) and self.lines[node.lineno - 1].lstrip().startswith("elif")

    def _statements(self, statements, depth):
        lines = []
        joins = False
        for node in statements:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                continue  # a docstring
            if not isinstance(node, SIMPLE):
                lines += self._compound(node, depth)
                joins = False
                continue
            text = self._simple(node)
            if joins and depth > 0:
                lines[-1] += ";" + text
            else:
                lines.append(" " * depth + text)
            joins = True
        return lines

    def _parts(self):
        marks = [token.start[0] for token in self.tokens
                 if token.type == tokenize.COMMENT and token.start[1] == 0 and token.string.startswith("# part:")]
        ends = [*marks, len(self.lines) + 1]
        start = 0
        for end in ends:
            yield [node for node in self.tree.body if start < node.lineno < end]
            start = end

    def make(self):
        """The text; with arguments it is a format."""
        if self.program.is_verbatim:
            text = self.program.source.split("\n\n", 1)[1]
            text = re.sub(r"\$?\b([A-Z][A-Z0-9_]*)\b", self._verbatim_word, self._percent(text))
        else:
            text = PART.join("\n".join(self._statements(part, 0)) + "\n" for part in self._parts())[:-1]
        unused = set(self.program.args) - set(self.places)
        if unused:
            raise Refused(f"{', '.join(sorted(unused))} is not used")
        return text

    def _verbatim_word(self, match):
        return self._argument(match.group(1)) if match.group(1) in self.program.args else match.group()


def is_word(character):
    return character.isalnum() or character == "_"


def used_names(tree):
    """All names in a tree, of whatever scope."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names |= {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    names |= {alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))
              for alias in node.names}
    return names | {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name}


def defined_names(tree):
    """All names that a tree binds, of whatever scope."""
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    declared = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | declared
    return stored | (used_names(tree) - read) | {
        node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ExceptHandler)) and node.name} | {
        node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)} | {
        alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names}


def names_of_scope(scope):
    """The names that must differ: all in a function and those inside it; outside of functions, what these share."""
    if isinstance(scope, SCOPES):
        return used_names(scope)
    if isinstance(scope, ast.Module):
        return set().union(*map(names_outside, scope.body))
    raise TypeError(scope)


def names_outside(node):
    """Those of a statement that are not local to a function."""
    if isinstance(node, ast.FunctionDef):
        declared = {name for inner in ast.walk(node) if isinstance(inner, ast.Global) for name in inner.names}
        return {node.name} | declared | (used_names(node) - defined_names(node))
    inner = [each for each in ast.walk(node) if isinstance(each, ast.FunctionDef)]
    inside = {id(each) for function in inner for each in ast.walk(function)}
    own = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and id(each) not in inside}
    return own.union(*map(names_outside, inner)) | {
        alias.asname or alias.name for each in ast.walk(node) if isinstance(each, (ast.Import, ast.ImportFrom))
        and id(each) not in inside for alias in each.names}


def programs(folder=None):
    """All programs, or those of a folder, in the order of their names."""
    return [Program(path) for path in sorted(TOP.glob(f"src/client/{folder or '*'}/programs/*.py"))]


def shared_names():
    shared = {}
    for program in programs():
        for name, short in program.shared.items():
            if name in shared:
                raise Refused(f"{program.path.name}: two programs share {name}")
            shared[name] = short
    return shared


def text_of(name):
    """What a board is sent of a program, and the arguments, in the order in which printf() takes them."""
    (program,) = [program for program in programs() if program.name == name]
    text = Text(program, shared_names())
    return text.make(), text.places


def literal(text):
    """Lines of a C string literal."""
    lines = [line.replace("\\", "\\\\").replace('"', '\\"').replace("\f", "\\f") for line in text.split("\n")]
    return [f'"{line}\\n"' for line in lines[:-1]] + [f'"{lines[-1]}"'] * (lines[-1] != "")


def macro(program, shared):
    text = Text(program, shared)
    sent = text.make()
    takes = ", ".join(f"{place} {program.args[place]}" for place in text.places)
    about = [f" * {line}" for line in program.about.split("\n")] + [f" * {line}" for line in [f"Takes {takes}"] if takes]
    return ["/*", f" * {program.path.relative_to(TOP)}:", *about, " */",
            " \\\n    ".join([f"#define {program.macro}", *literal(sent)]), ""]


def header(folder, shared):
    guard = f"MPROM_CLIENT_{folder.upper()}_PROGRAMS_H"
    lines = [f"/* Made by scripts/board_programs.py of src/client/{folder}/programs. */", f"#ifndef {guard}",
             f"#define {guard}", ""]
    for program in programs(folder):
        try:
            lines += macro(program, shared)
        except Refused as error:
            sys.exit(f"{program.path.relative_to(TOP)}: {error}")
    return "\n".join([*lines, "#endif", ""])


def write_if_changed(path, text):
    """So that only what includes it is compiled again."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    out = pathlib.Path(sys.argv[1])
    folders = sys.argv[2:] or sorted({path.parent.parent.name for path in TOP.glob("src/client/*/programs/*.py")})
    try:
        shared = shared_names()
        for folder in folders:
            (out / "client" / folder).mkdir(parents=True, exist_ok=True)
            write_if_changed(out / "client" / folder / "programs.h", header(folder, shared))
    except Refused as error:
        sys.exit(f"board_programs: {error}")


if __name__ == "__main__":
    main()
