"""Deploy to mprom's own firmware: the board SIM, its slots, what it runs, what it refuses."""

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import time
import unittest

from board import Board
from command import MPROM
from romfs_writer import directory, file, filled_image, image, info, sealed_image
from sim import SimTest


SEGMENT_SIZE = 1024 * 1024


class DeployTest(SimTest):
    def deploy(self, contents, *args, **kwargs):
        return self.mprom("deploy", self.write("image.romfs", contents), *args, **kwargs)

    def tree(self, **files):
        """A directory with these files (name without .py)."""
        for name, text in files.items():
            self.write(f"app/{name}.py", text)
        return self.folder / "app"

    def assert_holds(self, segment, contents):
        """Asks the board by itself, not through mprom."""
        with self.board.raw() as console:
            found = console.eval(
                f"__import__('hashlib').sha256(__import__('vfs').rom_ioctl(2, {segment})[:{len(contents)}]).digest()"
            )
        self.assertEqual(found, hashlib.sha256(contents).digest())

    def segment(self, number):
        return self.query()["segments"][number]

    def size(self, number):
        return self.segment(number)["size"]


class Deploy(DeployTest):
    def test_sizes(self):
        for number, size in enumerate((300, 4096, 200 << 10, 256, 258, 65538)):
            with self.subTest(size):
                contents = filled_image(size, seed=size)
                done = self.deploy(contents, "-n", "2")
                self.assertIn(f"segment 2 (rom2): deployed {size:,} bytes and read them back".encode(), done.stdout)
                self.assert_holds(2, contents)

    def test_empty_image(self):
        self.deploy(image())
        self.assertEqual(self.segment(0)["image"]["size"], 4)

    def test_whole_segment(self):
        contents = filled_image(self.size(2))
        self.deploy(contents, "-n", "2")
        self.assert_holds(2, contents)

    def test_too_large(self):
        size = self.size(2)
        old = filled_image(5000)
        self.deploy(old, "-n", "2")
        done = self.deploy(filled_image(size + 2), "-n", "2", status=1)
        self.assertIn(f"the image has {size + 2} bytes, segment 2 only {size}; nothing was sent".encode(), done.stderr)
        self.assert_holds(2, old)

    def test_directory_runs_from_rom(self):
        app = self.tree(main="import part\nprint('from', __file__, part.__file__)", part="X = 1")
        done = self.mprom("deploy", app, "--follow", "30")
        self.assertIn(b"deployed", done.stdout)
        self.assertIn(b"from /rom/main.mpy /rom/part.mpy\n", done.stdout)

    def test_main_that_loops_for_ever(self):
        app = self.tree(main="print('first')\nwhile True: pass")
        self.assertIn(b"first\n", self.mprom("deploy", app, "--follow", "1").stdout)
        app = self.tree(main="print('second')")
        self.assertIn(b"second\n", self.mprom("deploy", app, "--follow", "30").stdout)

    def test_output_cannot_steer_the_terminal(self):
        app = self.tree(main="print('\\x1b[2J\\x07 größe')")
        self.assertIn("\\x1b[2J\\x07 größe\n".encode(), self.mprom("deploy", app, "--follow", "30").stdout)

    def test_directory_without_files(self):
        (self.folder / "app/data").mkdir(parents=True)
        done = self.mprom("deploy", self.folder / "app")
        self.assertIn(b"app: there are no files to put into the image", done.stderr)

    def test_no_restart(self):
        app = self.tree(main="open('/ran', 'w').close()")
        self.mprom("deploy", app, "--no-restart")
        with self.board.raw() as console:
            self.assertIn("OSError", console.exec_error("open('/ran')"))

    def test_json(self):
        done = self.deploy(filled_image(600), "-n", "2", "--json")
        self.assertEqual(json.loads(done.stdout), [{"port": self.board.port, "segment": 2, "size": 600, "sent": 600}])

    def test_json_is_nothing_but_json(self):
        app = self.tree(main="print('hello')")
        done = self.mprom("deploy", app, "--json", "--follow", "30")
        self.assertEqual([line["segment"] for line in json.loads(done.stdout)], [0])
        self.assertIn(b"\nhello\n", b"\n" + done.stderr)

    def test_json_of_a_port_that_is_no_text(self):
        link = os.fsencode(self.folder) + b"/\xff"
        os.symlink(self.board.port, link)
        port = f"{self.folder}/\ufffd"
        image = self.write("image.romfs", filled_image(600))
        for command in (("query",), ("deploy", image, "-n", "2"), ("verify", image, "-n", "2"), ("erase", "-n", "2")):
            done = self.mprom(*command, "--json", "-p", link)
            self.assertEqual([line["port"] for line in json.loads(done.stdout)], [port], command)

    def test_syntax_error_sends_nothing(self):
        self.mprom("deploy", self.tree(main="def"), status=1)
        self.assertIsNone(self.segment(0)["image"])


