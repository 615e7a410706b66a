#!/usr/bin/python3
"""The programs that run on boards, each on MicroPython's unix port: what it prints, and what it does to the board.

    test_programs.py MICROPYTHON MPY_CROSS [TEST...]
"""

import binascii
import hashlib
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zlib

from on_micropython import NUMBER, MicroPython, bare, board_programs, session, text_of

MICROPYTHON, MPY_CROSS = sys.argv.pop(1), sys.argv.pop(1)

FLASH_SIZE = 16384
DATA = bytes((i * 7 + i // 256) % 256 for i in range(FLASH_SIZE))
SAMPLES = {"%u": 5, "%d": 5, "%zu": 5, "%s": "x", "%.*s": "x", "%06x": 5, "%08x": 5}


def number(value):
    """A number of an image (docs/format.md): 7 bits in a byte, the highest first."""
    digits = [value & 127]
    while value > 127:
        value >>= 7
        digits.insert(0, value & 127 | 128)
    return bytes(digits)


def record(kind, payload):
    return number(kind) + number(len(payload)) + payload


def image_of(records):
    """An image of FLASH_SIZE bytes of flash: its header, the records, and what lies behind."""
    return (b"\xd2\xcd\x31" + number(len(records)) + records).ljust(FLASH_SIZE, b"\xff")


SEAL = record(0x6D7003, b"\x01" + b"crc!")
FILE = record(4, number(4) + b"name" + bytes(range(40)))


class Programs(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="mprom-test-")
        self.board = MicroPython(MICROPYTHON, self.folder.name)
        self.path = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def ask(self, name, flash=DATA, shape="view", block_size=4096, results="{}", before="", is_open=True, **args):
        """The answer of a program that uses the helpers, and what it did to a board with this segment."""
        setting = f"segments(bytearray({bytes(flash)!r}), {shape!r}, {block_size}, {results})\n{before}"
        return self.board.answer(session(name, opens=block_size if is_open else None, **args), setting)

    def ask_firmware(self, name, results, before="", **args):
        """The same of a bare program, for firmware whose module romfs returns these results."""
        setting = f"segments(bytearray(64), 'view', 0, {{28016: 1}})\nsys.modules['romfs'] = Noting('romfs', {results})\n{before}"
        return self.board.answer(bare(name, **args), setting)


class Text(Programs):
    def test_every_program_compiles(self):
        for program in board_programs.programs():
            args = {place: SAMPLES[program.args[place]] for place in program.args}
            if program.name in ("describe", "describe_silently"):
                args["ABOUT"] = "None"
            for part in text_of(program.name, **args).split("\f\n"):
                with self.subTest(program.name):
                    compile(part, program.name, "exec")
                    (self.path / "part.py").write_text(part)
                    done = subprocess.run([MPY_CROSS, "part.py"], cwd=self.path, capture_output=True, text=True)
                    self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_nothing_is_sent_for_readers_only(self):
        for program in board_programs.programs():
            text, _ = board_programs.text_of(program.name)
            if not program.is_verbatim:
                self.assertNotIn("#", text, program.name)
                self.assertNotIn('"""', text, program.name)
                self.assertNotIn("\n\n", text.replace("\n\f\n", ""), program.name)

    def test_the_first_programs_fit_the_smallest_input_buffer(self):
        keys = "\x03\x03\x01"
        self.assertLess(len(keys + text_of("first", DESCRIPTION=0xFFFFFF, NONCE=0xFFFFFF)) + 1, 192)
        self.assertLess(len(text_of("own_exec") + "\n" + text_of("synchronize", NONCE=0xFFFFFFFF)) + 1, 96)


class Helpers(Programs):
    def test_answers_are_marked(self):
        lines, _ = self.ask(None, body="_p('word',1,'two')\n_p('end')")
        self.assertEqual(lines, ["word 1 two", "end"])

    def test_silent_answers_are_kept(self):
        lines, _ = self.ask(None, silent=True, body="_p('word',1)\nprint('\\nmprom:7 kept',_j)")
        self.assertEqual(lines, ["kept [7, ('word', 1)]"])

    def test_bytes_are_read(self):
        body = "print('mprom:7',_h(_v(4090,12)),_h(_v(0,1)),_h(b''))"
        for shape in ("view", "blocks", "device"):
            lines, _ = self.ask(None, shape=shape, block_size=512, body=body)
            self.assertEqual(lines, [f"{DATA[4090:4102].hex()} {DATA[:1].hex()} -"])

    def test_bytes_behind_16_mib_are_read(self):
        view = ("class memoryview:\n"
                "    def __init__(self, data): self.data = data\n"
                "    def __getitem__(self, at):\n"
                "        if isinstance(at, slice): raise OverflowError\n"
                "        return self.data[at]\n")
        setting = f"{view}import builtins\nbuiltins.memoryview = memoryview\n"
        lines, _ = self.ask(None, before=setting, body="print('mprom:7',_h(_v(5,3)))")
        self.assertEqual(lines, [DATA[5:8].hex()])

    def test_names_of_a_users_program_are_removed(self):
        lines, _ = self.ask(None, before="print=len=int=min=str=bytes=range=open=3", body="_p(min(len('ab'),int('5')))")
        self.assertEqual(lines, ["2"])

    def test_a_users_files_hide_no_modules(self):
        for name in ("hashlib", "binascii"):
            (self.path / f"{name}.py").write_text("print('hidden')\n")
        (self.path / "os.py").write_text("raise ValueError\n")
        lines, _ = self.ask(None, body="_p(hasattr(_x('os'),'getcwd'))\nimport sys\n_p(len(sys.path)>0)")
        self.assertEqual(lines, ["True", "True"])

    def test_boards_without_modules(self):
        absent = "".join(f"sys.modules['{name}'] = Noting('{name}', {{}})\n" for name in ("hashlib", "binascii"))
        lines, _ = self.ask(None, before=absent, body="_p(_k(b''),'_c'in globals(),'_a'in globals())")
        self.assertEqual(lines, ["-1 False False"])

    def test_a_program_that_ends_says_so(self):
        lines, _ = self.ask(None, body="print('mprom:7 before','_e'in globals())")
        self.assertEqual(lines, ["before False"])
        body = session(None, body="pass") + "\nprint('mprom:7 behind',_e)"
        lines, _ = self.board.answer(body, f"segments(bytearray(64), 'view', 0)")
        self.assertEqual(lines, [f"behind {NUMBER}"])


class Probe(Programs):
    def probe(self, flash=DATA, shape="view", block_size=4096, before="", results="{}"):
        body = "\n\f\n".join(text_of(name) for name in ("probe", "seal", "segment", "probe_all"))
        return self.ask(None, flash, shape, block_size, results, before, False, body=body)

    def test_board(self):
        lines, _ = self.probe()
        words = lines[0].split(" ", 6)
        self.assertEqual((words[0], words[1]), ("python", "1.25.0"))
        self.assertEqual(words[3], "63")  # bits of a word, without its sign
        self.assertTrue(words[2].isdigit() and words[4].isdigit() and words[5] == "linux")
        self.assertEqual(lines[1:3], ["able 1 1 1 1 0 1", "segments 1 -"])

    def test_identity(self):
        machine = "sys.modules['machine'] = Noting('machine', {'unique_id': bytes(range(40))})"
        self.assertEqual(self.probe(before=machine)[0][2], f"segments 1 {bytes(range(32)).hex()}")

    def test_boards_without_romfs(self):
        lines, _ = self.probe(before="sys.modules['vfs'] = Noting('vfs', {})", results="{}")
        self.assertEqual(lines[1:], ["able 1 1 1 0 0 1", "segments 0 -"])

    def test_shapes(self):
        for shape, block_size, said in (("view", 0, "view 16384 -22"), ("blocks", 4096, "view 16384 4096"),
                                        ("device", 512, "device 16384 512")):
            lines, _ = self.probe(shape=shape, block_size=block_size)
            self.assertEqual(lines[3:], [f"segment 0 {said} -1", f"head 0 {DATA[:96].hex()}", "seal 0 -"])

    def test_a_device_of_samd(self):
        lines, _ = self.probe(shape="device", block_size=512, before="Device.flash_version = None")
        self.assertEqual(lines[3], "segment 0 samd 16384 512 -1")

    def test_a_segment_that_cannot_be_read(self):
        lines, _ = self.probe(results="{2: -19}")
        self.assertEqual(lines[3:], ["segment 0 none 0 0 -1"])

    def test_large_blocks_say_how_they_are_aligned(self):
        lines, _ = self.probe(shape="blocks", block_size=8192,
                              before="sys.modules['uctypes'] = Noting('uctypes', {'addressof': 8192 * 5 + 5000})")
        self.assertEqual(lines[3], "segment 0 view 16384 8192 5000")

    def seal_said(self, records):
        lines, _ = self.probe(image_of(records))
        return lines[-1]

    def test_seals(self):
        self.assertEqual(len(SEAL), 10)
        self.assertEqual(self.seal_said(FILE + SEAL), f"seal 0 {SEAL.hex()}")
        self.assertEqual(self.seal_said(SEAL), f"seal 0 {SEAL.hex()}")
        self.assertEqual(self.seal_said(FILE), "seal 0 -")
        self.assertEqual(self.seal_said(FILE * 300 + SEAL), f"seal 0 {SEAL.hex()}")

    def test_a_file_that_ends_like_a_seal_is_none(self):
        self.assertEqual(self.seal_said(record(4, number(4) + b"name" + SEAL)), "seal 0 -")

    def test_images_that_are_none(self):
        image = image_of(FILE + SEAL)
        beyond = b"\xd2\xcd\x31" + number(FLASH_SIZE + 1 - 5)  # its last byte is not in the segment
        for flash in (b"\xd3" + image[1:], beyond + record(4, bytes(FLASH_SIZE - 17)) + SEAL[:9], b"\xff" * FLASH_SIZE, bytes(FLASH_SIZE),
                      b"\xd2\xcd\x31" + b"\xff" * (FLASH_SIZE - 3), b"\xd2\xcd\x31" + number(1 << 40) + bytes(8000)):
            self.assertEqual(self.probe(flash)[0][-1], "seal 0 -")

    def test_slots(self):
        flash = image_of(FILE + SEAL)
        for slot, chosen, damaged, state in (("None", 1, 0, "started from"), ("None", 0, 1, "damaged"),
                                             ("S(0,0,0)", 1, 0, "started from, on trial"), ("S(0,0,1)", 0, 0, "gave up"),
                                             ("S(0,0,0)", 0, 0, "not started yet"), ("S(0,1,1)", 0, 0, "confirmed"),
                                             ("S(1,1,1)", 1, 1, "damaged, started from, rejected")):
            firmware = ("class S:\n"
                        "    def __init__(self, *v): self.rejected, self.confirmed, self.tried = v\n"
                        "class Info: pass\n"
                        f"segment = Info(); segment.state = 'damaged' if {damaged} else 'good'; segment.chosen = bool({chosen})\n"
                        "segment.group = 1; segment.name = 'slot a'\n"
                        f"info = Info(); info.slot = {slot}\n"
                        "sys.modules['romfs'] = Noting('romfs', {'segments': [segment], 'info': info})\n")
            lines, _ = self.probe(flash, before=firmware, results="{28016: 1}")
            self.assertEqual(lines[1], "able 1 1 1 1 1 1")
            self.assertEqual(lines[-1], f"slot 0 1 {chosen} slot a {state}")

    def test_firmware_without_its_module(self):
        lines, _ = self.probe(before="sys.modules['romfs'] = 7\n", results="{28016: 2}")
        self.assertEqual(lines[1], "able 1 1 1 1 2 1")
        self.assertEqual([line.split()[0] for line in lines[-3:]], ["segment", "head", "seal"])

    def test_one_segment(self):
        body = "\n".join([text_of("seal"), text_of("segment"), text_of("probe_one", SEGMENT=0, HAS_MODULE=0)])
        lines, _ = self.ask(None, body=body)
        self.assertEqual(lines, ["segment 0 view 16384 -22 -1", f"head 0 {DATA[:96].hex()}", "seal 0 -"])


def digest(data):
    return hashlib.sha256(data).hexdigest()[:8]


class Reads(Programs):
    def test_crc(self):
        for off, size in ((0, FLASH_SIZE), (100, 4096), (4097, 1), (3, 0)):
            lines, _ = self.ask("crc", OFFSET=off, SIZE=size)
            self.assertEqual(lines, [f"sum {zlib.crc32(DATA[off:off + size])}"])

    def test_digest(self):
        for off, size in ((0, FLASH_SIZE), (100, 1024), (4097, 1)):
            lines, _ = self.ask("digest", OFFSET=off, SIZE=size)
            self.assertEqual(lines, [f"sum {int(digest(DATA[off:off + size]), 16)}"])

    def test_digests_of_blocks(self):
        for name in ("digests", "digests_silently"):
            lines, _ = self.ask(name, OFFSET=4096, END=9000, BLOCK_SIZE=4096)
            self.assertEqual(lines, [f"blocks {digest(DATA[4096:8192])}{digest(DATA[8192:9000])}"])

    def test_bytes(self):
        check = zlib.crc32(DATA[10:310])
        self.assertEqual(self.ask("read_base64", OFFSET=10, SIZE=300)[0],
                         [f"data {check} {binascii.b2a_base64(DATA[10:310], newline=False).decode()}"])
        self.assertEqual(self.ask("read_hex", OFFSET=10, SIZE=300)[0], [f"data {check} {DATA[10:310].hex()}"])

    def test_aligned(self):
        for address, said in ((8192, 1), (8200, 0)):
            uctypes = f"sys.modules['uctypes'] = Noting('uctypes', {{'addressof': {address}}})"
            lines, _ = self.ask_firmware("aligned", "{}", uctypes, SEGMENT=0, ALIGNMENT=4096)
            self.assertEqual(lines, [f"aligned {said}"])
        lines, _ = self.ask_firmware("aligned", "{}", "sys.modules['uctypes'] = Noting('uctypes', {})", SEGMENT=0,
                                     ALIGNMENT=4096)
        self.assertEqual(lines, ["aligned 1"])


class Writes(Programs):
    def test_devices_are_erased_block_by_block(self):
        lines, notes = self.ask("erase_device", shape="device", block_size=512, FIRST=3, END=6, ACT=text_of("act_erase"))
        self.assertEqual((lines, notes), (["did 0"], [("ioctl", (6, block)) for block in (3, 4, 5)]))

    def test_devices_that_erase_what_is_written(self):
        lines, notes = self.ask("erase_device", shape="device", block_size=512, FIRST=3, END=5,
                                ACT=text_of("act_erase_by_write"))
        self.assertEqual((lines, notes), (["did 0"], [("writeblocks", (block, b"\xff" * 256, 0)) for block in (3, 4)]))

    def test_a_refused_erase_ends(self):
        refusing = "Device.ioctl = lambda self, op, arg: notes.append(arg) or (-5 if arg == 4 else None)"
        lines, notes = self.ask("erase_device", shape="device", block_size=512, before=refusing, FIRST=3, END=6,
                                ACT=text_of("act_erase"))
        self.assertEqual((lines, notes), (["did -5"], [3, 4]))

    def test_ranges_are_prepared(self):
        lines, notes = self.ask("erase_blocks", results="{3: 16}", SEGMENT=0, OFFSET=4096, SIZE=8192)
        self.assertEqual((lines, notes), (["did 16"], [("rom_ioctl", (3, 0, 4096, 8192))]))
        lines, notes = self.ask("erase_start", results="{3: -5}", SEGMENT=0, SIZE=100)
        self.assertEqual((lines, notes), (["did -5"], [("rom_ioctl", (3, 0, 100))]))

    def write(self, text, size, results="{4: 0}", name="write_base64"):
        return self.ask(name, results=results, TEXT=text, SIZE=size, ACT=text_of("act_write", SEGMENT=0, OFFSET=4096))

    def test_bytes_are_written(self):
        data = bytes(range(256))
        for name, text in (("write_base64", binascii.b2a_base64(data, newline=False).decode()), ("write_hex", data.hex())):
            lines, notes = self.write(text, 256, name=name)
            self.assertEqual((lines, notes), (["did 256 0"], [("rom_ioctl", (4, 0, 4096, data))]))
            self.assertEqual(self.write(text, 256, "{4: -5}", name)[0], ["did 256 -5"])
            self.assertEqual(self.write(text, 256, "{4: None}", name)[0], ["did 256 0"])
            # What was lost on the way is not written.
            self.assertEqual(self.write(text, 257, name=name), (["did 256 0"], []))

    def test_bytes_are_written_to_devices(self):
        act = text_of("act_write_device", BLOCK=2, OFFSET=64)
        lines, notes = self.ask("write_hex", shape="device", block_size=512, TEXT="616263", SIZE=3, ACT=act)
        self.assertEqual((lines, notes), (["did 3 0"], [("writeblocks", (2, b"abc", 64))]))

    def test_completing(self):
        for result, said in (("None", 0), ("0", 0), ("-22", -22)):
            lines, notes = self.ask("complete", results=f"{{5: {result}}}", SEGMENT=0)
            self.assertEqual((lines, notes), ([f"did {said}"], [("rom_ioctl", (5, 0))]))

    def test_unmounting(self):
        umount = ("def umount(path):\n"
                  "    notes.append(path)\n"
                  "    if path == '/rom': raise OSError(22)\n"
                  "sys.modules['vfs'].umount = umount\n")
        lines, notes = self.ask("unmount", before=umount, SEGMENT=3)
        self.assertEqual((lines, notes), (["did"], ["/rom", "/rom3"]))


class Firmware(Programs):
    def test_sums(self):
        lines, notes = self.ask_firmware("firmware_sum", "{'crc': 0xffffffff}", FUNCTION="crc", SEGMENT=1, OFFSET=2, SIZE=3)
        self.assertEqual((lines, notes), (["sum 4294967295"], [("romfs.crc", (1, 2, 3))]))

    def test_digests(self):
        lines, notes = self.ask_firmware("firmware_digests", "{'digests': None}", SEGMENT=1, OFFSET=0, END=9000,
                                         BLOCK_SIZE=4096)
        self.assertEqual((lines, notes), ([], [("romfs.digests", (NUMBER, 1, 0, 9000, 4096))]))
        lines, notes = self.ask_firmware("firmware_digests_silently", "{'digest': lambda i, o, n: o + n}", SEGMENT=1,
                                         OFFSET=0, END=9000, BLOCK_SIZE=4096)
        self.assertEqual(lines, ["blocks %08x%08x%08x" % (4096, 8192, 9000)])
        self.assertEqual(notes, [("romfs.digest", (1, 0, 4096)), ("romfs.digest", (1, 4096, 4096)),
                                 ("romfs.digest", (1, 8192, 808))])

    def test_acts(self):
        for name, function in (("erase_firmware", "erase"), ("confirm", "confirm"), ("unlock", "unlock")):
            lines, notes = self.ask_firmware(name, f"{{'{function}': None}}", SEGMENT=2)
            self.assertEqual((lines, notes), (["did"], [(f"romfs.{function}", (2,))]))

    def test_firmware_that_knows_no_locks(self):
        self.assertEqual(self.ask_firmware("unlock", "{}", SEGMENT=2), (["did"], []))

    def test_describe(self):
        lines, notes = self.ask_firmware("describe", "{'describe': None}", ABOUT="None")
        self.assertEqual((lines, notes[-1]), ([], ("romfs.describe", (NUMBER, None))))
        stock = "segments(bytearray(64), 'view', 0)"
        self.assertEqual(self.ask_firmware("describe", "{'describe': None}", stock, ABOUT="1"), ([], []))

    def test_describe_without_the_module(self):
        """Another one may have its name."""
        small = "segments(bytearray(64), 'view', 0, {28016: 2})"
        self.assertEqual(self.ask_firmware("describe", "{'describe': None}", small, ABOUT="1"), ([], [("rom_ioctl", (28016,))]))

    def test_describe_silently(self):
        body = bare("describe_silently", ABOUT="1") + "\nprint('\\nmprom:7',_j)"
        firmware = ("segments(bytearray(64), 'view', 0, {28016: 1})\n"
                    "sys.modules['romfs'] = Noting('romfs', {'describe': lambda n, i, out: out.write('%d %d' % (n, i))})\n")
        self.assertEqual(self.board.answer(body, firmware)[0], ["(7, '7 1')"])
        self.assertEqual(self.board.answer(body, "segments(bytearray(64), 'view', 0)")[0], ["(7, '')"])

    def test_receive_patch(self):
        lines, notes = self.ask_firmware("receive_patch", "{'receive': 99}", SEGMENT=1, SIZE=2, MODE=1, PIECE=4, ROOM=5,
                                         CHUNK=6, WINDOW_BITS=12, BAUD=8)
        self.assertEqual((lines, notes), (["did 99"], [("romfs.receive", (1, 2, 1, 4, 5, 6, 12, 8))]))

    def test_update(self):
        update = ("class Update:\n"
                  "    def __init__(self, *args): notes.append(args)\n"
                  "    def commit(self): notes.append('commit')\n"
                  "    def write(self, data): notes.append(data); return 3\n"
                  "    def keep(self, size): notes.append(size)\n"
                  "class Romfs: pass\n"
                  "romfs = Romfs(); romfs.Update = Update; sys.modules['romfs'] = romfs\n")
        begin = text_of("update_begin", SEGMENT=1, SIZE=100)
        frame = f"x=b'abcd'\nn=5\n_p({text_of('frame_update')},{text_of('frame_keep')})"
        lines, notes = self.ask(None, before=update, body=f"{begin}\n{frame}\n{text_of('update_commit')}")
        self.assertEqual((lines, notes), (["did", "-1 None", "did"], [(1, 100), b"abcd", 5, "commit"]))


class Starter(Programs):
    def test_look(self):
        where = self.path.resolve()
        self.assertEqual(self.ask("starter_look", SIZE_MAX=640)[0], [f"main 0 - 0 {where}"])
        (self.path / "main.py").write_bytes(b"abcdef")
        for boot, said in (("import main\n", 1), ("x = '/rom'\n", 1), ("pass\n", 0)):
            (self.path / "boot.py").write_text(boot)
            self.assertEqual(self.ask("starter_look", SIZE_MAX=3)[0], [f"main 1 616263 {said} {where}"])

    def test_write_and_remove(self):
        text = "import sys\nprint(\"x\")\n"
        self.assertEqual(self.ask("starter_write", TEXT=text, SIZE=len(text))[0], ["did 1"])
        self.assertEqual((self.path / "main.py").read_text(), text)
        self.assertFalse((self.path / "main.new").exists())
        self.assertEqual(self.ask("starter_write", TEXT=text, SIZE=len(text) + 1)[0], ["did 0"])
        self.assertEqual(self.ask("starter_remove")[0], ["did"])
        self.assertFalse((self.path / "main.py").exists())

    def test_what_is_written_starts_the_entry(self):
        (self.path / "app.py").write_text("print('app runs')\ndef go(): print('go runs')\n")
        for text, said in ((text_of("starter_main", VERSION=1, ENTRY="app", MODULE="app"), ["app runs"]),
                           (text_of("starter_main_function", VERSION=1, ENTRY="app:go", MODULE="app", FUNCTION="go"),
                            ["app runs", "go runs"])):
            (self.path / "main.py").write_text(text)
            done = subprocess.run([MICROPYTHON, "main.py"], cwd=self.path, capture_output=True, text=True)
            self.assertEqual((done.stdout.split("\n")[:-1], done.stderr), (said, ""))
            self.assertTrue(text.startswith("# mprom starter 1 app"))
            (self.path / "import_it.py").write_text("import main\n")
            done = subprocess.run([MICROPYTHON, "import_it.py"], cwd=self.path, capture_output=True, text=True)
            self.assertEqual(done.stdout, "mprom: there is no main in /rom; mprom deploy writes one\n")


def pieces_of(text, seed):
    """docs/transfer.md, "Boards that print all the time"."""
    text = text.replace("\n", "\x1e")
    count = -(-len(text) // 24)
    for place in range(count):
        body = "%03x%03x%s" % (place, count, text[24 * place:24 * place + 24].ljust(24))
        check = seed
        for character in body:
            check = (check * 101 + ord(character)) % (1 << 23)
        yield "\x02%06x%s\x03" % (check, body)


class SaidAgain(Programs):
    def pieces(self, body, seed=99, first=0, end=100):
        text = "\n".join([body, text_of("say_again"), text_of("pieces", SEED=seed, FIRST=first, END=end)])
        output, _ = self.board.run(text)
        return output.decode()

    def test_an_answer_in_pieces(self):
        answer = "_j=[7,('word',1,'a longer text that takes some pieces'),('end',)]\n_e=7"
        said = "7 7\nmprom:7 word 1 a longer text that takes some pieces\nmprom:7 end\n"
        expected = list(pieces_of(said, 99))
        self.assertGreater(len(expected), 2)
        self.assertEqual(self.pieces(answer), "".join(expected))
        self.assertEqual(self.pieces(answer, first=1, end=2), expected[1])
        self.assertEqual(self.pieces(answer, 0x7FFFFF), "".join(pieces_of(said, 0x7FFFFF)))

    def test_a_description(self):
        self.assertEqual(self.pieces("_j=7,'mprom:7 link\\nmprom:7 \\xe9'"), "".join(pieces_of("7 0\nmprom:7 link\nmprom:7 ?", 99)))

    def test_a_program_that_did_not_end(self):
        self.assertEqual(self.pieces("_j=[7]\n_e=6"), "".join(pieces_of("7 6\n", 99)))
        self.assertEqual(self.pieces("_j=[7]"), "".join(pieces_of("7 0\n", 99)))

    def test_names_of_a_users_program_are_removed(self):
        self.assertEqual(self.pieces("print=len=range=str=map=ord=isinstance=1\n_j=[7]"), "".join(pieces_of("7 0\n", 99)))


class Loading(Programs):
    def test_firmware_describes_itself(self):
        firmware = ("segments(bytearray(64), 'view', 0, {28016: 1})\n"
                    "sys.modules['romfs'] = Noting('romfs', {'describe': None})\n")
        output, notes = self.board.run(text_of("first", DESCRIPTION=5, NONCE=0xABC), firmware)
        self.assertEqual((output, notes[1:]), (b"", [("romfs.describe", (5,))]))

    def test_other_boards_read_the_next_program(self):
        program = "def one():\n return 'one'\n\f\nprint(one())\n"
        for vfs in ("segments(bytearray(64), 'view', 0)", "sys.modules['vfs'] = Noting('vfs', {})"):
            output, _ = self.board.run(text_of("first", DESCRIPTION=5, NONCE=0xABC), vfs, (f"{len(program):8}" + program).encode())
            self.assertEqual(output, b"\nmprom-000abc\none\n")

    def test_a_program_is_read_and_run(self):
        program = text_of("loaded") + "\nprint('one')\n\f\nprint('two')\n"
        output, _ = self.board.run(text_of("load", SIZE=len(program)), stdin=program.encode() + b"raise ValueError\n")
        self.assertEqual(output, b"\x05\x06one\ntwo\n")

    def test_names_of_a_users_program_are_removed(self):
        text = "\n".join(["print=exec=int=1", text_of("own_exec"), text_of("synchronize", NONCE=0xABC), text_of("load", SIZE=16)])
        self.assertEqual(self.board.run(text, stdin=b"print(int('12'))")[0], b"mprom-00000abc\n\x0512\n")

    def test_a_bare_program_prints(self):
        lines, _ = self.ask_firmware("confirm", "{'confirm': None}", "print = 3", SEGMENT=0)
        self.assertEqual(lines, ["did"])

    def test_a_restart_is_seen(self):
        self.assertEqual(self.board.run(text_of("look_restarted"))[0], b"mprom-w 0\n")
        self.assertEqual(self.board.run(bare("look_restarted"))[0], b"mprom-w 1\n")
        self.assertEqual(self.board.run(session("look_restarted"), "segments(bytearray(64), 'view', 0)")[0], b"mprom-w 1\n")

    def test_a_hard_reset(self):
        # The unix port cannot reset. It imports its own module all the same, and not the user's file.
        (self.path / "time.py").write_text("raise ValueError\n")
        (self.path / "machine.py").write_text("raise ValueError\n")
        with self.assertRaisesRegex(AssertionError, "'module' object has no attribute 'reset'"):
            self.board.run(text_of("find_reset"))
        text = text_of("find_reset").replace("_m.reset", "_m.mem32")
        stand_in = "notes.append(len(sys.path)>0)\n_m=Noting('machine',{'reset':None})\n_k=lambda c:notes.append(('keep',(c,)))\n"
        output, notes = self.board.run(f"{text}\n{stand_in}{text_of('reset')}")
        self.assertEqual((output, notes), (b"", [True, ("keep", (-1,)), ("machine.reset", ())]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
