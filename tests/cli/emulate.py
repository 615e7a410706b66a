"""emulate: finds the emulator, hands the options over, says so when it is not there."""

import json
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import unittest

import command


MACHINE = pathlib.Path(command.MPROM).parent / "mprom-machine"


class Emulate(command.CommandTest):
    def setUp(self):
        super().setUp()
        self.environment = {**os.environ, "MPROM_RUN_DIR": str(self.folder / "run")}

    def start(self, *args):
        process = subprocess.Popen([command.MPROM, "emulate", *args], cwd=self.folder, env=self.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_runs_until_it_is_stopped(self):
        for args in (["SIM", "--state", "board"], ["--state=board", "sim"], ["-s", "board", "--heap", "512K"]):
            with self.subTest(args=args):
                process = self.start(*args)
                port = process.stdout.readline().strip()
                self.assertTrue(stat.S_ISCHR(os.stat(port).st_mode), port)
                self.assertEqual(os.path.realpath(self.folder / "board/port"), port)
                self.assertIsNone(process.poll())
                process.send_signal(signal.SIGINT)
                self.assertIn(process.wait(timeout=30), (0, -signal.SIGINT, 128 + signal.SIGINT))

    def test_u8_its_folder_stays_out_of_images(self):
        """U8: it is marked, so that its name does not matter, nor the link in it."""
        (self.folder / "main.py").write_text("print(1)\n")
        self.start("SIM", "--state", "my-board").stdout.readline()
        text = self.output("build", ".", "-o", "x.romfs", "-x", "run/")
        self.assertIn("my-board: state of an emulated board\n", text)
        self.assertEqual(self.output("ls", "-R", "x.romfs"), "main.mpy\n")

    def test_unknown_board(self):
        if not os.path.exists(os.path.join(os.path.dirname(command.MPROM), "mprom-machine")):
            self.skipTest("mprom-machine is not built: no libunicorn")
        done = self.mprom("emulate", "PYBD", status=2)
        self.assertEqual(done.stderr, b"mprom-machine: PYBD: there is no board of that name; --list lists them\n")

    def test_options_are_the_emulators(self):
        """U12: the page, the emulators and `mprom emulate` name the same ones."""
        folder = os.path.dirname(command.MPROM)
        ours = set(re.findall(r"--([a-z-]+)", self.output("emulate", "--help")))
        theirs = subprocess.run([os.path.join(folder, "mprom-sim"), "--help"], capture_output=True, text=True, check=True).stdout
        if os.path.exists(os.path.join(folder, "mprom-machine")):
            theirs += subprocess.run([os.path.join(folder, "mprom-machine"), "--help"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(set(re.findall(r"^  --([a-z-]+)", theirs, re.MULTILINE)) - {"board"} - ours, set())
        page = (command.SOURCE_DIR / "docs/emulator.md").read_text().split("## A link of any speed")[0]
        documented = {option for line in re.findall(r"^\| (`--[^|]*) \|", page, re.MULTILINE)
                      for option in re.findall(r"`--([a-z-]+)", line)}
        self.assertGreater(len(documented), 15)
        self.assertEqual(documented - ours, set())

    def test_a_link_is_no_flash(self):
        """L3's kind: in a folder that somebody else prepared, a link leads to a file that is not the board's."""
        victim = self.write("victim", "")
        for name in "flash", "disk":
            with self.subTest(name):
                (self.folder / name).mkdir()
                (self.folder / name / name).symlink_to(victim)
                process = self.start("SIM", "--state", name)
                self.assertEqual(process.stdout.readline(), "")
                self.assertEqual(process.wait(timeout=30), 1)
                self.assertEqual(victim.stat().st_size, 0)

    def test_list(self):
        """U12: the message about a board that is not there names --list."""
        boards = self.output("emulate", "--list").split()
        self.assertEqual(boards[:2], ["SIM", "SIM_PLAIN"])
        self.assertEqual(len(boards), len(set(boards)))

    def test_list_without_the_machine(self):
        """What runs without libunicorn is listed also where mprom-machine was not built."""
        shutil.copy(command.MPROM, self.folder / "mprom")
        done = subprocess.run([self.folder / "mprom", "emulate", "--list"], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "SIM\nSIM_PLAIN\n")

    def test_plain_is_a_board(self):
        """By its name and by --plain: no segment has a trailer. Clients see SIM either way."""
        for number, args in enumerate((["sim_plain"], ["SIM", "--plain"], ["SIM_PLAIN", "--plain"])):
            with self.subTest(args=args):
                port = self.start(*args, "--state", f"board{number}").stdout.readline().strip()
                board = json.loads(self.output("query", "-p", port, "--json"))[0]
                self.assertEqual([segment["size"] for segment in board["segments"]], 3 * [1 << 20])

    @unittest.skipUnless(MACHINE.exists(), "mprom-machine is not built: no libunicorn")
    def test_describe(self):
        for args, name, trailers in ((["sim"], "SIM", 2), (["SIM", "--plain"], "SIM_PLAIN", 0), (["SIM_PLAIN"], "SIM_PLAIN", 0)):
            with self.subTest(args=args):
                board = json.loads(self.output("emulate", *args, "--describe"))
                self.assertEqual((board["name"], board["cpu"], board["memories"]), (name, "host", []))
                self.assertEqual(sum(segment["has_trailer"] for segment in board["segments"]), trailers)
        done = subprocess.run([MACHINE, "--board", "SIM"], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr),
                         (2, "mprom-machine: SIM: mprom-sim runs this board; start it with mprom emulate\n"))

    def test_options_that_exclude_each_other(self):
        process = subprocess.run([command.MPROM, "emulate", "--uneven", "--compat", "h7", "--state", "board"], cwd=self.folder,
                                 env=self.environment, capture_output=True, text=True, check=False)
        self.assertEqual((process.returncode, process.stderr),
                         (2, "mprom-sim: --uneven: the blocks of this shape of --compat have one size\n"))

    def test_options_reach_the_emulator(self):
        process = self.start("SIM", "--state", "board", "--plain", "--segment-size", "128K", "--receive-buffer", "256",
                             "--baud-max", "921600", "--power-returns", "--log", "log")
        port = process.stdout.readline().strip()
        self.assertIn('"size": 131072', self.output("query", "-p", port, "--json"))

    def test_what_a_board_does_not_take(self):
        self.assertIn("emulate does not take 'x'", self.error("emulate", "SIM", "x", status=2))
        for args in (["--realtime"], ["SIM", "--realtime"], ["OPENMV2", "--heap", "64K"], ["OPENMV2", "--safe-mode"],
                     ["OPENMV2", "--compat", "view"]):
            self.assertRegex(self.error("emulate", *args, status=2), "the board (SIM|OPENMV2) has no --")

    def test_compat(self):
        """SIM as a stock board: query then knows of no module romfs."""
        process = self.start("SIM", "--compat", "device", "--state", "board")
        port = process.stdout.readline().strip()
        self.assertIn('"access": "device"', self.output("query", "-p", port, "--json"))

    def test_bad_options_are_the_emulators_to_refuse(self):
        done = self.mprom("emulate", "--heap", "much", status=None, env=self.environment)
        self.assertNotEqual(done.returncode, 0)
        self.assertNotEqual(done.stderr, b"")

    def test_missing_emulator(self):
        alone = self.folder / "bin"
        alone.mkdir()
        shutil.copy(command.MPROM, alone / "mprom")
        done = subprocess.run([alone / "mprom", "emulate"], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(f"cannot start the emulator {alone}/mprom-sim: No such file or directory", done.stderr)

    def test_installed(self):
        """In an installation the emulator lies in libexec/mprom."""
        for folder in ("bin", "libexec/mprom"):
            (self.folder / folder).mkdir(parents=True)
        shutil.copy(command.MPROM, self.folder / "bin/mprom")
        os.symlink(os.path.join(os.path.dirname(command.MPROM), "mprom-sim"), self.folder / "libexec/mprom/mprom-sim")
        done = subprocess.run([self.folder / "bin/mprom", "emulate", "--heap", "much"], capture_output=True, text=True,
                              env=self.environment, check=False)
        self.assertNotIn("cannot start", done.stderr)
        self.assertNotEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main()
