"""What SIM runs and mounts when it starts: boot and main from where, what stops them, slots, damaged images."""

import os
import pathlib
import signal
import tempfile
import unittest

from board import RAW_BANNER, Board
from board_test import BoardTest
from programs import compiled
from romfs_writer import file, filled_image, image, sealed_image

PROMPT = b"more information.\r\n>>> "


def script(name, source, compile=False):
    return file(f"{name}.mpy", compiled(source)) if compile else file(f"{name}.py", source)


class Booting(BoardTest):
    def hard_reset(self, end=PROMPT):
        """Starts the board anew; returns what it sends until the REPL is there."""
        self.console.write(b"import machine; machine.reset()\x04")
        self.console.read_until(b"OK")
        return self.console.read_until(end).decode()

    def soft_reset(self, end=PROMPT):
        self.console.soft_reset_friendly()
        return self.console.read_until(end).decode()

    def restart(self):
        """Cuts the power and switches the board on again."""
        self.console.close()
        self.board.kill()
        self.board.start()
        self.connect()

    def put(self, name, source):
        self.console.exec(f"with open({name!r}, 'w') as f: f.write({source!r})")


class Scripts(Booting):
    def test_boot_and_main(self):
        for is_mpy in (False, True):
            with self.subTest(is_mpy=is_mpy):
                segment = 1 if is_mpy else 0
                self.console.rom_write(segment, image(script("boot", "print('boot', __name__)\nx = 1", is_mpy),
                                                      script("main", "print('main', __name__, x)", is_mpy)))
                for reset in (self.soft_reset, self.hard_reset):
                    self.assertIn("boot __main__\r\nmain __main__ 1\r\nMicroPython", reset())
                    self.console.enter_raw()

    def test_file(self):
        """R9: boot and main know their path, as MicroPython 1.27 has it."""
        for is_mpy in (False, True):
            with self.subTest(is_mpy=is_mpy):
                name = "mpy" if is_mpy else "py"
                code = "print('ran', __file__, __name__)"
                self.console.rom_write(is_mpy, image(script("boot", code, is_mpy), script("main", code, is_mpy),
                                                     script("module", code, is_mpy)))
                for reset in (self.soft_reset, self.hard_reset)[is_mpy:]:
                    self.assertIn(f"ran /rom/boot.{name} __main__\r\nran /rom/main.{name} __main__\r\nMicroPython", reset())
                    self.console.enter_raw()
                self.assertEqual(self.console.exec("import module").strip(), f"ran /rom/module.{name} module")
        for is_mpy in (False, True):
            with self.subTest("writable", is_mpy=is_mpy):
                name = "mpy" if is_mpy else "py"
                self.console.exec("import os\nfor n in os.listdir('/'):\n  if 'm' in n and '.' in n: os.remove('/' + n)")
                data = compiled("print('ran', __file__)") if is_mpy else b"print('ran', __file__)"
                self.console.exec(f"with open('main.{name}', 'wb') as f: f.write({data!r})")
                self.assertIn(f"ran main.{name}\r\n", self.soft_reset())
                self.console.enter_raw()

    def test_names_stay_after_main(self):
        self.console.rom_write(0, image(script("main", "answer = 42", True)))
        self.soft_reset()
        self.console.write(b"answer\r")
        self.assertEqual(self.console.read_until(b">>> "), b"answer\r\n42\r\n>>> ")

    def test_writable_filesystem_comes_first(self):
        self.console.rom_write(0, image(script("boot", "print('rom boot')"), script("main", "print('rom main')")))
        self.assertIn("rom boot\r\nrom main\r\n", self.soft_reset())
        self.console.enter_raw()
        self.put("main.py", "print('disk main')")
        self.assertIn("rom boot\r\ndisk main\r\n", self.soft_reset())
        self.console.enter_raw()
        self.put("boot.py", "print('disk boot')")
        output = self.soft_reset()
        self.assertIn("disk boot\r\ndisk main\r\n", output)
        self.assertNotIn("rom boot", output)
        self.assertNotIn("rom main", output)

    def test_source_comes_before_compiled(self):
        self.console.rom_write(0, image(script("main", "print('compiled')", True), script("main", "print('source')")))
        self.assertIn("source\r\n", self.soft_reset())

    def test_failed_boot_stops_main(self):
        for is_mpy in (False, True):
            self.console.rom_write(is_mpy, image(script("boot", "1 / 0", is_mpy), script("main", "print('main')", is_mpy)))
            output = self.hard_reset()
            self.assertIn("ZeroDivisionError", output)
            self.assertNotIn("main\r\n", output)
            self.console.enter_raw()

    def test_failed_main_leads_to_the_repl(self):
        for is_mpy in (False, True):
            self.console.rom_write(is_mpy, image(script("main", "print('main')\n1 / 0", is_mpy)))
            self.assertRegex(self.hard_reset(), r"(?s)main\r\n.*ZeroDivisionError.*>>> $")
            self.console.enter_raw()

    def test_broken_mpy(self):
        self.console.rom_write(0, image(file("main.mpy", b"M\x00\x00\x00garbage")))
        self.assertIn("ValueError: incompatible .mpy file", self.soft_reset())

    def test_system_exit_is_a_soft_reset(self):
        code = "import os\nif 'again' in os.listdir('/'): print('second')\nelse:\n  open('/again', 'w').close()\n  raise SystemExit"
        for is_mpy in (False, True):
            self.console.exec("import os\nif 'again' in os.listdir('/'): os.remove('/again')")
            self.console.rom_write(is_mpy, image(script("main", code, is_mpy)))
            self.assertIn("MPY: soft reboot\r\nsecond\r\n", self.hard_reset())
            self.console.enter_raw()

    def test_boot_before_the_raw_repl_is_no_trial(self):
        """mprom deploy restarts Python so; main, which might confirm the image, does not run."""
        self.console.rom_write(0, image(script("boot", "print('boot')"), script("main", "print('main')")))
        self.assertIn(b"boot", self.console.soft_reset())
        self.assertIn("tried=False", self.console.exec("import romfs\nprint(romfs.info(0).slot)"))

    def test_interrupt(self):
        for is_mpy in (False, True):
            self.console.rom_write(is_mpy, image(script("main", "print('looping')\nwhile True: pass", is_mpy)))
            self.hard_reset(b"looping\r\n")
            self.console.write(b"\x03")
            self.assertIn(b"KeyboardInterrupt", self.console.read_until(PROMPT))
            self.console.enter_raw()

    def test_soft_reset_from_raw_repl_runs_boot_only(self):
        """Over a main that loops for ever."""
        for is_mpy in (False, True):
            self.console.rom_write(is_mpy, image(script("boot", "print('boot')", is_mpy),
                                                 script("main", "print('main')\nwhile True: pass", is_mpy)))
            self.hard_reset(b"main\r\n")
            self.console.enter_raw()
            self.console.write(b"\x04")
            self.assertEqual(self.console.read_until(RAW_BANNER), b"OK\r\nMPY: soft reboot\r\nboot\r\n" + RAW_BANNER)

    def test_deploy_over_a_looping_main(self):
        self.console.rom_write(0, image(script("main", "print('old')\nwhile True: pass")))
        self.hard_reset(b"old\r\n")
        self.console.enter_raw()
        self.console.soft_reset()
        self.console.rom_write(1, image(script("main", "print('new')")))
        self.assertIn("new\r\n", self.hard_reset())

    def test_running_segment_is_not_written(self):
        code = "import vfs\nfor call in ((3, 0, 4), (3, 1, 4), (3, 2, 4)):\n  try: print(call[1], vfs.rom_ioctl(*call))\n" \
               "  except OSError as error: print(call[1], error.args[0])\n"
        self.console.rom_write(0, image(script("boot", code), script("main", code)))
        self.assertIn("0 16\r\n1 4\r\n2 4\r\n" * 2, self.soft_reset())


