"""The emulated machine catches what a real one would do wrong or wait for: small programs, each with one mistake."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from programs import BUILD, SOURCE, run

HERE = SOURCE / "tests" / "emulator"
RUN_PROGRAM = BUILD / "tests" / "run_program"
CPU = ["-mcpu=cortex-m4", "-mthumb"]

GOOD = {
    "good": "exit 42",
    "replace_code": "exit 42",
    "program_over_code": "exit 42",
    "program_blindly": "exit 42",
    "reset": "exit 42",
    "sleep_until": "exit 42",
}
# What the machine says, and the function that it must name.
MISTAKES = {
    "fetch_while_busy": ("execution of flash at 0x", "while it is busy", "flash_function"),
    "load_while_busy": ("read of flash at 0x", "while it is busy", "load_while_busy"),
    "load_while_programming": ("read of flash at 0x", "while it is busy", "load_while_programming"),
    "load_again_while_programming": ("read of flash at 0x", "while it is busy", "load_again_while_programming"),
    "load_behind_another": ("read of flash at 0x080e0014, which the cache may hold", "", "load_behind_another"),
    "run_erased": ("Invalid instruction", "at 0x080e0000", ""),
    "stale_data": ("read of flash at 0x080e0014, which the cache may hold", "", "stale_data"),
    "stale_code": ("execution of flash at 0x080e0000, which the cache may hold", "", ""),
    "second_store_while_busy": ("program while the flash is busy", "", "second_store_while_busy"),
    "bit_from_0_to_1": ("would need an erase first", "", "program"),
    "store_too_narrow": ("is not as wide as PSIZE says", "", "store_too_narrow"),
    "store_while_locked": ("while programming is not enabled", "", "store_while_locked"),
    "wrong_key": ("wrong key", "", "wrong_key"),
    "load_from_nowhere": ("read of 4 bytes at 0x60000000, where nothing is", "", "load_from_nowhere"),
    "store_to_nowhere": ("write of 4 bytes at 0x60000000, where nothing is", "", "store_to_nowhere"),
    "register_nowhere": ("read of 4 bytes at 0x40023c80, where nothing is", "", "register_nowhere"),
    "run_nowhere": ("at 0x60000000, where nothing is", "execution", ""),
    "undefined_instruction": ("", "", "undefined_instruction"),
    "sleep_for_ever": ("WFI without an interrupt that could end it", "", "sleep_for_ever"),
    "sleep_unmasked": ("WFI with interrupts enabled", "", "sleep_unmasked"),
    "clock_is_off": ("access to USART3 while its clock is off", "", "clock_is_off"),
    "uart_without_pins": ("USART3 sends but is not connected to its pin", "", "uart_without_pins"),
    "uart_at_a_wrong_rate": ("USART3 sends but does not run at a usual rate", "", "uart_at_a_wrong_rate"),
    "dma_clock_is_off": ("access to DMA1 while its clock is off", "", "dma_clock_is_off"),
    "dma_to_ccm": ("DMA1 is to fill 64 bytes at 0x10000000, which it cannot reach", "", "dma_start"),
    "dma_without_a_ring": ("which is not modelled", "", "dma_start"),
    "dma_changed_while_enabled": ("a stream of DMA1 is changed while it is enabled", "", "dma_start"),
    "reset_without_key": ("write of AIRCR without its key", "", "reset_without_key"),
}
CASES = list(GOOD) + list(MISTAKES)


class Machine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="mprom-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        (cls.folder / "machine_cases.inc").write_text("".join(f"{name},\n" for name in CASES))
        cls.elf = cls.folder / "program.elf"
        run("arm-none-eabi-gcc", *CPU, "-Os", "-Wall", "-Wextra", "-Werror", "-Wno-array-bounds", "-ffreestanding", "-nostdlib",
            f"-I{cls.folder}", f"-T{HERE / 'machine_program.ld'}", "-Wl,-n", "-o", cls.elf,
            HERE / "machine_program.c")

    def run_case(self, name):
        return run(RUN_PROGRAM, self.elf, CASES.index(name)).stdout.strip()

    def test_good_programs(self):
        for name, expected in GOOD.items():
            with self.subTest(name=name):
                self.assertEqual(self.run_case(name), expected)

    def test_each_mistake_is_caught_and_located(self):
        for name, (*texts, function) in MISTAKES.items():
            with self.subTest(name=name):
                said = self.run_case(name)
                self.assertNotIn("exit", said)
                for text in texts:
                    self.assertIn(text, said)
                if function:
                    self.assertIn(f"({function}+0x", said)
        print(f"{len(MISTAKES)} mistakes caught")

    def test_damaged_elf_files(self):
        """Every cut and every changed byte of the headers is refused or read; none crashes."""
        whole = self.elf.read_bytes()
        damaged = self.folder / "damaged.elf"
        for size in (0, 10, 51, 100, len(whole) - 1):
            damaged.write_bytes(whole[:size])
            self.assert_survives(damaged)
        for off in range(4, 52, 3):
            damaged.write_bytes(whole[:off] + b"\xff\xff\xff\xff" + whole[off + 4 :])
            self.assert_survives(damaged)

    def assert_survives(self, elf):
        done = subprocess.run([RUN_PROGRAM, elf, "0"], capture_output=True, text=True, check=False, timeout=60)
        self.assertIn(done.returncode, (0, 2), done.stderr)
        self.assertTrue(done.stdout or done.stderr.startswith("run_program: "), done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
