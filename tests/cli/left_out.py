"""What a build leaves out of an image and says about it; names are those of faults that were found from outside."""

import json
import os
import unittest

import command

# Kinds of litter, one or more members of each.
LITTER = [
    ".venv/bin/activate", "venv/lib/x.py", "node_modules/a/index.js", ".vscode/settings.json", ".idea/misc.xml", ".github/x.yml",
    ".gitignore", ".gitattributes", ".mypy_cache/x", ".pytest_cache/y", ".ruff_cache/z", "Thumbs.db", "desktop.ini", "Desktop.ini",
    "typings/machine.pyi", "lib/machine.pyi", ".micropico", ".DS_Store", "lib/.DS_Store", "._main.py", "__MACOSX/x", ".hg/store/x",
    ".svn/entries", "lib/CVS/Root", "x.orig", ".main.py.swp", ".main.py.swo", "main.py~", "#main.py#", "x.egg-info/PKG-INFO",
    "package-lock.json", ".tox/x", "$RECYCLE.BIN/x", "lib/__pycache__/a.pyc", "poetry.lock", "proj.code-workspace", ".coverage",
]
SECRETS = [".env", ".env.local", "prod.env", "lib/.env", ".envrc", "id_rsa", ".ssh/config", ".aws/credentials", ".netrc", ".npmrc",
           ".pypirc", ".git-credentials", ".python_history"]
# What boards use.
KEPT = ["main.py", "lib/util.py", "cert.pem", "private.key", "ca.crt", "secrets.py", "settings.toml", "package.json", "env/__init__.py",
        "README.md", "requirements.txt", "data/.config", "environment.txt"]