class Button(Booting):
    def test_it_bounces(self):
        """U20: signals within a millisecond are one reset."""
        for _ in range(20):
            for _ in range(5):
                self.board.process.send_signal(signal.SIGUSR1)
            self.console.read_until(PROMPT)
            self.console.enter_raw()
            self.console.exec("a = 1")
            self.assertEqual(self.console.eval("a"), 1)
            self.assertIsNone(self.board.process.poll())


class SafeMode(Booting):
    options = ("--safe-mode",)

    def test_neither_runs(self):
        self.console.rom_write(0, image(script("boot", "print('boot')"), script("main", "print('main')")))
        self.put("boot.py", "print('disk boot')")
        output = self.soft_reset()
        self.assertNotIn("boot\r\n", output)
        self.assertNotIn("main\r\n", output)
        self.console.enter_raw()
        self.assertEqual(self.console.eval("__import__('os').listdir('/rom')"), ["boot.py", "main.py"])


class Plain(Booting):
    """A board whose segment 0 is no slot."""

    options = ("--plain",)

    def test_segment_0_runs_and_is_mounted(self):
        for segment in range(3):
            self.console.rom_write(segment, image(script("main", f"print('main', {segment})")))
        self.assertIn("main 0\r\nMicroPython", self.hard_reset())
        self.console.enter_raw()
        self.assertEqual(self.console.eval("__import__('os').listdir('/')"), ["rom", "rom1", "rom2"])
        self.assertEqual(self.console.eval("__import__('romfs').info(0).slot"), None)

    def test_is_not_written_while_it_runs(self):
        code = "import vfs\ntry: vfs.rom_ioctl(3, 0, 4)\nexcept OSError as error: print(error.args)\n"
        for is_mpy in (False, True):
            self.console.rom_write(0, image(script("boot", code, is_mpy), script("main", code, is_mpy)))
            output = self.soft_reset()
            self.assertEqual(output.count("(16, 'segment 0, offset 0: boot or main of this segment runs: write it from the REPL, or "), 2)
            self.console.enter_raw()

    def test_can_be_written_after_an_interrupt(self):
        self.console.rom_write(0, image(script("main", "print('old')\nwhile True: pass", True)))
        self.hard_reset(b"old\r\n")
        self.console.enter_raw()
        self.console.rom_write(0, image(script("main", "print('new')", True)))
        self.assertIn("new\r\n", self.soft_reset())

    def test_can_be_written_after_an_exception(self):
        for is_mpy in (False, True):
            self.console.rom_write(0, image(script("main", "1 / 0", is_mpy)))
            self.assertIn("ZeroDivisionError", self.soft_reset())
            self.console.enter_raw()


