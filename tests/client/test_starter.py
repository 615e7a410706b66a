"""Starting an image on stock MicroPython, which runs no main from /rom: what a deploy says, and the starter (W6)."""

import json
import unittest

from stock_board import SHAPES
from test_stock import StockTest

STM32_DEFAULT = "# main.py -- put your code here!\r\n"
MARK = b"# mprom starter "


class StarterTest(StockTest):
    def tree(self, **files):
        """A directory with these files (name without .py)."""
        for name, text in files.items():
            self.write(f"app/{name}.py", text)
        return self.folder / "app"

    def put_file(self, path, text):
        with self.board.raw() as console:
            console.exec(f"f = open({path!r}, 'wb'); f.write({text.encode()!r}); f.close()")
            console.leave_raw()

    def get_file(self, path):
        """None if it is not there."""
        with self.board.raw() as console:
            return console.eval(f"open({path!r}, 'rb').read() if {path!r} in __import__('os').listdir('/') else None")

    def printed(self, restart="soft"):
        """What the board prints from a restart to its prompt."""
        with self.board.raw() as console:
            if restart == "soft":
                console.leave_raw()
                console.write(b"\x04")
                console.read_until(b"soft reboot\r\n")
            else:
                console.write(b"import machine; machine.reset()\x04")
                console.read_until(b"OK")
            return console.read_until(b">>> ").decode()

    def assert_starts(self, text, **kwargs):
        for restart in ("soft", "hard"):
            self.assertIn(text, self.printed(restart, **kwargs), restart)


class Says(StarterTest):
    """W6: whether the application will run."""

    def said(self, *options):
        return self.mprom("deploy", self.tree(main="print('hi')"), *options).stderr.decode()

    def test_nothing_starts_it(self):
        for kind in SHAPES:
            with self.subTest(kind):
                self.start(kind)
                said = self.said()
                self.assertIn("main of the image will not run", said)
                self.assertIn("--install-starter", said)

    def test_the_default_of_a_port(self):
        self.start("view")
        self.put_file("/main.py", STM32_DEFAULT)
        self.assertIn("main of the image will not run", self.said())

    def test_own_main(self):
        self.start("view")
        self.put_file("/main.py", "print('mine')")
        self.assertIn("starts its own /main.py", self.said())

    def test_own_boot(self):
        self.start("view", boot="import sys\nsys.path.insert(0, '/rom')\n")
        self.assertIn("only if boot.py starts it", self.said())

    def test_no_main_in_the_image(self):
        self.start("view")
        self.assertEqual(self.mprom("deploy", self.tree(part="X = 1")).stderr, b"")

    def test_json(self):
        self.start("view")
        app = self.tree(main="pass")
        self.assertEqual(json.loads(self.mprom("deploy", app, "--json").stdout)[0]["starts"], "nothing")
        done = self.mprom("deploy", app, "--json", "--install-starter", "--no-restart")
        self.assertEqual(json.loads(done.stdout)[0]["starts"], "starter")
        self.put_file("/main.py", "print('mine')")
        self.assertEqual(json.loads(self.mprom("deploy", app, "--json").stdout)[0]["starts"], "own main.py")