class LeftOut(command.CommandTest):
    def setUp(self):
        super().setUp()
        for path in KEPT:
            self.write(f"app/{path}", "x = 1\n")

    def files(self, path="app.romfs"):
        return {entry["path"] for entry in json.loads(self.output("ls", "-R", "--json", path)) if entry["type"] == "file"}

    def build(self, *args):
        self.mprom("build", "app", "--no-mpy", "-q", *args)
        return self.files()

    def report(self, *args):
        found = json.loads(self.mprom("build", "app", "--no-mpy", "--json", *args).stdout)
        self.assertEqual(found["left_out"], [one["path"] for one in found["left_out_reasons"]])
        return {one["path"]: one for one in found["left_out_reasons"]}

    def make(self, paths):
        for path in paths:
            self.write(f"app/{path}", "x")

    def test_w4_litter_and_secrets(self):
        self.make(LITTER + SECRETS)
        self.assertEqual(self.build(), set(KEPT))
        self.assertEqual(self.build("--keep-all"), set(KEPT) | set(LITTER))
        found = self.report()
        self.assertEqual(found[".env"]["cause"], "secret")
        self.assertEqual((found[".venv"]["cause"], found[".venv"]["reason"]), ("litter", "virtual environment of Python"))

    def test_w4_list(self):
        self.make([".env", ".git/config", ".gitignore", "typings/x.pyi", "notes.txt", "lib/docs/x.md"])
        self.write("app/.mpromignore", "# rules\n\nnotes.txt\n")
        self.write("app/lib/.mpromignore", "docs/\n")
        text = self.output("build", "app", "-x", "README.md", "--no-mpy")
        self.assertEqual(text.splitlines()[2:], [
            "  left out  .env: passwords of the environment",
            "            README.md",
            "            notes.txt: .mpromignore",
            "            lib/docs: lib/.mpromignore",
            "            .mpromignore: mprom's own",
            "            and 4 more (-v lists them)",
        ])
        text = self.output("build", "app", "-x", "README.md", "--no-mpy", "-v")
        self.assertIn("\n            .mpromignore, lib/.mpromignore: mprom's own\n", text)
        self.assertIn("\n            .git, .gitignore: version control\n", text)
        self.assertNotIn("more", text)
        found = self.report("-x", "README.md")
        self.assertEqual(found["notes.txt"], {"path": "notes.txt", "reason": ".mpromignore", "cause": "ignore", "pattern": "notes.txt", "line": 3})
        self.assertEqual(found["README.md"]["pattern"], "README.md")
        self.assertEqual(found["README.md"]["cause"], "exclude")

    def test_w4_secrets_by_name_only(self):
        self.make([".env", "lib/.env", "id_rsa"])
        for rules in ("!*", "!.*", "!**/.e*", "!lib/", "!/**", "!.env/", "!.en[v]", "*\n!.env\n.env"):
            self.write("app/.mpromignore", rules + "\n")
            self.assertFalse(self.build("--keep-all") & {".env", "lib/.env", "id_rsa"}, rules)
        self.write("app/.mpromignore", "!/.env\n!*\n")
        self.assertEqual(self.build() - set(KEPT), {".env"})
        self.write("app/.mpromignore", "")
        self.assertEqual(self.build("-x", "!lib/.env", "-x", "!id_rsa") - set(KEPT), {"lib/.env", "id_rsa"})
        self.write("app/.mpromignore", "!.env\n")
        self.assertNotIn(".env", self.build("-x", ".env"))

    def test_w4_litter_comes_back(self):
        self.make([".vscode/settings.json", "typings/a.pyi", ".git/x"])
        self.write("app/.mpromignore", "*\n!*.py\n!*/\n!.vscode/\n!settings.json\n")
        self.assertEqual(self.build(), {"main.py", "lib/util.py", "secrets.py", "env/__init__.py", ".vscode/settings.json"})

    def test_w4_ignore_file(self):
        """Each kind of rule once; ignore_git.py compares thousands with git."""
        self.make(["docs/a.md", "lib/docs/b.md", "build", "lib/build/x", "log.txt", "lib/log.txt", "a b ", "#x", "!y", "deep/a/b/c.txt",
                   "t1", "t2", "t9", "keep/x.dat", "keep/y.dat"])
        self.write("app/.mpromignore", "\r\n".join(["/docs/", "build/", "lib/*.txt", "a b\\ ", "\\#x", "\\!y", "deep/**/c.txt", "t[1-3]",
                                                    "*.dat", "!keep/y.dat", "# t9", ""]))
        self.assertEqual(self.build() - set(KEPT), {"lib/docs/b.md", "build", "log.txt", "t9", "keep/y.dat"})

    def test_w4_links(self):
        """What a rule leaves out may be a link to anything; a link to a directory is one."""
        (self.folder / "app/node_modules").symlink_to("/usr/lib")
        (self.folder / "app/models").symlink_to("/usr/share")
        (self.folder / "app/.venv").symlink_to("nowhere")
        self.write("app/.mpromignore", "models/\n")
        self.assertEqual(self.build(), set(KEPT))

    def test_w4_markers(self):
        for folder, marker in [("myenv", "pyvenv.cfg"), ("lib/x", "CACHEDIR.TAG")]:
            self.make([f"{folder}/{marker}", f"{folder}/other.py"])
        self.assertEqual(self.build(), set(KEPT))
        self.assertEqual(len(self.build("--keep-all")), len(KEPT) + 4)

    def test_w4_ignore_file_that_cannot_be_read(self):
        (self.folder / "app/lib/.mpromignore").mkdir()
        self.assertIn("app/lib/.mpromignore: is no file", self.error("build", "app"))
        (self.folder / "app/lib/.mpromignore").rmdir()
        os.mkfifo(self.folder / "app/lib/.mpromignore")
        self.assertIn("app/lib/.mpromignore: is no file", self.error("build", "app"))

    def test_w4_other_commands(self):
        """Every command that takes DIR leaves out the same, and says so in one line."""
        self.build()
        self.make([".env", ".git/x"])
        done = self.mprom("diff", "--no-mpy", "app.romfs", "app")
        self.assertIn(b"mprom: app: left out: .env (passwords of the environment), .git (version control)\n", done.stderr)

    def test_u8_emulated_boards(self):
        """By the marker that the emulator writes (tests/cli/emulate.py), whatever the folder is called."""
        for folder in ("mprom-sim", "boards/two"):
            self.make([f"{folder}/flash0"])
            (self.folder / f"app/{folder}/port").symlink_to("/dev/pts/0")
        self.write("app/boards/two/.mprom-emulated-board", "")
        self.assertEqual(self.build(), set(KEPT))
        self.assertEqual(self.report()["boards/two"]["reason"], "state of an emulated board")


if __name__ == "__main__":
    unittest.main()