class Mounts(Booting):
    def damage(self, segment, off):
        """Flips a bit in flash while the board is off."""
        self.console.close()
        self.board.kill()
        path = os.path.join(self.board.state, "flash")
        with open(path, "r+b") as flash:
            flash.seek(segment * 1024 * 1024 + off)
            byte = flash.read(1)[0]
            flash.seek(segment * 1024 * 1024 + off)
            flash.write(bytes([byte ^ 1]))
        self.board.start()
        self.connect()

    def listing(self):
        return self.console.eval("__import__('os').listdir('/')")

    def test_blank_says_nothing(self):
        self.assertTrue(self.hard_reset().startswith("MicroPython "))

    def test_restart_keeps_flash_and_disk(self):
        self.console.rom_write(2, image(file("a", "rom")))
        self.put("b", "disk")
        self.restart()
        self.assertEqual(self.console.eval("open('/rom2/a').read() + open('/b').read()"), "romdisk")

    def test_reset_option_blanks(self):
        self.console.rom_write(2, image(file("a", "rom")))
        self.put("b", "disk")
        self.board.options = ("--reset",)
        self.restart()
        self.assertEqual(self.listing(), [])
        self.put("b", "disk")
        self.hard_reset()
        self.console.enter_raw()
        self.assertEqual(self.listing(), ["b"])

    def test_damaged_with_others_left(self):
        self.console.rom_write(0, sealed_image(file("a", "in the slot")))
        self.console.rom_write(2, sealed_image(file("b", "b" * 100)))
        self.damage(2, 60)
        output = self.hard_reset()
        self.assertIn("rom: segment 2 (rom2) is damaged and not mounted: offset ", output)
        self.assertNotIn("mprom deploy", output)
        self.console.enter_raw()
        self.assertEqual(self.listing(), ["rom"])

    def test_damaged_with_nothing_left(self):
        """In the structure, which is looked at even where a trailer vouches for the contents."""
        damaged = sealed_image(file("a", "a" * 100))
        self.console.rom_write(0, damaged)
        self.damage(0, damaged.index(file("a", "a" * 100)) + 1)
        output = self.hard_reset()
        self.assertIn("rom: segment 0 (rom0) is damaged and not mounted: offset ", output)
        self.assertIn("rom: no image is left; deploy one with `mprom deploy DIR` on the PC\r\n", output)
        self.console.enter_raw()
        self.assertEqual(self.listing(), [])


