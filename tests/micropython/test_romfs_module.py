"""The module romfs on SIM, as docs/module-romfs.md describes it."""

import os
import unittest

from board_test import BoardTest
from romfs_writer import directory, file, image, info, record, sealed_image, varuint, wrap, INFO

SIZES = {0: 1024 * 1024 - 4096, 1: 1024 * 1024 - 4096, 2: 1024 * 1024}


class Module(BoardTest):
    prelude = "import gc, os, romfs, vfs"

    def assert_os_error(self, code, number, *parts):
        args = self.console.os_error(code)
        self.assertIsNotNone(args, code)
        self.assertEqual(args[0], number, (code, args))
        for part in parts:
            self.assertIn(part, args[1], code)

    def info(self, segment, field):
        return self.console.eval(f"romfs.info({segment}).{field}")

    def content(self, segment, size):
        return self.console.eval(f"bytes(vfs.rom_ioctl(2, {segment})[:{size}])")


class Listing(Module):
    def test_segments(self):
        rows = self.console.eval("[tuple(s) for s in romfs.segments()]")
        self.assertEqual(rows, [(id, f"rom{id}", size, 4096, 1, "empty", id < 2, False)
                                for id, size in SIZES.items()])
        self.assertEqual(self.console.eval("romfs.segments()[2].name"), "rom2")
        self.assertEqual(self.console.eval("romfs.segments()[2].erase_size"), 4096)

    def test_states(self):
        self.console.rom_write(0, image(file("a", "plain")))
        self.console.rom_write(2, sealed_image(file("a", "sealed")))
        self.assertEqual(self.console.eval("[s.state for s in romfs.segments()]"), ["unsealed", "empty", "sealed"])

    def test_info(self):
        label = record(INFO, varuint(2) + varuint(5) + b"label" + varuint(3) + varuint(2) + b"\x85\x00"
                       + varuint(4) + varuint(1) + b"\x10" + varuint(5) + varuint(3) + b"1.0")
        made = wrap(label + file("a", "x") + directory("d", file("b", "y")))
        self.console.rom_write(2, made)
        for field, value in (("id", 2), ("state", "unsealed"), ("fault", None), ("size", len(made)), ("files", 2),
                             ("crc", None), ("label", "label"), ("builder", "1.0"), ("build_time", 640), ("align", 16),
                             ("mpy", None), ("slot", None)):
            self.assertEqual(self.info(2, field), value, field)

    def test_info_of_a_sealed_slot(self):
        made = sealed_image(file("a", "x"))
        self.console.rom_write(1, made)
        self.assertEqual(self.info(1, "crc"), int.from_bytes(made[-4:], "little"))
        self.assertEqual(self.info(1, "slot.sequence"), 1)
        for mark in ("chosen", "tried", "confirmed", "rejected"):
            self.assertEqual(self.info(1, f"slot.{mark}"), False, mark)

    def test_info_of_nothing(self):
        for field, value in (("state", "empty"), ("size", 0), ("files", 0), ("label", None), ("align", 1), ("slot", None)):
            self.assertEqual(self.info(2, field), value, field)

    def test_ids(self):
        for call in ("info(3)", "verify(-1)", "erase(3)", "mount(3, '/x')", "Update(3, 4)", "confirm(1 << 40)", "rollback(3)"):
            self.assert_os_error(f"romfs.{call}", 2, "there is no such segment")
        for call in ("info('0')", "verify(None)", "erase(0.0)", "Update(0)", "Update(0, 1, 2)", "Update(0, 'x')", "segments(1)",
                     "mount(0, 1)"):
            self.assertIn("TypeError", self.console.exec_error(f"romfs.{call}"), call)


