"""Output files appear whole or not at all."""

import os
import random
import re
import resource
import shutil
import signal
import stat
import subprocess
import time
import unittest

import command
from romfs_writer import file, image

BIG = 40_000_000
OLD = image(file("old"))


class Output(command.CommandTest):
    def setUp(self):
        super().setUp()
        self.write("app/f", b"contents")

    def big(self):
        self.write("big/f", random.Random(5).randbytes(BIG))

    def test_an_existing_file_is_replaced_with_its_mode(self):
        old = self.write("app.romfs", OLD)
        old.chmod(0o640)
        self.output("build", "app")
        self.assertEqual(stat.S_IMODE(old.stat().st_mode), 0o640)
        self.assertEqual(old.read_bytes()[:3], b"\xd2\xcd\x31")

    def test_what_is_no_image_is_left_alone(self):
        """W11: whatever is there, however it is named, and through a link as well."""
        self.write("src/main.py", "print(1)")
        (self.folder / "link.romfs").symlink_to("src/main.py")
        for path, contents in (("src/main.py", "print(1)"), ("notes.txt", "x"), ("two.bin", b"\xd2\xcd"), ("app.romfs", "mine"),
                               ("zeros.bin", bytes(4096)), ("link.romfs", "print(1)")):
            with self.subTest(path=path):
                before = self.write(path, contents).read_bytes()
                text = self.error("build", "src", "-o", path)
                self.assertIn(f"{path} exists and is no image, so it was left alone", text)
                self.assertIn("--force", text)
                self.assertEqual((self.folder / path).read_bytes(), before)
        self.assertIn("app.romfs exists and is no image", self.error("build", "app"))
        self.output("build", "app", "--force")
        self.output("build", "app")  # over an image
        self.write("empty", b"")
        self.output("build", "app", "-o", "empty")

    def test_bytes_reach_the_disk_before_the_name(self):
        """L5: file, name, directory."""
        strace = shutil.which("strace")
        if not strace or subprocess.run([strace, "true"], capture_output=True).returncode:
            self.skipTest("strace cannot trace here")
        done = subprocess.run([strace, "-e", "trace=openat,fsync,rename,renameat,renameat2", command.MPROM, "build", "app"],
                              cwd=self.folder, capture_output=True, check=True,
                              env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"})  # LeakSanitizer traces as well
        calls = re.findall(r"^(fsync|rename\w*)\((\d*)", done.stderr.decode(), re.MULTILINE)
        self.assertEqual([name[:6].rstrip("a") for name, _ in calls], ["fsync", "rename", "fsync"])
        self.assertRegex(done.stderr.decode(), r'openat\(\d+, "\.", [^\n]*O_DIRECTORY[^\n]*\) = ' + calls[2][1] + "\n")

    def test_a_new_file_follows_the_umask(self):
        self.output("build", "app", umask=0o027)
        self.assertEqual(stat.S_IMODE((self.folder / "app.romfs").stat().st_mode), 0o640)

    def test_a_link_stays_a_link(self):
        self.write("real/image", OLD)
        (self.folder / "app.romfs").symlink_to("real/image")
        self.output("build", "app")
        self.assertTrue((self.folder / "app.romfs").is_symlink())
        self.assertEqual((self.folder / "real/image").read_bytes()[:3], b"\xd2\xcd\x31")
        (self.folder / "dangling").symlink_to("no/where")
        self.assertIn("through the symbolic link dangling", self.error("build", "app", "-o", "dangling"))

    def test_devices_and_pipes_are_written_to(self):
        self.output("build", "app", "-o", "/dev/null")
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))
        self.assertIn("cannot write /dev/full: No space left on device", self.error("build", "app", "-o", "/dev/full"))
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/full").st_mode))
        os.mkfifo(self.folder / "pipe")
        reader = subprocess.Popen(["cat", "pipe"], cwd=self.folder, stdout=subprocess.PIPE)
        self.output("build", "app", "-o", "pipe")
        image = reader.communicate()[0]
        self.output("build", "app")
        self.assertEqual(image, (self.folder / "app.romfs").read_bytes())

    def test_what_cannot_be_created(self):
        (self.folder / "dir").mkdir()
        for target, message in [
            ("no/app.romfs", "cannot create no/app.romfs: No such file or directory"),
            ("app/f/x", "cannot create app/f/x: Not a directory"),
            ("dir", "cannot write dir: Is a directory"),
            ("dir/", "cannot write dir/: Is a directory"),
            ("/proc/x", "cannot create /proc/x: "),
            ("n" * 300, "File name too long"),
        ]:
            with self.subTest(target=target):
                self.assertIn(message, self.error("build", "app", "-o", target))
        self.assertEqual(self.left(), ["app", "app/f", "dir"])

    def test_unwritable_directory(self):
        locked = self.folder / "locked"
        locked.mkdir(mode=0o555)
        # Root may write anywhere; without its capabilities it may not.
        drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
        done = subprocess.run([*drop, command.MPROM, "build", "app", "-o", "locked/x"], cwd=self.folder,
                              capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, b""), done)
        self.assertIn(b"mprom: cannot create locked/x: Permission denied", done.stderr)
        self.assertEqual(list(locked.iterdir()), [])

    def test_disk_full(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

        self.write("big.romfs", OLD)
        self.write("big/f", b"f" * 2_000_000)
        done = self.mprom("build", "big", status=1, preexec_fn=limit)
        self.assertIn(b"cannot write big.romfs: File too large", done.stderr)
        self.assertEqual(done.stdout, b"")
        self.assertEqual((self.folder / "big.romfs").read_bytes(), OLD)
        self.assertEqual(self.left(), ["app", "app/f", "big", "big.romfs", "big/f"])

    def start_and_stop(self, number):
        """Sends a signal while the image is being written; returns the exit status and the temporary files left."""
        self.big()
        old = (self.folder / "big.romfs").read_bytes() if (self.folder / "big.romfs").exists() else None
        for _ in range(100):
            process = subprocess.Popen([command.MPROM, "build", "-q", "big"], cwd=self.folder)
            while process.poll() is None and not list(self.folder.glob(".mprom-*.tmp")):
                time.sleep(0.0002)
            process.send_signal(number)
            status = process.wait(timeout=60)
            if status != 0:
                return status, [path.name for path in self.folder.glob(".mprom-*")]
            # It was done before the signal came; this machine is busy.
            (self.folder / "big.romfs").unlink()
            if old is not None:
                self.write("big.romfs", old)
        return self.fail("the command always ended before the signal")

    def test_signals_leave_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number):
                self.write("big.romfs", OLD)
                status, left = self.start_and_stop(number)
                self.assertEqual(status, -number)
                self.assertEqual(left, [])
                self.assertEqual((self.folder / "big.romfs").read_bytes(), OLD)

    def test_kill_leaves_the_old_file(self):
        self.write("big.romfs", OLD)
        status, _ = self.start_and_stop(signal.SIGKILL)
        self.assertEqual(status, -signal.SIGKILL)
        self.assertEqual((self.folder / "big.romfs").read_bytes(), OLD)

    def test_kill_leaves_no_new_file(self):
        status, _ = self.start_and_stop(signal.SIGKILL)
        self.assertEqual(status, -signal.SIGKILL)
        self.assertFalse((self.folder / "big.romfs").exists())

    def test_nohup_stays(self):
        self.big()
        process = subprocess.Popen([command.MPROM, "build", "-q", "big"], cwd=self.folder,
                                   preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        while process.poll() is None and not list(self.folder.glob(".mprom-*.tmp")):
            time.sleep(0.0002)
        process.send_signal(signal.SIGHUP)
        self.assertEqual(process.wait(timeout=60), 0)

    def test_closed_pipe(self):
        self.big()
        process = subprocess.Popen([command.MPROM, "build", "-q", "big", "-o", "-"], cwd=self.folder,
                                   stdout=subprocess.PIPE)
        process.stdout.read(10)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), -signal.SIGPIPE)

    def test_an_image_that_shrinks(self):
        """A file that is cut while it is mapped ends the command with a message and not with a crash."""
        path = self.write("a.romfs", image(file("f", b"x" * 50_000)))
        os.mkfifo(self.folder / "pipe")
        process = subprocess.Popen([command.MPROM, "diff", "a.romfs", "pipe"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        # The command has mapped the first image by the time that it waits for the second.
        with open(self.folder / "pipe", "wb") as pipe:
            os.truncate(path, 0)
            pipe.write(image(file("f", b"y")))
        output, errors = process.communicate(timeout=60)
        self.assertEqual((process.returncode, output), (1, b""))
        self.assertEqual(errors, b"mprom: a file shrank while it was being read\n")

    def test_contents_that_shrink(self):
        path = self.write("a.romfs", image(file("f", b"x" * 5_000_000)))
        process = subprocess.Popen([command.MPROM, "cat", "a.romfs", "f"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.read(10)
        os.truncate(path, 1000)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1)
        self.assertIn(b"shrank", errors)


if __name__ == "__main__":
    unittest.main()