class Unread(DeployTest):
    """Nobody reads what the command says: the board gets all of it all the same."""

    def deploy_unread(self, stream, *args):
        """Deploys with this stream a pipe whose reader is gone, and finds that the board was restarted."""
        app = self.tree(main="open('/ran', 'w').close()")
        reader, writer = os.pipe()
        os.close(reader)
        try:
            streams = dict({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}, **{stream: writer})
            done = subprocess.run([MPROM, "deploy", app, *args], env=dict(os.environ, MPROM_RUN_DIR=self.run_dir),
                                  timeout=120, check=False, **streams)
        finally:
            os.close(writer)
        with self.board.raw() as console:
            self.assertEqual(console.eval("__import__('os').stat('/ran')[6]"), 0)
        return done

    def test_results(self):
        for extra in (), ("--json",):
            with self.subTest(extra):
                done = self.deploy_unread("stdout", "--confirm", *extra)
                self.assertEqual(done.returncode, 1)
                self.assertIn(b"cannot write to standard output", done.stderr)

    def test_results_of_many(self):
        done = self.deploy_unread("stdout", "--confirm", "--all")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"cannot write to standard output", done.stderr)

    def test_what_is_followed(self):
        """There is nothing more to do on the board then."""
        app = self.tree(main="while True: print('again')")
        for extra, stream in ((), "stdout"), (("--json",), "stderr"):
            with self.subTest(stream):
                reader, writer = os.pipe()
                streams = dict({"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}, **{stream: writer})
                with subprocess.Popen([MPROM, "deploy", app, "--full", "--follow", "86400", *extra],
                                      env=dict(os.environ, MPROM_RUN_DIR=self.run_dir), **streams) as ours:
                    os.close(writer)
                    self.addCleanup(ours.kill)
                    said = b""
                    while b"again\n" not in said:
                        said += os.read(reader, 1000)
                    os.close(reader)
                    ours.wait(60)

    def test_messages(self):
        done = self.deploy_unread("stderr")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"deployed", done.stdout)


class Slots(DeployTest):
    def test_the_slot_that_does_not_run_is_written(self):
        for number in (0, 1, 0, 1):
            done = self.mprom("deploy", self.tree(main=f"print('slot {number}')"), "--follow", "30")
            self.assertIn(f"segment {number} (rom{number}): deployed".encode(), done.stdout)
            self.assertIn(f"slot {number}\n".encode(), done.stdout)
            self.assertTrue(self.segment(number)["running"])
            self.assertFalse(self.segment(1 - number)["running"])

    def test_the_running_slot_is_refused(self):
        self.deploy(filled_image(600))
        old = (self.folder / "image.romfs").read_bytes()
        done = self.deploy(filled_image(700), "-n", "0", status=1)
        self.assertIn(b"segment 0 is the slot that the board runs", done.stderr)
        self.assertIn("segment 0 is the slot that the board runs", self.error("erase", "-n", "rom0"))
        self.assert_holds(0, old)

    def test_trial(self):
        self.deploy(filled_image(600))
        self.assertEqual(self.segment(0)["state"], "started from, on trial")
        done = self.deploy(filled_image(700), "--confirm")
        self.assertNotIn(b"on trial", done.stderr)
        done = self.deploy(filled_image(700))
        self.assertIn(b"already there", done.stdout)
        self.assertNotIn(b"on trial", done.stderr)
        self.assertEqual(self.segment(1)["state"], "started from, confirmed")

    def test_what_is_said_of_a_trial(self):
        """U13, U18: short, and nothing of an image that is not there."""
        port = self.board.port
        first = f"mprom: {port}: the image is not confirmed yet: romfs.confirm() or deploy --confirm does that\n"
        self.assertEqual(self.mprom("deploy", self.tree(main="x = 1")).stderr.decode(), first)
        self.assertEqual(self.mprom("deploy", self.tree(main="x = 2")).stderr.decode(),
                         f"mprom: {port}: on trial: unless it calls romfs.confirm(), the next hard reset goes back to "
                         "segment 0; --confirm skips the trial\n")
        self.hard_reset()  # as it says
        self.assertTrue(self.segment(0)["running"])
        self.mprom("erase", "-n", "1")
        self.assertEqual(self.deploy(filled_image(800)).stderr.decode(), first)  # has no main, so it is never tried
        self.assertEqual(self.deploy(filled_image(800), "-n", "2", "--no-restart").stderr, b"")

    def hard_reset(self):
        with self.board.raw() as console:
            console.write(b"import machine; machine.reset()\x04")
            console.read_until(b">>> ")

    def test_nothing_is_said_of_a_rejected_image(self):
        """U18: it is no image to go back to."""
        self.mprom("deploy", self.tree(main="x = 1"), "--confirm")
        self.mprom("deploy", self.tree(main="x = 2"), "--confirm")
        with self.board.raw() as console:
            console.exec("import romfs; romfs.rollback()")
        self.hard_reset()
        self.assertEqual(self.segment(1)["state"], "rejected")
        self.assertIn(b"goes back to segment 0", self.mprom("deploy", self.tree(main="x = 3")).stderr)

    def test_the_only_confirmed_image_is_not_given_up_in_silence(self):
        self.assertNotIn(b"only image", self.deploy(filled_image(600), "--confirm").stderr)
        self.assertNotIn(b"only image", self.deploy(filled_image(700)).stderr)
        self.assertIn(b"segment 1 runs on trial", self.deploy(filled_image(800)).stderr)
        self.assertNotIn(b"only image", self.deploy(filled_image(900)).stderr)

    def test_the_only_confirmed_image_is_not_erased_in_silence(self):
        self.deploy(filled_image(600), "--confirm")
        self.deploy(filled_image(700), "--confirm")
        self.assertEqual(self.mprom("erase", "-n", "0").stderr, b"")  # the other one is confirmed, too
        self.deploy(filled_image(800))
        done = self.mprom("erase", "-n", "1")
        self.assertEqual(done.stderr.decode(), f"mprom: {self.board.port}: segment 0 runs on trial, so this erases the only image "
                         "that is confirmed, in segment 1; if the trial fails, the board has no other to go back to\n")
        self.assertIsNone(self.segment(1)["image"])
        self.assertEqual(self.mprom("erase", "-n", "1").stderr, b"")  # there is nothing any more

    def test_a_trial_that_is_not_confirmed_ends(self):
        self.mprom("deploy", self.tree(main="print('good')"), "--confirm")
        self.mprom("deploy", self.tree(main="print('bad')"), "--follow", "30")
        with self.board.raw() as console:
            console.write(b"import machine; machine.reset()\x04")
            console.read_until(b"good")

    def console(self, program):
        with self.board.raw() as console:
            return console.exec(program)

    def hard_reset(self):
        with self.board.raw() as console:
            console.write(b"import machine; machine.reset()\x04")
            console.read_until(b"more information.\r\n>>> ")

    def rolled_back(self):
        """The images A in slot 0 and B in slot 1, both confirmed, and B rolled back from but still running."""
        for name in "AB":
            self.mprom("deploy", self.tree(main=f"print('{name}')"), "--confirm")
        self.console("import romfs; romfs.rollback()")

    def test_the_image_to_go_back_to_is_not_given_up(self):
        """L9: A would have been the only image that is good."""
        self.rolled_back()
        before = self.segment(0)
        for name, command in (("C", "deploy"), ("B", "deploy"), ("B", "deploy --full -n 0"), ("", "erase -n 0")):
            with self.subTest(command, name=name):
                said = self.error(*command.split(), *[self.tree(main=f"print('{name}')")][:len(name)])
                self.assertIn("returns to the image in segment 0 at its next hard reset; nothing was", said)
                self.assertIn("--force", said)
                self.assertEqual(self.segment(0), before)
        self.hard_reset()
        self.assertEqual(self.segment(0)["state"], "started from, confirmed")
        self.mprom("deploy", self.tree(main="print('B')"), "--confirm")  # again, though every byte of it is there
        self.assertEqual(self.segment(1)["state"], "started from, confirmed")

    def test_the_image_to_go_back_to_is_given_up_by_force(self):
        """L9."""
        self.rolled_back()
        done = self.mprom("deploy", self.tree(main="print('C')"), "--force", "--follow", "30")
        self.assertIn(b"C\n", done.stdout)
        self.assertEqual(self.segment(1)["state"], "rejected")

    def test_the_image_to_go_back_to_is_erased_by_force(self):
        """L9."""
        self.rolled_back()
        self.mprom("erase", "-n", "0", "--force")
        self.assertIsNone(self.segment(0)["image"])
        self.mprom("deploy", self.tree(main="print('C')"), "--confirm")  # nothing is left to lose
        self.assertEqual(self.segment(0)["state"], "started from, confirmed")

    def test_the_states_of_a_trial(self):
        """U16 and W8: query tells why the newest image does not run."""
        self.mprom("deploy", self.tree(main="print('good')"), "--confirm")
        done = self.mprom("deploy", self.tree(main="print('bad')"), "--no-restart")
        self.assertIn(b"on trial", done.stderr)
        self.assertEqual(self.segment(1)["state"], "not started yet")
        self.hard_reset()
        self.assertEqual(self.segment(1)["state"], "started from, on trial")
        self.hard_reset()
        self.assertEqual(self.segment(1)["state"], "gave up")
        self.assertEqual(self.segment(0)["state"], "started from, confirmed")
        self.assertIn(b", gave up\n", self.mprom("query").stdout)

    def test_confirm_needs_a_slot(self):
        done = self.deploy(filled_image(600), "-n", "2", "--confirm", status=1)
        self.assertIn(b"segment 2 is no slot", done.stderr)
        self.assertIn(b"nothing was sent", done.stderr)
        self.assertIsNone(self.segment(2)["image"])

    def test_names(self):
        self.deploy(filled_image(600), "-n", "rom2")
        self.assertEqual(self.segment(2)["image"]["size"], 600)
        self.assertEqual(self.segment(2)["name"], "rom2")
        self.assertIn("no segment 'rom3'", self.error("verify", "-n", "rom3"))

    def test_read_prefers_the_running_slot(self):
        self.deploy(filled_image(600, seed=1))
        self.deploy(filled_image(602, seed=2))
        self.assertEqual(self.mprom("dump").stdout, filled_image(602, seed=2))
        self.assertEqual(self.mprom("dump", "-n", "0").stdout, filled_image(600, seed=1))
        self.mprom("verify")
        self.mprom("verify", self.folder / "image.romfs")

    def test_an_image_is_not_dumped_to_a_terminal(self):
        self.deploy(filled_image(600))
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        done = self.mprom("dump", status=1, stdout=slave)
        os.close(slave)
        self.assertIn(b"standard output is a terminal", done.stderr)

    def test_a_dump_replaces_only_images(self):
        """W11: a dump replaces a file that is no image only with --force, and no file if the board has nothing to read."""
        self.deploy(filled_image(600))
        (self.folder / "link.romfs").symlink_to("main.py")
        for path in ("main.py", "link.romfs"):
            for options in ((), ("--raw",)):
                with self.subTest(path=path, options=options):
                    self.write("main.py", "print(1)")
                    text = self.error("dump", "-n", "0", *options, "-o", path)
                    self.assertIn(f"{path} exists and is no image, so it was left alone", text)
                    self.assertIn("--force", text)
                    self.assertEqual((self.folder / "main.py").read_bytes(), b"print(1)")
        self.mprom("dump", "-n", "0", "--force", "-o", "main.py")
        self.assertEqual((self.folder / "main.py").read_bytes(), filled_image(600))
        self.mprom("dump", "-n", "0", "-o", "main.py")  # over an image
        self.assertIn("holds no image", self.error("dump", "-n", "2", "--force", "-o", "main.py"))
        self.assertEqual((self.folder / "main.py").read_bytes(), filled_image(600))


class RefusedImages(DeployTest):
    def assert_refused(self, contents, expected):
        done = self.deploy(contents, status=1)
        self.assertRegex(done.stderr.decode(), expected)
        self.assertIsNone(self.segment(0)["image"])

    def test_damaged_image(self):
        bent = bytearray(filled_image(3000))
        bent[1000] ^= 4
        self.assert_refused(bytes(bent), "checksum.*nothing was sent|nothing was sent")

    def test_mpy_for_other_boards(self):
        for mpy in (b"M\x05\x00\x1f", b"M\x06\x00\x40", b"M\x06\x0c\x1f"):
            with self.subTest(mpy):
                self.assert_refused(image(info(mpy=mpy), file("a", b"x")), "cannot load the image's .mpy files")
        self.deploy(image(info(mpy=b"M\x06\x00\x1f"), file("a", b"x")))

    def test_each_mpy_file_counts(self):
        """Also without an info record, as other builders write none, and if it speaks of another file."""
        good, foreign = file("good.mpy", b"M\x06\x00\x1f...."), file("bad.mpy", b"M\x06\x17\x1f....")
        expected = r"cannot load (lib/)?bad\.mpy: that is mpy 6\.3, armv7m, .*the board takes mpy 6, bytecode.*nothing was sent"
        self.assert_refused(image(good, foreign), expected)
        self.assert_refused(image(info(mpy=b"M\x06\x00\x1f"), directory("lib", good, foreign), good), expected)
        self.deploy(image(good, file("data.bin", b"M\x05"), file("bad.txt", b"M\x05\x00\x1f....")))

    def test_board_finds_a_wrong_seal(self):
        """What reaches the board damaged all the same is found there, and op 5's words are passed on."""
        contents = filled_image(9000)
        path = self.write("image.romfs", contents)
        with self.board.raw() as console:
            console.exec("import vfs\nvfs.rom_ioctl(3, 2, 9000)\n")
            for at in range(0, 9000, 1000):
                part = bytes(1000) if at == 5000 else contents[at : at + 1000]
                console.exec(f"vfs.rom_ioctl(4, 2, {at}, {part!r})")
            self.assertIn("OSError", console.exec_error("vfs.rom_ioctl(5, 2)"))
        self.mprom("deploy", path, "-n", "2")


class Refused(DeployTest):
    def refused(self, fault, *args):
        """The sentence, and where the log says that it happened, as a range of the segment."""
        log = self.folder / "log"
        self.board.stop()
        board = Board("--fault", f"fails:{fault}", "--log", str(log), state=self.board.state)
        with board:
            done = self.mprom(*args, "-q", "-n", "2", "-p", board.port, status=1)
        _, _, off, size = log.read_text().splitlines()[fault].split()[:4]
        self.board.start()
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode(), int(off) - 2 * SEGMENT_SIZE, int(size)

    def assert_names_the_place(self, refused, again):
        text, start, size = refused
        found = re.fullmatch(r"mprom: /dev/pts/\d+: segment 2, offset (\d+): the flash failed to [^;]*; " + again +
                             " it again, and if it fails at the same offset the flash is worn\n", text)
        self.assertTrue(found, text)
        self.assertIn(int(found[1]), range(start, start + size))

    def test_a_failure_names_the_offset_in_the_segment(self):
        """Whole, as what differs, and as a patch, of which little is sent."""
        old = filled_image(60_000, seed="old")
        self.deploy(old, "-n", "2")
        base = self.write("base.romfs", old)
        new = self.write("new.romfs", sealed_image(file("data.bin", old[:20_000] + b"!" + random.Random(1).randbytes(30_000))))
        for options in (("--full",), (), ("--base", base)):
            for fault in (2, 40):
                with self.subTest(options=options, fault=fault):
                    self.assert_names_the_place(self.refused(fault, "deploy", new, *options), "deploy")
                    self.deploy(old, "-n", "2")

    def test_erase(self):
        self.deploy(filled_image(60_000), "-n", "2")
        self.assert_names_the_place(self.refused(5, "erase"), "erase")


class ReadBackWrong(DeployTest):
    BOOT = (
        "import sys, romfs as real\n"
        "class Module:\n"
        "    def __getattr__(self, name): return getattr(real, name)\n"
        "    def receive(self, *args): return real.receive(*args) ^ 1\n"
        "sys.modules['romfs'] = Module()\n"
    )

    def test_an_image_that_is_found_wrong_is_cleared(self):
        """A board that reads back something else than it was sent, as far as it can tell."""
        with self.board.raw() as console:
            console.exec(f"with open('/boot.py', 'w') as file: file.write({self.BOOT!r})")
        done = self.deploy(filled_image(9000), "-n", "2", status=1)
        self.assertIn(b"what was read back differs from what was sent; the segment was cleared", done.stderr)
        self.assertIsNone(self.segment(2)["image"])
        with self.board.raw() as console:
            console.exec("__import__('os').remove('/boot.py')")
        self.deploy(filled_image(9000), "-n", "2")


class Torn(DeployTest):
    def test_client_killed_at_any_time(self):
        """After each kill the segment holds the old image or none; the next deploy succeeds."""
        old = filled_image(400 << 10, seed="old")
        new = self.write("new.romfs", filled_image(600 << 10, seed="new"))
        self.deploy(old, "-n", "2")
        seen = set()
        for delay_ms in (5, 10, 20, 40, 60, 90):
            ours = subprocess.Popen([MPROM, "deploy", "-n", "2", new], env={"MPROM_RUN_DIR": self.run_dir})
            time.sleep(delay_ms / 1000)
            ours.send_signal(signal.SIGKILL)
            ours.wait()
            held = self.segment(2)["image"]
            seen.add(held and held["size"])
            if held:
                self.assert_holds(2, old if held["size"] == len(old) else new.read_bytes())
        self.assertLessEqual(seen, {None, len(old), new.stat().st_size})
        self.mprom("deploy", "-n", "2", new)
        self.assert_holds(2, new.read_bytes())

    def test_board_loses_power(self):
        new = self.write("new.romfs", filled_image(600 << 10, seed="new"))
        ours = subprocess.Popen(
            [MPROM, "deploy", "-n", "2", new], env={"MPROM_RUN_DIR": self.run_dir}, stderr=subprocess.PIPE
        )
        time.sleep(0.05)
        self.board.kill()
        message = ours.communicate(timeout=60)[1]
        if ours.returncode:
            self.assertRegex(message, rb"connection to the board was lost|no such port|no board|behind this port")
        self.board.start()
        self.run_dir = os.path.join(self.board.state, "run")
        self.mprom("deploy", "-n", "2", "-p", self.board.port, new)
        self.assert_holds(2, new.read_bytes())


class Erase(DeployTest):
    def test_erase(self):
        self.deploy(filled_image(9000), "-n", "2")
        self.assertIn(b"segment 2 (rom2): erased", self.mprom("erase", "-n", "2").stdout)
        self.assertIsNone(self.segment(2)["image"])
        self.assertEqual(set(self.mprom("dump", "--raw", "-n", "2").stdout), {0xFF})
        self.assertIn("segment 2 holds no image", self.error("verify", "-n", "2"))


if __name__ == "__main__":
    unittest.main()