class Checking(Module):
    def damage(self, segment, off):
        """A bit falls over while the board runs, as in worn flash."""
        with open(os.path.join(self.board.state, "flash"), "r+b") as flash:
            flash.seek(segment * 1024 * 1024 + off)
            byte = flash.read(1)[0]
            flash.seek(-1, os.SEEK_CUR)
            flash.write(bytes([byte ^ 1]))

    def test_verify(self):
        self.console.rom_write(0, image(file("a", "plain")))
        self.console.rom_write(2, sealed_image(file("a", "sealed")))
        self.assertEqual(self.console.eval("romfs.verify(0)"), False)
        self.assertEqual(self.console.eval("romfs.verify(2)"), True)
        self.assert_os_error("romfs.verify(1)", 19, "segment 1", "there is no image")

    def test_verify_reads_the_flash(self):
        made = sealed_image(file("a", "contents"))
        self.console.rom_write(2, made)
        self.assertEqual(self.console.eval("romfs.verify(2)"), True)
        self.damage(2, made.index(b"contents"))
        self.assert_os_error("romfs.verify(2)", 74, "segment 2, offset")
        self.assertEqual(self.info(2, "state"), "damaged")
        self.assertNotEqual(self.info(2, "fault"), None)
        self.assert_os_error("romfs.mount(2, '/x')", 74)

    def test_erase(self):
        self.console.rom_write(2, image(file("a", "x")))
        self.console.exec("romfs.erase(2)")
        self.assertEqual(self.content(2, 64), b"\xff" * 64)
        self.assertEqual(self.info(2, "state"), "empty")

    def test_erase_lets_go_of_mounts(self):
        self.console.rom_write(2, image(file("a", "x")))
        self.console.exec("romfs.mount(2, '/x')\nf = open('/x/a')\nromfs.erase(2)")
        self.assertEqual(self.console.eval("os.listdir('/')"), [])
        self.assertIn("EIO", self.console.exec_error("f.read()"))

    def test_mount(self):
        self.console.rom_write(2, image(file("a", "x")))
        self.console.exec("romfs.mount(2, '/models')")
        self.assertEqual(self.console.eval("open('/models/a').read()"), "x")
        self.assert_os_error("romfs.mount(1, '/y')", 19, "there is no image")
        self.assertIn("OSError: [Errno 1] EPERM", self.console.exec_error("romfs.mount(2, '/models')"))
        self.console.exec("vfs.umount('/models')")

    def test_slots_without_a_choice(self):
        for call in ("confirm()", "rollback()"):
            self.assert_os_error(f"romfs.{call}", 2, "did not start from a slot")
        self.assert_os_error("romfs.confirm(2)", 95)
        self.assert_os_error("romfs.rollback(0)", 1)