class Install(StarterTest):
    """W6: --install-starter makes the application run."""

    def test_every_shape(self):
        for kind in SHAPES:
            with self.subTest(kind):
                self.start(kind)
                done = self.mprom("deploy", self.tree(main="print('from', __file__)"), "--install-starter", "--follow", "30")
                self.assertIn(b"from /rom/main.mpy\n", done.stdout)
                self.assert_starts("from /rom/main.mpy")

    def test_source(self):
        self.start("view")
        self.mprom("deploy", self.tree(main="print('from', __file__)"), "--no-mpy", "--install-starter")
        self.assert_starts("from /rom/main.py")

    def test_an_old_main_and_old_modules_on_the_disk(self):
        self.start("view")
        self.put_file("/main.mpy", "old")
        self.put_file("/part.py", "print('old part')")
        self.put_file("/main.py", STM32_DEFAULT)
        self.mprom("deploy", self.tree(main="import part", part="print('new part')"), "--install-starter")
        self.assert_starts("new part")

    def test_own_main_is_left_alone(self):
        for text in ("print('mine')", STM32_DEFAULT + "print('mine')", "", "# mprom starter 1 main\nprint('mine')\n",
                     "x" * 5000):
            with self.subTest(text[:40]):
                self.start("view")
                self.put_file("/main.py", text)
                done = self.mprom("deploy", self.tree(main="print('image')"), "--install-starter", status=1)
                self.assertIn(b"deployed", done.stdout)
                self.assertIn(b"/main.py is not mprom's and was left alone", done.stderr)
                self.assertEqual(self.get_file("main.py"), text.encode())

    def test_another_entry(self):
        self.start("view")
        app = self.tree(app="def run():\n print('run')\nprint('app', __name__)")
        self.mprom("deploy", app, "--install-starter", "--entry", "app")
        self.assert_starts("app app")
        self.mprom("deploy", app, "--install-starter", "--entry", "app:run")
        self.assert_starts("app app\r\nrun\r\n")

    def test_entries_that_are_none(self):
        self.start("view")
        app = self.tree(main="pass")
        for entry in ("app", "main.x"):
            with self.subTest(entry):
                done = self.mprom("deploy", app, "--install-starter", "--entry", entry, status=1)
                self.assertIn(b"nothing was sent", done.stderr)
        for entry in ("m'''", "a b", "", ":", "main:", ":main", "main:a:b", "main.", "1", "x" * 200):
            with self.subTest(entry):
                done = self.mprom("deploy", app, "--install-starter", "--entry", entry, status=2)
                self.assertEqual(done.stdout, b"")
        self.assertEqual(self.board.operations(), [])
        self.assertIsNone(self.get_file("main.py"))

    def test_an_exception_a_syntax_error_and_ctrl_c(self):
        self.start("view")
        self.mprom("deploy", self.tree(main="1//0"), "--install-starter")
        self.assert_starts("ZeroDivisionError")
        self.mprom("deploy", self.tree(main="x = (\n"), "--install-starter", "--no-mpy")
        self.assert_starts("SyntaxError")
        self.mprom("deploy", self.tree(main="print('loop')\nwhile True: pass"), "--install-starter")
        with self.board.console() as console:
            console.write(b"\x03")
            self.assertIn(b"KeyboardInterrupt", console.read_until(b">>> "))

    def test_no_image(self):
        self.start("view")
        self.mprom("deploy", self.tree(main="print('hi')"), "--install-starter")
        self.mprom("erase", "-n", "0")
        self.assert_starts("there is no main in /rom")

    def test_main_that_asks_for_its_name(self):
        """A condition that is false in a module that is imported is pointed out, in source and compiled."""
        self.start("view")
        app = self.tree(main="if __name__ == '__main__': print('guarded')")
        for options in ((), ("--no-mpy",)):
            done = self.mprom("deploy", app, "--install-starter", *options)
            self.assertIn(b"__name__ is \"main\" there", done.stderr)
        done = self.mprom("deploy", self.tree(main="print(__name__)"), "--install-starter")
        self.assertNotIn(b"__name__", done.stderr)

    def test_again(self):
        """The starter is replaced by one with another entry, and otherwise stays as it is."""
        self.start("view")
        app = self.tree(main="print('main')", other="print('other')")
        self.mprom("deploy", app, "--install-starter")
        first = self.get_file("main.py")
        self.assertTrue(first.startswith(MARK))
        self.mprom("deploy", app, "--install-starter")
        self.assertEqual(self.get_file("main.py"), first)
        self.mprom("deploy", app, "--install-starter", "--entry", "other")
        self.assert_starts("other")

    def test_remove(self):
        self.start("view")
        app = self.tree(main="print('hi')")
        self.mprom("deploy", app, "--install-starter")
        done = self.mprom("deploy", app, "--remove-starter")
        self.assertIn(b"removed the starter /main.py", done.stderr)
        self.assertIsNone(self.get_file("main.py"))
        self.mprom("deploy", app, "--install-starter")
        self.mprom("erase", "-n", "0", "--remove-starter")
        self.assertIsNone(self.get_file("main.py"))
        self.put_file("/main.py", "print('mine')")
        done = self.mprom("deploy", app, "--remove-starter", status=1)
        self.assertIn(b"not mprom's starter and was left alone", done.stderr)
        self.assertEqual(self.get_file("main.py"), b"print('mine')")

    def test_usage(self):
        self.start("view")
        app = self.tree(main="pass")
        self.mprom("deploy", app, "--install-starter", "--remove-starter", status=2)
        self.mprom("deploy", app, "--entry", "main", status=2)


if __name__ == "__main__":
    unittest.main()