class FirstStart(Booting):
    """Issue 13: other firmware, which had one segment where mprom has slots, left an image. Nothing of it is written
    before a deploy: the flash file stays as it is, and the log stays empty."""

    SEGMENT_SIZE = 64 * 1024
    SLOT_SIZE = SEGMENT_SIZE - 4096  # without the trailer
    QUESTIONS = """
import os, vfs, romfs
for id in range(3):
  vfs.rom_ioctl(2, id)
  romfs.info(id)
romfs.describe(7)
try: romfs.confirm(0)
except OSError: pass
print(os.listdir('/'))
"""

    def setUp(self):
        pass  # first_start() starts the board

    def flash(self):
        return pathlib.Path(self.board.state, "flash").read_bytes()[:3 * self.SEGMENT_SIZE]

    def first_start(self, left):
        """Starts the board with these bytes from slot 0 on; returns what the console says and where images are mounted."""
        flash = left.ljust(3 * self.SEGMENT_SIZE, b"\xff")
        state = self.enterContext(tempfile.TemporaryDirectory())
        log = pathlib.Path(state, "log")
        pathlib.Path(state, "flash").write_bytes(flash)
        self.board = self.enterContext(Board("--segment-size", "64K", "--log", str(log), state=state))
        self.connect()
        output = self.hard_reset() + self.soft_reset()
        self.console.enter_raw()
        mounted = self.console.exec(self.QUESTIONS).strip().split("\n")[-1]
        self.assertEqual(self.flash(), flash)
        self.assertEqual([line for line in log.read_text().splitlines() if line.startswith("flash ")], [])
        return output, mounted

    def deploy(self):
        self.console.rom_write(0, image(script("main", "print('new')", True)))
        self.assertIn("new\r\n", self.hard_reset())

    def test_long(self):
        """It ends in the trailer of slot 0, or in slot 1."""
        for size in (self.SLOT_SIZE + 2, self.SEGMENT_SIZE - 500, self.SEGMENT_SIZE + 20000):
            for make in (image, sealed_image):
                with self.subTest(size=size, make=make.__name__):
                    output, mounted = self.first_start(filled_image(size, make=make))
                    self.assertEqual(mounted, "[]")
                    self.assertEqual(output.count(
                        f"rom: segment 0 (rom0): the image of {size} bytes that other firmware left here is longer than the "
                        "segment's 61440, so it is kept but not mounted; deploy one with `mprom deploy DIR` on the PC\r\n"), 2)
                    self.assertEqual(output.count("rom: "), 2, output)
                    self.assertIn(f"slot 0 1 0 rom0 {size} bytes of other firmware, longer than the segment\r\n",
                                  self.console.exec("romfs.describe(7)").replace("\n", "\r\n").replace("\r\r", "\r"))
                    self.assertIn("longer than this segment", self.console.exec("print(romfs.info(0))"))
                    self.deploy()

    def test_damaged(self):
        left = bytearray(filled_image(self.SEGMENT_SIZE + 20000))
        left[self.SEGMENT_SIZE] ^= 1
        output, mounted = self.first_start(bytes(left))
        self.assertEqual(mounted, "[]")
        self.assertIn("rom: segment 0 (rom0) is damaged and not mounted: offset ", output)
        self.deploy()

    def test_short(self):
        """And an older image that was longer fills the trailer."""
        left = sealed_image(script("main", "print('old')")).ljust(self.SLOT_SIZE, b"\xff") + filled_image(4000)
        output, mounted = self.first_start(left)
        self.assertEqual(mounted, "['rom']")
        self.assertEqual(output.count("old\r\n"), 2)
        self.assertIn("slot=None", self.console.exec("print(romfs.info(0))"))