class Updating(Module):
    def test_update(self):
        """Chunks of every kind and size."""
        made = sealed_image(file("a", bytes(range(256)) * 50))
        self.console.exec(f"data = {made!r}")
        for pieces in ("(data,)", "(data[i:i + 1] for i in range(len(data)))", "(data[i:i + 777] for i in range(0, len(data), 777))",
                       "(bytearray(data), b'', memoryview(b''))", "(memoryview(data)[:5000], memoryview(data)[5000:])"):
            self.console.exec(f"with romfs.Update(2, len(data)) as u:\n  for piece in {pieces}: assert u.write(piece) == len(piece)")
            self.assertEqual(self.content(2, len(made)), made, pieces)
            self.assertEqual(self.console.eval("romfs.verify(2)"), True)
            self.console.exec("romfs.erase(2)")

    def test_array(self):
        made = image(file("a", "x" * 87))
        self.assertEqual(len(made) % 4, 0)
        self.console.exec(f"import array\nwith romfs.Update(2, {len(made)}) as u: u.write(array.array('I', {made!r}))")
        self.assertEqual(self.content(2, len(made)), made)

    def test_from_another_segment(self):
        made = image(file("a", "x" * 5000))
        self.console.rom_write(2, made)
        self.console.exec(f"with romfs.Update(1, {len(made)}) as u: u.write(vfs.rom_ioctl(2, 2)[:{len(made)}])")
        self.assertEqual(self.content(1, len(made)), made)
        self.assert_os_error(f"with romfs.Update(1, {len(made)}) as u: u.write(vfs.rom_ioctl(2, 1)[:{len(made)}])", 22,
                             "lie in the segment")

    def test_a_raw_view_shows_the_flash(self):
        """As documented: what points into the flash sees it change."""
        old, new = image(file("a", "old")), image(file("a", "new"))
        self.console.rom_write(2, old)
        self.console.exec("romfs.mount(2, '/x')\nview = memoryview(open('/x/a', 'rb'))\ncopy = bytes(view)\n"
                          "romfs.erase(2)\nempty = bytes(view)")
        self.console.rom_write(2, new)
        self.assertEqual(self.console.eval("(copy, empty, bytes(view))"), (b"old", b"\xff\xff\xff", b"new"))

    def test_keep(self):
        old = image(file("a", "a" * 10000))
        new = old.replace(b"aaa", b"bbb", 1)
        self.console.rom_write(2, old)
        self.console.exec(f"with romfs.Update(2, {len(new)}) as u:\n  u.write({new[:4096]!r})\n  u.keep({len(new) - 4096})")
        self.assertEqual(self.content(2, len(new)), new)

    def test_exception_aborts(self):
        self.console.rom_write(2, image(file("a", "old")))
        self.assertIn("ZeroDivisionError", self.console.exec_error("with romfs.Update(2, 300) as u:\n  u.write(b'x')\n  1 / 0"))
        self.assertEqual(self.info(2, "state"), "empty")
        self.assert_os_error("u.write(b'x')", 22, "closed")

    def test_interrupt_aborts(self):
        self.console.write(b"with romfs.Update(2, 300) as u:\n  u.write(b'x')\n  while True: pass\x04")
        self.console.read_until(b"OK")
        self.console.write(b"\x03")
        self.assertIn(b"KeyboardInterrupt", self.console.read_until(b"\x04>"))
        self.assertEqual(self.info(2, "state"), "empty")
        self.console.exec("romfs.Update(2, 4).abort()")

    def test_too_little_and_too_much(self):
        made = image(file("a", "x"))
        self.assert_os_error(f"with romfs.Update(2, {len(made) + 2}) as u: u.write({made!r})", 22, "segment 2")
        self.assert_os_error(f"with romfs.Update(2, {len(made) - 2}) as u: u.write({made!r})", 22, "segment 2")
        for size in (0, -1, SIZES[2] + 1, 1 << 32, 1 << 70):
            error = self.console.os_error(f"romfs.Update(2, {size})")
            self.assertIn(error[0], (22, 28), size)

    def test_after_a_failed_block_comes_the_next(self):
        """The session of a block that failed does not stay open until its object is collected."""
        made = image(file("a", "x"))
        for size in (len(made) - 2, len(made) + 2):
            self.assert_os_error(f"with romfs.Update(2, {size}) as u: u.write({made!r})", 22, "segment 2")
            self.assert_os_error("u.write(b'x')", 22, "closed")
            self.console.exec(f"with romfs.Update(2, {len(made)}) as v: v.write({made!r})")
            self.assertEqual(self.content(2, len(made)), made)

    def test_damaged(self):
        self.assert_os_error("with romfs.Update(2, 4) as u: u.write(b'\\xd2\\xcd\\x31\\x01')", 74, "segment 2")
        self.assertEqual(self.info(2, "state"), "empty")

    def test_caught_error_does_not_commit(self):
        """A session that failed inside the block is an error at its end too."""
        code = ("with romfs.Update(2, 4) as u:\n  u.write(b'\\xd2\\xcd\\x31\\x01')\n  try: u.commit()\n  except OSError: pass")
        self.assertIn("this update is closed", self.console.exec_error(code))

    def test_explicit_commit(self):
        made = image(file("a", "x"))
        self.console.exec(f"with romfs.Update(2, {len(made)}) as u:\n  u.write({made!r})\n  u.commit()")
        self.assertEqual(self.content(2, len(made)), made)
        self.assert_os_error("u.commit()", 22, "closed")

    def test_one_at_a_time(self):
        self.console.exec("u = romfs.Update(2, 300)")
        self.assert_os_error("romfs.Update(1, 300)", 16)
        self.console.exec("u.abort()\nv = romfs.Update(1, 300)")
        self.assert_os_error("u.write(b'x')", 22, "closed")
        self.console.exec("u.abort()\nv.write(b'x')\nv.abort()")

    def test_forgotten_update_ends_with_the_garbage(self):
        self.console.exec("def forget(): romfs.Update(2, 300)\nforget()")
        self.console.exec("for i in range(2000): bytearray(100)\ngc.collect()")
        self.console.exec("romfs.Update(1, 300).abort()")

    def test_ioctl_takes_over(self):
        """A client's session ends a script's, and the script hears of it."""
        self.console.exec("u = romfs.Update(2, 300)\nu.write(b'x')\nvfs.rom_ioctl(3, 2, 300)")
        self.assert_os_error("u.write(b'x')", 22, "closed")
        self.assert_os_error("u.commit()", 22, "closed")

    def test_session_of_another_object(self):
        """On the same segment, so that only the generation tells them apart."""
        self.console.exec("u = romfs.Update(2, 300)\nvfs.rom_ioctl(3, 2, 300)\nv = romfs.Update(2, 300)")
        self.assert_os_error("u.write(b'x')", 22, "closed")
        self.console.exec("u.abort()\nv.write(b'x')\nv.abort()")

    def test_memory(self):
        """However large the image is: the heap holds the object and what the caller holds."""
        made = image(file("a", "x" * 60000))
        self.console.exec(f"head = {made[:made.index(b'xxx')]!r}\nrest = {made[made.rindex(b'x') + 1:]!r}")
        self.console.exec("def update(piece):\n"
                          "  count = 60000 // len(piece)\n"
                          "  gc.collect()\n  before = gc.mem_alloc()\n  gc.disable()\n"
                          f"  u = romfs.Update(2, {len(made)})\n  u.write(head)\n"
                          "  for _ in range(count): u.write(piece)\n"
                          "  u.write(rest)\n  u.commit()\n"
                          "  used = gc.mem_alloc() - before\n  gc.enable()\n  return used")
        for piece in ("b'x'", "b'x' * 250", "bytearray(b'x' * 1000)", "memoryview(b'x' * 60000)"):
            self.console.exec(f"piece = {piece}")
            self.assertLessEqual(self.console.eval("update(piece)"), 64, piece)
            self.assertEqual(self.console.eval("romfs.verify(2)"), False)
            self.console.exec("romfs.erase(2)")

    def test_running_slot(self):
        self.console.rom_write(0, image(file("a", "x")))
        self.console.soft_reset()
        self.console.exec("import romfs")
        self.assert_os_error("romfs.Update(0, 300)", 16, "segment 0", "segment 1")
        self.assert_os_error("romfs.erase(0)", 16)


if __name__ == "__main__":
    unittest.main(verbosity=2)
