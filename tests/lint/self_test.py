"""The rules of scripts/lint find what they are for: each is broken once in a copy of the tree."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "scripts"))
import lint_commits  # noqa: E402 (in scripts)

LONG_FUNCTION = "int planted_work(void);\nint planted_work(void)\n{\n" + "    planted_work();\n" * 60 + "}\n"

# What is broken, the file, what is added to it (a file that is not there is made), and what lint must say.
PLANTED = [
    ("an include of a layer above", "src/rom/trailer.h", '#include "client/link/link.h"\n',
     "src/rom may not use src/client/link"),
    ("an include of a folder of the client above", "src/client/link/link.h", '#include "client/repl/repl.h"\n',
     "src/client/link may not use src/client/repl"),
    ("a public header of a layer above", "src/flash/spi_nor_internal.h", "#include <mprom/rom.h>\n",
     "belongs to a layer above"),
    ("a driver's header in a model", "chips/stm32/model/parts.h", '#include "chips/stm32/driver/flash_f4.h"\n',
     "chips/*/model may not use chips/stm32/driver"),
    ("a driver's registers in a model", "chips/stm32/model/parts.h", '#include "chips/stm32/regs/stm32f4_regs.h"\n',
     "chips/*/model may not use chips/stm32/regs"),
    ("the emulator in a driver", "chips/stm32/driver/flash_f4.h", '#include "emulator/array/cells.h"\n',
     "chips/*/driver may not use emulator/array"),
    ("the host of the emulator in SIM's driver", "chips/sim/driver/sim_flash.h", '#include "emulator/host/host.h"\n',
     "chips/sim/driver may not use emulator/host"),
    ("a family in the emulator", "emulator/machine/target.h", '#include "chips/sim/board.h"\n',
     "emulator/machine may not use chips/sim"),
    ("another family's registers", "chips/other/driver/planted.h", '#include "chips/stm32/regs/stm32f4_regs.h"\n',
     "chips/*/driver may not use chips/stm32/regs"),
    ("an include without its path", "emulator/host/host.c", '#include "host.h"\n', "name its path"),
    ("the host in a freestanding folder", "src/rom/trailer.c", "#include <stdio.h>\n", "is freestanding"),
    ("two sources that use each other", "src/flash/geometry.c",
     "int mprom_spi_nor_planted(void);\nint mprom_geometry_planted(void);\n"
     "int mprom_geometry_planted(void)\n{\n    return mprom_spi_nor_planted();\n}\n",
     "src/flash/geometry.c, src/flash/spi_nor.c use each other"),
    ("two folders that use each other", "emulator/array/geometries.h", '#include "emulator/host/uart.h"\n',
     "emulator/array, emulator/host use each other"),
    ("a long function", "src/romfs/planted.c", LONG_FUNCTION, "planted_work() has 63 lines"),
    ("a long file", "src/romfs/planted.c", "\n" * 601, "has 601 lines"),
    ("a long public header", "include/mprom/planted.h", "\n" * 271, "is a public header and has 271 lines"),
    ("conditional sections", "src/romfs/planted.c", "#if 1\n#endif\n" * 4, "has 4 conditional sections"),
    ("a macro without the prefix", "src/rom/slot.h", "#define SLOT_PLANTED 1\n", "makes the name SLOT_PLANTED public"),
    ("a function without the prefix", "include/mprom/rom.h", "int rom_planted(void);\n", "makes the name rom_planted public"),
    ("a type without the prefix", "src/flash/spi_nor_internal.h", "struct planted {\n    int x;\n};\n",
     "makes the name planted public"),
    ("a guard of another header", "src/rom/planted.h", "#ifndef MPROM_ROM_H\n#define MPROM_ROM_H\n#endif\n",
     "has the guard MPROM_ROM_H"),
    ("a page that is not there", "src/rom/slot.h", "/* See docs/planted.md. */\n",
     "cites docs/planted.md, which is not in the tree"),
    ("a document outside the tree", "src/rom/slot.h", "/* From the fact sheet. */\n", "a citation of what is not in the tree"),
    ("a long line of a page", "docs/update.md", "word " * 30 + "\n", "wrap the line"),
    ("unfinished work", "src/rom/slot.h", "/* TO" "DO */\n", "a mark of unfinished work"),
    ("a path of one machine", "docs/update.md", "/ro" "ot/x\n", "a path of one machine"),
]
# The second half of what makes two sources use each other.
COMPLEMENT = {"two sources that use each other": (
    "src/flash/spi_nor.c", "int mprom_spi_nor_planted(void)\n{\n    return mprom_geometry_planted();\n}\n"),
    "two folders that use each other": ("emulator/host/uart.h", '#include "emulator/array/geometries.h"\n')}


def copy_tree(folder):
    names = subprocess.run(["git", "-C", SOURCE, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], check=True,
                           capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (SOURCE / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(SOURCE / name, folder / name)
    subprocess.run(["git", "-C", folder, "init", "-q"], check=True)


def lint(folder):
    done = subprocess.run([sys.executable, SOURCE / "scripts" / "lint_tree.py", folder], capture_output=True, text=True)
    return done.returncode, done.stderr


def append(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text() if path.exists() else None
    path.write_text((before or "") + text)
    return before


def restore(path, before):
    if before is None:
        path.unlink()
    else:
        path.write_text(before)


def subjects_are_looked_at():
    """Commits are not planted; what judges their subjects is asked."""
    good = ["rom: A slot is read once", "tests, docs: `deploy --follow` has an example", "src/rom: 3 reads and not 1"]
    bad = ["rom: " + "x" * 68, "A slot is read once", "rom: A slot is read once."]
    return list(lint_commits.faults(good)) == [] and len(list(lint_commits.faults(bad))) == len(bad)


def main():
    failed = 0
    if not subjects_are_looked_at():
        sys.exit("self_test: subjects of commits are judged wrongly")
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as name:
        folder = pathlib.Path(name)
        copy_tree(folder)
        status, said = lint(folder)
        if status != 0:
            sys.exit(f"self_test: the tree as it is has faults:\n{said}")
        for what, path, text, expected in PLANTED:
            changed = [(path, text), *([COMPLEMENT[what]] if what in COMPLEMENT else [])]
            befores = [(folder / changed_path, append(folder / changed_path, more)) for changed_path, more in changed]
            status, said = lint(folder)
            for changed_path, before in befores:
                restore(changed_path, before)
            if status == 0 or expected not in said:
                print(f"self_test: {what} is not found; lint says: {said or 'nothing'}", file=sys.stderr)
                failed += 1
    print(f"self_test: {len(PLANTED)} violations planted, {len(PLANTED) - failed} found")
    return 1 if failed else 0


sys.exit(main())