class Slots(Booting):
    def version(self, name):
        return image(script("main", f"print('version {name}')"))

    def started(self, output):
        return output.split("version ")[1].split("\r\n")[0] if "version " in output else None

    def start(self):
        output = self.hard_reset()
        self.console.enter_raw()
        return self.started(output)

    def slot(self, segment):
        return self.console.exec(f"import romfs\nprint(romfs.info({segment}).slot)")

    def setUp(self):
        super().setUp()
        self.console.rom_write(0, self.version("A"))
        self.assertEqual(self.start(), "A")
        self.console.exec("import romfs\nromfs.confirm()")
        self.console.rom_write(1, self.version("B"))

    def test_new_image_is_on_trial(self):
        self.assertEqual(self.start(), "B")
        self.assertIn("tried=True, confirmed=False", self.slot(1))
        self.assertEqual(self.start(), "A")
        self.assertEqual(self.start(), "A")

    def test_soft_resets_do_not_end_the_trial(self):
        self.assertEqual(self.start(), "B")
        for _ in range(3):
            self.assertEqual(self.started(self.soft_reset()), "B")
            self.console.enter_raw()
        self.console.exec("import romfs\nromfs.confirm()")
        self.assertEqual(self.start(), "B")

    def test_confirmed_image_stays(self):
        self.assertEqual(self.start(), "B")
        self.console.exec("import romfs\nromfs.confirm()")
        self.assertIn("tried=True, confirmed=True", self.slot(1))
        self.assertEqual(self.start(), "B")
        self.restart()
        self.assertEqual(self.start(), "B")

    def test_rollback(self):
        self.assertEqual(self.start(), "B")
        self.console.exec("import romfs\nromfs.confirm()")
        self.assertEqual(self.start(), "B")
        self.console.exec("import romfs\nromfs.rollback()")
        self.assertEqual(self.start(), "A")

    def describe(self, segment):
        """The state in the line that clients read."""
        output = self.console.exec(f"import romfs\nromfs.describe(7, {segment})")
        return output.split(f"mprom:7 slot {segment} ")[1].splitlines()[0].split(" ", 3)[3]

    def test_three_states_of_a_trial(self):
        """U16: each has its own word, in info() and in what clients read."""
        self.assertIn("state='not started yet'", self.slot(1))
        self.assertEqual(self.describe(1), "not started yet")
        self.assertEqual(self.describe(0), "started from, confirmed")
        self.assertEqual(self.start(), "B")
        self.assertIn("state='on trial'", self.slot(1))
        self.assertEqual(self.describe(1), "started from, on trial")
        self.soft_reset()
        self.console.enter_raw()
        self.assertEqual(self.describe(1), "started from, on trial")
        self.assertEqual(self.start(), "A")
        self.assertIn("state='gave up'", self.slot(1))
        self.assertEqual(self.describe(1), "gave up")
        self.console.exec("import romfs\nromfs.rollback(1)")
        self.assertEqual(self.describe(1), "rejected")

    def test_the_start_says_that_a_trial_was_not_confirmed(self):
        """W8."""
        said = "rom: segment 1 (rom1): its image was on trial and not confirmed; started segment 0 (rom0) instead\r\n"
        self.assertNotIn("rom:", self.hard_reset())
        self.console.enter_raw()
        for _ in range(2):
            self.assertIn(said, self.hard_reset())
            self.assertNotIn("rom:", self.soft_reset())
            self.console.enter_raw()

    def test_the_start_says_what_it_started_when_none_was_confirmed(self):
        """W8: V1, V2 and V3 without a confirmation; the reset goes back to V2."""
        self.board.options = ("--reset",)
        self.restart()
        for number in range(3):
            self.console.rom_write(number % 2, self.version(f"V{number + 1}"))
            output = self.hard_reset()
            self.assertEqual(self.started(output), f"V{number + 1}")
            self.assertNotIn("rom:", output)
            self.console.enter_raw()
            self.board.options = ()
        output = self.hard_reset()
        self.console.enter_raw()
        self.assertEqual(self.started(output), "V2")
        self.assertIn("rom: segment 0 (rom0): its image was on trial and not confirmed; started segment 1 (rom1) instead, "
                      "which was not confirmed either\r\n", output)
        self.assertEqual(self.describe(0), "gave up")
        self.assertEqual(self.describe(1), "started from, gave up")

    def test_the_slot_to_go_back_to_is_not_written(self):
        """L9: for any client."""
        self.assertEqual(self.start(), "B")
        self.console.exec("import romfs\nromfs.confirm()\nromfs.rollback()")
        for call in ("vfs.rom_ioctl(3, 0, 300)", "romfs.Update(0, 300)", "romfs.erase(0)"):
            module, function = call.split(".", 1)
            error = self.console.os_error(f"__import__({module!r}).{function}")
            self.assertEqual(error, (1, "segment 0, offset 0: the board goes back to this slot's image: reset the "
                                        "board, then write the other slot"))
        self.assertEqual(self.start(), "A")
        self.console.rom_write(1, self.version("C"))
        self.assertEqual(self.start(), "C")

    def test_unlocked_the_slot_to_go_back_to_is_written(self):
        """L9: when it is told so."""
        self.assertEqual(self.start(), "B")
        self.console.exec("import romfs\nromfs.rollback()\nromfs.unlock(0)")
        self.assertEqual(self.console.os_error("__import__('romfs').unlock(1)")[0], 16)
        self.assertEqual(self.console.os_error("__import__('romfs').unlock(2)")[0], 95)
        self.console.rom_write(0, self.version("C"))
        self.assertEqual(self.start(), "C")

    def test_nothing_is_confirmed_or_rolled_back_in_silence(self):
        """U17: each raises when it has done nothing."""
        self.assertEqual(self.start(), "B")
        self.console.exec("import romfs\nromfs.rollback()\nromfs.rollback()\nromfs.unlock(0)\nromfs.erase(0)")
        self.assertEqual(self.console.os_error("__import__('romfs').confirm(0)"), (19, "segment 0, offset 0: there is no image"))
        self.assertEqual(self.console.os_error("__import__('romfs').rollback(0)")[0], 1)
        self.assertEqual(self.console.os_error("__import__('romfs').rollback()")[0], 1)
        self.assertEqual(self.console.os_error("__import__('romfs').confirm()")[0], 1)

    def test_a_soft_reset_chooses_if_no_slot_was_started(self):
        """U21."""
        self.board.options = ("--reset",)
        self.restart()
        self.console.rom_write(1, self.version("first"))
        self.assertEqual(self.started(self.soft_reset()), "first")
        self.console.enter_raw()
        self.console.rom_write(0, self.version("second"))
        self.assertEqual(self.started(self.soft_reset()), "first")
        self.console.enter_raw()
        self.board.options = ()
        self.assertEqual(self.start(), "second")

    def test_only_the_chosen_slot_is_mounted(self):
        self.start()
        self.assertEqual(self.console.eval("__import__('os').listdir('/')"), ["rom"])

    def test_the_other_slot_can_be_written(self):
        self.assertEqual(self.start(), "B")
        self.assertEqual(self.console.os_error("__import__('vfs').rom_ioctl(3, 1, 300)")[0], 16)
        self.console.rom_write(0, self.version("C"))
        self.assertEqual(self.start(), "C")

    def test_boot_is_part_of_the_trial(self):
        """An image that never gets to its main must not stay."""
        for boot in ("print('version B')\n1 / 0", "print('version B')\nwhile True: pass"):
            with self.subTest(boot):
                self.console.rom_write(1, image(script("boot", boot), script("main", "import romfs; romfs.confirm()")))
                self.hard_reset(b"version B\r\n")
                self.console.enter_raw()
                self.assertIn("tried=True, confirmed=False", self.slot(1))
                self.assertEqual(self.start(), "A")

    def test_trial_although_the_directory_is_rom(self):
        """As on the second core of MicroPython's alif port, which goes there first: boot and main are still the image's."""
        self.put("/boot.py", "import os\nos.chdir('/rom')")
        self.assertEqual(self.start(), "B")
        self.assertIn("tried=True, confirmed=False", self.slot(1))

    def test_without_main_there_is_no_trial(self):
        self.console.rom_write(1, image(file("data", "no main")))
        self.assertIsNone(self.start())
        self.assertIn("tried=False", self.slot(1))
        self.start()
        self.assertEqual(self.console.eval("open('/rom/data').read()"), "no main")


if __name__ == "__main__":
    unittest.main(verbosity=2)
