"""Finds circles: sources that use each other's functions, and folders that do. scripts/lint_tree.py runs it.

A source uses another if it names a function or variable that only the other one defines. Two kinds of names are no arrow,
because whoever defines them fills in an interface: those with several definitions, of which one is chosen when a program is
linked, and those that a header in the folder of the user declares, while the definition lies in another folder. A folder uses another if one of its sources does, or includes one of its headers.
"""

import collections
import pathlib
import re
import subprocess

FOLDERS = ("arch/", "chips/", "cli/", "emulator/", "include/", "micropython/", "src/")

COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:[^"\\\n]|\\.)*"', re.S)
DEFINITION = re.compile(r"^(?!typedef\b|return\b|struct \w+ \{)[A-Za-z_][\w \t*]*?\b(\w+)(?:\([^;{}]*\)\s*\{|(?:\[[^\]]*\])*\s*=)",
                        re.M)
WORD = re.compile(r"(?<!struct )(?<!union )(?<!enum )(?<![.\w])(?<!->)[A-Za-z_]\w*\b")
DECLARED = re.compile(r"\b(\w+)\s*(?:\([^;{}]*\)[^;{}]*)?;")
# What MicroPython calls and a port defines: its own interface, in whichever folder a port fills it in.
MICROPYTHONS = re.compile(r"(mp|gc|nlr|readline|pyexec)_")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def sources(top):
    names = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.c", "*.h"], cwd=top,
                           check=True, capture_output=True, text=True).stdout.split("\n")
    return {name: (top / name).read_text() for name in names if name.startswith(FOLDERS) and (top / name).is_file()}


def folder_of(name):
    return str(pathlib.PurePosixPath(name).parent)


def declarations(texts):
    """{name: folders of the headers that declare it}"""
    found = collections.defaultdict(set)
    for name, text in texts.items():
        if name.endswith(".h"):
            for word in set(DECLARED.findall(COMMENT_OR_STRING.sub(" ", text))):
                found[word].add(folder_of(name))
    return found


def function_arrows(texts):
    """{source: {other source: names that it uses}}"""
    declared = declarations(texts)
    code = {name: COMMENT_OR_STRING.sub(" ", text) for name, text in texts.items() if name.endswith(".c")}
    owners = collections.defaultdict(set)
    own = collections.defaultdict(set)
    for name, text in code.items():
        for match in DEFINITION.finditer(text):
            own[name].add(match[1])
            if not match[0].startswith("static ") and not MICROPYTHONS.match(match[1]):
                owners[match[1]].add(name)
    arrows = collections.defaultdict(lambda: collections.defaultdict(set))
    for name, text in code.items():
        for word in set(WORD.findall(text)):
            if len(owners.get(word, ())) != 1 or word in own[name]:
                continue
            owner = min(owners[word])
            fills_in = folder_of(owner) != folder_of(name) and folder_of(name) in declared[word]
            if not fills_in:
                arrows[name][owner].add(word)
    return arrows


def include_arrows(texts):
    """{folder: {other folder: one include}}"""
    arrows = collections.defaultdict(lambda: collections.defaultdict(set))
    for name, text in texts.items():
        folder = pathlib.PurePosixPath(name).parent
        for header in INCLUDE.findall(text):
            for root in (folder, pathlib.PurePosixPath("."), pathlib.PurePosixPath("src"), pathlib.PurePosixPath("include")):
                path = str(root / header)
                if path in texts:
                    arrows[str(folder)][str(root.joinpath(header).parent)].add(f"{name} includes {header}")
                    break
    return arrows


def circles(arrows):
    """The strongly connected parts with more than one member (Tarjan, without recursion)."""
    index, low, on_stack, stack, found = {}, {}, set(), [], []
    for root in sorted(arrows):
        if root in index:
            continue
        work = [(root, iter(sorted(arrows.get(root, ()))))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(sorted(arrows.get(other, ())))))
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    part = []
                    while not part or part[-1] != node:
                        part.append(stack.pop())
                        on_stack.discard(part[-1])
                    if len(part) > 1:
                        found.append(sorted(part))
    return found


def faults(top):
    """One sentence for each circle of the tree at top."""
    texts = sources(top)
    files = function_arrows(texts)
    folders = include_arrows(texts)
    for name, others in files.items():
        for other, names in others.items():
            pair = [folder_of(part) for part in (name, other)]
            if pair[0] != pair[1]:
                folders[pair[0]][pair[1]].add(f"{name} uses {min(names)} of {other}")
    for arrows in (files, folders):
        for part in circles(arrows):
            uses = [f"{name} -> {other}: {', '.join(sorted(arrows[name][other])[:3])}"
                    for name in part for other in arrows[name] if other in part and other != name]
            yield f"{', '.join(part)} use each other:\n    " + "\n    ".join(uses)
